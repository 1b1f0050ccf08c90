/* evaluate_steps.h - the small machine that evaluates rung by rung

   Its memory is an array of slots, each the lanes of one bit. A program is a
   list of steps: a word `kind | count << 8`, then `count` records of a fixed
   number of words, each word a place (the first word of a slot).

   Outside are steps that compute whole gates, and STEP_SUM, which stands before
   steps up to STEP_END that work on a window: three bits of a counter,
   `ones`, `twos` and `fours`, of the planes p, p+1 and p+2 of a sum. A step
   that adds bits to plane p has a last word in its record: where to put the
   carry to plane p+3. Kinds from STEP_ADD1 on come once for each number of
   negated bits, which are the last of the record; STEP_ADD64 counts on in three
   more bits of the window, until STEP_FLUSH puts them away. Steps outside read
   all of a record before they write; each strip of lanes goes through all steps
   of a sum before the next strip does. */
#ifndef EVALUATE_STEPS_H
#define EVALUATE_STEPS_H

#include <stddef.h>
#include <stdint.h>

enum step {
  STEP_STOP, // of the program
  STEP_SUM,
  STEP_END,   // of a sum
  STEP_SET,   // the window becomes the count's bits 0..2; no record
  STEP_SLIDE, // ones = twos, twos = fours, fours = count; no record
  STEP_STORE, // (r): r = ones
  STEP_ANY,   // (a): ones |= a
  STEP_NOT,   // (a): ones |= ~a
  STEP_AND,   // (r, a, b): r = a & b
  STEP_OR,    // (r, a, b): r = a | b
  STEP_PICK,  // (r, a, b, c): r = a | (b & c)
  STEP_ADD1,  // (a, carry): + negated
  STEP_ADD2 = STEP_ADD1 + 2,
  STEP_ADD4 = STEP_ADD2 + 3,
  STEP_ADD8 = STEP_ADD4 + 5,
  STEP_ADD64 = STEP_ADD8 + 9,  // (a ..., carry to plane p+6): + 1 all negated
  STEP_FLUSH = STEP_ADD64 + 2, // (a, b, c): to planes p+3, p+4 and p+5
  STEP_GATE2,                  // (r, t0, a, b): r = [t + a + b >= 2]
  STEP_GATE4 = STEP_GATE2 + 3, // (r, t0, t1, a ... d): r = [t + ... >= 4]
  STEP_GATE8 = STEP_GATE4 + 5, // (r, t0, t1, t2, a ... h): [t + ... >= 8]
  STEPS = STEP_GATE8 + 9
};

#define STEP_MAX_COUNT ((UINT32_C(1) << 24) - 1)

static inline uint32_t step_kind(uint32_t word) {
  return word & 255;
}
static inline uint32_t step_count(uint32_t word) {
  return word >> 8;
}
/* Words in a record of this kind; 0 where the count is no count. */
size_t step_record(uint32_t kind);

/* Run it on memory whose slots have `words` words, a multiple of 8, aligned to
   64 bytes, with vectors of 16, 32 or 64 bytes, on which the result does not
   depend. */
void steps_run(const uint32_t *program, uint64_t *memory, size_t words,
               unsigned vector_bytes);
unsigned steps_widest(void); // vectors that this machine has

#endif
