#include "tools/lab_plot.h"
#include "tools/lab_report.h"

#include <stdio.h>
#include <string.h>

enum {
  MOST_CELLS = 79 // in a line
};

bool findings_hold(const struct exhibit *e) {
  for (size_t i = 0; i < e->findings.n; i++)
    if (!e->findings.at[i].holds)
      return false;
  return true;
}

/* Words of text in lines of at most 79 letters. */
static void print_wrapped(const char *head, const char *text) {
  size_t column = (size_t)printf("%s", head), indent = column;
  while (*text) {
    size_t n = strcspn(text, " ");
    if (column > indent && column + 1 + n > 79) {
      printf("\n%*s", (int)indent, "");
      column = indent;
    }
    column +=
        (size_t)printf("%s%.*s", column > indent ? " " : "", (int)n, text);
    text += n + (text[n] == ' ');
  }
  putchar('\n');
}

/* Letters, not bytes. */
static int letters(const char *utf8) {
  int n = 0;
  for (; *utf8; utf8++)
    n += (*utf8 & 0xc0) != 0x80;
  return n;
}

static int column_width(const struct exhibit_table *t, size_t column) {
  int width = 0;
  for (size_t i = column; i < t->cells.n; i += t->columns) {
    int n = letters(t->cells.at[i]);
    width = n > width ? n : width;
  }
  return width;
}

/* The first column on the left, numbers on the right. */
static void print_table(const struct exhibit_table *t) {
  printf("\n%s\n\n", t->title);
  for (size_t i = 0; i < t->cells.n; i++) {
    size_t column = i % t->columns;
    const char *text = t->cells.at[i];
    int room = column_width(t, column) - letters(text);
    if (!column)
      printf("%s%*s", text, room, "");
    else
      printf("  %*s%s", room, "", text);
    if (column == t->columns - 1)
      putchar('\n');
  }
}

static void print_cells(const struct exhibit_cells *c) {
  size_t columns = c->columns < MOST_CELLS ? c->columns : MOST_CELLS;
  printf("\n%s\n\n", c->title);
  for (size_t i = 0; i < c->rows; i++) {
    for (size_t j = 0; j < columns; j++)
      putchar(c->at[i * c->columns + j] ? '#' : '.');
    putchar('\n');
  }
}

/* Without gnuplot there are the numbers alone. */
static void print_panels(const struct exhibit *e) {
  for (size_t i = 0; i < e->panels.n; i++) {
    struct error err = {0};
    putchar('\n');
    fflush(stdout);
    if (!lab_plot(stdout, false, &e->panels.at[i], &err))
      printf("(no picture of '%s': %s)\n", e->panels.at[i].title, err.message);
  }
}

void lab_print(const struct lab *lab, const struct exhibit *e) {
  printf("%s: %s\n\n", lab->name, lab->title);
  print_wrapped("claim   ", lab->claim);
  print_wrapped("        ", lab->source);
  for (size_t i = 0; i < e->tables.n; i++)
    print_table(&e->tables.at[i]);
  for (size_t i = 0; i < e->cells.n; i++)
    print_cells(&e->cells.at[i]);
  print_panels(e);
  putchar('\n');
  for (size_t i = 0; i < e->findings.n; i++)
    print_wrapped(e->findings.at[i].holds ? "  yes   " : "  NO    ",
                  e->findings.at[i].text);
  putchar('\n');
  print_wrapped("", lab->shows);
}
