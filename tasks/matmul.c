/* The product of k matrices of integers, or of 0 and 1 with OR for the sum. Two
   of them take constant depth, as a product of two integers; k take a logarithm
   of that by brackets, which a product of integers does not need. */
#include "circuit/random.h"
#include "tasks/task.h"

#include <math.h>

#include <flint/fmpz_mat.h>

enum {
  MATRICES,
  SIDE,
  BITS,
  KIND,
  METHOD
};
enum {
  INTEGER,
  BOOLEAN
};
enum {
  SERIAL,
  TREE
};
static const char *const kinds[] = {"integer", "boolean"};
static const char *const methods[] = {"serial", "tree"};

/* Of the problem: lengths, and bits that hold every entry of the product. */
struct lengths {
  size_id matrices, side, width;
  bool is_boolean;
};

/* The sum over j of a(i, j) b(j, k), all as bits [side, side, width], with a
   gate for each pair of bits. Depth 2, with the carries or with OR. */
static value_id multiply(struct program *p, value_id a, value_id b,
                         const struct lengths *l) {
  static const unsigned turn[] = {1, 0, 2};
  struct sizes *t = &p->sizes;
  size_id n = l->side, w = l->width, one = size_si(t, 1), two = size_si(t, 2);
  struct dims dims = program_dims(p, a);
  a = program_reshape(p, "rows", a, (struct dims){5, {n, one, n, w, one}});
  b = program_reshape(p, "columns", program_transpose(p, "turned", b, turn),
                      (struct dims){5, {one, n, n, one, w}});
  value_id both =
      program_at_least(p, "both", program_add(p, "pairs", a, b), two);
  value_id products =
      program_pack(p, "products", program_pack(p, "shifted", both));
  value_id sum = program_sum(p, "entries", products);
  return l->is_boolean
             ? program_reshape(p, "bits", program_at_least(p, "some", sum, one),
                               dims)
             : program_bits(p, "bits", sum, w);
}

/* The product of x [matrices, side, side, width]. */
static value_id fold_serially(struct program *p, value_id x,
                              const struct lengths *l) {
  struct sizes *t = &p->sizes;
  size_id one = size_si(t, 1), less = size_sub(t, l->matrices, one);
  value_id first = program_slice(p, "first", x, 0, size_si(t, 0), one);
  value_id operand[] = {
      program_reshape(p, "start", first,
                      (struct dims){3, {l->side, l->side, l->width}}),
      program_slice(p, "others", x, 0, one, less)};
  struct composition c;
  program_begin_loop(p, &c, "product", operand, 1, 1, less);
  value_id y = multiply(p, c.argument[0], c.argument[1], l);
  program_end(p, &c, &y, 1, &y);
  return y;
}

static value_id fold_tree(struct program *p, value_id x,
                          const struct lengths *l) {
  struct composition c;
  program_begin_tree(p, &c, "product", &x, 1, l->matrices);
  value_id y = multiply(p, c.argument[0], c.argument[1], l);
  program_end(p, &c, &y, 1, &y);
  return y;
}

/* With zeros above, for as many bits as a product has: these have no gates. */
static value_id extend(struct program *p, value_id bits, size_id width,
                       const struct lengths *l) {
  struct sizes *t = &p->sizes;
  value_id lowest =
      program_slice(p, "lowest", bits, 3, size_si(t, 0), size_si(t, 1));
  value_id x[] = {lowest,
                  program_places(p, "more", size_sub(t, l->width, width))};
  value_id both[] = {
      bits, program_combine(p, "zeros", x, (const long[]){0, 0}, 2, 0)};
  return program_concat(p, "extended", both, 2, 3);
}

static void build(struct program *p, const fmpz *value) {
  struct sizes *t = &p->sizes;
  size_id k = family_size(p, &task_matmul, MATRICES);
  size_id n = family_size(p, &task_matmul, SIDE);
  size_id bits = family_size(p, &task_matmul, BITS), one = size_si(t, 1);
  struct lengths l = {k, n, one, value[KIND] == BOOLEAN};
  if (!l.is_boolean)
    l.width = size_add(t, size_mul(t, k, bits),
                       size_mul(t, size_sub(t, k, one), size_log2(t, n)));
  size_id width = l.is_boolean ? one : bits;
  value_id x = program_input_bits(p, "x", (struct dims){3, {k, n, n}}, width);
  if (!l.is_boolean)
    x = extend(p, x, width, &l);
  program_output_bits(p, "y",
                      value[METHOD] == TREE ? fold_tree(p, x, &l)
                                            : fold_serially(p, x, &l));
}

/* Of the last product a gate for each pair of bits, and for each column a sum
   of those below; a tree has twice that at most, as others are shorter. */
static bool check(const fmpz *value, struct error *err) {
  double k = (double)value[MATRICES], n = (double)value[SIDE];
  if (value[KIND] == BOOLEAN)
    return task_check_wires(3 * k * n * n * n, err);
  double p = (double)value[BITS], whole = k * (p + log2(n));
  double pairs = value[METHOD] == TREE ? whole * whole / 4 : p * whole;
  double products = value[METHOD] == TREE ? 2 : k;
  return task_check_wires(products * n * n * n * pairs * whole, err);
}

/* From the last matrix on, so that what is multiplied differs from what a
   circuit has in between. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  slong n = value[SIDE];
  fmpz_mat_t a, product;
  fmpz_mat_init(a, n, n);
  fmpz_mat_init(product, n, n);
  fmpz_mat_one(product);
  for (slong t = value[MATRICES]; t-- > 0;) {
    for (slong i = 0; i < n * n; i++)
      fmpz_set(fmpz_mat_entry(a, i / n, i % n), in + t * n * n + i);
    fmpz_mat_mul(product, a, product);
  }
  for (slong i = 0; i < n * n; i++) {
    const fmpz *entry = fmpz_mat_entry(product, i / n, i % n);
    if (value[KIND] == BOOLEAN)
      fmpz_set_si(out + i, !fmpz_is_zero(entry));
    else
      fmpz_set(out + i, entry);
  }
  fmpz_mat_clear(a);
  fmpz_mat_clear(product);
}

/* Matrices with about one entry that is not 0 in a row, as products of others
   of 0 and 1 are 1 everywhere; small entries, or large ones. */
static void draw(const fmpz *value, uint64_t *random, fmpz *in) {
  slong n = value[SIDE], all = value[MATRICES] * n * n;
  ulong bits = value[KIND] == BOOLEAN ? 1 : (ulong)value[BITS];
  bool is_sparse = random_below(random, 2), is_small = random_below(random, 2);
  for (slong i = 0; i < all; i++) {
    fmpz_zero(in + i);
    if (is_sparse && random_below(random, (uint64_t)n))
      continue;
    fmpz_one_2exp(in + i, is_small ? random_below(random, bits) : bits);
    fmpz_sub_ui(in + i, in + i, !is_small);
  }
}

const struct family task_matmul = {
    .name = "matmul",
    .about = "the product of k matrices",
    .formula =
        "inner depth 2 ceil(log2 k), serial 2(k - 1); boolean: n^3 + n^2 "
        "inner gates for each of k - 1 products; integer: n^3 pq and "
        "carries for p and q bits",
    .parameters = {{"k", "matrices", 4, 1, 1000, .is_size = true},
                   {"n", "rows and columns of each", 2, 1, 100,
                    .is_size = true},
                   {"p", "bits of each integer", 2, 1, 1000, .is_size = true},
                   {.name = "kind",
                    .about = "of entries; boolean has OR for the sum, and no p",
                    .most = BOOLEAN,
                    .choices = kinds},
                   {.name = "method",
                    .about = "one matrix after the other, or pairs of pairs",
                    .standard = TREE,
                    .most = TREE,
                    .choices = methods}},
    .check = check,
    .build = build,
    .answer = answer,
    .draw = draw,
    .complexity =
        {.class = "DET-complete",
         .says = "for integers and n = k = p; boolean it is NL-complete; so "
                 "neither has constant depth unless TC0 = NL",
         .status = "conditional",
         .source = "Cook 1985"},
};
