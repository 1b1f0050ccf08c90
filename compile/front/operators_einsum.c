/* Einsum: sums of products of elements whose places have the same letters. */
#include "compile/front/operators.h"

#include <ctype.h>
#include <string.h>

enum {
  DOTS = 128,
  LABELS = DOTS + FLOW_MAX_RANK
}; // DOTS + k: axis k of "..."

/* A tensor whose axes have different labels. */
struct factor {
  flow_id x;
  size_t rank;
  unsigned char label[FLOW_MAX_RANK];
};

static bool has(const struct factor *t, unsigned label) {
  return memchr(t->label, (int)label, t->rank);
}

static size_t axis_of(const struct factor *t, unsigned label) {
  return (size_t)((const unsigned char *)memchr(t->label, (int)label, t->rank) -
                  t->label);
}

/* ---- The equation ---- */

/* One list of letters: "a...b", of a tensor of some rank; "..." takes `dots`
   axes, which count from the last. */
static bool read_labels(struct operator_call *n, const char **s, size_t dots,
                        unsigned char *label, size_t *rank) {
  bool has_dots = false;
  *rank = 0;
  for (; **s && **s != ',' && **s != '-'; (*s)++) {
    bool is_dots = !strncmp(*s, "...", 3);
    size_t more = is_dots ? dots : 1;
    if (**s == ' ')
      continue;
    if ((is_dots && has_dots) || (!is_dots && !isalpha((unsigned char)**s)) ||
        *rank + more > FLOW_MAX_RANK)
      return flow_error(n->f, "attribute 'equation' is wrong at '%.40s'", *s),
             false;
    for (size_t i = 0; i < more; i++)
      label[(*rank)++] =
          (unsigned char)(is_dots ? DOTS + dots - 1 - i : (size_t) * *s);
    if (is_dots)
      *s += 2, has_dots = true;
  }
  return true;
}

/* Axes that "..." stands for in a list: what its letters leave. */
static bool count_dots(struct operator_call *n, const char *s, size_t rank,
                       size_t *dots) {
  size_t letters = 0;
  bool has_dots = false;
  for (; *s && *s != ',' && *s != '-'; s++) {
    letters += isalpha((unsigned char)*s) != 0;
    has_dots |= *s == '.';
  }
  *dots = has_dots && rank >= letters ? rank - letters : 0;
  return letters + *dots == rank ||
         (flow_error(n->f,
                     "attribute 'equation' has %zu letters for an input of "
                     "rank %zu",
                     letters, rank),
          false);
}

/* Axes with the same label become one: the diagonal. */
static flow_id diagonal(struct flow *f, flow_id x, size_t i, size_t j) {
  const struct lengths *s = flow_shape(f, x);
  size_t length = s->at[i];
  if (s->at[j] != length)
    return flow_error(f, "axes of lengths %zu and %zu have one letter", length,
                      s->at[j]);
  flow_id *part = xmalloc((length + 1) * sizeof *part);
  for (size_t k = 0; k < length; k++)
    part[k] =
        flow_drop_axis(f, flow_slice(f, flow_slice(f, x, i, k, 1), j, k, 1), j);
  flow_id y = length ? flow_concat(f, part, length, i)
                     : flow_error(f, "an axis of length 0");
  free(part);
  return y;
}

static bool read_term(struct operator_call *n, size_t input, const char **s,
                      struct factor *t) {
  size_t dots, rank;
  unsigned char label[FLOW_MAX_RANK];
  t->x = call_input(n, input);
  t->rank = 0;
  if (t->x == FLOW_NONE ||
      !count_dots(n, *s, flow_shape(n->f, t->x)->rank, &dots) ||
      !read_labels(n, s, dots, label, &rank))
    return false;
  for (size_t i = 0; i < rank && t->x != FLOW_NONE; i++)
    if (has(t, label[i]))
      t->x = diagonal(n->f, t->x, axis_of(t, label[i]), t->rank);
    else
      t->label[t->rank++] = label[i];
  return t->x != FLOW_NONE;
}

struct equation {
  struct factor *term;
  size_t n;
  struct factor out; // without x
};

/* Without "->": what occurs once, in the order of letters, after "...". */
static void implied_output(const struct equation *e, size_t most_dots,
                           struct factor *out) {
  for (size_t k = most_dots; k-- > 0;)
    out->label[out->rank++] = (unsigned char)(DOTS + k);
  for (unsigned c = 'A'; c <= 'z'; c++) {
    size_t count = 0;
    for (size_t i = 0; i < e->n; i++)
      count += has(&e->term[i], c);
    if (count == 1 && out->rank < FLOW_MAX_RANK)
      out->label[out->rank++] = (unsigned char)c;
  }
}

/* A letter twice in one input is none that occurs once. */
static bool occurs_once(const char *s, int c) {
  const char *at = strchr(s, c);
  return at && !strchr(at + 1, c);
}

static size_t most_dots(const struct equation *e) {
  size_t most = 0;
  for (size_t i = 0; i < e->n; i++)
    for (size_t k = 0; k < e->term[i].rank; k++)
      if (e->term[i].label[k] >= DOTS && e->term[i].label[k] - DOTS + 1u > most)
        most = e->term[i].label[k] - DOTS + 1u;
  return most;
}

static bool read_output(struct operator_call *n, const char *all, const char *s,
                        struct equation *e) {
  struct factor *out = &e->out;
  if (!*s) {
    implied_output(e, most_dots(e), out);
    size_t kept = 0;
    for (size_t i = 0; i < out->rank; i++)
      if (out->label[i] >= DOTS || occurs_once(all, out->label[i]))
        out->label[kept++] = out->label[i];
    out->rank = kept;
    return true;
  }
  if (strncmp(s, "->", 2))
    return flow_error(n->f, "attribute 'equation' is wrong at '%.40s'", s),
           false;
  s += 2;
  if (!read_labels(n, &s, most_dots(e), out->label, &out->rank))
    return false;
  for (size_t i = 0; i < out->rank; i++) {
    bool is_known = false;
    for (size_t k = 0; k < e->n; k++)
      is_known |= has(&e->term[k], out->label[i]);
    if (!is_known || memchr(out->label, out->label[i], i) || *s)
      return flow_error(n->f, "attribute 'equation' has a wrong result"), false;
  }
  return true;
}

static bool read_equation(struct operator_call *n, struct equation *e) {
  const char *all = call_string(n, "equation"), *s = all;
  for (e->n = 0; e->n < n->inputs; e->n++) {
    if (e->n && *s++ != ',')
      return flow_error(n->f, "attribute 'equation' is not of %zu inputs",
                        n->inputs),
             false;
    if (!read_term(n, e->n, &s, &e->term[e->n]))
      return false;
  }
  return read_output(n, all, s, e);
}

/* ---- Two terms at a time ---- */

/* Labels that are asked for no more are summed over. */
static void sum_out(struct flow *f, struct factor *t, const bool *is_wanted) {
  unsigned axes = 0;
  size_t kept = 0;
  for (size_t i = 0; i < t->rank; i++)
    axes |= (unsigned)!is_wanted[t->label[i]] << i;
  if (axes)
    t->x = flow_sum(f, t->x, axes, false);
  for (size_t i = 0; i < t->rank; i++)
    if (!(axes >> i & 1))
      t->label[kept++] = t->label[i];
  t->rank = kept;
}

/* The term's axes with the labels in the order given, those of length 1 as
   long as `length` says. */
static flow_id ordered(struct flow *f, const struct factor *t,
                       const unsigned char *label, const size_t *length) {
  size_t order[FLOW_MAX_RANK], at[FLOW_MAX_RANK];
  struct lengths shape;
  for (size_t i = 0; i < t->rank; i++) {
    order[i] = axis_of(t, label[i]);
    at[i] = length[label[i]];
  }
  if (!lengths_set(&shape, at, t->rank))
    return flow_error(f, "its terms have too many elements");
  return flow_broadcast(f, flow_transpose(f, t->x, order), &shape);
}

/* Labels in both that stay, of a alone, in both that go, and of b alone. */
struct split {
  unsigned char label[4][FLOW_MAX_RANK];
  size_t n[4], size[4];
};
enum {
  BATCH,
  ROWS,
  SHARED,
  COLUMNS
};

static void split_add(struct split *s, int kind, unsigned char label,
                      size_t length) {
  s->label[kind][s->n[kind]++] = label;
  s->size[kind] *= length;
}

static struct split split(const struct factor *a, const struct factor *b,
                          const bool *is_wanted, const size_t *length) {
  struct split s = {.size = {1, 1, 1, 1}};
  for (size_t i = 0; i < a->rank; i++) {
    unsigned char c = a->label[i];
    split_add(&s,
              !has(b, c)     ? ROWS
              : is_wanted[c] ? BATCH
                             : SHARED,
              c, length[c]);
  }
  for (size_t i = 0; i < b->rank; i++)
    if (!has(a, b->label[i]))
      split_add(&s, COLUMNS, b->label[i], length[b->label[i]]);
  return s;
}

static size_t join_labels(const struct split *s, const int *kinds, size_t n,
                          unsigned char *label) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    memcpy(label + count, s->label[kinds[i]], s->n[kinds[i]]);
    count += s->n[kinds[i]];
  }
  return count;
}

/* A term as matrices [batch, i, j], without a batch [i, j]. */
static flow_id as_matrix(struct flow *f, const struct factor *t,
                         const struct split *s, int i, int j,
                         const size_t *length) {
  unsigned char label[3 * FLOW_MAX_RANK];
  join_labels(s, (int[]){BATCH, i, j}, 3, label);
  size_t at[] = {s->size[BATCH], s->size[i], s->size[j]};
  bool has_batch = s->n[BATCH] > 0;
  return flow_reshape_to(f, ordered(f, t, label, length), at + !has_batch,
                         2 + has_batch);
}

/* a becomes the product of a and b. */
static void multiply(struct operator_call *n, struct factor *a,
                     const struct factor *b, const bool *is_wanted,
                     const size_t *length) {
  struct flow *f = n->f;
  struct split s = split(a, b, is_wanted, length);
  unsigned char label[3 * FLOW_MAX_RANK];
  size_t at[FLOW_MAX_RANK];
  size_t rank = join_labels(&s, (int[]){BATCH, ROWS, COLUMNS}, 3, label);
  if (rank > FLOW_MAX_RANK) {
    a->x = flow_error(f, "its terms have more than %d axes", FLOW_MAX_RANK);
    return;
  }
  flow_id x = as_matrix(f, a, &s, ROWS, SHARED, length);
  x = flow_matmul(f, x, as_matrix(f, b, &s, SHARED, COLUMNS, length));
  for (size_t i = 0; i < rank; i++)
    at[i] = length[label[i]];
  a->x = flow_reshape_to(f, x, at, rank);
  a->rank = rank;
  memcpy(a->label, label, rank);
}

/* Lengths of labels; one of 1 is repeated where it is of "...". */
static bool get_lengths(struct operator_call *n, const struct equation *e,
                        size_t *length) {
  memset(length, 0, LABELS * sizeof *length);
  for (size_t i = 0; i < e->n; i++)
    for (size_t k = 0; k < e->term[i].rank; k++) {
      unsigned char c = e->term[i].label[k];
      size_t more = flow_shape(n->f, e->term[i].x)->at[k];
      bool repeats = length[c] == 1 || more == 1;
      if (!more || (length[c] && length[c] != more && !repeats))
        return flow_error(n->f, "an axis of length %zu where it is %zu", more,
                          length[c]),
               false;
      length[c] = more > length[c] ? more : length[c];
    }
  return true;
}

/* What a later term or the result asks for. */
static void get_wanted(const struct equation *e, size_t from, bool *is_wanted) {
  memset(is_wanted, 0, LABELS * sizeof *is_wanted);
  for (size_t k = 0; k < e->out.rank; k++)
    is_wanted[e->out.label[k]] = true;
  for (size_t i = from; i < e->n; i++)
    for (size_t k = 0; k < e->term[i].rank; k++)
      is_wanted[e->term[i].label[k]] = true;
}

static flow_id multiply_terms(struct operator_call *n, struct equation *e) {
  size_t length[LABELS];
  bool is_wanted[LABELS];
  struct factor all = e->term[0];
  if (!get_lengths(n, e, length))
    return FLOW_NONE;
  get_wanted(e, 1, is_wanted);
  sum_out(n->f, &all, is_wanted);
  for (size_t i = 1; i < e->n && !n->f->failed; i++) {
    struct factor *t = &e->term[i];
    get_wanted(e, i + 1, is_wanted);
    bool is_shared[LABELS];
    memcpy(is_shared, is_wanted, sizeof is_shared);
    for (size_t k = 0; k < all.rank; k++)
      is_shared[all.label[k]] = true;
    sum_out(n->f, t, is_shared);
    multiply(n, &all, t, is_wanted, length);
    sum_out(n->f, &all, is_wanted);
  }
  return n->f->failed ? FLOW_NONE : ordered(n->f, &all, e->out.label, length);
}

static void build_einsum(struct operator_call *n) {
  struct equation e = {.n = 0};
  call_input(n, 0);
  if (n->f->failed)
    return;
  e.term = xmalloc(n->inputs * sizeof *e.term);
  if (read_equation(n, &e))
    n->out[0] = multiply_terms(n, &e);
  free(e.term);
}

const struct operator_row operators_einsum[] = {
    {{"Einsum", ""}, build_einsum},
    {{NULL, NULL}, NULL},
};
