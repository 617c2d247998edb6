/* What a debugger's target does in the benchmarks. Times are CLOCK_MONOTONIC in nanoseconds, the same clock as .NET's Stopwatch.
 *
 *   bench flood LINES BYTES        "begin NS", LINES lines of BYTES bytes with the newline, "end NS"; buffered as any program is
 *   bench echo COUNT INTERVAL_MS   "echo N NS" every INTERVAL_MS, each written at once, and "end NS"
 *   bench beat FILE                prints 2 MB/s until its parent is gone, and keeps the time of its last moment alive in FILE
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void flood(int lines, int bytes)
{
    char *text = malloc(bytes + 1);
    printf("begin %lld\n", now());
    fflush(stdout);
    for (int i = 0; i < lines; i++) {
        int length = snprintf(text, bytes, "line %07d ", i);
        for (; length < bytes - 1; length++)
            text[length] = 'a' + (i + length) % 26;
        text[bytes - 1] = '\n';
        fwrite(text, 1, bytes, stdout);
    }
    printf("end %lld\n", now());
    fflush(stdout);
}

static void echo(int count, int interval_ms)
{
    struct timespec pause = { interval_ms / 1000, interval_ms % 1000 * 1000000L };
    for (int i = 0; i < count; i++) {
        nanosleep(&pause, NULL);
        printf("echo %d %lld\n", i, now());
        fflush(stdout);
    }
    printf("end %lld\n", now());
    fflush(stdout);
}

static void beat(const char *file)
{
    int fd = open(file, O_RDWR | O_CREAT, 0600);
    if (fd < 0 || ftruncate(fd, 8) != 0)
        exit(1);
    volatile long long *alive = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    struct timespec pause = { 0, 100000 };
    pid_t parent = getppid();
    long long printed = 0;
    for (long i = 0; getppid() == parent; i++) {
        *alive = now();
        if (*alive - printed >= 1000000) {
            printed = *alive;
            printf("beat %-2000ld\n", i);
        }
        nanosleep(&pause, NULL);
    }
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "flood") == 0)
        flood(atoi(argv[2]), atoi(argv[3]));
    else if (argc == 4 && strcmp(argv[1], "echo") == 0)
        echo(atoi(argv[2]), atoi(argv[3]));
    else if (argc == 3 && strcmp(argv[1], "beat") == 0)
        beat(argv[2]);
    else
        return 2;
    return 0;
}
