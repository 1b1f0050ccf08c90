/* source_parts.h - between the files of source.h */
#ifndef SOURCE_PARTS_H
#define SOURCE_PARTS_H

#include "analysis/source.h"

/* s->family with the words key=value. */
bool source_open_family(struct source *s, const char *const *word, size_t n,
                        struct error *err);
/* Values of s->parameters by words key=value. */
bool source_set_values(struct source *s, const char *const *word, size_t n,
                       struct error *err);
/* The instance of s->program with these values. */
bool source_find_instance(struct source *s, struct error *err);
/* word[0] is the path. */
bool source_open_config(struct source *s, const char *const *word, size_t n,
                        struct error *err);
bool source_open_model(struct source *s, const char *const *word, size_t n,
                       const struct source_options *options, struct error *err);

#endif
