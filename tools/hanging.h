/* hanging.h - text of any length beside a label, in lines of 80 columns */
#ifndef HANGING_H
#define HANGING_H

enum {
  HANGING_LINE = 80
};

/* In lines that begin with so many spaces, but for the first, which begins with
   the label. */
void print_hanging(const char *label, int indent, const char *text);

#endif
