/* config.h - Hugging Face's config.json as an architecture

     struct architecture a;
     if (!config_read_file(&a, "config.json", err))
       return false; // "num_attention_heads=7: must divide hidden_size=768: 1,
                     // 2, ..."

   Each key of the file is understood, or known not to change the circuit, as
   dropout and the ids of tokens; any other is an error, for what it says might
   change it. A missing key stands for what the library `transformers` takes
   then, and null for what it takes for None, which may be another thing:
   Mistral has a window where the key is missing, and none where it is null. The
   model is that of the file's model_type, with the head of a language model,
   but for bert, which has its pooler.

   Errors   name the key, its value and what it may be. */
#ifndef CONFIG_H
#define CONFIG_H

#include "circuit/error.h"
#include "compile/front/json.h"
#include "compile/models/architecture.h"

#include <stdbool.h>

#define CONFIG_MAX_BYTES ((size_t)1 << 20)

bool config_read_file(struct architecture *a, const char *path,
                      struct error *err);
bool config_read(struct architecture *a, const struct json *root,
                 struct error *err);

#endif
