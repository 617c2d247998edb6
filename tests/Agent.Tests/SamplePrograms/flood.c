/* Prints as many numbered lines as it is told. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    long lines = argc > 1 ? atol(argv[1]) : 100000;
    for (long line = 1; line <= lines; line++)
        printf("line %09ld of a flood that goes on and on and on, to see what is kept\n", line);
    return 0;
}
