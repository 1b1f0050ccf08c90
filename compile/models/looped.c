/* looped: the same layers of a transformer again and again, on what they made
   of the input before: 7 levels for each layer of each loop (8 for llama, 5 for
   gptj), and 1. */
#include "compile/models/embedding.h"
#include "compile/models/models.h"
#include "compile/models/transformer.h"

enum {
  LOOPS = TRANSFORMER_PARAMETERS_END
};

static void build(struct program *p, const fmpz *value) {
  struct weights w;
  struct transformer b;
  struct composition loop;
  transformer_init(&b, p, &w, &model_looped, value, false);
  value_id x = embedding_input(&b);
  program_begin_loop(p, &loop, "loop", &x, 1, 0,
                     family_size(p, &model_looped, LOOPS));
  value_id y = transformer_layers(&b, value, loop.argument[0]);
  program_end(p, &loop, &y, 1, &x);
  embedding_output(&b, x);
  weights_clear(&w);
}

const struct family model_looped = {
    .name = "looped",
    .about = "the same transformer layers, loops times",
    .formula = "depth 7 layers loops + 2 (gpt2, bert), 8 layers loops + 2 "
               "(llama), 5 layers loops + 2 (gptj)",
    .parameters = {TRANSFORMER_PARAMETERS(0, 0),
                   {"loops", "times", 2, 1, 100000, .is_size = true}},
    .check = transformer_check,
    .build = build,
};
