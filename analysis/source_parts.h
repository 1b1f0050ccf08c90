/* source_parts.h - between the files of source.h */
#ifndef SOURCE_PARTS_H
#define SOURCE_PARTS_H

#include "analysis/source.h"
#include "circuit/array.h"

/* s->family with the words key=value. */
bool source_open_family(struct source *s, const char *const *word, size_t n,
                        struct error *err);
/* Values of s->parameters by words key=value. */
bool source_set_values(struct source *s, const char *const *word, size_t n,
                       struct error *err);
/* z = the value in a word key=value. */
bool source_parse_value(fmpz_t z, const struct family_parameter *q,
                        const char *word, struct error *err);
/* The instance of s->program with these values. */
bool source_find_instance(struct source *s, struct error *err);
/* word[0] is the path. */
bool source_open_config(struct source *s, const char *const *word, size_t n,
                        struct error *err);
/* Safetensors beside a config.json: a folder, or the file in it. */
bool source_is_checkpoint(const char *path);
bool source_open_model(struct source *s, const char *const *word, size_t n,
                       const struct source_options *options, struct error *err);

/* What stands before the name of a source, and the words without theirs. */
struct wrapper;
struct wraps {
  ARRAY(struct wrapping {
    const struct wrapper *wrapper;
    long value;
  })
  all; // the outermost first
  ARRAY(const char *) words;
};

bool wraps_split(struct wraps *w, const char *const *word, size_t n,
                 struct error *err);
void wraps_clear(struct wraps *w);
/* Random inputs of the options, and what stands before the name. */
bool source_wrap(struct source *s, const struct wraps *w,
                 const struct source_options *options, struct error *err);
/* Its truth table takes its place. */
bool source_wrap_table(struct source *s, struct error *err);
/* Inputs and outputs of p for each bus, or one of all; their bits in a row. */
value_id source_file_inputs(struct program *p, const struct circuit *c);
void source_file_outputs(struct program *p, const struct circuit *c,
                         value_id y);

/* Inputs of a model (source_draw.c): in the middle of random levels, */
void source_draw_levels(const struct model *m, uint64_t *seed, double *in);
/* or real numbers of [-range..range], and integers that choose rows of tables;
   false where an input's integers are not known. */
bool source_draw_row(const struct model *m, double range, size_t row,
                     uint64_t *seed, double *in, struct error *err);

#endif
