/* scan.h - lines, names and integers of a text file

   One line is held at a time, with a NUL in place of its end, so a reader
   walks a pointer and stops at the NUL by itself.

     struct scan s = {.in = in, .err = err};
     bool end;
     while (scan_line(&s, &end) && !end)
       ... s.at ...
     scan_clear(&s);

   Errors   all functions that return bool fill in err, with the line, and
            return false. Memory is at most a few times the longest line. */
#ifndef SCAN_H
#define SCAN_H

#include "circuit/error.h"
#include "circuit/integers.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define SCAN_MAX_LINE ((size_t)1 << 30)  // bytes in a line
#define SCAN_MAX_BITS ((size_t)1 << 20)  // of an integer
#define SCAN_MAX_COUNT ((size_t)1 << 40) // larger counts are read as this

struct scan {
  FILE *in;
  struct error *err;
  size_t line; // number of the line that is held, from 1
  char *at;    // the next character of it
  char *buffer;
  size_t first, end, cap; // not yet handed out: buffer[first..end)
  bool is_last;           // the file has no more than that
};

/* A word, a "quoted text" or a $label. Lasts as long as the line. */
struct name {
  const char *at;
  size_t n;
  bool is_label, is_quoted;
};

void scan_clear(struct scan *s);
/* The next line without its end and a carriage return before it. */
bool scan_line(struct scan *s, bool *end);

/* Blanks are spaces and tabs. A comment ends the line. */
void scan_blanks(struct scan *s);
bool scan_at_end(struct scan *s);
bool scan_accept(struct scan *s, char ch); // skips blanks, and ch if it is next
bool scan_is_word(unsigned char ch);

bool scan_name(struct scan *s, const char *what, struct name *name);
bool name_is(const struct name *name, const char *word);
/* Decimal or 0x; in the signed form - or + may come before. */
bool scan_magnitude(struct scan *s, struct integers *t, bool is_negative,
                    integer_id *id);
bool scan_integer(struct scan *s, struct integers *t, integer_id *id);
bool scan_count(struct scan *s, size_t *count);

/* "expected <what>, found '('"; returns false. */
bool scan_expected(struct scan *s, const char *what);

/* n bytes as a C string that suits a message: at most 60 characters, none of
   them a control character. */
struct shown {
  char text[68];
};
struct shown show_text(const char *text, size_t n);
struct shown show_integer(const struct integers *t, integer_id id);

#endif
