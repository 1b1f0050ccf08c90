/* Built-in models: circuits against programs, counts against circuits, proofs
   against both. */
#include "analysis/check.h"
#include "analysis/source.h"
#include "circuit/measure.h"
#include "compile/models/models.h"
#include "compile/program/count.h"
#include "tests/analysis/measures.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

/* ---- Sources from a line ---- */

struct opened {
  struct source s;
  char line[256];
};

/* strategy: a name of strategy_names, or NULL. */
static bool try_model(struct opened *m, const char *line, const char *strategy,
                      struct error *err) {
  const char *word[32];
  size_t n = 0;
  struct source_options options = {.seed = 1, .has_strategy = strategy};
  while (strategy && strcmp(strategy_names[options.strategy], strategy))
    options.strategy++;
  snprintf(m->line, sizeof m->line, "%s", line);
  for (char *w = strtok(m->line, " "); w; w = strtok(NULL, " "))
    word[n++] = w;
  source_init(&m->s);
  return source_open(&m->s, word, n, &options, err);
}

static void open_model(struct opened *m, const char *line,
                       const char *strategy) {
  struct error err = {0};
  ck_assert_msg(try_model(m, line, strategy, &err), "%s: %s", line,
                err.message);
}

/* ---- What is made ---- */

/* A block of vectors is no more than 2048. All inputs of 17 bits and more only
   in the long run: 2^18 take 5 s of CPU. */
static void check_outputs(struct opened *m, const char *line) {
  struct checking how = {.vectors = is_full_run() ? 10000 : 2500,
                         .exhaustive = is_full_run() ? 0 : 16,
                         .seed = 7};
  struct reference r;
  struct verdict v;
  reference_init(&r, &m->s);
  check_circuit(&v, source_circuit(&m->s), &r, &how);
  ck_assert_msg(!v.mismatches, "%s: %lu of %lu differ", line,
                (unsigned long)v.mismatches, (unsigned long)v.vectors);
  verdict_clear(&v);
  reference_clear(&r);
  uint64_t vectors = is_full_run() ? 10000 : 2500;
  const struct circuit *c = source_circuit(&m->s);
  if (!is_full_run() && c->inputs.n > 16 && c->inputs.n <= CHECK_EXHAUSTIVE)
    return; // all inputs, up to millions: others do the same
  measures_check_outputs(&m->s, line, vectors);
}

static void check_proof(struct opened *m, const char *line,
                        const struct measure *made) {
  struct measures_proof p = measures_check_proof(&m->s, line, made);
  bool has_levels = m->s.instance.levels;
  /* Bits of sums may be free, and in the first round of a loop rounding what is
     activations already, or of one token. */
  bool has_tokens = m->s.family != &model_cot && strstr(line, "vocab=") &&
                    !strstr(line, "weights=inputs");
  if (!has_levels && !has_tokens &&
      (!strstr(line, "norm=exact") || !strncmp(line, "transformer", 11)))
    ck_assert_msg(p.depth == (long)made->depth_inner,
                  "%s: depth %zu, proved %ld", line, made->depth_inner,
                  p.depth);
  ck_assert_msg(p.has_gates || has_levels, "%s: no bound on gates", line);
}

static const struct row {
  const char *line;
  long depth; // inner
} rows[] = {
    {"mlp layers=2 d=2 ff=3 out=2 bits=4", 2},
    {"mlp layers=3 d=3 ff=4 out=2 bits=5 activation=gelu", 3},
    {"mlp layers=4 d=3 ff=5 out=3 bits=3 activation=tanh", 4},
    {"mlp layers=5 d=3 ff=5 out=3 bits=4 activation=silu weights=generic", 5},
    {"mlp layers=2 d=16 ff=16 out=10 bits=8 activation=sigmoid", 2},
    {"transformer n=2 d=2 ff=2 bits=3", 8},
    {"transformer block=llama n=2 d=2 ff=2 bits=3", 9},
    {"transformer block=bert n=2 d=2 ff=2 bits=3", 8},
    {"transformer block=gptj n=2 d=2 ff=2 bits=3", 6},
    {"transformer n=3 d=4 heads=2 ff=6 bits=4 layers=3", 22},
    {"transformer block=llama n=3 d=4 heads=2 kv=1 ff=5 bits=4 layers=2", 17},
    {"transformer block=bert n=3 d=4 heads=2 ff=6 bits=4 layers=2", 15},
    {"transformer block=gptj n=4 d=6 heads=3 ff=4 bits=4 layers=2", 11},
    {"transformer weights=generic n=3 d=4 heads=2 kv=1 ff=6 bits=4 layers=2",
     15},
    {"transformer n=4 d=4 ff=8 bits=6 pt=4 mask=none", 8},
    {"transformer n=2 d=2 ff=2 bits=3 norm=exact", 8},
    {"transformer n=2 d=2 ff=2 bits=3 maximum=thermometer", 8},
    {"transformer block=gptj n=3 d=4 heads=2 ff=3 bits=4 pt=2 "
     "maximum=thermometer",
     6},
    {"transformer n=3 d=4 heads=2 bits=4 layers=2 norm=exact", 16},
    {"transformer weights=inputs n=2 d=2 ff=2 bits=3", 14},
    {"transformer weights=inputs n=3 d=4 heads=2 kv=1 ff=3 bits=3 layers=2",
     27},
    {"transformer weights=inputs block=bert n=2 d=3 ff=2 bits=4 layers=2", 27},
    {"transformer weights=inputs block=gptj n=3 d=4 heads=2 ff=3 bits=4 "
     "layers=3",
     25},
    {"transformer weights=inputs block=llama n=3 d=6 heads=2 ff=2 bits=3 "
     "layers=2",
     29},
    {"transformer weights=inputs n=2 d=2 ff=2 bits=3 maximum=thermometer", 14},
    {"looped weights=inputs block=gptj n=2 d=2 bits=3 ff=2 loops=3 layers=2",
     49},
    {"transformer n=3 d=4 heads=2 ff=3 bits=4 vocab=5", 9},
    {"transformer block=bert n=2 d=4 ff=3 bits=4 vocab=7 layers=2", 16},
    {"transformer block=llama n=3 d=4 heads=2 ff=3 bits=3 vocab=4", 10},
    {"transformer weights=generic n=3 d=4 ff=4 bits=4 vocab=9 layers=2", 16},
    {"transformer weights=inputs n=2 d=2 ff=2 bits=3 vocab=5", 19},
    {"transformer weights=inputs block=bert n=2 d=2 ff=2 bits=3 vocab=4", 19},
    {"transformer weights=inputs block=gptj n=3 d=2 ff=2 bits=3 vocab=3 "
     "layers=2",
     22},
    {"looped weights=generic n=2 d=4 bits=3 ff=2 loops=3 vocab=6", 23},
    {"transformer block=bert n=3 d=3 ff=2 bits=3 layers=2 norm=exact", 16},
    {"transformer block=gptj n=3 d=4 heads=2 kv=1 ff=3 bits=4 layers=2 "
     "norm=exact",
     12},
    {"transformer n=2 d=2 ff=2 bits=3 norm=exact scores=bilinear", 7},
    {"transformer n=3 d=4 heads=2 kv=1 ff=3 bits=4 pt=4 layers=2 norm=exact "
     "scores=bilinear",
     14},
    {"transformer block=bert n=3 d=3 ff=3 bits=3 norm=exact scores=bilinear",
     7},
    {"transformer block=gptj n=2 d=2 ff=2 bits=3 norm=exact scores=bilinear",
     5},
    {"transformer block=gptj n=4 d=4 heads=2 ff=3 bits=3 layers=3 norm=exact "
     "scores=bilinear mask=none",
     15},
    {"looped n=2 d=2 bits=3 ff=2 loops=3 norm=exact scores=bilinear", 21},
    {"cot n=3 d=2 ff=2 bits=3 tokens=2 norm=exact scores=bilinear", 17},
    {"transformer norm=root maximum=yes n=3 d=2 ff=2 bits=3", 15},
    {"transformer norm=tables softmax=tables maximum=yes n=3 d=2 ff=2 bits=3",
     23},
    {"transformer norm=root n=3 d=2 ff=2 bits=3", 13},
    {"transformer norm=root maximum=thermometer n=3 d=2 ff=2 bits=3", 13},
    {"transformer maximum=yes n=3 d=2 ff=2 bits=3", 10},
    {"transformer softmax=tables maximum=yes n=3 d=2 ff=2 bits=3", 14},
    {"transformer norm=exact maximum=yes n=3 d=2 ff=2 bits=3", 10},
    {"transformer block=llama norm=root maximum=yes n=3 d=4 heads=2 kv=1 ff=2 "
     "bits=4 layers=2",
     25},
    {"transformer block=llama norm=tables softmax=tables maximum=yes n=3 d=4 "
     "heads=2 kv=1 ff=2 bits=3 layers=2 weights=generic",
     41},
    {"transformer block=bert norm=root maximum=yes n=3 d=4 heads=2 ff=3 bits=3 "
     "layers=2",
     30},
    {"transformer block=bert norm=tables softmax=tables maximum=yes n=3 d=4 "
     "ff=3 bits=4 layers=2 weights=generic",
     46},
    {"transformer block=gptj norm=root maximum=yes n=4 d=4 ff=3 bits=3 "
     "layers=2",
     20},
    {"transformer block=gptj norm=tables softmax=tables maximum=yes n=3 d=6 "
     "heads=3 ff=3 bits=3",
     16},
    {"transformer norm=root maximum=yes n=3 d=4 heads=2 kv=1 ff=3 bits=4 "
     "layers=3 weights=generic",
     45},
    {"looped n=2 d=2 bits=3 ff=2 loops=3", 22},
    {"looped norm=root maximum=yes n=3 d=2 ff=2 bits=3 loops=2", 30},
    {"cot norm=tables softmax=tables maximum=yes n=3 d=2 ff=2 bits=3 tokens=2",
     50},
    {"cot block=llama norm=root maximum=yes n=3 d=2 ff=2 bits=3 tokens=2", 30},
    {"rnn n=4 d=2 ff=3 bits=4", 4},
    {"mamba n=2 d=2 state=1 bits=3", 7},
    {"mamba n=4 d=2 state=2 bits=4 layers=2", 14},
    {"mamba n=6 d=3 state=3 bits=4 weights=generic layers=3", 21},
    {"mamba n=4 d=2 state=2 bits=4 meaning=stepwise", 11},
    {"mamba n=9 d=3 state=1 bits=4 weights=generic meaning=stepwise", 21},
    {"mamba n=4 d=2 state=2 bits=4 meaning=stepwise layers=2", 17},
    {"mamba n=3 d=2 state=1 bits=4 weights=generic meaning=stepwise layers=3",
     21},
    {"mamba n=9 d=2 state=2 bits=4 weights=generic meaning=stepwise layers=2",
     27},
    {"rnn n=9 d=3 ff=2 bits=5 activation=relu", 9},
    {"rnn n=8 d=3 ff=4 bits=4 weights=generic", 8},
    {"lstm n=1 d=2 ff=2 bits=4", 5},
    {"lstm n=4 d=1 ff=2 bits=4", 17},
    {"lstm n=8 d=2 ff=3 bits=4 weights=generic", 33},
    {"lstm cell=gru n=4 d=1 ff=2 bits=4", 18},
    {"lstm cell=gru n=8 d=2 ff=3 bits=5 weights=generic", 38},
    {"looped block=llama n=3 d=4 heads=2 bits=3 ff=3 loops=2 layers=2", 33},
    {"cot n=2 d=2 bits=3 ff=2 tokens=3", 27},
    {"cot block=gptj n=3 d=4 heads=2 bits=4 ff=3 tokens=2 vocab=5", 14},
    {"cnn h=4 w=4 channels=2 classes=2 bits=4", 7},
    {"cnn h=4 w=3 in=2 channels=2 layers=1 classes=3 bits=4 pool=average", 2},
    {"cnn h=3 w=2 channels=3 layers=3 bits=3 pool=none activation=gelu", 4},
    {"cnn h=4 w=5 channels=2 classes=2 bits=4 pool=flat activation=tanh", 5},
    {"cnn h=4 w=3 in=2 channels=3 layers=4 bits=3 pool=none weights=generic",
     5},
    {"cnn h=6 w=5 channels=3 kernel=1 bits=4 pool=max weights=generic", 7},
    {"cnn h=5 w=4 in=3 channels=2 kernel=5 pool=flat weights=generic", 5},
    {"cnn pool=average bits=8 activation=silu", 3},
    {"resnet h=3 w=2 in=2 channels=2 blocks=1 classes=2 bits=3", 4},
    {"resnet h=2 w=2 channels=3 blocks=3 classes=2 bits=4 activation=gelu", 8},
    {"resnet h=3 w=3 in=3 channels=5 blocks=2 bits=4 weights=generic", 6},
    {"resnet h=3 w=3 channels=2 kernel=1 blocks=0 bits=8 weights=generic", 2},
    {"resnet h=4 w=4 blocks=1 bits=6 activation=tanh", 4},
    {"unet h=2 w=2 channels=2 bits=3 activation=tanh", 3},
    {"unet h=4 w=2 in=2 channels=2 bits=4 down=stride activation=gelu", 3},
    {"unet h=4 w=6 in=3 channels=3 bits=4 weights=generic", 3},
    {"unet h=4 w=4 channels=2 bits=4 down=stride kernel=5 weights=generic", 3},
    {"unet bits=5", 3},
    {"denoiser d=2 embed=2 tbits=2 ff=3 layers=1 bits=4", 4},
    {"denoiser d=3 ff=5 embed=3 layers=3 bits=3 activation=relu step=16", 6},
    {"denoiser d=9 embed=1 tbits=3 ff=7 layers=4 bits=4 weights=generic", 7},
    {"denoiser bits=8 activation=tanh", 5},
    {"mixture d=3 ff=3 experts=3 top=1 bits=4", 5},
    {"mixture d=4 ff=4 experts=5 top=3 bits=4 activation=relu", 5},
    {"mixture d=3 ff=2 experts=3 top=2 bits=4 mix=softmax", 5},
    {"mixture d=8 ff=6 experts=4 top=2 bits=4 mix=softmax weights=generic", 5},
    {"mixture d=7 ff=9 experts=4 top=3 bits=3 weights=generic", 5},
    {"mixture bits=6 mix=softmax", 5},
    {"sampler steps=1 bits=3 start=4", 1},
    {"sampler steps=3 bits=4 start=4 random=3 guard=0", 3},
    {"sampler steps=5 d=2 points=3 prior=ramp output=token", 5},
    {"sampler steps=6 method=ode start=10", 1},
    {"sampler steps=4 data=ring points=5 bits=4 random=2 start=3", 8},
    {"sampler steps=3 n=7 prior=ramp output=token", 6},
    {"badscore steps=5 n=7", 5},
    {"masked steps=3 order=far random=3", 6},
    {"masked data=permutations n=4 steps=2 random=3", 4},
    {"badscore steps=2 n=3", 2},
    {"sampler steps=2 n=6 prior=ramp input=rule110 bits=5", 9},
};

START_TEST(circuits_equal_programs_and_are_as_deep_as_proved) {
  if (is_left_out(_i))
    return;
  struct opened m;
  struct measure measure;
  const struct row *r = &rows[_i];
  open_model(&m, r->line, NULL);
  check_outputs(&m, r->line);
  measure_init(&measure);
  circuit_measure(source_circuit(&m.s), &measure);
  ck_assert_msg((long)measure.depth_inner == r->depth, "%s: depth %zu", r->line,
                measure.depth_inner);
  check_proof(&m, r->line, &measure);
  measure_clear(&measure);
  source_clear(&m.s);
}
END_TEST

static const char *const grown[] = {
    "rnn weights=generic d=2 ff=2 bits=3 n=",
    "lstm weights=generic d=2 ff=2 bits=3 n=",
    "lstm cell=gru weights=generic d=2 ff=2 bits=3 n=",
    "mamba meaning=stepwise weights=generic d=2 bits=3 state=1 n=",
    "looped n=2 d=2 ff=2 bits=3 loops=",
    "cot n=2 d=2 ff=2 bits=3 tokens=",
    "badscore n=5 steps=",
    "sampler bits=4 random=3 start=4 steps=",
    "sampler steps=2 prior=ramp bits=4 random=3 start=4 input=rule110 n=",
};

START_TEST(depth_grows_as_proved) {
  for (int n = 2; n <= 10; n++) {
    char line[128];
    struct opened m;
    struct measure measure;
    snprintf(line, sizeof line, "%s%d", grown[_i], n);
    open_model(&m, line, NULL);
    measure_init(&measure);
    circuit_measure(source_circuit(&m.s), &measure);
    check_proof(&m, line, &measure);
    measure_clear(&measure);
    source_clear(&m.s);
  }
}
END_TEST

/* ---- What is counted ---- */

static void check_count(const char *line, const char *strategy) {
  struct opened m;
  struct measure made;
  open_model(&m, line, strategy);
  measure_init(&made);
  measures_check_count(&m.s, line, &made);
  measure_clear(&made);
  source_clear(&m.s);
}

/* ---- Lines drawn at random ---- */

static uint64_t state;

static long draw(long from, long to) {
  state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
  return from + (long)((state >> 33) % (uint64_t)(to - from + 1));
}

static const char *pick(const char *const *word, long n) {
  return word[draw(0, n - 1)];
}

static void draw_mlp(char *line, size_t n) {
  static const char *const f[] = {"relu", "gelu", "silu", "tanh", "sigmoid"};
  static const char *const w[] = {"random", "generic"};
  snprintf(line, n,
           "mlp layers=%ld d=%ld ff=%ld out=%ld bits=%ld activation=%s "
           "weights=%s",
           draw(2, 8), draw(1, 9), draw(1, 9), draw(1, 5), draw(2, 7),
           pick(f, 5), pick(w, 2));
}

static void draw_exact(char *line, size_t n) {
  static const char *const block[] = {"gpt2", "bert", "gptj"};
  static const char *const mask[] = {"own", "causal", "none"};
  static const char *const scores[] = {"projected", "bilinear"};
  long heads = draw(1, 2);
  snprintf(line, n,
           "transformer norm=exact block=%s n=%ld layers=%ld d=%ld heads=%ld "
           "ff=%ld bits=3 pt=%ld mask=%s scores=%s",
           pick(block, 3), draw(1, 6), draw(1, 2), heads * draw(1, 2), heads,
           draw(1, 3), draw(1, 3), pick(mask, 3), pick(scores, 2));
}

static void draw_transformer(char *line, size_t n) {
  static const char *const block[] = {"gpt2", "llama", "bert", "gptj"};
  static const char *const mask[] = {"own", "causal", "none"};
  static const char *const w[] = {"random", "generic", "inputs"};
  long kv = draw(1, 2), heads = kv * draw(1, 2), d = heads * draw(1, 4);
  long bits = draw(3, 5);
  if (!draw(0, 3)) {
    draw_exact(line, n);
    return;
  }
  snprintf(line, n,
           "transformer block=%s n=%ld layers=%ld d=%ld heads=%ld kv=%ld "
           "ff=%ld bits=%ld pt=%ld mask=%s weights=%s maximum=%s vocab=%ld",
           pick(block, 4), draw(1, 5), draw(1, bits == 3 ? 6 : 2), d, heads, kv,
           draw(1, 7), bits, draw(1, bits), pick(mask, 3), pick(w, 3),
           bits == 3 && draw(0, 1) ? "thermometer" : "no",
           draw(0, 1) ? draw(2, 9) : 0);
}

/* Norms and weighted means from the real maximum, through roots or tables. */
static void draw_rounded(char *line, size_t n) {
  static const char *const block[] = {"gpt2", "llama", "bert", "gptj"};
  static const char *const mask[] = {"own", "causal", "none"};
  static const char *const w[] = {"random", "generic"};
  static const char *const norm[] = {"root", "tables", "rounded"};
  static const char *const mix[] = {"softmax=tables maximum=yes", "maximum=yes",
                                    "maximum=no"};
  long kv = draw(1, 2), heads = kv * draw(1, 2), d = heads * draw(1, 3);
  long bits = draw(3, 4);
  snprintf(line, n,
           "transformer block=%s norm=%s %s n=%ld layers=%ld d=%ld heads=%ld "
           "kv=%ld ff=%ld bits=%ld pt=%ld mask=%s weights=%s",
           pick(block, 4), pick(norm, 3), pick(mix, 3), draw(1, 6),
           draw(1, bits == 3 ? 4 : 1), d, heads, kv, draw(1, 5), bits,
           draw(1, bits), pick(mask, 3), pick(w, 2));
}

static void draw_looped(char *line, size_t n) {
  static const char *const block[] = {"gpt2", "llama", "bert", "gptj"};
  static const char *const w[] = {"random", "generic"};
  bool is_cot = draw(0, 1);
  int at = snprintf(line, n,
                    "%s block=%s n=%ld layers=%ld d=%ld ff=%ld bits=3 "
                    "weights=%s ",
                    is_cot ? "cot" : "looped", pick(block, 4), draw(1, 3),
                    draw(1, 5), draw(1, 4), draw(1, 3), pick(w, 2));
  snprintf(line + at, n - (size_t)at,
           is_cot ? "tokens=%ld vocab=%ld" : "loops=%ld guard=%ld", draw(1, 4),
           draw(2, 4));
}

static void draw_recurrent(char *line, size_t n) {
  static const char *const which[] = {"rnn activation=tanh",
                                      "rnn activation=relu", "lstm cell=lstm",
                                      "lstm cell=gru"};
  static const char *const w[] = {"random", "generic"};
  snprintf(line, n, "%s n=%ld d=%ld ff=%ld bits=%ld weights=%s", pick(which, 4),
           draw(1, 6), draw(1, 5), draw(1, 5), draw(3, 4), pick(w, 2));
}

static const char *const activation_words[] = {"relu", "gelu", "silu", "tanh",
                                               "sigmoid"};
static const char *const weights_words[] = {"random", "generic"};

static void draw_cnn(char *line, size_t n) {
  static const char *const pools[] = {"max", "flat", "average", "none"};
  snprintf(line, n,
           "cnn h=%ld w=%ld in=%ld channels=%ld kernel=%ld layers=%ld pool=%s "
           "classes=%ld bits=%ld activation=%s weights=%s",
           draw(4, 7), draw(4, 7), draw(1, 3), draw(1, 4), 2 * draw(0, 2) + 1,
           draw(1, 2), pick(pools, 4), draw(1, 3), draw(2, 4),
           pick(activation_words, 5), pick(weights_words, 2));
}

static void draw_resnet(char *line, size_t n) {
  snprintf(line, n,
           "resnet h=%ld w=%ld in=%ld channels=%ld kernel=%ld blocks=%ld "
           "classes=%ld bits=%ld activation=%s weights=%s",
           draw(1, 4), draw(1, 4), draw(1, 3), draw(1, 5), 2 * draw(0, 1) + 1,
           draw(0, 4), draw(1, 3), draw(2, 4), pick(activation_words, 5),
           pick(weights_words, 2));
}

static void draw_unet(char *line, size_t n) {
  static const char *const downs[] = {"average", "stride"};
  snprintf(line, n,
           "unet h=%ld w=%ld in=%ld channels=%ld kernel=%ld down=%s bits=%ld "
           "activation=%s weights=%s",
           2 * draw(1, 3), 2 * draw(1, 3), draw(1, 3), draw(1, 5),
           2 * draw(0, 2) + 1, pick(downs, 2), draw(2, 4),
           pick(activation_words, 5), pick(weights_words, 2));
}

static void draw_mamba(char *line, size_t n) {
  static const char *const meaning[] = {"closed", "stepwise"};
  static const char *const w[] = {"random", "generic"};
  snprintf(line, n,
           "mamba n=%ld layers=%ld d=%ld state=%ld bits=%ld meaning=%s "
           "weights=%s",
           draw(1, 5), draw(1, 3), draw(1, 4), draw(1, 2), draw(3, 4),
           pick(meaning, 2), pick(w, 2));
}

static void draw_denoiser(char *line, size_t n) {
  snprintf(line, n,
           "denoiser d=%ld embed=%ld tbits=%ld ff=%ld layers=%ld step=%ld "
           "bits=%ld activation=%s weights=%s",
           draw(1, 7), draw(1, 4), draw(2, 5), draw(1, 7), draw(1, 6),
           draw(1, 16), draw(2, 6), pick(activation_words, 5),
           pick(weights_words, 2));
}

static void draw_mixture(char *line, size_t n) {
  static const char *const mixes[] = {"equal", "softmax"};
  long experts = draw(1, 6);
  snprintf(line, n,
           "mixture d=%ld ff=%ld experts=%ld top=%ld mix=%s bits=%ld "
           "activation=%s weights=%s",
           draw(1, 6), draw(1, 6), experts, draw(1, experts), pick(mixes, 2),
           draw(2, 5), pick(activation_words, 5), pick(weights_words, 2));
}

static void draw_sampler(char *line, size_t n) {
  static const char *const method[] = {"ddpm", "ode"};
  static const char *const output[] = {"value", "token"};
  static const char *const input[] = {"majority", "rule110"};
  bool is_ring = !draw(0, 2);
  int at =
      snprintf(line, n,
               "sampler steps=%ld method=%s bits=%ld guard=%ld random=%ld "
               "start=%ld output=%s points=%ld ",
               draw(1, 5), pick(method, 2), is_ring ? 4 : draw(4, 7),
               draw(0, 4), draw(1, 6), draw(1, 7), pick(output, 2), draw(1, 5));
  if (draw(0, 1))
    at += snprintf(line + at, n - (size_t)at, "prior=ramp n=%ld input=%s ",
                   draw(1, 6), pick(input, 2));
  snprintf(line + at, n - (size_t)at, is_ring ? "data=ring" : "d=%ld",
           draw(1, 4));
}
static void (*const drawers[])(char *line, size_t n) = {
    draw_mlp,      draw_transformer, draw_looped,  draw_recurrent,
    draw_cnn,      draw_resnet,      draw_unet,    draw_mamba,
    draw_denoiser, draw_mixture,     draw_rounded, draw_sampler};

START_TEST(counts_are_those_of_circuits_drawn_at_random) {
  char line[256];
  state = (uint64_t)_i;
  drawers[(size_t)_i % (sizeof drawers / sizeof *drawers)](line, sizeof line);
  bool is_small =
      !strncmp(line, "mlp", 3) && draw(0, 1); // a search is many counts
  check_count(line, is_small ? strategy_names[draw(0, 1)] : NULL);
}
END_TEST

/* ---- Counts of what is too large to be made ---- */

static void find_gates(mpz_t gates, const char *line, bool is_made) {
  struct opened m;
  struct count count;
  struct measure made;
  struct error err = {0};
  open_model(&m, line, NULL);
  const struct instance *in = &m.s.instance;
  if (is_made) {
    measure_init(&made);
    circuit_measure(source_circuit(&m.s), &made);
    mpz_set(gates, made.gates);
    measure_clear(&made);
  } else {
    ck_assert_msg(program_count(&count, in->program, in->parameter, NULL, &err),
                  "%s", err.message);
    mpz_set(gates, count.m.gates);
    count_clear(&count);
  }
  source_clear(&m.s);
}

/* The gates of attention are a square polynomial in n: of three made sizes it
   has the values, and of a million positions the count. So with layers, of
   which two decide. */
START_TEST(a_polynomial_through_made_sizes_predicts_counts) {
  static const struct {
    const char *before, *after; // of the number
    long at[3], far;
    size_t points;
  } k[] = {
      {"transformer n=",
       " d=4 heads=2 bits=4 weights=generic",
       {2, 3, 4},
       1000000,
       3},
      {"transformer block=llama n=",
       " d=4 bits=3 weights=generic",
       {2, 4, 5},
       100000000,
       3},
      {"transformer block=bert n=", " d=2 bits=3 ff=3", {2, 3, 5}, 12345, 3},
      {"transformer layers=",
       " n=3 d=4 bits=3 weights=generic",
       {2, 3, 0},
       1000,
       2},
      {"looped loops=", " n=3 d=4 bits=3 layers=2", {2, 3, 0}, 100000, 2},
      {"transformer n=",
       " d=4 heads=2 bits=3 weights=inputs",
       {2, 3, 5},
       1000000,
       3},
      {"transformer layers=",
       " n=3 d=4 bits=3 ff=2 weights=inputs",
       {3, 4, 0},
       100,
       2},
      {"transformer ff=",
       " n=3 d=4 bits=4 weights=inputs block=gptj",
       {4, 5, 0},
       7,
       2},
      {"transformer layers=",
       " n=5 d=4 bits=3 ff=3 norm=root maximum=yes weights=generic",
       {2, 3, 0},
       1000,
       2},
  };
  char line[128];
  mpq_t sum, term, factor;
  mpz_t gates, counted;
  mpq_inits(sum, term, factor, NULL);
  mpz_inits(gates, counted, NULL);
  for (size_t i = 0; i < k[_i].points; i++) { // Lagrange
    snprintf(line, sizeof line, "%s%ld%s", k[_i].before, k[_i].at[i],
             k[_i].after);
    find_gates(gates, line, true);
    mpq_set_z(term, gates);
    for (size_t j = 0; j < k[_i].points; j++) {
      if (j == i)
        continue;
      mpq_set_si(factor, k[_i].far - k[_i].at[j], 1);
      mpq_mul(term, term, factor);
      mpq_set_si(factor, k[_i].at[i] - k[_i].at[j], 1);
      mpq_div(term, term, factor);
    }
    mpq_add(sum, sum, term);
  }
  snprintf(line, sizeof line, "%s%ld%s", k[_i].before, k[_i].far, k[_i].after);
  find_gates(counted, line, false);
  mpq_set_z(term, counted);
  ck_assert_msg(mpq_equal(sum, term), "%s: %s is predicted, %s counted", line,
                mpq_get_str(NULL, 10, sum), mpq_get_str(NULL, 10, term));
  mpq_clears(sum, term, factor, NULL);
  mpz_clears(gates, counted, NULL);
}
END_TEST

/* Inner gates of blocks with rounded residuals as an earlier trial had them:
   with tables everywhere, and with an exact norm, ratio and maximum. */
START_TEST(rounded_blocks_take_no_more_gates_than_the_trial) {
  static const struct {
    const char *line;
    size_t depth, gates;
  } all[] = {
      {"n=4 d=4 ff=8 bits=4 pt=4 norm=tables softmax=tables", 23, 6125},
      {"n=4 d=4 ff=8 bits=4 norm=root", 15, 4983},
      {"n=8 d=8 ff=16 bits=4 pt=4 heads=2 norm=tables softmax=tables", 23,
       30946},
      {"n=8 d=8 ff=16 bits=4 heads=2 norm=root", 15, 27874},
      {"n=8 d=8 ff=16 bits=6 pt=6 norm=tables softmax=tables", 23, 92973},
      {"n=8 d=8 ff=16 bits=6 norm=root", 15, 90063},
  };
  char line[256];
  struct opened m;
  struct count count;
  struct error err = {0};
  snprintf(line, sizeof line,
           "transformer mask=causal maximum=yes weights=%s %s",
           _i % 2 ? "generic" : "random", all[_i / 2].line);
  open_model(&m, line, NULL);
  const struct instance *in = &m.s.instance;
  ck_assert_msg(program_count(&count, in->program, in->parameter, NULL, &err),
                "%s", err.message);
  ck_assert_uint_eq(count.m.depth_inner, all[_i / 2].depth);
  ck_assert_msg(mpz_cmp_ui(count.m.gates_inner, all[_i / 2].gates) <= 0,
                "%s: %lu gates", line, mpz_get_ui(count.m.gates_inner));
  count_clear(&count);
  source_clear(&m.s);
}
END_TEST

/* Its second sums of a block read x and a function of x: one ladder. */
START_TEST(one_channel_is_counted_as_it_is_made) {
  check_count("resnet h=2 w=2 in=3 channels=1 kernel=1 blocks=4 classes=3 "
              "activation=silu weights=generic",
              NULL);
}
END_TEST

/* ---- Strategies ---- */

static const char *const spent[] = {
    "mlp d=3 ff=4 out=2 bits=4",
    "mlp layers=3 d=2 ff=3 out=2 bits=5 activation=gelu",
    "transformer n=2 d=2 bits=3 ff=2",
    "looped block=bert n=2 d=2 bits=3 ff=2 loops=2",
    "transformer weights=inputs n=2 d=2 bits=3 ff=2 vocab=3",
    "transformer norm=root maximum=yes n=3 d=2 bits=3 ff=2",
    "transformer norm=tables softmax=tables maximum=yes n=3 d=2 bits=3 ff=2",
    "transformer block=llama norm=root n=2 d=3 bits=3 ff=2",
};

/* More levels for fewer gates, and the same outputs; proofs hold. */
START_TEST(strategies_change_no_output) {
  if (is_left_out(_i))
    return;
  struct measure last, measure;
  measure_init(&last);
  for (int i = -1; i < STRATEGIES; i++) {
    struct opened m;
    open_model(&m, spent[_i], i < 0 ? NULL : strategy_names[i]);
    check_outputs(&m, spent[_i]);
    measure_init(&measure);
    circuit_measure(source_circuit(&m.s), &measure);
    check_proof(&m, spent[_i], &measure);
    if (i >= 0 && i != STRATEGY_SPLIT)
      ck_assert_int_le(mpz_cmp(measure.gates, last.gates), 0);
    if (i == STRATEGY_DEPTH)
      ck_assert_uint_le(measure.depth_inner, last.depth_inner);
    mpz_set(last.gates, measure.gates);
    last.depth_inner = measure.depth_inner;
    measure_clear(&measure);
    source_clear(&m.s);
  }
  measure_clear(&last);
}
END_TEST

/* In three levels what has them. */
START_TEST(split_steps_are_counted_as_they_are_made) {
  check_count(spent[_i], "split");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("models");
  TCase *t = tcase_create("models");
  tcase_set_timeout(t, 600);
  tcase_add_loop_test(t, circuits_equal_programs_and_are_as_deep_as_proved, 0,
                      sizeof rows / sizeof *rows);
  tcase_add_loop_test(t, depth_grows_as_proved, 0,
                      sizeof grown / sizeof *grown);
  tcase_add_loop_test(t, counts_are_those_of_circuits_drawn_at_random, 0,
                      is_full_run() ? 400 : 80);
  tcase_add_loop_test(t, a_polynomial_through_made_sizes_predicts_counts, 0, 9);
  tcase_add_loop_test(t, strategies_change_no_output, 0,
                      sizeof spent / sizeof *spent);
  tcase_add_loop_test(t, split_steps_are_counted_as_they_are_made, 0,
                      sizeof spent / sizeof *spent);
  tcase_add_loop_test(t, rounded_blocks_take_no_more_gates_than_the_trial, 0,
                      12);
  tcase_add_test(t, one_channel_is_counted_as_it_is_made);
  suite_add_tcase(suite, t);
  return suite_run(suite);
}
