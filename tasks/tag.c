/* Tag systems (Post 1943): a word loses its first letters and gains the
   production of the first of them at its end. Nothing but the queue moves, yet
   a step needs the one before: 2-tag systems simulate any machine.

   The word begins in cell 0, so what is lost is a shift and free. Cell j is the
   end if j - 1 has a letter and j has none: there one ladder is the first
   letter, and cells j - deleted, ... of the next word are functions of it. So a
   step is one level, and cells become sums of ladders of which at most one is
   not 0. */
#include "circuit/error.h"
#include "circuit/random.h"
#include "tasks/task.h"

#include <stdlib.h>
#include <string.h>

enum {
  MOST_LETTERS = 3,
  MOST_PRODUCED = 4
};

/* A word that is too short to lose `deleted` letters stays as it is. */
static const struct tag_system {
  const char *letters;
  long deleted;
  const char *production[MOST_LETTERS];
} systems[] = {
    {"abc", 2, {"bc", "a", "aaa"}}, // De Mol 2008: the 3n + 1 problem
    {"ab", 3, {"aa", "bbab"}},      // Post 1943, with a and b for 0 and 1
};

static const char *const names[] = {"collatz", "post"};

static long letters_of(const struct tag_system *g) {
  return (long)strlen(g->letters);
}

/* Letters are 1, 2, ...; no letter is 0. */
static long produced(const struct tag_system *g, long letter, long k) {
  const char *text = letter ? g->production[letter - 1] : "";
  return k < (long)strlen(text) ? strchr(g->letters, text[k]) - g->letters + 1
                                : 0;
}

static long most_produced(const struct tag_system *g) {
  long most = 0;
  for (long i = 0; i < letters_of(g); i++) {
    long n = (long)strlen(g->production[i]);
    most = n > most ? n : most;
  }
  return most;
}

/* Functions of a ladder that is a letter: itself in a production, and [it has
   so many letters]. */
static value_id produced_of(struct program *p, const struct tag_system *g,
                            value_id letter, long k, bool is_there) {
  long table[MOST_LETTERS + 1];
  for (long i = 0; i <= letters_of(g); i++)
    table[i] = is_there ? produced(g, i, k) > 0 : produced(g, i, k);
  return program_table(p, "production", letter, table,
                       (size_t)letters_of(g) + 1, 0);
}

static size_id constant(struct program *p, long value) {
  return size_si(&p->sizes, value);
}

static size_id less(struct program *p, size_id n, long by) {
  return size_sub(&p->sizes, n, constant(p, by));
}

static value_id part_of(struct program *p, value_id x, long from,
                        size_id length) {
  return program_slice(p, "cells", x, 0, constant(p, from), length);
}

/* `length` cells: x from number `before` on, and the last `after` empty. */
static value_id among(struct program *p, value_id x, value_id zeros,
                      long before, size_id after, size_id length) {
  value_id part[] = {part_of(p, zeros, 0, constant(p, before)), x,
                     part_of(p, zeros, 0, after)};
  return program_reshape(p, "cells", program_concat(p, "cells", part, 3, 0),
                         vector(length));
}

/* The word as letters and, besides, as [there is one]: functions of a sum of
   ladders are not free, but sums of functions of each are. */
struct word {
  value_id letter, there, zeros;
  size_id n;
};

/* The letters of x that `keep` leaves: of x - most * hidden those above 0. */
static value_id unless(struct program *p, const struct tag_system *g,
                       value_id x, value_id hidden) {
  const long letter[] = {0, 1, 2, 3}, weight[] = {1, -letters_of(g)};
  value_id left =
      program_combine(p, "seen", (value_id[]){x, hidden}, weight, 2, 0);
  return program_table(p, "letters", left, letter, (size_t)letters_of(g) + 1,
                       0);
}

/* For j = deleted, ..., n the first letter if the word has j letters, else 0:
   there[j - 1] - there[j] says so. */
static value_id first_at_end(struct program *p, const struct tag_system *g,
                             const struct word *w) {
  long d = g->deleted;
  const long weight[] = {-1, 1}; // and so 1 where this is not the end
  value_id last = part_of(p, w->there, d - 1, less(p, w->n, d - 1));
  value_id next = among(p, part_of(p, w->there, d, less(p, w->n, d)), w->zeros,
                        0, constant(p, 1), less(p, w->n, d - 1));
  value_id hidden =
      program_combine(p, "end", (value_id[]){last, next}, weight, 2, 1);
  return unless(p, g, part_of(p, w->letter, 0, constant(p, 1)), hidden);
}

/* What letter k of the productions adds to the next word. */
static value_id added(struct program *p, const struct tag_system *g,
                      const struct word *w, value_id first, long k,
                      bool is_there) {
  long d = g->deleted;
  value_id x = produced_of(p, g, first, k, is_there);
  if (k < d)
    return among(p, x, w->zeros, k, constant(p, d - 1 - k), w->n);
  return among(p, part_of(p, x, 0, less(p, w->n, k)), w->zeros, k,
               constant(p, 0), w->n);
}

/* The sum of what moves up from x, what is produced, and what stays. */
static value_id next_word(struct program *p, const struct tag_system *g,
                          const struct word *w, value_id x, value_id first,
                          value_id stays) {
  bool is_there = x == w->there;
  static const long letter[] = {0, 1, 2, 3}, there[] = {0, 1, 1, 1};
  const long one[MOST_PRODUCED + 2] = {1, 1, 1, 1, 1, 1};
  long d = g->deleted;
  value_id sum[MOST_PRODUCED + 2];
  size_t n = 0;
  sum[n++] = among(p, part_of(p, x, d, less(p, w->n, d)), w->zeros, 0,
                   constant(p, d), w->n);
  value_id kept = program_table(p, "stays", stays, is_there ? there : letter,
                                (size_t)letters_of(g) + 1, 0);
  sum[n++] = among(p, kept, w->zeros, 0, less(p, w->n, d - 1), w->n);
  for (long k = 0; k < most_produced(g); k++)
    sum[n++] = added(p, g, w, first, k, is_there);
  return program_combine(p, "next word", sum, one, n, 0);
}

static void step_of(struct program *p, const struct tag_system *g,
                    struct word *w) {
  long d = g->deleted;
  value_id first = first_at_end(p, g, w);
  value_id stays = unless(p, g, part_of(p, w->letter, 0, constant(p, d - 1)),
                          part_of(p, w->there, d - 1, constant(p, 1)));
  value_id letter = next_word(p, g, w, w->letter, first, stays);
  w->there = next_word(p, g, w, w->there, first, stays);
  w->letter = letter;
}

static void build(struct program *p, const fmpz *value) {
  const struct tag_system *g = &systems[value[0]];
  static const long letter[] = {0, 1, 2, 3}, nothing[] = {0};
  long beyond[] = {0, 1, 2, letters_of(g) > 2 ? 3 : 0};
  size_id n = family_size(p, &task_tag, 1),
          steps = family_size(p, &task_tag, 2);
  value_id x = program_input(p, "word", vector(n), constant(p, 2), false);
  struct word w = {.letter = program_table(p, "letters", x, beyond, 4, 0),
                   .n = n};
  w.there = program_table(p, "letters", w.letter, letter, 2, 0);
  struct composition l;
  value_id y[] = {w.letter, w.there};
  program_begin_loop(p, &l, "step", y, 2, 0, steps);
  w.letter = l.argument[0];
  w.there = l.argument[1];
  w.zeros = program_combine(p, "no letters", &w.letter, nothing, 1, 0);
  step_of(p, g, &w);
  program_end(p, &l, (value_id[]){w.letter, w.there}, 2, y);
  value_id word =
      program_table(p, "word", y[0], letter, (size_t)letters_of(g) + 1, 0);
  program_output_width(p, "word", word, constant(p, 2), false);
  program_output(p, "length", program_sum(p, "length", y[1]));
}

static bool check(const fmpz *value, struct error *err) {
  double n = (double)value[1], steps = (double)value[2];
  return task_check_wires(15 * n * (steps + 1) * (steps + 1), err);
}

/* ---- The answer: letters that are read and letters that are written ---- */

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  const struct tag_system *g = &systems[value[0]];
  long n = value[1], letters = letters_of(g), read = 0, written = 0;
  size_t room = (size_t)(n + value[2] * MOST_PRODUCED);
  char *queue = xmalloc(room + 1);
  while (written < n && in[written] >= 1 && in[written] <= letters) {
    queue[written] = g->letters[in[written] - 1];
    written++;
  }
  for (long t = 0; t < value[2] && written - read >= g->deleted; t++) {
    const char *more =
        g->production[strchr(g->letters, queue[read]) - g->letters];
    read += g->deleted;
    for (; *more && written - read < n; more++)
      queue[written++] = *more;
  }
  for (long i = 0; i < n; i++)
    out[i] = read + i < written
                 ? strchr(g->letters, queue[read + i]) - g->letters + 1
                 : 0;
  out[n] = written - read;
  free(queue);
}

/* ---- Words ---- */

static bool keeps(const fmpz *value, const fmpz *in) {
  long letters = letters_of(&systems[value[0]]);
  bool is_over = false;
  for (long i = 0; i < value[1]; i++) {
    bool is_letter = in[i] >= 1 && in[i] <= letters;
    if (is_over && is_letter)
      return false;
    is_over = is_over || !is_letter;
  }
  return true;
}

/* Of each length so many letters and, behind them, integers that are none. */
static void count(const fmpz *value, fmpz_t n) {
  ulong letters = (ulong)letters_of(&systems[value[0]]);
  fmpz_t words;
  fmpz_init_set_ui(words, 1); // of i letters
  fmpz_one(n);
  for (long i = 0; i < value[1]; i++) {
    fmpz_mul_ui(words, words, letters);
    fmpz_mul_ui(n, n, 4 - letters);
    fmpz_add(n, n, words);
  }
  fmpz_clear(words);
}

/* Often all letters are equal, as those that stand for numbers are. */
static void draw(const fmpz *value, uint64_t *random, fmpz *in) {
  uint64_t letters = (uint64_t)letters_of(&systems[value[0]]);
  long length = (long)random_below(random, (uint64_t)value[1] + 1);
  bool is_number = random_below(random, 2);
  for (long i = 0; i < value[1]; i++)
    in[i] = i >= length ? 0
            : is_number ? 1
                        : 1 + (long)random_below(random, letters);
}

const struct family task_tag = {
    .name = "tag",
    .about = "a tag system after some steps; letters 1, 2, ... for a, b, ...",
    .formula = "inner depth steps + 2; at most n*(steps + 2) gates for each "
               "letter of the alphabet",
    .parameters = {{"system",
                    "a, b, c to bc, a, aaa by 2, or a, b to aa, bbab by 3", 0,
                    0, 1, .is_size = false, .choices = names},
                   {"n", "letters of a word; what would be more is lost", 16,
                    MOST_PRODUCED, 100000, .is_size = true},
                   {"steps", "steps", 8, 0, 100000, .is_size = true}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "in P",
         .says = "2-tag systems that simulate any machine in polynomial time "
                 "are P-complete to predict, for steps in unary; of these two "
                 "nothing is known",
         .status = "proved",
         .source = "Cocke and Minsky 1964; Woods and Neary 2006"},
    .promise = {.text = "no letter comes after a cell without one",
                .keeps = keeps,
                .count = count},
    .draw = draw,
};
