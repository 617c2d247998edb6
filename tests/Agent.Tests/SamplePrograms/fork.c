/* A child that waits to be told to end by its pipe, and a parent that says the child's number and waits for it. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
    int ends[2];
    if (pipe(ends))
        return 1;
    pid_t child = fork();
    if (child == 0) {
        char end;
        close(ends[1]);
        return read(ends[0], &end, 1) == 0 ? 7 : 1;
    }
    close(ends[0]);
    printf("child %d\n", (int)child);
    fflush(stdout);
    sleep(1);
    close(ends[1]);
    int status;
    waitpid(child, &status, 0);
    printf("child ended with %d\n", WEXITSTATUS(status));
    return 0;
}
