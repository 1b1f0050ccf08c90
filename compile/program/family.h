/* family.h - families of circuits by name: tasks and built-in models

   A family is one constant: what its parameters are, and a function that writes
   its program. A parameter that is a size stays one in the program, so one
   program stands for all its values; the others choose among programs. A
   value below 2^62 is an fmpz that can be read as the integer it is.

     const struct family *f = task_find("add");
     if (f->check && !f->check(value, &err)) ...
     f->build(&p, value);           // value[i] of f->parameters[i]
     f->answer(value, in, out);     // as run_values(), in run.h */
#ifndef FAMILY_H
#define FAMILY_H

#include "circuit/error.h"
#include "compile/program/program.h"

#include <flint/fmpz.h>

enum {
  FAMILY_MAX_PARAMETERS = 24
};

struct family_parameter {
  const char *name; // NULL after the last
  const char *about;
  long standard, least, most;
  bool is_size;
  bool is_long; // any integer from `least` on, of at most `most` bits
  const char *const *choices; // the words for 0, 1, ..., most; NULL: integers
};

/* What is known of a problem: of its inputs and answers, not of any circuit. */
struct complexity {
  const char *class;  // "in TC0", "P-complete"
  const char *says;   // a sentence
  const char *status; // of the sentence: "proved" or "conditional"
  const char *source; // "Neary and Woods 2006"
};

/* Some of all inputs. What a circuit does elsewhere is the same in every
   reading, but no answer is known. */
struct promise {
  const char *text; // "each letter is below 60"
  bool (*keeps)(const fmpz *value, const fmpz *in);
  /* n = how many inputs keep it; NULL: that is not known. */
  void (*count)(const fmpz *value, fmpz_t n);
};

struct family {
  const char *name;
  const char *about;   // one line
  const char *formula; // depth and gates, with physical outputs
  struct family_parameter parameters[FAMILY_MAX_PARAMETERS + 1];
  /* Whether values in their ranges suit each other; may be NULL. */
  bool (*check)(const fmpz *value, struct error *err);
  /* What is drawn at random comes from p->seed. */
  void (*build)(struct program *p, const fmpz *value);
  /* The right outputs, from outside of the program; NULL for models, which
     mean what their program does. */
  void (*answer)(const fmpz *value, const fmpz *in, fmpz *out);
  /* What a task with random inputs should answer, whatever they are. */
  void (*goal)(const fmpz *value, const fmpz *in, fmpz *out);
  struct complexity complexity; // of a task
  struct promise promise;       // text NULL: any inputs
  /* An input of the kind that is met in practice, or at an extreme, which keeps
     the promise: what random bits would hardly ever be. `random` is drawn from
     by circuit/random.h. NULL: random bits do; needed where there is a
     promise. */
  void (*draw)(const fmpz *value, uint64_t *random, fmpz *in);
};

/* In a list that ends with NULL; or NULL. */
const struct family *family_find(const struct family *const *list,
                                 const char *name);
size_t family_parameters(const struct family *f);
/* In build: the size of parameter i. */
size_id family_size(struct program *p, const struct family *f, size_t i);

#endif
