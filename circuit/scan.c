#include "circuit/scan.h"

#include <errno.h>
#include <string.h>

#include <gmp.h>

void scan_clear(struct scan *s) {
  free(s->buffer);
  s->buffer = s->at = NULL;
}

/* More of the file behind what is there; a line that is longer than the
   buffer doubles it. */
static bool fill(struct scan *s) {
  size_t held = s->end - s->first;
  if (held > SCAN_MAX_LINE)
    return error_set(s->err, s->line + 1, "the line has more than 2^30 bytes");
  if (s->first) {
    memmove(s->buffer, s->buffer + s->first, held);
    s->first = 0;
    s->end = held;
  }
  if (s->cap - held < s->cap / 2 + 1) // one byte stays for a NUL
    s->buffer =
        array_grow(s->buffer, &s->cap, s->cap ? 2 * s->cap : 1 << 16, 1);
  size_t n = fread(s->buffer + s->end, 1, s->cap - s->end - 1, s->in);
  if (!n && ferror(s->in))
    return error_set(s->err, 0, "cannot read: %s", strerror(errno));
  s->is_last = !n;
  s->end += n;
  return true;
}

bool scan_line(struct scan *s, bool *end) {
  char *stop = NULL;
  size_t searched = 0;
  while (!stop) {
    if (s->end > s->first + searched)
      stop = memchr(s->buffer + s->first + searched, '\n',
                    s->end - s->first - searched);
    searched = s->end - s->first;
    if (stop || s->is_last)
      break;
    if (!fill(s))
      return false;
  }
  *end = !stop && s->first == s->end;
  if (*end)
    return true;
  s->line++;
  s->at = s->buffer + s->first;
  size_t n = stop ? (size_t)(stop - s->at) : s->end - s->first;
  s->first += stop ? n + 1 : n;
  if (memchr(s->at, 0, n))
    return error_set(s->err, s->line, "a NUL byte; this is not a text file");
  if (n && s->at[n - 1] == '\r')
    n--;
  s->at[n] = 0;
  return true;
}

void scan_blanks(struct scan *s) {
  while (*s->at == ' ' || *s->at == '\t')
    s->at++;
}

bool scan_at_end(struct scan *s) {
  scan_blanks(s);
  return !*s->at || *s->at == '#';
}

bool scan_accept(struct scan *s, char ch) {
  scan_blanks(s);
  if (*s->at != ch)
    return false;
  s->at++;
  return true;
}

static bool is_digit(char ch) {
  return '0' <= ch && ch <= '9';
}

bool scan_is_word(unsigned char ch) {
  return (unsigned char)((ch | 32) - 'a') < 26 || is_digit((char)ch) ||
         ch == '_' || ch == '.' || ch >= 0x80;
}

struct shown show_text(const char *text, size_t n) {
  struct shown s;
  size_t to = 0;
  for (size_t i = 0; i < n && to < 60; i++) {
    unsigned char ch = (unsigned char)text[i];
    s.text[to++] = ch < 0x20 || ch == 0x7f ? '?' : text[i];
  }
  if (to < n) {
    while (to && ((unsigned char)text[to] & 0xc0) == 0x80)
      to--; // whole UTF-8 characters
    memcpy(s.text + to, "...", 3);
    to += 3;
  }
  s.text[to] = 0;
  return s;
}

struct shown show_integer(const struct integers *t, integer_id id) {
  struct integer_scratch scratch;
  struct shown s;
  mpz_srcptr z = integers_get(t, id, &scratch);
  if (mpz_sizeinbase(z, 2) > 190) {
    snprintf(s.text, sizeof s.text, "a number of %zu bits",
             mpz_sizeinbase(z, 2));
    return s;
  }
  gmp_snprintf(s.text, sizeof s.text, "%Zd", z);
  return s;
}

bool scan_expected(struct scan *s, const char *what) {
  unsigned char ch = (unsigned char)*s->at;
  if (!ch || ch == '#')
    return error_set(s->err, s->line, "expected %s, but the line ends", what);
  if (ch < 0x20 || ch == 0x7f)
    return error_set(s->err, s->line, "expected %s, found the byte 0x%02x",
                     what, ch);
  size_t n = 1;
  if (scan_is_word(ch))
    while (scan_is_word((unsigned char)s->at[n]))
      n++;
  return error_set(s->err, s->line, "expected %s, found '%s'", what,
                   show_text(s->at, n).text);
}

static int hex_value(char ch) {
  if (is_digit(ch))
    return ch - '0';
  char low = (char)(ch | 32);
  return 'a' <= low && low <= 'f' ? low - 'a' + 10 : -1;
}

/* One character after a backslash; at most as long as it was written. */
static bool read_escape(struct scan *s, char *ch) {
  static const char from[] = "\"\\ntr", to[] = "\"\\\n\t\r";
  const char *found = *s->at ? strchr(from, *s->at) : NULL;
  if (found) {
    *ch = to[found - from];
    s->at++;
    return true;
  }
  int high = *s->at == 'x' ? hex_value(s->at[1]) : -1;
  int low = high >= 0 ? hex_value(s->at[2]) : -1;
  if (low < 0 || high + low == 0)
    return error_set(s->err, s->line,
                     "a backslash is followed by one of \" \\ n t r or xHH");
  *ch = (char)(16 * high + low);
  s->at += 3;
  return true;
}

static bool read_quoted(struct scan *s, struct name *name) {
  char *to = ++s->at;
  name->at = to;
  name->is_quoted = true;
  while (*s->at != '"') {
    if (!*s->at)
      return error_set(s->err, s->line, "a quoted name without its final '\"'");
    if (*s->at != '\\')
      *to++ = *s->at++;
    else if (s->at++, !read_escape(s, to++))
      return false;
  }
  s->at++;
  name->n = (size_t)(to - name->at);
  return true;
}

bool scan_name(struct scan *s, const char *what, struct name *name) {
  scan_blanks(s);
  *name = (struct name){.at = s->at, .is_label = *s->at == '$'};
  if (*s->at == '"')
    return read_quoted(s, name);
  const char *p = s->at + name->is_label;
  if (!scan_is_word((unsigned char)*p) || (is_digit(*p) && !name->is_label))
    return scan_expected(s, what);
  while (scan_is_word((unsigned char)*p))
    p++;
  name->n = (size_t)(p - name->at);
  s->at += name->n;
  return true;
}

bool name_is(const struct name *name, const char *word) {
  return !name->is_quoted && name->n == strlen(word) &&
         !memcmp(name->at, word, name->n);
}

/* n digits from `digits` on, which are followed by no other. */
static bool long_integer(struct scan *s, struct integers *t, char *digits,
                         size_t n, int base, bool is_negative, integer_id *id) {
  for (; n > 1 && *digits == '0'; digits++)
    n--;
  if (n > (base == 16 ? SCAN_MAX_BITS / 4 : SCAN_MAX_BITS * 30103 / 100000 + 2))
    return error_set(s->err, s->line, "a number of more than 2^20 bits");
  mpz_t z;
  char after = digits[n];
  digits[n] = 0;
  mpz_init_set_str(z, digits, base);
  digits[n] = after;
  if (is_negative)
    mpz_neg(z, z);
  bool ok = mpz_sizeinbase(z, 2) <= SCAN_MAX_BITS;
  if (ok)
    *id = integers_add(t, z);
  mpz_clear(z);
  return ok || error_set(s->err, s->line, "a number of more than 2^20 bits");
}

bool scan_magnitude(struct scan *s, struct integers *t, bool is_negative,
                    integer_id *id) {
  char *first = s->at, *p = first;
  if (!is_digit(*p))
    return scan_expected(s, "an integer");
  bool is_hex = *p == '0' && (p[1] | 32) == 'x';
  long value = 0;
  if (is_hex)
    for (first += 2, p += 2; hex_value(*p) >= 0; p++)
      ;
  else
    for (; is_digit(*p); p++)
      if (p - first < 18)
        value = 10 * value + (*p - '0');
  s->at = p;
  if (p == first || scan_is_word((unsigned char)*p))
    return scan_expected(s, is_hex ? "a hexadecimal digit" : "a digit");
  if (is_hex || p - first > 18)
    return long_integer(s, t, first, (size_t)(p - first), is_hex ? 16 : 10,
                        is_negative, id);
  *id = integers_add_si(t, is_negative ? -value : value);
  return true;
}

bool scan_integer(struct scan *s, struct integers *t, integer_id *id) {
  scan_blanks(s);
  bool is_negative = *s->at == '-';
  if (is_negative || *s->at == '+')
    s->at++;
  return scan_magnitude(s, t, is_negative, id);
}

bool scan_count(struct scan *s, size_t *count) {
  scan_blanks(s);
  if (!is_digit(*s->at))
    return scan_expected(s, "a number");
  for (*count = 0; is_digit(*s->at); s->at++)
    if (*count < SCAN_MAX_COUNT)
      *count = 10 * *count + (size_t)(*s->at - '0');
  if (*count > SCAN_MAX_COUNT)
    *count = SCAN_MAX_COUNT;
  return true;
}
