/*
 * Prints numbered lines that are a function of a seed and their number (long ones, UTF-8 of several bytes, bytes that are no
 * text), at a pace, until a file appears. tests/Chaos/Printing/PrintedStream.cs makes the same lines.
 *
 * stream SEED BYTES_PER_SECOND STOP_FILE [MOST_BYTES]      0 bytes per second: as fast as they are taken
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ASCII, UTF8, NO_TEXT };

struct piece {
    const char *bytes;
    int length;
};

static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789 ()";
static const struct piece utf8[] = {
    { "\xc3\xa9", 2 }, { "\xc3\x9f", 2 }, { "\xe6\xbc\xa2", 3 }, { "\xe5\xad\x97", 3 }, { "\xf0\x9f\x98\x80", 4 }, { "\xe2\x80\xae", 3 }, { "x", 1 },
};
static const struct piece no_text[] = {
    { "\xff", 1 }, { "\xc3", 1 }, { "\x80", 1 }, { "\xe2\x82", 2 }, { "\xf0\x9f", 2 }, { "\x1b[31m", 5 }, { "\r", 1 }, { "\0", 1 }, { "y", 1 },
};

static char line[256 * 1024];

static uint64_t mix(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static int make_line(uint64_t seed, uint64_t number)
{
    uint64_t state = seed + number * UINT64_C(0xD1342543DE82EF95);
    int length = sprintf(line, "%" PRIu64 ":", number);
    uint64_t shape = mix(&state) % 20;
    int kind = shape >= 1 && shape <= 3 ? UTF8 : shape == 4 ? NO_TEXT : ASCII;
    int pieces = shape == 0 ? 500 + (int)(mix(&state) % 30000) : 10 + (int)(mix(&state) % 90);
    for (int i = 0; i < pieces; i++) {
        uint64_t choice = mix(&state);
        if (kind == ASCII) {
            line[length++] = letters[choice % (sizeof letters - 1)];
        } else {
            const struct piece *piece = kind == UTF8 ? &utf8[choice % 7] : &no_text[choice % 9];
            memcpy(line + length, piece->bytes, piece->length);
            length += piece->length;
        }
    }
    line[length++] = '\n';
    return length;
}

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec + at.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return EXIT_FAILURE;
    uint64_t seed = strtoull(argv[1], NULL, 10);
    double pace = strtod(argv[2], NULL);
    uint64_t most = argc > 4 ? strtoull(argv[4], NULL, 10) : UINT64_MAX;
    uint64_t number = 0, printed = 0;
    setvbuf(stdout, NULL, _IOFBF, 64 * 1024);
    printf("<<stream %" PRIu64 ">>\n", seed);
    double begun = now();
    while (printed < most) {
        int length = make_line(seed, number++);
        if (fwrite(line, 1, length, stdout) != (size_t)length)
            return EXIT_FAILURE;
        printed += length;
        if (number % 16 == 0 && access(argv[3], F_OK) == 0)
            break;
        double early = pace > 0 ? begun + printed / pace - now() : 0;
        if (early > 0.005) {
            fflush(stdout);
            struct timespec pause = { (time_t)early, (long)((early - (time_t)early) * 1e9) };
            nanosleep(&pause, NULL);
        }
    }
    printf("<<end %" PRIu64 ">>\n", number);
    return EXIT_SUCCESS;
}
