/* The peer of micro.rev, by the C compiler: the same twelve programs, as a C
 * programmer writes them. Compiled with gcc -O2 alone.
 *
 * usage: micro-bench [REPETITIONS]; says "micro NAME RESULT NANOSECONDS". */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void *take(size_t size) {
    void *memory = calloc(1, size);
    if (!memory)
        exit(EXIT_FAILURE);
    return memory;
}

/* ---- Calls, integers, bytes ---- */

static int64_t fib(int64_t n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static int64_t loop(int64_t n) {
    int64_t x = 1;
    for (int64_t i = 0; i < n; i++)
        x = ((x ^ i) * 2 + (i >> 3)) & 0x7FFFFFFF;
    return x;
}

static int64_t sieve(int64_t n) {
    uint8_t *composite = take((size_t)n + 1);
    int64_t count = 0;
    for (int64_t i = 2; i <= n; i++) {
        if (composite[i])
            continue;
        count++;
        for (int64_t j = i * 2; j <= n; j += i)
            composite[j] = 1;
    }
    free(composite);
    return count;
}

static int64_t flip(int64_t *q) {
    int64_t flips = 0;
    for (int64_t first = q[0]; first != 0; first = q[0]) {
        for (int64_t low = 0, high = first; low < high; low++, high--) {
            int64_t t = q[low];
            q[low] = q[high];
            q[high] = t;
        }
        flips++;
    }
    return flips;
}

static int64_t fannkuch(int64_t n) {
    int64_t p[16], q[16], counts[16], most = 0, check = 0, r = n;
    bool even = true;
    for (int64_t i = 0; i < n; i++)
        p[i] = i;
    for (;;) {
        for (; r > 1; r--)
            counts[r - 1] = r;
        for (int64_t i = 0; i < n; i++)
            q[i] = p[i];
        int64_t flips = flip(q);
        if (flips > most)
            most = flips;
        check += even ? flips : -flips;
        even = !even;
        for (;; r++) {
            if (r == n)
                return check * 100 + most;
            int64_t p0 = p[0];
            for (int64_t i = 0; i < r; i++)
                p[i] = p[i + 1];
            p[r] = p0;
            if (--counts[r] > 0)
                break;
        }
    }
}

/* ---- Doubles ---- */

typedef struct Body {
    double x, y, z, vx, vy, vz, mass;
} Body;

static const Body first_bodies[5] = {
    {0, 0, 0, 0, 0, 0, 39.47841760435743},
    {4.84143144246472, -1.16032004402743, -0.10362204447112, 0.60632639299583,
     2.81198684491626, -0.02521836165988, 0.03769367487039},
    {8.34336671824458, 4.1247985641243, -0.40352341711432, -1.01077434617879,
     1.82566237123041, 0.00841576137658, 0.01128632613197},
    {12.89436956213913, -15.11115140169863, -0.22330757889266, 1.08279100644154,
     0.86871301816960, -0.01083263740137, 0.00172372405706},
    {15.37969711485092, -25.91931460998796, 0.17925877295037, 0.97909073224390,
     0.59469899864767, -0.03475595555499, 0.00203368686992},
};

static void advance(Body *list, double dt) {
    for (int i = 0; i < 5; i++)
        for (int j = i + 1; j < 5; j++) {
            Body *a = &list[i], *b = &list[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            double square = dx * dx + dy * dy + dz * dz;
            double pull = dt / (square * sqrt(square));
            a->vx -= dx * b->mass * pull;
            a->vy -= dy * b->mass * pull;
            a->vz -= dz * b->mass * pull;
            b->vx += dx * a->mass * pull;
            b->vy += dy * a->mass * pull;
            b->vz += dz * a->mass * pull;
        }
    for (int i = 0; i < 5; i++) {
        list[i].x += dt * list[i].vx;
        list[i].y += dt * list[i].vy;
        list[i].z += dt * list[i].vz;
    }
}

static int64_t nbody(int64_t steps) {
    Body list[5];
    for (int i = 0; i < 5; i++)
        list[i] = first_bodies[i];
    for (int64_t i = 0; i < steps; i++)
        advance(list, 0.01);
    return (int64_t)((list[0].x + list[1].y + list[4].z) * 1000000);
}

static double element(int64_t i, int64_t j) {
    return 1.0 / (double)((i + j) * (i + j + 1) / 2 + i + 1);
}

static void times(int64_t n, const double *v, double *to, bool turned) {
    for (int64_t i = 0; i < n; i++) {
        double sum = 0;
        for (int64_t j = 0; j < n; j++)
            sum += v[j] * (turned ? element(j, i) : element(i, j));
        to[i] = sum;
    }
}

static int64_t spectral(int64_t n) {
    double *u = take((size_t)n * 3 * sizeof *u), *v = u + n, *t = v + n;
    double uv = 0, vv = 0;
    for (int64_t i = 0; i < n; i++)
        u[i] = 1;
    for (int i = 0; i < 10; i++) {
        times(n, u, t, false);
        times(n, t, v, true);
        times(n, v, t, false);
        times(n, t, u, true);
    }
    for (int64_t i = 0; i < n; i++) {
        uv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    free(u);
    return (int64_t)(sqrt(uv / vv) * 1000000000.0);
}

static double *matrix(int64_t n, int64_t seed) {
    double *rows = take((size_t)(n * n) * sizeof *rows);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            rows[i * n + j] = (double)((i * seed + j) % 17);
    return rows;
}

static int64_t matmul(int64_t n) {
    double *a = matrix(n, 3), *b = matrix(n, 5), trace = 0;
    double *out = take((size_t)(n * n) * sizeof *out);
    for (int64_t i = 0; i < n; i++) {
        for (int64_t k = 0; k < n; k++)
            for (int64_t j = 0; j < n; j++)
                out[i * n + j] += a[i * n + k] * b[k * n + j];
        trace += out[i * n + i];
    }
    free(a);
    free(b);
    free(out);
    return (int64_t)trace;
}

/* ---- Objects ---- */

typedef struct Tree {
    struct Tree *left, *right;
} Tree;

static Tree *grow(int64_t depth) {
    Tree *tree = malloc(sizeof *tree);
    if (!tree)
        exit(EXIT_FAILURE);
    tree->left = depth ? grow(depth - 1) : NULL;
    tree->right = depth ? grow(depth - 1) : NULL;
    return tree;
}

static int64_t count(const Tree *tree) {
    return tree->left ? 1 + count(tree->left) + count(tree->right) : 1;
}

static void fell(Tree *tree) {
    if (tree->left) {
        fell(tree->left);
        fell(tree->right);
    }
    free(tree);
}

static int64_t bintrees(int64_t depth) {
    Tree *lasting = grow(depth);
    int64_t sum = 0;
    for (int64_t d = 4; d <= depth; d += 2)
        for (int64_t i = 0; i < 1 << (depth - d); i++) {
            Tree *tree = grow(d);
            sum += count(tree);
            fell(tree);
        }
    sum += count(lasting);
    fell(lasting);
    return sum;
}

typedef struct Cell {
    int64_t value;
    struct Cell *next;
} Cell;

static int64_t list(int64_t n) {
    Cell *first = NULL;
    int64_t sum = 0;
    for (int64_t i = 0; i < n; i++) {
        Cell *cell = malloc(sizeof *cell);
        if (!cell)
            exit(EXIT_FAILURE);
        *cell = (Cell){i & 1023, first};
        first = cell;
    }
    for (Cell *at = first; at; at = at->next)
        sum += at->value;
    while (first) {
        Cell *next = first->next;
        free(first);
        first = next;
    }
    return sum;
}

typedef struct Shape {
    int64_t (*area)(const struct Shape *shape, int64_t n);
} Shape;

static int64_t square(const Shape *shape, int64_t n) {
    (void)shape;
    return n * n & 0xFF;
}
static int64_t line(const Shape *shape, int64_t n) {
    (void)shape;
    return n & 1;
}
static int64_t bar(const Shape *shape, int64_t n) {
    (void)shape;
    return n * 3 & 0x7F;
}
static int64_t dot(const Shape *shape, int64_t n) {
    (void)shape;
    return n ^ (5 & 0xF);
}

static int64_t dispatch(int64_t n) {
    static Shape a = {square}, b = {line}, c = {bar}, d = {dot};
    static Shape *volatile given[4] = {&a, &b, &c, &d};
    Shape *shapes[4] = {given[0], given[1], given[2], given[3]};
    int64_t sum = 0;
    for (int64_t i = 0; i < n; i++) {
        const Shape *shape = shapes[(i * 7 >> 2) & 3];
        sum += shape->area(shape, i & 0xFFFF);
    }
    return sum;
}

/* ---- Text and maps ---- */

static int64_t strcat_numbers(int64_t n) {
    size_t length = 0, room = 16;
    char *text = take(room);
    for (int64_t i = 0; i < n; i++) {
        char digits[24];
        int at = sizeof digits;
        int64_t left = i;
        do
            digits[--at] = (char)('0' + left % 10);
        while ((left /= 10) > 0);
        if (length + 24 > room) {
            room *= 2;
            text = realloc(text, room);
            if (!text)
                exit(EXIT_FAILURE);
        }
        while (at < (int)sizeof digits)
            text[length++] = digits[at++];
    }
    int64_t hash = 7;
    for (size_t i = 0; i < length; i++)
        hash = (hash * 31 + text[i]) & 0x7FFFFFFF;
    free(text);
    return hash;
}

/* Open addressing, doubled at three quarters; keys are not below 0. */
typedef struct Map {
    int64_t *keys, *values, size, room;
} Map;

static int64_t place(const Map *map, int64_t key) {
    uint64_t at = (uint64_t)key * 0x9E3779B97F4A7C15u >> 20;
    while (map->keys[at & (uint64_t)(map->room - 1)] >= 0 &&
           map->keys[at & (uint64_t)(map->room - 1)] != key)
        at++;
    return (int64_t)(at & (uint64_t)(map->room - 1));
}

static void make(Map *map, int64_t room) {
    *map = (Map){take((size_t)room * 8), take((size_t)room * 8), 0, room};
    for (int64_t i = 0; i < room; i++)
        map->keys[i] = -1;
}

static void put(Map *map, int64_t key, int64_t value) {
    if ((map->size + 1) * 4 > map->room * 3) {
        Map larger;
        make(&larger, map->room * 2);
        for (int64_t i = 0; i < map->room; i++)
            if (map->keys[i] >= 0)
                put(&larger, map->keys[i], map->values[i]);
        free(map->keys);
        free(map->values);
        *map = larger;
    }
    int64_t at = place(map, key);
    map->size += map->keys[at] < 0;
    map->keys[at] = key;
    map->values[at] = value;
}

static int64_t hashmap(int64_t n) {
    Map map;
    int64_t key = 1, found = 0;
    make(&map, 16);
    for (int64_t i = 0; i < n; i++) {
        key = (key * 1103515245 + 12345) & 0x7FFFFFFF;
        int64_t at = place(&map, key >> 15);
        if (map.keys[at] < 0)
            put(&map, key >> 15, i);
        else
            found += map.values[at] & 7;
    }
    found += map.size;
    free(map.keys);
    free(map.values);
    return found;
}

/* ---- Running them ---- */

static const struct {
    const char *name;
    int64_t (*run)(int64_t n);
    int64_t n;
} programs[] = {
    {"fib", fib, 32},
    {"loop", loop, 50000000},
    {"sieve", sieve, 2000000},
    {"nbody", nbody, 200000},
    {"spectral", spectral, 300},
    {"fannkuch", fannkuch, 9},
    {"bintrees", bintrees, 14},
    {"strcat", strcat_numbers, 500000},
    {"hashmap", hashmap, 3000000},
    {"dispatch", dispatch, 10000000},
    {"matmul", matmul, 200},
    {"list", list, 2000000},
};

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ll + now.tv_nsec;
}

int main(int word_count, char **words) {
    int repetitions = word_count > 1 ? atoi(words[1]) : 4;
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        for (int left = repetitions; left > 0; left--) {
            volatile int64_t n = programs[i].n; /* not known to the compiler */
            int64_t begun = now_ns();
            int64_t result = programs[i].run(n);
            printf("micro %s %lld %lld\n", programs[i].name, (long long)result,
                   (long long)(now_ns() - begun));
        }
    return EXIT_SUCCESS;
}
