/* Rung by rung: every sum is written as signed binary digits of its weights
   (evaluate_digits.h), and a program for evaluate_steps.h is made that counts
   them plane by plane (evaluate_planes.h): a gate is a carry of that
   (evaluate_gate.c), and a ladder of several compares the bits of its sum by
   tables (evaluate_tables.c). Sums that contain earlier ones begin with their
   bits (evaluate_bases.h). */
#include "circuit/evaluate_builder.h"
#include "circuit/evaluate_parts.h"
#include "circuit/evaluate_steps.h"

#include <string.h>

struct rungs {
  struct evaluator e;
  ARRAY(uint32_t) program;
  uint32_t one; // the slot of constant ones
};

static uint32_t *new_map(size_t n) {
  uint32_t *map = xmalloc(n * sizeof *map);
  memset(map, 0xff, n * sizeof *map);
  return map;
}

/* The first slots are those of the inputs and of the outputs. */
static void builder_init(struct builder *b, const struct circuit *c) {
  *b = (struct builder){.c = c, .counter = {.code = &b->code}};
  code_init(&b->code, c->inputs.n + c->outputs.n);
  digits_init(&b->digits);
  mpz_init(b->constant);
  b->needed = evaluate_needed(c);
  b->slot = new_map(c->bits.n);
  b->output = new_map(c->bits.n);
  for (size_t i = 0; i < c->inputs.n; i++)
    b->slot[c->inputs.at[i]] = (uint32_t)i;
  for (size_t i = c->outputs.n; i-- > 0;)
    b->output[c->outputs.at[i]] = (uint32_t)i;
  b->slot[BIT_ZERO] = b->code.zero;
  b->slot[BIT_ONE] = b->code.one;
  bases_init(&b->bases, c, b->needed);
  order_init(&b->order, c, b->needed, &b->bases, b->code.slots);
}

static void builder_clear(struct builder *b) {
  free(b->needed);
  free(b->slot);
  free(b->output);
  bases_clear(&b->bases);
  order_clear(&b->order);
  code_clear(&b->code);
  counter_clear(&b->counter);
  digits_clear(&b->digits);
  mpz_clear(b->constant);
  array_clear(&b->rungs);
  array_clear(&b->read);
  array_clear(&b->bits);
  array_clear(&b->held);
}

static void make_steps(struct builder *b, ladder_id l) {
  builder_read(b, l);
  builder_find_rungs(b, l);
  if (b->rungs.n > 1 || b->bases.at[l].user)
    builder_make_ladder(b, l);
  else if (b->rungs.n)
    builder_make_gate(b);
  else
    builder_release(b);
  base_release(&b->bases, l, &b->code);
  for (size_t i = 0; i < b->rungs.n; i++)
    mpz_clear(b->rungs.at[i].threshold);
  b->rungs.n = 0;
}

/* Outputs that are inputs, constants or repeated. */
static void copy_outputs(struct builder *b) {
  const struct circuit *c = b->c;
  code_mark(&b->code, STEP_SUM, 0);
  for (size_t i = 0; i < c->outputs.n; i++) {
    uint32_t from = b->slot[c->outputs.at[i]];
    uint32_t to = (uint32_t)(c->inputs.n + i);
    if (from != to)
      code_step(&b->code, STEP_OR, (uint32_t[]){to, from, b->code.zero});
  }
  code_mark(&b->code, STEP_END, 0);
}

static void start(const struct evaluator *e, uint64_t *memory) {
  const struct rungs *r = (const struct rungs *)e;
  memset(memory + r->one * e->words, 0xff, 8 * e->words);
}

static void run(const struct evaluator *e, uint64_t *memory) {
  const struct rungs *r = (const struct rungs *)e;
  steps_run(r->program.at, memory, e->words, e->vector_bytes);
}

static void free_rungs(struct evaluator *e) {
  struct rungs *r = (struct rungs *)e;
  array_clear(&r->program);
  free(r);
}

/* The program moves from the code to the evaluator. */
static void finish(struct rungs *r, struct code *code) {
  size_t words = order_words(code->slots);
  code_place(code, words);
  r->program.at = code->words.at;
  r->program.n = code->words.n;
  r->program.cap = code->words.cap;
  memset(&code->words, 0, sizeof code->words);
  r->one = code->one;
  r->e.words = words;
  r->e.total = code->slots * words;
}

struct evaluator *evaluate_rungs(const struct circuit *c) {
  struct rungs *r = xcalloc(1, sizeof *r);
  struct builder b;
  r->e = (struct evaluator){.inputs = c->inputs.n,
                            .outputs = c->outputs.n,
                            .vector_bytes = steps_widest(),
                            .start = start,
                            .run = run,
                            .free = free_rungs};
  builder_init(&b, c);
  for (size_t i = 0; i < b.order.ranks.n; i++)
    make_steps(&b, b.order.ranks.at[i].ladder);
  copy_outputs(&b);
  code_mark(&b.code, STEP_STOP, 0);
  finish(r, &b.code);
  builder_clear(&b);
  return &r->e;
}
