/* References to signals, and the sums made of them. */
#include "circuit/error.h"
#include "circuit/text_reader.h"

#include <gmp.h>

/* Limits of what a bus read as an integer may become. */
#define SPREAD_WIDTH 1024
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#  define SPREAD_WIRES ((size_t)1 << 12)
#else
#  define SPREAD_WIRES ((size_t)1 << 22)
#endif

static bool fail_range(struct reader *r, const struct name *name, size_t i,
                       size_t n, size_t base, const char *what) {
  struct shown s = show_text(name->at, name->n);
  if (!n)
    return error_set(r->err, r->s.line, "'%s' has no %ss", s.text, what);
  return error_set(r->err, r->s.line,
                   "'%s[%zu]' is out of range: '%s' has %zu %s%s, [%zu] to "
                   "[%zu]",
                   s.text, i, s.text, n, what, n == 1 ? "" : "s", base,
                   base + n - 1);
}

static bool read_index(struct reader *r, size_t *i) {
  r->s.at++;
  if (!scan_count(&r->s, i))
    return false;
  return scan_accept(&r->s, ']') || scan_expected(&r->s, "']'");
}

/* v is all values, v[i] a value or, if there is one value, its bit. */
static bool place_input(struct reader *r, struct place *p,
                        const struct signal *s) {
  struct extent e = r->extents.at[s->more];
  size_t index[2] = {0, 0};
  int n = 0;
  while (n < 2 && *r->s.at == '[')
    if (!read_index(r, &index[n++]))
      return false;
  bool is_bit = n == 2 || (n == 1 && e.values == 1);
  if (n == 1 && is_bit) {
    index[1] = index[0];
    index[0] = 0;
  }
  if (!n && e.values != 1)
    return error_set(r->err, r->s.line, "'%s' has %zu values; name one of them",
                     show_text(p->name.at, p->name.n).text, e.values);
  if (index[0] >= e.values)
    return fail_range(r, &p->name, index[0], e.values, 0, "value");
  if (is_bit && index[1] >= e.width)
    return fail_range(r, &p->name, index[1], e.width, 0, "bit");
  p->kind = is_bit ? PLACE_BIT : PLACE_BITS;
  p->id = s->id + (uint32_t)(index[0] * e.width + index[1]);
  p->width = e.width;
  p->is_signed = e.is_signed;
  return true;
}

static bool place_ladder(struct reader *r, struct place *p, ladder_id l) {
  size_t rung, n = circuit_rungs(r->c, l);
  p->kind = PLACE_LADDER;
  p->id = l;
  if (*r->s.at != '[')
    return true;
  if (!read_index(r, &rung))
    return false;
  if (!rung || rung > n)
    return fail_range(r, &p->name, rung, n, 1, "rung");
  p->kind = PLACE_BIT;
  p->id = r->c->ladders.at[l].first_bit + (bit_id)(rung - 1);
  return true;
}

static bool find_signal(struct reader *r, const char *what, struct place *p,
                        struct signal *s) {
  if (!scan_name(&r->s, what, &p->name))
    return false;
  return signals_find(&r->signals, &p->name, s, &p->signal) ||
         error_set(r->err, r->s.line, "'%s' is used before it is defined",
                   show_text(p->name.at, p->name.n).text);
}

static bool place_signal(struct reader *r, struct place *p) {
  struct signal s;
  if (!find_signal(r, "a signal", p, &s))
    return false;
  p->id = s.id;
  switch (s.kind) {
  case SIGNAL_INPUT:
    return place_input(r, p, &s);
  case SIGNAL_GATE: // without a look at its ladder, which takes time
    p->kind = PLACE_BIT;
    return *r->s.at != '[' || place_ladder(r, p, r->c->bits.at[s.id].ladder);
  case SIGNAL_LADDER:
    return place_ladder(r, p, s.id);
  case SIGNAL_VIEW:
    p->kind = PLACE_SOURCE;
    return true;
  case SIGNAL_TABLE:
    p->kind = PLACE_TABLE;
    return true;
  }
  BUG("signal of kind %d", (int)s.kind);
}

static bool place_constant(struct reader *r, struct place *p) {
  char digit = *r->s.at;
  if (digit > '1' || scan_is_word((unsigned char)r->s.at[1]))
    return error_set(r->err, r->s.line,
                     "the constants are 0 and 1, not '%c...'; a weight comes "
                     "before its signal, as in 3*x",
                     digit);
  *p = (struct place){.kind = PLACE_BIT,
                      .id = digit == '1' ? BIT_ONE : BIT_ZERO,
                      .name = {.at = r->s.at++, .n = 1}};
  return true;
}

bool reader_list(struct reader *r) {
  r->list.n = 0;
  while (!scan_at_end(&r->s) && *r->s.at != '}') {
    integer_id id;
    if (!scan_integer(&r->s, &r->c->integers, &id))
      return false;
    array_push(&r->list, id);
    scan_accept(&r->s, ',');
  }
  return true;
}

/* The ladder whose view is asked for. */
static bool viewed_ladder(struct reader *r, const struct place *p,
                          ladder_id *l) {
  if (p->kind == PLACE_LADDER)
    *l = p->id;
  else if (p->kind == PLACE_BIT || (p->kind == PLACE_BITS && p->width == 1))
    *l = r->c->bits.at[p->id].ladder;
  else
    return error_set(r->err, r->s.line,
                     "only a ladder or a single bit has views, and '%s' is "
                     "neither",
                     show_text(p->name.at, p->name.n).text);
  if (p->kind == PLACE_BIT && *l && circuit_rungs(r->c, *l) > 1)
    return error_set(r->err, r->s.line,
                     "a view is of the whole ladder '%s'; leave the index out",
                     show_text(p->name.at, p->name.n).text);
  return true;
}

/* {1 0 -1} or {table} */
static bool place_view(struct reader *r, struct place *p) {
  ladder_id l = 0;
  uint32_t shape = 0;
  struct place table;
  if (!viewed_ladder(r, p, &l))
    return false;
  r->s.at++;
  scan_blanks(&r->s);
  char ch = *r->s.at;
  bool is_table = ch == '"' || ch == '$' ||
                  (scan_is_word((unsigned char)ch) && (ch < '0' || ch > '9'));
  if (is_table) {
    struct signal s;
    if (!find_signal(r, "a table", &table, &s))
      return false;
    if (s.kind != SIGNAL_TABLE)
      return error_set(r->err, r->s.line, "'%s' is not a table",
                       show_text(table.name.at, table.name.n).text);
    shape = s.id;
  } else if (!reader_list(r))
    return false;
  if (!scan_accept(&r->s, '}'))
    return scan_expected(&r->s, "'}'");
  size_t rungs = circuit_rungs(r->c, l);
  size_t n = is_table ? r->c->shapes.at[shape].n : r->list.n;
  if (n != rungs)
    return error_set(r->err, r->s.line,
                     "a view of '%s' needs one step for each of its %zu rungs, "
                     "not %zu",
                     show_text(p->name.at, p->name.n).text, rungs, n);
  if (!is_table)
    shape = circuit_add_shape(r->c, r->list.at, n);
  p->kind = PLACE_SOURCE;
  p->id = circuit_view_shape(r->c, l, shape);
  return true;
}

bool reader_place(struct reader *r, struct place *p) {
  scan_blanks(&r->s);
  bool is_constant = '0' <= *r->s.at && *r->s.at <= '9';
  if (is_constant ? !place_constant(r, p) : !place_signal(r, p))
    return false;
  return *r->s.at != '{' || place_view(r, p);
}

bool reader_bit(struct reader *r, bit_id *b) {
  struct place p;
  if (!reader_place(r, &p))
    return false;
  struct shown s = show_text(p.name.at, p.name.n);
  size_t n = p.kind == PLACE_LADDER ? circuit_rungs(r->c, p.id) : p.width;
  if (p.kind == PLACE_SOURCE || p.kind == PLACE_TABLE)
    return error_set(r->err, r->s.line, "'%s' is a %s, not a bit", s.text,
                     p.kind == PLACE_TABLE ? "table" : "view");
  if (p.kind != PLACE_BIT && n != 1)
    return error_set(r->err, r->s.line, "'%s' has %zu %s; name one of them",
                     s.text, n, p.kind == PLACE_LADDER ? "rungs" : "bits");
  *b = p.kind == PLACE_LADDER ? r->c->ladders.at[p.id].first_bit : p.id;
  return true;
}

static source_id level_of(struct reader *r, const struct place *p) {
  size_t n = circuit_rungs(r->c, p->id);
  struct signal *s = &r->signals.all.at[p->signal].signal;
  if (s->more == SIGNAL_NO_LEVEL) {
    while (r->ones.n < n)
      array_push(&r->ones, 1); // the integer 1 is its own id
    s->more = circuit_view(r->c, p->id, r->ones.at);
  }
  return s->more;
}

/* weight times the integer that a bus stands for */
static bool add_bits(struct reader *r, const struct place *p,
                     integer_id weight) {
  struct integer_scratch scratch;
  if (p->width > SPREAD_WIDTH)
    return error_set(r->err, r->s.line,
                     "'%s' has %u bits; as an integer it may have at most %u",
                     show_text(p->name.at, p->name.n).text, p->width,
                     (unsigned)SPREAD_WIDTH);
  r->spread += p->width;
  if (r->spread > SPREAD_WIRES)
    return error_set(r->err, r->s.line,
                     "buses that are read as integers make more than 2^22 "
                     "wires; name their bits");
  mpz_t w;
  mpz_init_set(w, integers_get(&r->c->integers, weight, &scratch));
  for (unsigned i = 0; i < p->width; i++) {
    if (i + 1 == p->width && p->is_signed)
      mpz_neg(w, w);
    circuit_add_wire(r->c, p->id + i, w);
    mpz_mul_2exp(w, w, 1);
  }
  mpz_clear(w);
  return true;
}

static bool add_place(struct reader *r, const struct place *p,
                      integer_id weight) {
  switch (p->kind) {
  case PLACE_BIT:
  case PLACE_SOURCE:
    circuit_add_wire_id(r->c, p->id, weight);
    return true;
  case PLACE_LADDER:
    circuit_add_wire_id(r->c, level_of(r, p), weight);
    return true;
  case PLACE_BITS:
    return add_bits(r, p, weight);
  case PLACE_TABLE:
    break;
  }
  return error_set(r->err, r->s.line,
                   "'%s' is a table; a view is written ladder{table}",
                   show_text(p->name.at, p->name.n).text);
}

/* [integer "*"] reference, or an integer alone: a wire from the constant 1.
 *alone is set if it is a reference only. */
static bool read_term(struct reader *r, bool is_negative, struct place *p,
                      integer_id *weight, bool *alone) {
  scan_blanks(&r->s);
  char ch = *r->s.at;
  bool is_view = (ch == '0' || ch == '1') && r->s.at[1] == '{';
  *alone = ch != '-' && (ch < '0' || '9' < ch || is_view);
  *weight = integers_add_si(&r->c->integers, is_negative ? -1 : 1);
  if (*alone)
    return reader_place(r, p);
  if (ch == '-') {
    r->s.at++;
    is_negative = !is_negative;
    scan_blanks(&r->s);
    ch = *r->s.at;
    *weight = integers_add_si(&r->c->integers, is_negative ? -1 : 1);
    if (ch < '0' || '9' < ch)
      return reader_place(r, p);
  }
  if (!scan_magnitude(&r->s, &r->c->integers, is_negative, weight))
    return false;
  if (scan_accept(&r->s, '*'))
    return reader_place(r, p);
  *p = (struct place){.kind = PLACE_BIT, .id = BIT_ONE};
  return true;
}

static bool is_empty_sum(struct reader *r) {
  scan_blanks(&r->s);
  const char *p = r->s.at;
  if (*p++ != '0')
    return false;
  while (*p == ' ' || *p == '\t')
    p++;
  if (*p != '>')
    return false;
  r->s.at++;
  return true;
}

bool reader_sum(struct reader *r, bool *is_view, source_id *view) {
  struct place p;
  integer_id weight;
  *is_view = false;
  if (is_empty_sum(r))
    return true;
  bool is_negative = scan_accept(&r->s, '-'), first = !is_negative, alone;
  for (;; first = false) {
    if (!read_term(r, is_negative, &p, &weight, &alone))
      return false;
    scan_blanks(&r->s);
    if (first && alone && p.kind == PLACE_SOURCE && scan_at_end(&r->s)) {
      *is_view = true;
      *view = p.id;
      return true;
    }
    if (!add_place(r, &p, weight))
      return false;
    if (*r->s.at != '+' && *r->s.at != '-')
      return true;
    is_negative = *r->s.at++ == '-';
  }
}
