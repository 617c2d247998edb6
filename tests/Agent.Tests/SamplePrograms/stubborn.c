/* Ignores every signal that can be ignored, and counts for ever. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    for (int number = 1; number < 32; number++)
        signal(number, SIG_IGN);
    for (long count = 1;; count++) {
        printf("count %ld\n", count);
        fflush(stdout);
        usleep(100000);
    }
}
