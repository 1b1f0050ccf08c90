#include "tools/name_text.h"
#include "circuit/array.h"

#include <stdbool.h>
#include <string.h>

static bool is_in(unsigned char ch, unsigned least, unsigned most) {
  return ch >= least && ch <= most;
}

/* Bytes of the character at s, or 0 if it is not UTF-8 (RFC 3629, section 4). A
   NUL ends every check. */
static size_t utf8_length(const unsigned char *s) {
  size_t n = s[0] < 0x80               ? 1
             : is_in(s[0], 0xC2, 0xDF) ? 2
             : is_in(s[0], 0xE0, 0xEF) ? 3
             : is_in(s[0], 0xF0, 0xF4) ? 4
                                       : 0;
  for (size_t i = 1; i < n; i++)
    if (!is_in(s[i], 0x80, 0xBF))
      return 0;
  bool is_overlong =
      (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xF0 && s[1] < 0x90);
  bool is_outside = (s[0] == 0xED && s[1] > 0x9F) || // surrogates
                    (s[0] == 0xF4 && s[1] > 0x8F);   // above U+10FFFF
  return is_overlong || is_outside ? 0 : n;
}

static bool is_control(const unsigned char *s) {
  return s[0] < 0x20 || s[0] == 0x7F || (s[0] == 0xC2 && s[1] < 0xA0);
}

static size_t escape(char *text, unsigned char ch) {
  static const char letters[] = "n\nt\tr\r";
  for (size_t i = 1; i < sizeof letters - 1; i += 2)
    if (ch == letters[i])
      return (size_t)sprintf(text, "\\%c", letters[i - 1]);
  return (size_t)sprintf(text, "\\x%02x", (unsigned)ch);
}

static char *rewrite(const char *name, bool are_controls_escaped) {
  const unsigned char *s = (const unsigned char *)name;
  char *text = xmalloc(4 * strlen(name) + 1);
  size_t k = 0;
  while (*s) {
    size_t n = utf8_length(s);
    bool is_escaped = !n || (are_controls_escaped && is_control(s));
    for (size_t i = 0; i < (n ? n : 1); i++, s++) {
      if (is_escaped)
        k += escape(text + k, *s);
      else
        text[k++] = (char)*s;
    }
  }
  text[k] = '\0';
  return text;
}

char *name_utf8(const char *name) {
  return rewrite(name, false);
}

char *name_visible(const char *name) {
  return rewrite(name, true);
}

void name_csv(FILE *out, const char *name) {
  char *text = name_utf8(name);
  fputc('"', out);
  for (const char *s = text; *s; s++) {
    if (*s == '"')
      fputc('"', out);
    fputc(*s, out);
  }
  fputc('"', out);
  free(text);
}
