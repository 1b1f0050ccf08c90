/* The word problem of a group: a product of n letters. What the group is
   decides the depth: S5 and A5 have no proper series of abelian groups, and no
   constant depth is known for them unless TC0 is NC1; S3 and Z_m are solvable,
   and have it, however long the word is. */
#include "circuit/error.h"
#include "circuit/random.h"
#include "tasks/task.h"

#include <string.h>

enum group {
  S5,
  A5,
  S3,
  ZM
};
enum method {
  SERIAL,
  TREE,
  TABLE
};
enum {
  GROUP,
  MODULUS,
  LETTERS,
  METHOD
};

static const char *const groups[] = {"s5", "a5", "s3", "z"};
static const char *const methods[] = {"serial", "tree", "table"};

/* Points that the group moves. */
static size_t points(const fmpz *value) {
  return value[GROUP] == S3 ? 3 : 5;
}

/* ---- Permutations: a letter is a matrix, with [i goes to j] at (i, j) ---- */

/* a, then b: entry (i, k) is the sum over j of [a(i, j) + b(j, k) >= 2]. Depth
   1, a gate for each term. */
static value_id multiply(struct program *p, value_id a, value_id b, size_id d) {
  struct sizes *t = &p->sizes;
  static const unsigned turn[] = {1, 0};
  size_id one = size_si(t, 1), two = size_si(t, 2);
  a = program_reshape(p, "rows", a, (struct dims){3, {d, one, d}});
  b = program_transpose(p, "columns", b, turn);
  return program_sum(
      p, "entries",
      program_at_least(p, "paths", program_add(p, "pairs", a, b), two));
}

static value_id residue_sum(struct program *p, value_id a, value_id b,
                            const fmpz *value);

static value_id combine(struct program *p, value_id a, value_id b,
                        const fmpz *value) {
  return value[GROUP] == ZM
             ? residue_sum(p, a, b, value)
             : multiply(p, a, b, size_si(&p->sizes, (long)points(value)));
}

/* x has the letters along its first axis. */
static value_id fold_tree(struct program *p, value_id x, size_id n,
                          const fmpz *value) {
  struct composition c;
  program_begin_tree(p, &c, "product", &x, 1, n);
  value_id y = combine(p, c.argument[0], c.argument[1], value);
  program_end(p, &c, &y, 1, &y);
  return y;
}

static value_id fold_serially(struct program *p, value_id x, size_id n,
                              const fmpz *value) {
  struct sizes *t = &p->sizes;
  struct composition c;
  size_id none = size_si(t, 0), one = size_si(t, 1), less = size_sub(t, n, one);
  struct dims letter = program_dims(p, x);
  letter.rank--;
  memmove(letter.at, letter.at + 1, letter.rank * sizeof *letter.at);
  value_id first = program_slice(p, "first", x, 0, none, one);
  value_id operand[] = {program_reshape(p, "start", first, letter),
                        program_slice(p, "others", x, 0, one, less)};
  program_begin_loop(p, &c, "product", operand, 1, 1, less);
  value_id y = combine(p, c.argument[0], c.argument[1], value);
  program_end(p, &c, &y, 1, &y);
  return y;
}

/* ---- S3: each permutation of 0, 1, 2 is x -> e x + a modulo 3, e = 1 or -1.
   With E_t = e_1 ... e_t and T = E_1 a_1 + ... + E_n a_n the product is
   x -> E_n (x + T). Depth 3: the signs e, 2n gates; E_t a_t, a function of the
   number of minus signs so far and a_t, about n(n + 2); E_n, n / 2; the product
   is a function of T and E_n, 4n + 1. ---- */

/* x = 3 s + a, s minus signs and a of -1..1: a times the sign. */
static void signed_by(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_t s;
  mpz_init(s);
  mpz_add_ui(y, x, 1);
  long a = (long)mpz_fdiv_qr_ui(s, y, y, 3) - 1;
  mpz_set_si(y, mpz_odd_p(s) ? -a : a);
  mpz_clear(s);
}

static void modulo_6(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_fdiv_r_ui(y, x, 6);
}

/* T as a sum, and the number of minus signs. */
static void sum_turns(struct program *p, value_id x, size_id n, value_id *sum,
                      value_id *signs) {
  static const fmpz trace[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1},
                    image_of_0[9] = {0, 1, -1};
  static const struct function turn = {signed_by, NULL, false};
  struct sizes *t = &p->sizes;
  x = program_reshape(p, "entries", x, matrix(n, size_si(t, 9)));
  value_id fixed = program_linear(p, "fixed", x, 1, 9, trace, NULL);
  value_id letters[] = {
      program_places(p, "none", size_si(t, 1)),
      program_table(p, "signs", fixed, (const long[]){0, 1, 0}, 3, 0),
      program_linear(p, "image", x, 1, 9, image_of_0, NULL)};
  struct composition c;
  value_id result[2];
  program_begin_loop(p, &c, "prefixes", letters, 1, 2, n);
  result[0] = program_add(p, "minus", c.argument[0], c.argument[1]);
  value_id both[] = {result[0], c.argument[2]};
  value_id word =
      program_combine(p, "letter", both, (const long[]){3, 1}, 2, 0);
  result[1] = program_apply_bounded(p, "turn", word, &turn, 1, 1);
  program_end(p, &c, result, 2, result);
  *signs = result[0];
  *sum = program_sum(
      p, "turns",
      program_reshape(p, "row", result[1], matrix(size_si(t, 1), n)));
}

static value_id s3_product(struct program *p, value_id x, size_id n) {
  static const struct function modulo = {modulo_6, NULL, false};
  struct sizes *t = &p->sizes;
  value_id both[2];
  sum_turns(p, x, n, &both[0], &both[1]);
  both[1] = program_parity(p, "sign", both[1], size_si(t, 1));
  value_id g = program_combine(p, "both", both, (const long[]){2, 1}, 2, 0);
  g = program_apply_bounded(p, "element", g, &modulo, 1, 5);
  fmpz at[6 * 9] = {0}; // row 2 T + [E is minus]
  for (int i = 0; i < 6; i++)
    for (int from = 0; from < 3; from++) {
      int to = (from + i / 2) % 3;
      at[9 * i + 3 * from + (i % 2 ? (3 - to) % 3 : to)] = 1;
    }
  value_id y = program_look_up(p, "matrix", g, &(struct matrix){6, 9, at}, 6,
                               size_si(t, 9));
  return program_reshape(p, "product", y, matrix(size_si(t, 3), size_si(t, 3)));
}

/* ---- Z_m ---- */

static void modulo(mpz_t y, const mpz_t x, const void *m) {
  mpz_fdiv_r_ui(y, x, *(const unsigned long *)m);
}

static value_id residue(struct program *p, value_id x, const fmpz *value) {
  unsigned long *m = program_alloc(p, 1, sizeof *m);
  *m = (unsigned long)value[MODULUS];
  const struct function f = {modulo, m, false};
  return program_apply_bounded(p, "residue", x, &f, 1, (long)*m - 1);
}

static value_id residue_sum(struct program *p, value_id a, value_id b,
                            const fmpz *value) {
  return residue(p, program_add(p, "sum", a, b), value);
}

static unsigned residue_bits(const fmpz *value) {
  return (unsigned)FLINT_BIT_COUNT((ulong)value[MODULUS] - 1);
}

/* Depth 1, a gate for each change of a function of the sum of all letters:
   fewer than 2 n m. */
static void build_residues(struct program *p, const fmpz *value) {
  size_id n = family_size(p, &task_word, LETTERS);
  size_id width = size_si(&p->sizes, residue_bits(value));
  value_id x = program_input(p, "x", vector(n), width, false);
  value_id y = value[METHOD] == TABLE  ? program_sum(p, "sum", x)
               : value[METHOD] == TREE ? fold_tree(p, x, n, value)
                                       : fold_serially(p, x, n, value);
  program_output_width(p, "y", residue(p, y, value), width, false);
}

/* ---- The task ---- */

static void build(struct program *p, const fmpz *value) {
  if (value[GROUP] == ZM) {
    build_residues(p, value);
    return;
  }
  size_id n = family_size(p, &task_word, LETTERS);
  size_id d = size_si(&p->sizes, (long)points(value));
  value_id x = program_input_bits(p, "x", matrix(n, d), d);
  value_id y = value[METHOD] == TABLE  ? s3_product(p, x, n)
               : value[METHOD] == TREE ? fold_tree(p, x, n, value)
                                       : fold_serially(p, x, n, value);
  program_output_bits(p, "y", y);
}

static bool check(const fmpz *value, struct error *err) {
  double n = (double)value[LETTERS];
  if (value[GROUP] == ZM)
    return task_check_wires(
        4 * n * (double)value[MODULUS] * (residue_bits(value) + 2), err);
  if (value[METHOD] == TABLE && value[GROUP] != S3)
    return error_set(err, 0,
                     "method=table: of s3 and z alone; %s is not solvable, and "
                     "has a constant depth only if TC0 = NC1",
                     groups[value[GROUP]]);
  return task_check_wires(value[METHOD] == TABLE ? 6 * n * n : 1300 * n, err);
}

/* to[i] = where letter t sends i; false if it is no permutation. */
static bool read_letter(const fmpz *value, const fmpz *in, long t, int *to) {
  int d = (int)points(value), seen = 0;
  for (int i = 0; i < d; i++) {
    ulong row = fmpz_get_ui(in + t * d + i);
    if (!row || row & (row - 1) || seen & (int)row)
      return false;
    seen |= (int)row;
    for (to[i] = 0; row >> to[i] > 1;)
      to[i]++;
  }
  return true;
}

static bool is_even(const int *to, int d) {
  int turned = 0;
  for (int i = 0; i < d; i++)
    for (int j = 0; j < i; j++)
      turned += to[j] > to[i];
  return turned % 2 == 0;
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  if (value[GROUP] == ZM) {
    long rest = 0;
    for (long t = 0; t < value[LETTERS]; t++)
      rest = (rest + in[t]) % value[MODULUS];
    fmpz_set_si(out, rest);
    return;
  }
  int d = (int)points(value), to[5] = {0};
  for (int i = 0; i < d; i++) {
    int at = i; // goes from letter to letter
    for (long t = 0; t < value[LETTERS]; t++) {
      read_letter(value, in, t, to);
      at = to[at];
    }
    fmpz_one_2exp(out + i, (ulong)at);
  }
}

static bool keeps(const fmpz *value, const fmpz *in) {
  int to[5];
  for (long t = 0; value[GROUP] != ZM && t < value[LETTERS]; t++)
    if (!read_letter(value, in, t, to) ||
        (value[GROUP] == A5 && !is_even(to, 5)))
      return false;
  return true;
}

static void count(const fmpz *value, fmpz_t n) {
  static const ulong order[] = {[S5] = 120, [A5] = 60, [S3] = 6};
  ulong letters = value[GROUP] == ZM ? UWORD(1) << residue_bits(value)
                                     : order[value[GROUP]];
  fmpz_set_ui(n, letters);
  fmpz_pow_ui(n, n, (ulong)value[LETTERS]);
}

static void draw_letter(const fmpz *value, uint64_t *random, fmpz *in) {
  int d = (int)points(value), to[5] = {0, 1, 2, 3, 4};
  for (int i = d - 1; i > 0; i--) {
    int j = (int)random_below(random, (uint64_t)i + 1), kept = to[i];
    to[i] = to[j];
    to[j] = kept;
  }
  bool is_turned = value[GROUP] == A5 && !is_even(to, d);
  for (int i = 0; i < d; i++) // the first two change places
    fmpz_set_ui(in + i, UWORD(1) << to[is_turned && i < 2 ? 1 - i : i]);
}

/* One letter again and again, one time in eight. */
static void draw(const fmpz *value, uint64_t *random, fmpz *in) {
  bool repeats = random_below(random, 8) == 0, is_z = value[GROUP] == ZM;
  long d = is_z ? 1 : (long)points(value);
  for (long t = 0; t < value[LETTERS]; t++, in += d)
    if (t && repeats)
      for (long i = 0; i < d; i++)
        fmpz_set(in + i, in + i - d);
    else if (is_z)
      fmpz_set_ui(in, random_below(random, UWORD(1) << residue_bits(value)));
    else
      draw_letter(value, random, in);
}

const struct family task_word = {
    .name = "word",
    .about = "the product of n letters of a group",
    .formula =
        "s5, a5: inner depth ceil(log2 n), serial n - 1; 125(n - 1) inner "
        "gates. s3: the same with 27(n - 1); table: inner depth 3, n^2 + 9n + "
        "floor(n/2) + 1. z: table: inner depth 1, fewer than 2nm",
    .parameters = {{.name = "group",
                    .about = "permutations of 5 points, even ones of these, "
                             "permutations of 3 points, or sums modulo m",
                    .most = ZM,
                    .choices = groups},
                   {"m", "modulus of z; a letter is any integer of its bits", 6,
                    2, 1024, .is_size = false},
                   {"n", "letters", 8, 1, 100000, .is_size = true},
                   {.name = "method",
                    .about = "one letter after the other, pairs of pairs, or "
                             "all at once",
                    .standard = TREE,
                    .most = TABLE,
                    .choices = methods}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "NC1-complete",
         .says = "for s5 and a5, so no constant depth unless TC0 = NC1; of "
                 "solvable groups as s3 and z it is in TC0",
         .status = "conditional",
         .source = "Barrington 1989"},
    .promise = {.text = "each letter of s5, a5 and s3 is the matrix of an "
                        "element: row i has a 1 where point i goes",
                .keeps = keeps,
                .count = count},
    .draw = draw,
};
