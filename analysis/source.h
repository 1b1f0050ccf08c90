/* source.h - anything that gives a circuit, by its name

   A source is a task or a built-in model with its parameters, a model file
   (ONNX, or safetensors beside a config.json, or their folder), an architecture
   (Hugging Face's config.json alone) or a circuit file. A known name wins over
   a file; "./name" is a file. Files are told apart by content.

     struct source s;
     source_init(&s);
     if (!source_open(&s, word, n, &options, &err)) ...
     const struct circuit *c = source_circuit(&s);
     source_clear(&s);

   Before its name may stand "chain:", the source times= times one after the
   other, and "vote:", the majority of replicas= of it (compile/program/wrap.h).
   "depth2:" is its truth table in two levels, of up to TRUTH_INPUTS inputs
   (compile/program/truth.h). A circuit file then is a program, too.

   With a basis (circuit/basis.h) in its options, the source's circuit is the
   one in that basis.

   Errors     err->file, where there is one, is borrowed from `word`. */
#ifndef SOURCE_H
#define SOURCE_H

#include "analysis/strategy.h"
#include "circuit/basis.h"
#include "circuit/circuit.h"
#include "compile/front/model.h"
#include "compile/models/architecture.h"
#include "compile/program/family.h"
#include "compile/program/instance.h"

enum source_kind {
  SOURCE_FAMILY, // a task or a built-in model
  SOURCE_MODEL,
  SOURCE_CONFIG, // a config.json, which begins with '{'
  SOURCE_FILE,   // a circuit file
  SOURCE_WRAPPED // any of them, with a prefix
};

struct source_options {
  size_t max_bytes;      // of the circuit; 0: no limit
  const char *calibrate; // data from which a float model's ranges are taken;
                         // NULL: from its inputs' range
  /* NAME=N and INPUT=FILE of a model: lengths that it leaves open, inputs that
     are constants. */
  const char *const *dim, *const *bind;
  size_t n_dim, n_bind;
  const char *const *random; // names of inputs that are drawn, not given
  size_t n_random;
  enum basis basis;
  uint64_t seed;     // of what built-in models draw at random
  bool has_strategy; // else every step is made in one level
  enum strategy_kind strategy;
};

struct source {
  enum source_kind kind;
  char *label; // as it was called, parameters included: "add n=8"
  const struct family *family;     // NULL of others
  const struct family *parameters; // that words set: of a family, or a config
  fmpz value[FAMILY_MAX_PARAMETERS];
  bool is_set[FAMILY_MAX_PARAMETERS]; // by a word, not standard
  struct program program;             // of a family, or a config
  struct model model; // of a model file; its program is the source's
  bool has_model;
  ARRAY(struct onnx_tensor) bound;  // its inputs that are constants
  struct architecture architecture; // of a config
  struct instance instance;         // of the program
  struct strategy strategy;         // whose levels it has, if one was asked for
  struct circuit file;              // of a circuit file that is wrapped
  struct circuit circuit;           // as it is made
  bool is_made;
  enum basis basis;
  struct circuit converted; // the circuit in its basis, if that is another
  bool is_converted;
};

void source_init(struct source *s);
/* word[0] is the name, the others are key=value. */
bool source_open(struct source *s, const char *const *word, size_t n,
                 const struct source_options *options, struct error *err);
void source_clear(struct source *s);

/* Made at the first call. Ends the process where a circuit in its basis needs
   more than max_bytes. */
const struct circuit *source_circuit(struct source *s);
/* The circuit as it is made or was read, whatever the basis. */
const struct circuit *source_original(struct source *s);
/* How far a float model's real outputs are from those in real numbers, on this
   many random inputs: false if it is not a float model, or cannot be known. */
bool source_difference(const struct source *s, size_t vectors, uint64_t seed,
                       double *greatest);
/* So many take some seconds: from 10 to `most`. */
size_t source_vectors(const struct source *s, size_t most);
/* It has a meaning to compare a circuit with. */
bool source_has_program(const struct source *s);
/* The program of its instance, which only source_wrap.c changes. */
struct program *source_program(struct source *s);

#endif
