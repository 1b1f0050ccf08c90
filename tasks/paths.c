/* The lengths of the shortest paths between all vertices. Paths of twice as
   many edges by one more product of matrices, in which the sum is the least:
   the depth is logarithmic, though Dijkstra's search goes from vertex to
   vertex. */
#include "circuit/random.h"
#include "tasks/task.h"

/* Lengths of p bits, up to so many, are compared with each value that they may
   have: fewer gates than for each pair of ways. */
enum {
  MOST_LISTED = 2
};

/* x(i, k) and x(k, j), broadcast to (i, j, k). */
static void legs_of(struct program *p, value_id x, size_id n, size_id last,
                    value_id *legs) {
  static const unsigned turn[] = {1, 0, 2};
  size_id one = size_si(&p->sizes, 1);
  legs[0] = program_reshape(p, "from", x, (struct dims){4, {n, one, n, last}});
  legs[1] = program_reshape(p, "to", program_transpose(p, "turned", x, turn),
                            (struct dims){4, {one, n, n, last}});
}

/* y(i, j) = the least of x(i, k) + x(k, j) over k: x(i, i) is 0, so no length
   grows, and the lowest p bits have it. Depth 2. */
static value_id square(struct program *p, value_id x, size_id n, size_id bits) {
  value_id legs[2];
  legs_of(p, x, n, bits, legs);
  value_id y = program_least_bits(p, "least", legs, 2);
  return program_slice(p, "length", y, 2, size_si(&p->sizes, 0), bits);
}

/* The same by is_most(i, j, v) = [some way has at most v] for v below 2^p - 1,
   which are 1 from the least on: bits are linear forms of them. Depth 2. */
static value_id square_listed(struct program *p, value_id x, size_id n,
                              long bits) {
  struct sizes *t = &p->sizes;
  long values = (1L << bits) - 1;
  fmpz weight[MOST_LISTED * ((1 << MOST_LISTED) - 1)], bias[MOST_LISTED];
  size_id one = size_si(t, 1), zero = size_si(t, 0), v = size_si(t, values);
  value_id whole = program_pack(p, "lengths", x), legs[2];
  legs_of(p,
          program_reshape(p, "lengths", whole, (struct dims){3, {n, n, one}}),
          n, one, legs);
  value_id most = program_reshape(p, "values", program_places(p, "values", v),
                                  (struct dims){4, {one, one, v, one}});
  for (size_t i = 0; i < 2; i++) // (i, j, 1, k), beside values
    legs[i] =
        program_reshape(p, "ways", legs[i],
                        (struct dims){4, {i ? one : n, i ? n : one, one, n}});
  value_id above =
      program_combine(p, "below", (value_id[]){most, legs[0], legs[1]},
                      (long[]){1, -1, -1}, 3, 0);
  value_id ways = program_at_least(p, "way of at most", above, zero);
  value_id is_most =
      program_at_least(p, "at most", program_sum(p, "ways", ways), one);
  for (long i = 0; i < bits; i++) { // of the least v with is_most
    bias[i] = 1;
    for (long j = 0; j < values; j++)
      weight[i * values + j] = ((j >> i) & 1) - (((j + 1) >> i) & 1);
  }
  return program_linear(p, "length", is_most, (size_t)bits, (size_t)values,
                        weight, bias);
}

static void build(struct program *p, const fmpz *value) {
  struct sizes *t = &p->sizes;
  size_id n = family_size(p, &task_paths, 0), one = size_si(t, 1);
  size_id bits = family_size(p, &task_paths, 1);
  value_id edges = program_input_bits(p, "edges", matrix(n, n), bits);
  value_id places = program_places(p, "places", n);
  value_id row =
      program_reshape(p, "rows", places, (struct dims){3, {n, one, one}});
  value_id column = program_reshape(p, "columns", places, matrix(n, one));
  value_id other =
      program_table(p, "other", program_sub(p, "difference", row, column),
                    (const long[]){1, 0, 1}, 3, -1);
  value_id x = program_multiply(p, "lengths", other, edges);
  struct composition c;
  program_begin_loop(p, &c, "squaring", &x, 1, 0,
                     size_log2(t, size_sub(t, n, one)));
  value_id y = value[1] <= MOST_LISTED
                   ? square_listed(p, c.argument[0], n, value[1])
                   : square(p, c.argument[0], n, bits);
  program_end(p, &c, &y, 1, &y);
  program_output_bits(p, "paths", y);
}

static bool check(const fmpz *value, struct error *err) {
  double n = (double)value[0], p = (double)value[1];
  double rounds = (double)FLINT_BIT_COUNT((ulong)value[0]);
  double values = value[1] <= MOST_LISTED ? (double)(1L << value[1]) - 1 : 0;
  double path = values > 0 ? values * n * (2 * values + 1)
                           : n * (n * n * p / 2 + n * p + p * p);
  return task_check_wires(rounds * n * n * path, err);
}

/* Dijkstra's search from `from`: the nearest vertex that is not done is done.
 */
static void search(slong n, const fmpz *edge, slong from, fmpz *length,
                   bool *is_done) {
  fmpz_t by;
  fmpz_init(by);
  for (slong i = 0; i < n; i++) {
    is_done[i] = false;
    fmpz_set(length + i, edge + from * n + i);
  }
  fmpz_zero(length + from);
  for (slong left = n; left > 0; left--) {
    slong near = -1;
    for (slong i = 0; i < n; i++)
      if (!is_done[i] && (near < 0 || fmpz_cmp(length + i, length + near) < 0))
        near = i;
    is_done[near] = true;
    for (slong i = 0; i < n; i++) {
      fmpz_add(by, length + near, edge + near * n + i);
      if (fmpz_cmp(by, length + i) < 0)
        fmpz_set(length + i, by);
    }
  }
  fmpz_clear(by);
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  slong n = value[0];
  bool *is_done = xcalloc((size_t)n, sizeof *is_done);
  for (slong from = 0; from < n; from++)
    search(n, in, from, out + from * n, is_done);
  free(is_done);
}

/* Few edges beside a long way round, so that shortest paths have many; lengths
   small, or any. */
static void draw(const fmpz *value, uint64_t *random, fmpz *in) {
  slong n = value[0];
  bool is_long = random_below(random, 2);
  for (slong i = 0; i < n * n; i++) {
    bool is_next = i % n == (i / n + 1) % n;
    fmpz_one_2exp(in + i, (ulong)value[1]);
    fmpz_sub_ui(in + i, in + i, 1); // as if there were no edge
    if (is_next || (is_long && random_below(random, 4) == 0))
      fmpz_set_ui(in + i, random_below(random, is_long ? UINT64_MAX : 3));
    fmpz_fdiv_r_2exp(in + i, in + i, (ulong)value[1]);
  }
}

const struct family task_paths = {
    .name = "paths",
    .about = "the lengths of shortest paths between all vertices of a graph",
    .formula = "inner depth 2 ceil(log2(n - 1)); for each squaring and path "
               "between two vertices n - 1 gates if p = 1, 3(n + 1) if p = 2, "
               "else fewer than n^2/2 comparisons and np each of carries and "
               "of choices",
    .parameters = {{"n",
                    "vertices; edges[i][j] is the length of the edge from i to "
                    "j, paths[i][j] that of the shortest path",
                    5, 1, 1000, .is_size = true},
                   {"p",
                    "bits of each; 2^p - 1 is an edge that is not there, or "
                    "any length from there on",
                    4, 1, 1000, .is_size = true}},
    .check = check,
    .build = build,
    .answer = answer,
    .draw = draw,
    .complexity = {.class = "NL-hard, in AC1",
                   .says = "as it says what can be reached, so it has no "
                           "constant depth unless TC0 = NL; the least of sums "
                           "of two is in AC0, and ceil(log2 n) rounds of it "
                           "are enough",
                   .status = "conditional",
                   .source = "Jones 1975; Cook 1985"},
};
