/* config_types.h - which keys each model_type has, and what they mean; between
   the files of config.h */
#ifndef CONFIG_TYPES_H
#define CONFIG_TYPES_H

#include "compile/front/config.h"

#include <stddef.h>

enum config_value {
  CONFIG_WHOLE,
  CONFIG_FLAG,
  CONFIG_WORD
};

struct config_word {
  const char *word; // NULL after the last
  long value;
};

#define CONFIG_NOWHERE SIZE_MAX // a field that no one asks for

/* standard: what is taken where the key is missing, and `null` where it is
   null; 0 for a field that follows from others, or for what there is not then.
 */
struct config_key {
  const char *name; // NULL after the last
  const char *alias;
  size_t field; // offset of a long in struct architecture
  enum config_value value;
  long standard, null, least, most;
  const struct config_word *words;
};

struct config_type {
  const char *name; // NULL after the last
  enum architecture_kind kind;
  struct architecture fixed; // what the type says by itself
  const struct config_key *keys;
  const char *const *harmless; // and those of config_harmless; see there
};

extern const struct config_type config_types[];
extern const char *const config_harmless[]; // of all types; NULL after the last

/* Whether text is in a list that ends with NULL; a first or last '*' of an
   entry stands for anything. */
bool config_lists(const char *const *list, const char *text);

#endif
