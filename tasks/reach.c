/* Which vertices of a directed graph are reached from which. Paths of twice the
   length by one more product of matrices: the depth is logarithmic, though a
   search goes from vertex to vertex. */
#include "circuit/random.h"
#include "tasks/task.h"

#include <stdlib.h>

/* 14 million gates, which take some 15 s to make. */
enum {
  MOST_N = 128
};

/* y(i, j) = [some k: x(i, k) and x(k, j)]. */
static value_id square(struct program *p, value_id x, size_id n) {
  struct sizes *t = &p->sizes;
  static const unsigned turn[] = {1, 0};
  size_id one = size_si(t, 1), two = size_si(t, 2);
  value_id from = program_reshape(p, "from", x, (struct dims){3, {n, one, n}});
  value_id to = program_transpose(p, "to", x, turn);
  value_id by =
      program_at_least(p, "by", program_add(p, "pairs", from, to), two);
  return program_at_least(p, "some", program_sum(p, "ways", by), one);
}

/* A vertex reaches itself: after r squarings x has all paths of at most 2^r
   edges, and n - 1 are enough. */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  struct sizes *t = &p->sizes;
  size_id n = family_size(p, &task_reach, 0), one = size_si(t, 1);
  value_id edges = program_input_bits(p, "edges", vector(n), n);
  value_id places = program_places(p, "places", n);
  value_id row = program_reshape(p, "rows", places, matrix(n, one));
  value_id same =
      program_table(p, "same", program_sub(p, "difference", row, places),
                    (const long[]){0, 1, 0}, 3, -1);
  value_id x =
      program_at_least(p, "reflexive", program_add(p, "or", edges, same), one);
  struct composition c;
  program_begin_loop(p, &c, "squaring", &x, 1, 0,
                     size_log2(t, size_sub(t, n, one)));
  value_id y = square(p, c.argument[0], n);
  program_end(p, &c, &y, 1, &y);
  program_output_bits(p, "reached", y);
}

/* Breadth first, from each vertex. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  long n = value[0], *queue = malloc((size_t)n * sizeof *queue);
  for (long from = 0; from < n; from++) {
    long seen = 0;
    fmpz_one_2exp(out + from, (ulong)from);
    queue[seen++] = from;
    for (long i = 0; i < seen; i++)
      for (long to = 0; to < n; to++)
        if (fmpz_tstbit(in + queue[i], (ulong)to) &&
            !fmpz_tstbit(out + from, (ulong)to)) {
          fmpz_setbit(out + from, (ulong)to);
          queue[seen++] = to;
        }
  }
  free(queue);
}

/* Edges to the vertex so many further around, of which one may lack; or about
   n edges at random, where some are reached and some are not. */
static void draw(const fmpz *value, uint64_t *random, fmpz *in) {
  uint64_t n = (uint64_t)value[0];
  bool is_cycle = random_below(random, 2);
  ulong step = 1 + random_below(random, n),
        missing = random_below(random, 2 * n);
  for (uint64_t i = 0; i < n; i++)
    fmpz_zero(in + i);
  for (uint64_t i = 0; i < n; i++) {
    ulong from = is_cycle ? i : random_below(random, n);
    ulong to = is_cycle ? (i + step) % n : random_below(random, n);
    if (!is_cycle || i != missing)
      fmpz_setbit(in + from, to);
  }
}

const struct family task_reach = {
    .name = "reach",
    .about = "which vertices of a directed graph are reached from which",
    .formula = "inner depth 2 ceil(log2(n - 1)), for each squaring at most "
               "n(n - 1)(n - 2) + n(n - 1) gates",
    .parameters = {{"n",
                    "vertices; bit j of edges[i] is an edge from i to j, of "
                    "reached[i] a path, of no edges for j = i",
                    6, 1, MOST_N, .is_size = true}},
    .build = build,
    .answer = answer,
    .draw = draw,
    .complexity = {.class = "NL-complete",
                   .says = "for one pair of vertices, so it has no constant "
                           "depth unless TC0 = NL",
                   .status = "conditional",
                   .source = "Jones 1975"},
};
