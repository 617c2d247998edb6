/* Ends with SIGSEGV a few frames deep, so that a backtrace is worth looking at. */
#include <stdio.h>
#include <stdlib.h>

struct packet {
    int number;
    const char *payload;
};

static int checksum(const struct packet *packet)
{
    int sum = 0;
    for (const char *at = packet->payload; *at; at++) /* the third packet has no payload */
        sum += *at;
    return sum;
}

static int receive(const struct packet *packets, int count)
{
    int total = 0;
    for (int i = 0; i < count; i++) {
        printf("packet %d\n", packets[i].number);
        fflush(stdout);
        total += checksum(&packets[i]);
    }
    return total;
}

static int serve(int connection)
{
    struct packet packets[] = { { 1, "hello" }, { 2, "world" }, { 3, NULL } };
    return receive(packets, connection);
}

int main(void)
{
    return serve(3) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
