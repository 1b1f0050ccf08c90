#include "compile/front/csv.h"
#include "compile/front/literal.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

static bool fail(struct csv *c, const char *message) {
  return error_set(c->err, c->scan.line, "%s", message);
}

static struct shown show(const char *text) {
  return show_text(text, strlen(text));
}

static const char *plural(size_t n) {
  return n == 1 ? "" : "s";
}

/* ---- Cells: C strings in place of the line ---- */

static bool read_cell(struct csv *c, char **p, bool *is_last) {
  char *first = *p + strspn(*p, " \t"), *end;
  if (*first == '"') {
    end = strchr(++first, '"');
    if (!end)
      return fail(c, "a quoted cell without its final '\"'");
    *p = end + 1 + strspn(end + 1, " \t");
    if (**p && **p != ',')
      return fail(c, "a quoted cell is followed by more than a comma");
  } else {
    *p = end = first + strcspn(first, ",");
    while (end > first && (end[-1] == ' ' || end[-1] == '\t'))
      end--;
  }
  *is_last = !**p;
  ++*p; // before the comma becomes the end of the cell
  *end = 0;
  array_push(&c->cells, first);
  return true;
}

/* The next line that is not blank. */
static bool read_row(struct csv *c, bool *end) {
  do {
    if (!scan_line(&c->scan, end))
      return false;
    if (*end)
      return true;
    if (c->scan.line == 1 && !strncmp(c->scan.at, "\xef\xbb\xbf", 3))
      c->scan.at += 3; // a mark of UTF-8
    scan_blanks(&c->scan);
  } while (!*c->scan.at);
  bool is_last = false;
  c->cells.n = 0;
  for (char *p = c->scan.at; !is_last;)
    if (!read_cell(c, &p, &is_last))
      return false;
  return true;
}

/* ---- Columns ---- */

static bool is_name(const char *cell) {
  unsigned char ch = (unsigned char)*cell;
  return scan_is_word(ch) && ch != '.' && (ch < '0' || ch > '9') &&
         strcmp(cell, "nan") && strcmp(cell, "inf") && strcmp(cell, "NaN") &&
         strcmp(cell, "Infinity");
}

static bool is_header(const struct csv *c) {
  for (size_t i = 0; i < c->cells.n; i++)
    if (is_name(c->cells.at[i]))
      return true;
  return false;
}

/* The number behind the bus's name, without surplus zeros. */
static bool value_named(const struct csv_bus *b, const char *name,
                        const char *cell, size_t *i) {
  size_t n = strlen(name);
  if (strncmp(cell, name, n))
    return false;
  const char *p = cell + n;
  *i = 0;
  if (!*p)
    return b->values == 1;
  if (*p == '0' && p[1])
    return false;
  for (; '0' <= *p && *p <= '9' && *i < b->values; p++)
    *i = 10 * *i + (size_t)(*p - '0');
  return !*p && *i < b->values;
}

static bool value_in_bus(const struct csv_bus *b, const char *cell, size_t *i) {
  return value_named(b, b->name, cell, i) ||
         (b->alias && value_named(b, b->alias, cell, i));
}

/* *value is CSV_NONE if no bus has it. */
static bool find_value(struct csv *c, const struct csv_bus *buses, size_t n,
                       const char *cell, size_t *value) {
  size_t first = 0, i, hits = 0;
  *value = CSV_NONE;
  for (size_t b = 0; b < n; first += buses[b++].values) {
    if (!value_in_bus(&buses[b], cell, &i))
      continue;
    *value = first + i;
    if (!strcmp(cell, buses[b].name)) // no other bus can mean more by it
      return true;
    hits++;
  }
  return hits <= 1 ||
         error_set(c->err, c->scan.line,
                   "column '%s' may be a value of two buses", show(cell).text);
}

static bool take_column(struct csv *c, size_t column, size_t *place) {
  if (*place != CSV_NONE)
    return error_set(c->err, c->scan.line, "column '%s' comes twice",
                     show(c->cells.at[column]).text);
  *place = column;
  return true;
}

/* Column `column` has the digits of all values of a bus. */
static bool take_digits(struct csv *c, size_t column, const struct csv_bus *b,
                        size_t first) {
  for (size_t i = 0; i < b->values; i++) {
    if (!take_column(c, column, &c->column[first + i]))
      return false;
    c->digit[first + i] = i;
  }
  c->digits[column] = b->values;
  return true;
}

/* The bus of several values that is called so; n if there is none. */
static size_t find_digits(const struct csv_bus *buses, size_t n,
                          const char *cell, size_t *first) {
  size_t b = 0;
  for (*first = 0; b < n; *first += buses[b++].values)
    if (buses[b].values > 1 && !strcmp(cell, buses[b].name))
      break;
  return b;
}

static bool read_header(struct csv *c, const struct csv_bus *buses, size_t n) {
  for (size_t i = 0; i < c->cells.n; i++) {
    const char *cell = c->cells.at[i];
    size_t value, first, b = find_digits(buses, n, cell, &first);
    if (b < n) {
      if (!take_digits(c, i, &buses[b], first))
        return false;
      continue;
    }
    if (!find_value(c, buses, n, cell, &value))
      return false;
    size_t *place = value != CSV_NONE             ? &c->column[value]
                    : !strcmp(cell, "label")      ? &c->label
                    : !strcmp(cell, "torch_pred") ? &c->predicted
                                                  : NULL;
    if (!place)
      return error_set(c->err, c->scan.line,
                       "column '%s' belongs to no input or output",
                       show(cell).text);
    if (!take_column(c, i, place))
      return false;
  }
  return true;
}

/* Every value of a bus has a column, or, of an optional one, none. */
static bool check_bus(struct csv *c, const struct csv_bus *b, size_t first) {
  size_t missing = 0, last = 0;
  for (size_t i = b->values; i-- > 0;)
    if (c->column[first + i] == CSV_NONE) {
      missing++;
      last = i;
    }
  if (!missing || (b->is_optional && missing == b->values))
    return true;
  return error_set(c->err, c->scan.line,
                   "no column '%s%zu'; %zu of the %zu "
                   "value%s of '%s' %s missing",
                   show(b->name).text, last, missing, b->values,
                   plural(b->values), show(b->name).text,
                   missing == 1 ? "is" : "are");
}

static bool bind_header(struct csv *c, const struct csv_bus *buses, size_t n) {
  size_t first = 0;
  if (!read_header(c, buses, n))
    return false;
  for (size_t b = 0; b < n; first += buses[b++].values)
    if (!check_bus(c, &buses[b], first))
      return false;
  return true;
}

/* As many columns as buses, some of several values. */
static bool bind_digits(struct csv *c, const struct csv_bus *buses, size_t n) {
  for (size_t b = 0, first = 0; b < n; first += buses[b++].values)
    if (buses[b].values == 1)
      c->column[first] = b;
    else if (!take_digits(c, b, &buses[b], first))
      return false;
  return true;
}

/* All buses, or those that are not optional. */
static bool bind_positions(struct csv *c, const struct csv_bus *buses,
                           size_t n) {
  size_t needed = 0, first = 0, column = 0;
  for (size_t b = 0; b < n; b++)
    needed += buses[b].is_optional ? 0 : buses[b].values;
  if (c->columns != needed && c->columns != c->values && c->columns == n)
    return bind_digits(c, buses, n);
  if (c->columns != needed && c->columns != c->values)
    return error_set(c->err, c->scan.line,
                     "the line has %zu number%s, but there %s %zu value%s",
                     c->columns, plural(c->columns), needed == 1 ? "is" : "are",
                     needed, plural(needed));
  for (size_t b = 0; b < n; first += buses[b++].values)
    for (size_t i = 0; i < buses[b].values; i++)
      if (!buses[b].is_optional || c->columns == c->values)
        c->column[first + i] = column++;
  return true;
}

static bool bind(struct csv *c, const struct csv_bus *buses, size_t n) {
  for (size_t b = 0; b < n; b++)
    c->values += buses[b].values;
  c->column = xmalloc(c->values * sizeof *c->column);
  c->digit = xmalloc(c->values * sizeof *c->digit);
  for (size_t i = 0; i < c->values; i++)
    c->column[i] = c->digit[i] = CSV_NONE;
  c->columns = c->cells.n;
  c->digits = xcalloc(c->columns + 1, sizeof *c->digits);
  c->is_pending = !is_header(c);
  return c->is_pending ? bind_positions(c, buses, n) : bind_header(c, buses, n);
}

/* ---- Rows ---- */

bool csv_open(struct csv *c, const char *path, const struct csv_bus *buses,
              size_t n, struct error *err) {
  bool is_stdin = !strcmp(path, "-"), end;
  *c = (struct csv){.err = err, .label = CSV_NONE, .predicted = CSV_NONE};
  err->file = is_stdin ? "standard input" : path;
  c->scan.err = err;
  c->scan.in = is_stdin ? stdin : fopen(path, "rb");
  if (!c->scan.in)
    return error_set(err, 0, "cannot open: %s", strerror(errno));
  if (!read_row(c, &end))
    return false;
  return end ? error_set(err, 1, "the file has no rows") : bind(c, buses, n);
}

static bool check_digits(struct csv *c) {
  for (size_t i = 0; i < c->columns; i++)
    if (c->digits[i] && strlen(c->cells.at[i]) != c->digits[i])
      return error_set(c->err, c->scan.line,
                       "column %zu: '%s' is not %zu digits", i + 1,
                       show(c->cells.at[i]).text, c->digits[i]);
  return true;
}

bool csv_next(struct csv *c, bool *end) {
  *end = false;
  if (c->is_pending) {
    c->is_pending = false;
    return check_digits(c);
  }
  if (!read_row(c, end))
    return false;
  if (!*end && c->cells.n != c->columns)
    return error_set(c->err, c->scan.line,
                     "the line has %zu cell%s, but the first one has %zu",
                     c->cells.n, plural(c->cells.n), c->columns);
  return *end || check_digits(c);
}

void csv_close(struct csv *c) {
  if (c->scan.in && c->scan.in != stdin)
    fclose(c->scan.in);
  scan_clear(&c->scan);
  array_clear(&c->cells);
  free(c->column);
  free(c->digit);
  free(c->digits);
  c->scan.in = NULL;
  c->column = c->digit = c->digits = NULL;
}

static const char *cell_of(const struct csv *c, size_t column) {
  return column == CSV_NONE ? NULL : c->cells.at[column];
}

const char *csv_text(const struct csv *c, size_t value) {
  return cell_of(c, c->column[value]);
}

const char *csv_label(const struct csv *c) {
  return cell_of(c, c->label);
}

const char *csv_predicted(const struct csv *c) {
  return cell_of(c, c->predicted);
}

static bool check_number(struct csv *c, size_t i, const char *wrong) {
  return !wrong ||
         error_set(c->err, c->scan.line, "column %zu: '%s' %s",
                   c->column[i] + 1, show(csv_text(c, i)).text, wrong);
}

/* What value i is read from: its column, or one digit of it. */
static const char *text_of(const struct csv *c, size_t i, char digit[2]) {
  const char *text = csv_text(c, i);
  if (c->digit[i] == CSV_NONE)
    return text;
  digit[0] = text[c->digit[i]] == '.' ? '0' : text[c->digit[i]];
  digit[1] = '\0';
  return digit;
}

bool csv_integer(struct csv *c, size_t i, mpz_t z) {
  char digit[2];
  return check_number(c, i, literal_integer(z, text_of(c, i, digit)));
}

bool csv_double(struct csv *c, size_t i, double *d) {
  char digit[2];
  return check_number(c, i, literal_double(d, text_of(c, i, digit)));
}
