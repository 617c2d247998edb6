/* Counts in memory that is mapped to a file, so that others see the count while a debugger holds or traces it; until its parent is gone. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static void tick(int number)
{
    (void)number;
}

int main(int argc, char **argv)
{
    int file = open(argv[argc - 1], O_RDWR | O_CREAT, 0600);
    if (file < 0 || ftruncate(file, sizeof(int)) != 0)
        return 1;
    volatile int *count = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    for (pid_t parent = getppid(); getppid() == parent;) {
        tick(*count + 1);
        ++*count;
        usleep(2000);
    }
}
