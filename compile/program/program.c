#include "compile/program/program.h"
#include "circuit/error.h"

#include <assert.h>
#include <string.h>

void program_init(struct program *p) {
  *p = (struct program){0};
  array_push(&p->blocks, (struct block){0});
  size_si(&p->sizes, 0); // size 0 is the constant 0
}

static void clear_ports(struct port *port, size_t n) {
  for (size_t i = 0; i < n; i++)
    free(port[i].name);
}

void program_clear(struct program *p) {
  for (size_t i = 0; i < p->owners.n; i++)
    p->owners.at[i].clear(p->owners.at[i].context);
  for (size_t i = 0; i < p->owned.n; i++)
    free(p->owned.at[i]);
  for (size_t i = 0; i < p->steps.n; i++)
    free(p->steps.at[i].name);
  for (size_t i = 0; i < p->blocks.n; i++) {
    array_clear(&p->blocks.at[i].arguments);
    array_clear(&p->blocks.at[i].steps);
    array_clear(&p->blocks.at[i].results);
  }
  clear_ports(p->inputs.at, p->inputs.n);
  clear_ports(p->outputs.at, p->outputs.n);
  sizes_clear(&p->sizes);
  array_clear(&p->values);
  array_clear(&p->steps);
  array_clear(&p->blocks);
  array_clear(&p->lists);
  array_clear(&p->exchanges);
  array_clear(&p->inputs);
  array_clear(&p->outputs);
  array_clear(&p->owned);
  array_clear(&p->owners);
}

void *program_alloc(struct program *p, size_t n, size_t size) {
  void *at = xcalloc(n, size);
  array_push(&p->owned, at);
  return at;
}

void program_own(struct program *p, void (*clear)(void *), void *context) {
  array_push(&p->owners, (struct function_owner){clear, context});
}

static void exchange(struct program *p, struct exchange e) {
  assert(p->sizes.nodes.at[e.length].kind != SIZE_CONSTANT);
  assert(p->exchanges.n < 31);
  array_push(&p->exchanges, e);
}

void program_exchange(struct program *p, size_id length, size_t period) {
  assert(period);
  exchange(p, (struct exchange){
                  .kind = EXCHANGE_PERIOD, .length = length, .period = period});
}

void program_exchange_product(struct program *p, size_id length,
                              const size_id *part, unsigned parts) {
  struct exchange e = {
      .kind = EXCHANGE_PRODUCT, .length = length, .parts = parts};
  assert(parts <= 3);
  memcpy(e.part, part, parts * sizeof *part);
  exchange(p, e);
}

void program_exchange_keys(struct program *p, size_id keys, size_id rows,
                           bool is_causal) {
  exchange(p, (struct exchange){.kind = EXCHANGE_KEYS,
                                .length = keys,
                                .part = {rows},
                                .parts = 1,
                                .is_causal = is_causal});
}

void program_exchange_others(struct program *p, size_id keys, size_id rows,
                             bool is_causal) {
  program_exchange_keys(p, keys, rows, is_causal);
  array_last(&p->exchanges).is_other = true;
}

struct dims scalar(void) {
  return (struct dims){0};
}

struct dims vector(size_id n) {
  return (struct dims){1, {n}};
}

struct dims matrix(size_id rows, size_id columns) {
  return (struct dims){2, {rows, columns}};
}

struct dims program_dims(const struct program *p, value_id v) {
  return p->values.at[v].dims;
}

static value_id add_value(struct program *p, struct dims dims) {
  array_push(&p->values, (struct value){dims, p->open});
  return (value_id)(p->values.n - 1);
}

value_id program_input(struct program *p, const char *name, struct dims dims,
                       size_id width, bool is_signed) {
  assert(p->open == 0);
  value_id v = add_value(p, dims);
  array_push(&p->inputs, (struct port){.name = xstrdup(name),
                                       .value = v,
                                       .width = width,
                                       .is_signed = is_signed});
  array_push(&p->blocks.at[0].arguments, v);
  return v;
}

value_id program_input_bits(struct program *p, const char *name,
                            struct dims dims, size_id width) {
  assert(dims.rank < SHAPE_MAX);
  dims.at[dims.rank++] = width;
  value_id v = program_input(p, name, dims, width, false);
  array_last(&p->inputs).is_bits = true;
  return v;
}

void program_mark_random(struct program *p) {
  array_last(&p->inputs).is_random = true;
}

value_id program_input_bits_signed(struct program *p, const char *name,
                                   struct dims dims, size_id width) {
  value_id v = program_input_bits(p, name, dims, width);
  array_last(&p->inputs).is_signed = true;
  return v;
}

void program_output_bits(struct program *p, const char *name, value_id v) {
  struct dims d = program_dims(p, v);
  assert(d.rank);
  program_output_width(p, name, v, d.at[d.rank - 1], false);
  array_last(&p->outputs).is_bits = true;
}

void program_output_bits_signed(struct program *p, const char *name,
                                value_id v) {
  program_output_bits(p, name, v);
  array_last(&p->outputs).is_signed = true;
}

void program_output_width(struct program *p, const char *name, value_id v,
                          size_id width, bool is_signed) {
  assert(p->open == 0);
  array_push(&p->outputs, (struct port){.name = xstrdup(name),
                                        .value = v,
                                        .width = width,
                                        .is_signed = is_signed});
  array_push(&p->blocks.at[0].results, v);
}

void program_output(struct program *p, const char *name, value_id v) {
  program_output_width(p, name, v, 0, false);
}

step_id program_step_many(struct program *p, const struct op *operation,
                          const char *name, const value_id *operand, size_t n,
                          const struct dims *result, size_t results,
                          const void *detail) {
  struct step s = {.operation = operation,
                   .name = xstrdup(name),
                   .first_operand = (uint32_t)p->lists.n,
                   .operands = (uint32_t)n,
                   .results = (uint32_t)results,
                   .detail = detail};
  for (size_t i = 0; i < n; i++)
    array_push(&p->lists, operand[i]);
  s.first_result = (uint32_t)p->lists.n;
  for (size_t i = 0; i < results; i++)
    array_push(&p->lists, add_value(p, result[i]));
  step_id id = (step_id)p->steps.n;
  array_push(&p->steps, s);
  array_push(&p->blocks.at[p->open].steps, id);
  return id;
}

value_id program_step(struct program *p, const struct op *operation,
                      const char *name, const value_id *operand, size_t n,
                      struct dims result, const void *detail) {
  step_id id =
      program_step_many(p, operation, name, operand, n, &result, 1, detail);
  return program_result(p, &p->steps.at[id], 0);
}

value_id program_operand(const struct program *p, const struct step *s,
                         size_t i) {
  assert(i < s->operands);
  return p->lists.at[s->first_operand + i];
}

value_id program_result(const struct program *p, const struct step *s,
                        size_t i) {
  assert(i < s->results);
  return p->lists.at[s->first_result + i];
}

block_id program_open_block(struct program *p) {
  array_push(&p->blocks, (struct block){.parent = p->open});
  return p->open = (block_id)(p->blocks.n - 1);
}

value_id program_argument(struct program *p, struct dims dims) {
  value_id v = add_value(p, dims);
  array_push(&p->blocks.at[p->open].arguments, v);
  return v;
}

void program_close_block(struct program *p, const value_id *result, size_t n) {
  struct block *b = &p->blocks.at[p->open];
  for (size_t i = 0; i < n; i++)
    array_push(&b->results, result[i]);
  p->open = b->parent;
}
