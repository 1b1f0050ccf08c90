#include "tools/html.h"

void html_put(FILE *out, const char *text) {
  for (; *text; text++)
    switch (*text) {
    case '&':
      fputs("&amp;", out);
      break;
    case '<':
      fputs("&lt;", out);
      break;
    case '>':
      fputs("&gt;", out);
      break;
    case '"':
      fputs("&quot;", out);
      break;
    default:
      putc(*text, out);
    }
}

void html_element(FILE *out, const char *tag, const char *text) {
  fprintf(out, "<%s>", tag);
  html_put(out, text);
  fprintf(out, "</%s>", tag);
}
