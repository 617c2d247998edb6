/* Counts for ever, ten times a second; with an argument it writes the count to that file instead. */
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    for (long count = 1;; count++) {
        FILE *out = argc > 1 ? fopen(argv[1], "w") : stdout;
        fprintf(out, "count %ld\n", count);
        if (argc > 1)
            fclose(out);
        else
            fflush(out);
        usleep(100000);
    }
}
