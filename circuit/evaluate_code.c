#include "circuit/evaluate_code.h"
#include "circuit/error.h"
#include "circuit/evaluate_steps.h"

void code_init(struct code *code, size_t fixed) {
  *code = (struct code){.last = SIZE_MAX};
  if (fixed > UINT32_MAX - 3)
    die("more than 2^32 inputs and outputs");
  code->slots = (uint32_t)fixed;
  code->zero = code->slots++;
  code->one = code->slots++;
  code->trash = code->slots++;
}

void code_clear(struct code *code) {
  array_clear(&code->words);
  array_clear(&code->unused);
  array_clear(&code->uses);
}

/* Slots */

uint32_t code_take(struct code *code) {
  if (code->unused.n)
    return code->unused.at[--code->unused.n];
  if (code->slots == UINT32_MAX)
    die("more than 2^32 bits at once");
  return code->slots++;
}

void code_give(struct code *code, uint32_t slot) {
  if (slot > code->trash)
    array_push(&code->unused, slot);
}

void code_give_all(struct code *code, slot_list *slots) {
  for (size_t i = 0; i < slots->n; i++)
    code_give(code, slots->at[i]);
  slots->n = 0;
}

void code_hold(struct code *code, uint32_t slot) {
  while (code->uses.n <= slot)
    array_push(&code->uses, 0);
  code->uses.at[slot]++;
}

bool code_is_held(const struct code *code, uint32_t slot) {
  return slot < code->uses.n && code->uses.at[slot];
}

void code_drop_all(struct code *code, slot_list *slots) {
  for (size_t i = 0; i < slots->n; i++)
    if (!--code->uses.at[slots->at[i]])
      code_give(code, slots->at[i]);
  array_clear(slots);
}

/* Steps */

void code_mark(struct code *code, uint32_t kind, uint32_t value) {
  array_push(&code->words, kind | value << 8);
  code->last = SIZE_MAX;
}

void code_step(struct code *code, uint32_t kind, const uint32_t *record) {
  uint32_t *at = code->words.at;
  if (code->last != SIZE_MAX && step_kind(at[code->last]) == kind &&
      step_count(at[code->last]) < STEP_MAX_COUNT)
    at[code->last] += 1 << 8;
  else {
    code->last = code->words.n;
    array_push(&code->words, kind | 1 << 8);
  }
  for (size_t i = 0; i < step_record(kind); i++)
    array_push(&code->words, record[i]);
}

void code_place(struct code *code, size_t words) {
  if (code->slots * words > UINT32_MAX)
    die("evaluating would need %zu bytes a thread", 8 * code->slots * words);
  for (size_t i = 0; i < code->words.n;) {
    uint32_t word = code->words.at[i++];
    size_t n = step_record(step_kind(word)) * step_count(word);
    for (; n; n--, i++)
      code->words.at[i] *= (uint32_t)words;
  }
}
