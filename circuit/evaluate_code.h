/* evaluate_code.h - writing a program for evaluate_steps.h

   Steps of the same kind that follow each other become one with a count. Slots
   are numbered as they are taken, and taken again once they are given back, so
   that few are in use at once. While the program is written its records hold
   numbers of slots, not places: code_place() makes those of them in the end.

     struct code code;
     code_init(&code, inputs + outputs);
     uint32_t slot = code_take(&code);
     code_mark(&code, STEP_SUM, 0);
     code_step(&code, STEP_AND, (uint32_t[]){slot, 0, 1});
     code_mark(&code, STEP_END, 0);
     code_give(&code, slot);

   Ownership  A slot has one owner, who gives it back, unless it is held: then
              the last that drops it does.
   Errors     More than 2^32 slots end the process. */
#ifndef EVALUATE_CODE_H
#define EVALUATE_CODE_H

#include "circuit/array.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef ARRAY(uint32_t) slot_list;

struct code {
  ARRAY(uint32_t) words;
  size_t last;    // the step that the next may join, or SIZE_MAX
  uint32_t slots; // that there are
  uint32_t zero;  // slot of constant zeros; those before are never given back
  uint32_t one;   // zero + 1
  uint32_t trash; // zero + 2, for carries that are known to be 0
  slot_list unused;
  slot_list uses; // of slots that are held, by slot
};

/* The first `fixed` slots are the caller's, in an order that it chooses. */
void code_init(struct code *code, size_t fixed);
void code_clear(struct code *code);

uint32_t code_take(struct code *code);
void code_give(struct code *code, uint32_t slot);
void code_give_all(struct code *code, slot_list *slots); // and empty the list

/* A slot that several hold is given back by the last that drops it. */
void code_hold(struct code *code, uint32_t slot);
bool code_is_held(const struct code *code, uint32_t slot);
void code_drop_all(struct code *code, slot_list *slots); // and clear the list

/* Append a step without records, and a record of a step that has them. */
void code_mark(struct code *code, uint32_t kind, uint32_t value);
void code_step(struct code *code, uint32_t kind, const uint32_t *record);

/* Slots become places: a slot has `words` words. O(program). */
void code_place(struct code *code, size_t words);

#endif
