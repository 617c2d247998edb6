/* Something of everything that can be looked at. */
#include <stdio.h>

struct pair {
    int a;
    int b;
};

int counter = 5;
int numbers[4] = { 1, 2, 3, 4 };
char text[] = "hello";
struct pair pair = { 1, 2 };

static int twice(int x)
{
    counter++;
    return 2 * x;
}

int main(int argc, char **argv)
{
    struct pair *local = &pair;
    local->a = twice(numbers[2]);
    printf("%d %d\n", counter, local->a);
    return 0;
}
