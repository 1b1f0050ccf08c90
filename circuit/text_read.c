#include "circuit/text.h"
#include "circuit/text_reader.h"

#include <string.h>

static const char *const reserved[] = {"input", "output",    "table",  "name",
                                       "bus",   "operation", "signed", NULL};

bool text_is_reserved(const char *name, size_t n) {
  for (size_t i = 0; reserved[i]; i++)
    if (strlen(reserved[i]) == n && !memcmp(reserved[i], name, n))
      return true;
  return false;
}

static bool fail(struct reader *r, const char *message) {
  return error_set(r->err, r->s.line, "%s", message);
}

static bool read_end(struct reader *r) {
  return scan_at_end(&r->s) || scan_expected(&r->s, "the end of the line");
}

static bool check_new(struct reader *r, const struct signals *t,
                      const struct name *name, const char *what) {
  struct signal s;
  uint32_t place;
  return !signals_find(t, name, &s, &place) ||
         error_set(r->err, r->s.line,
                   "%s '%s' is defined twice; first on line %u", what,
                   show_text(name->at, name->n).text, (unsigned)s.line);
}

static void define(struct reader *r, const struct name *name,
                   enum signal_kind kind, uint32_t id, uint32_t more) {
  struct signal s = {
      .line = (uint32_t)r->s.line, .id = id, .more = more, .kind = kind};
  signals_add(&r->signals, name, 2 * r->c->bits.n + 1024, s);
}

static bool read_real_name(struct reader *r, const char *what,
                           struct name *name) {
  if (!scan_name(&r->s, what, name))
    return false;
  return !name->is_label || fail(r, "a name that begins with '$' must be "
                                    "quoted here");
}

/* [values][width] signed, all of which may be left out */
static bool read_extent(struct reader *r, struct extent *e) {
  size_t n[2] = {1, 1};
  int count = 0;
  for (; count < 2 && *r->s.at == '['; count++) {
    r->s.at++;
    if (!scan_count(&r->s, &n[count]))
      return false;
    if (!scan_accept(&r->s, ']'))
      return scan_expected(&r->s, "']'");
    if (n[count] > CIRCUIT_MAX_BITS)
      return fail(r, "a bus has at most 2^31 - 1 bits");
  }
  scan_blanks(&r->s);
  e->values = count == 2 ? n[0] : 1;
  e->width = (unsigned)(count == 2 ? n[1] : n[0]);
  e->is_signed = !strncmp(r->s.at, "signed", 6) &&
                 !scan_is_word((unsigned char)r->s.at[6]);
  r->s.at += e->is_signed ? 6 : 0;
  return true;
}

static bool read_input(struct reader *r) {
  struct name name;
  struct extent e;
  if (!scan_name(&r->s, "the name of an input", &name) ||
      !check_new(r, &r->signals, &name, "signal") || !read_extent(r, &e))
    return false;
  size_t n = e.values * e.width; // both below 2^31
  if (n > FILE_MAX_INPUTS || r->c->inputs.n + n > FILE_MAX_INPUTS)
    return error_set(r->err, r->s.line,
                     "'%s' makes more than 2^21 input bits, the most that a "
                     "file may have",
                     show_text(name.at, name.n).text);
  define(r, &name, SIGNAL_INPUT, (uint32_t)r->c->bits.n,
         (uint32_t)r->extents.n);
  array_push(&r->extents, e);
  for (size_t i = 0; i < n; i++)
    circuit_add_input(r->c);
  if (!name.is_label)
    circuit_add_input_bus(r->c,
                          r->signals.text.at + array_last(&r->signals.all).text,
                          e.values, e.width, e.is_signed);
  return true;
}

static bool read_inputs(struct reader *r) {
  do {
    if (!read_input(r))
      return false;
    scan_accept(&r->s, ',');
  } while (!scan_at_end(&r->s));
  return true;
}

static bool read_output_name(struct reader *r, struct name *name,
                             struct extent *e, size_t *text) {
  if (!scan_name(&r->s, "the name of an output or '='", name))
    return false;
  if (name->is_label)
    return fail(r, "outputs without a name are written 'output = bits'");
  if (!check_new(r, &r->outputs, name, "output"))
    return false;
  signals_add(&r->outputs, name, 0,
              (struct signal){.line = (uint32_t)r->s.line});
  *text = array_last(&r->outputs.all).text;
  return read_extent(r, e);
}

static bool read_output(struct reader *r) {
  struct name name;
  struct extent e;
  size_t text = 0, n = 0;
  scan_blanks(&r->s);
  bool is_named = *r->s.at != '=';
  if (is_named && !read_output_name(r, &name, &e, &text))
    return false;
  if (!scan_accept(&r->s, '='))
    return scan_expected(&r->s, "'=' and the bits of the output");
  for (; !scan_at_end(&r->s); n++, scan_accept(&r->s, ',')) {
    bit_id b;
    if (!reader_bit(r, &b))
      return false;
    circuit_add_output(r->c, b);
  }
  if (!is_named)
    return true;
  if (e.values * e.width != n)
    return error_set(
        r->err, r->s.line, "output '%s' has %zu bit%s, and %zu %s given",
        show_text(name.at, name.n).text, e.values * e.width,
        e.values * e.width == 1 ? "" : "s", n, n == 1 ? "is" : "are");
  circuit_add_output_bus(r->c, r->outputs.text.at + text, e.values, e.width,
                         e.is_signed);
  return true;
}

/* bus input x[4] names the last inputs, bus output y[4] the last outputs. */
static bool read_bus(struct reader *r) {
  struct name side, name;
  struct extent e;
  if (!scan_name(&r->s, "'input' or 'output'", &side))
    return false;
  bool is_input = name_is(&side, "input");
  if (!is_input && !name_is(&side, "output"))
    return fail(r, "a bus is of the last inputs or outputs: 'bus input x[4]' "
                   "or 'bus output x[4]'");
  if (!read_real_name(r, "the name of the bus", &name) || !read_extent(r, &e))
    return false;
  size_t n = is_input ? r->c->inputs.n : r->c->outputs.n;
  if (e.values * e.width > n)
    return error_set(r->err, r->s.line,
                     "bus '%s' has %zu bits, but there are only %zu %s so far",
                     show_text(name.at, name.n).text, e.values * e.width, n,
                     is_input ? "inputs" : "outputs");
  size_t text = signals_keep(&r->signals, name.at, name.n);
  (is_input ? circuit_add_input_bus : circuit_add_output_bus)(
      r->c, r->signals.text.at + text, e.values, e.width, e.is_signed);
  r->signals.text.n = text;
  return true;
}

static bool read_operation(struct reader *r) {
  struct name name, kind = {.at = "", .n = 0};
  if (!read_real_name(r, "the name of an operation", &name) ||
      (!scan_at_end(&r->s) &&
       !read_real_name(r, "the kind of the operation", &kind)))
    return false;
  size_t a = signals_keep(&r->signals, name.at, name.n);
  size_t b = signals_keep(&r->signals, kind.at, kind.n);
  circuit_begin_operation(r->c, r->signals.text.at + a, r->signals.text.at + b);
  r->signals.text.n = a;
  return true;
}

static bool read_name(struct reader *r) {
  bit_id b;
  struct name name;
  if (!reader_bit(r, &b) || !read_real_name(r, "a name for the bit", &name))
    return false;
  size_t text = signals_keep(&r->signals, name.at, name.n);
  array_push(&r->names, (struct reader_name){b, text, r->s.line});
  return true;
}

static bool read_table(struct reader *r) {
  struct name name;
  if (!scan_name(&r->s, "the name of a table", &name) ||
      !check_new(r, &r->signals, &name, "signal"))
    return false;
  if (!scan_accept(&r->s, '='))
    return scan_expected(&r->s, "'=' and the steps of the table");
  if (!reader_list(r))
    return false;
  if (!r->list.n)
    return fail(r, "a table has at least one step");
  define(r, &name, SIGNAL_TABLE, circuit_add_shape(r->c, r->list.at, r->list.n),
         0);
  return true;
}

static bool read_comparison(struct reader *r) {
  scan_blanks(&r->s);
  const char *p = r->s.at;
  if (p[0] == '>' && p[1] == '=') {
    r->s.at += 2;
    return true;
  }
  if (*p == '>' || *p == '<' || *p == '=')
    return fail(r, "sums are compared by '>=' only: x > 3 is x >= 4, and "
                   "x <= 3 is -x >= -3");
  if (*p == '*')
    return fail(r, "a weight is an integer and comes first, as in 3*x");
  if (scan_at_end(&r->s))
    return fail(r, "a gate ends with its threshold, as in x + y >= 2");
  return scan_expected(&r->s, "'+', '-' or '>='");
}

static bool read_thresholds(struct reader *r) {
  if (!reader_list(r))
    return false;
  if (!r->list.n)
    return scan_expected(&r->s, "a threshold");
  for (size_t i = 1; i < r->list.n; i++) {
    integer_id a = r->list.at[i - 1], b = r->list.at[i];
    if (integers_compare(&r->c->integers, a, b) >= 0)
      return error_set(r->err, r->s.line,
                       "threshold %s is not above %s; the thresholds of a "
                       "ladder ascend",
                       show_integer(&r->c->integers, b).text,
                       show_integer(&r->c->integers, a).text);
  }
  return true;
}

/* name = sum >= thresholds, or name = view */
static bool read_definition(struct reader *r, const struct name *name) {
  bool is_view;
  source_id view;
  if (!scan_accept(&r->s, '='))
    return scan_expected(&r->s, "'='");
  if (!check_new(r, &r->signals, name, "signal") ||
      !reader_sum(r, &is_view, &view))
    return false;
  if (is_view) {
    define(r, name, SIGNAL_VIEW, view, 0);
    return true;
  }
  if (!read_comparison(r) || !read_thresholds(r))
    return false;
  bit_id b = circuit_add_ladder(r->c, r->list.at, r->list.n);
  if (r->list.n == 1)
    define(r, name, SIGNAL_GATE, b, 0);
  else
    define(r, name, SIGNAL_LADDER, r->c->bits.at[b].ladder, SIGNAL_NO_LEVEL);
  if (!name->is_label)
    array_push(&r->names, (struct reader_name){
                              b, array_last(&r->signals.all).text, r->s.line});
  return true;
}

static bool read_statement(struct reader *r) {
  struct name word;
  if (!scan_name(&r->s, "a statement", &word))
    return false;
  if (word.is_label || word.is_quoted || !text_is_reserved(word.at, word.n))
    return read_definition(r, &word);
  scan_blanks(&r->s);
  if (*r->s.at == '=' && !name_is(&word, "output"))
    return error_set(r->err, r->s.line,
                     "'%s' begins a statement; as a name it must be quoted",
                     show_text(word.at, word.n).text);
  switch (*word.at) {
  case 'i':
    return read_inputs(r);
  case 'o':
    return word.at[1] == 'u' ? read_output(r) : read_operation(r);
  case 't':
    return read_table(r);
  case 'n':
    return read_name(r);
  case 'b':
    return read_bus(r);
  default:
    return fail(r, "'signed' comes after a bus: 'input x[8] signed'");
  }
}

static bool read_header(struct reader *r) {
  struct name word;
  size_t version;
  bool end;
  if (!scan_line(&r->s, &end))
    return false;
  if (end)
    return error_set(r->err, 1,
                     "the file is empty; a circuit begins with the line "
                     "'circuit 1'");
  if (!scan_name(&r->s, "", &word) || !name_is(&word, "circuit") ||
      !scan_count(&r->s, &version))
    return fail(r, "a circuit begins with the line 'circuit 1'");
  if (version != 1)
    return error_set(r->err, r->s.line,
                     "this is version %zu of the format; only version 1 is "
                     "known",
                     version);
  return read_end(r);
}

static int compare_names(const void *a, const void *b) {
  const struct reader_name *x = a, *y = b;
  return (x->bit > y->bit) - (x->bit < y->bit);
}

static bool give_names(struct reader *r) {
  bool ascend = true;
  for (size_t i = 1; i < r->names.n; i++)
    ascend &= r->names.at[i - 1].bit < r->names.at[i].bit;
  if (!ascend)
    qsort(r->names.at, r->names.n, sizeof *r->names.at, compare_names);
  for (size_t i = 0; i < r->names.n; i++) {
    const struct reader_name *n = &r->names.at[i], *before = n - 1;
    const char *text = r->signals.text.at + n->text;
    if (i && before->bit == n->bit) {
      const char *other = r->signals.text.at + before->text;
      return error_set(r->err, before->line > n->line ? before->line : n->line,
                       "one bit has two names, '%s' and '%s'",
                       show_text(other, strlen(other)).text,
                       show_text(text, strlen(text)).text);
    }
    circuit_name_bit(r->c, n->bit, text);
  }
  return true;
}

static bool read_all(struct reader *r) {
  bool end;
  if (!read_header(r))
    return false;
  for (;;) {
    if (!scan_line(&r->s, &end))
      return false;
    if (end)
      return give_names(r);
    if (!scan_at_end(&r->s) && !(read_statement(r) && read_end(r)))
      return false;
  }
}

bool text_read(struct circuit *c, FILE *in, struct error *err) {
  struct reader r = {.c = c, .err = err, .s = {.in = in, .err = err}};
  bool ok = read_all(&r);
  scan_clear(&r.s);
  signals_clear(&r.signals);
  signals_clear(&r.outputs);
  array_clear(&r.extents);
  array_clear(&r.list);
  array_clear(&r.ones);
  array_clear(&r.names);
  return ok;
}
