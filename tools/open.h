/* open.h - what several commands begin with: the source of the command line,
   and how to evaluate its circuit */
#ifndef OPEN_H
#define OPEN_H

#include "analysis/source.h"
#include "circuit/evaluate.h"
#include "tools/command.h"

/* Open the source that the words name, --calibrate and --basis included; false
   after a message was printed. Either way s is to be cleared. One that is too
   large ends the process. */
bool open_source(struct source *s, const struct arguments *a);

/* The same with other words. */
bool open_words(struct source *s, const struct arguments *a,
                const char *const *word, size_t n);

/* "chain:" or "vote:" before the source of the command line, and key=n after
   its words. */
bool open_wrapped(struct source *s, const struct arguments *a,
                  const char *prefix, const char *key, uint64_t n);

/* Whether that can be done at all, before work is begun. */
bool can_wrap(const struct arguments *a, const char *prefix, const char *key);

/* source_circuit(), with progress. */
const struct circuit *make_circuit(struct source *s, const struct arguments *a);

/* --basis all, of a command that compares bases; the source is then opened in
   the threshold basis. */
bool has_all_bases(const struct arguments *a);

/* --method rungs|ladders; rungs if there is none. */
bool option_method(const struct arguments *a, enum evaluation *how,
                   struct error *err);

#endif
