#include "circuit/evaluate_steps.h"
#include "circuit/error.h"

#if defined(__x86_64__)
#  include <immintrin.h>
#endif

size_t step_record(uint32_t kind) {
  static const struct {
    uint32_t end; // first kind that is not of this size
    size_t words;
  } sizes[] = {{STEP_STORE, 0}, {STEP_AND, 1},   {STEP_PICK, 3},
               {STEP_ADD1, 4},  {STEP_ADD2, 2},  {STEP_ADD4, 3},
               {STEP_ADD8, 5},  {STEP_ADD64, 9}, {STEP_FLUSH, 65},
               {STEP_GATE2, 3}, {STEP_GATE4, 4}, {STEP_GATE8, 7},
               {STEPS, 12}};
  size_t i = 0;
  while (kind >= sizes[i].end)
    i++;
  return sizes[i].words;
}

#define XOR3(a, b, c, negated) \
  ((negated) ? ~((a) ^ (b) ^ (c)) : (a) ^ (b) ^ (c))
#define MAJORITY(a, b, c, not_b, not_c) \
  (((a) & ((not_b) ? ~(b) : (b))) |     \
   (((not_c) ? ~(c) : (c)) & ((a) ^ ((not_b) ? ~(b) : (b)))))
#define CARRY(old, new, a, b, negated) \
  MAJORITY(old, a, b, (negated) == 2, (negated) >= 1)
#define PICK(a, b, c) ((a) | ((b) & (c)))
#define KEEP(x) (void)0

#define NAME(x) x##_any
#define TARGET
#define BYTES 16
#define UNROLL 1
#include "circuit/evaluate_kernel.h"
#undef NAME
#undef TARGET
#undef BYTES
#undef UNROLL

#if defined(__x86_64__)
#  define NAME(x) x##_avx2
#  define TARGET __attribute__((target("avx2")))
#  define BYTES 32
#  define UNROLL 1
#  include "circuit/evaluate_kernel.h"
#  undef NAME
#  undef TARGET
#  undef BYTES

#  undef XOR3
#  undef MAJORITY
#  undef PICK
#  undef CARRY
#  undef KEEP
/* A function of three bits in one instruction: bit 4a+2b+c of the number. */
#  define LOGIC(a, b, c, truth)                                    \
    ((VECTOR)_mm512_ternarylogic_epi64((__m512i)(a), (__m512i)(b), \
                                       (__m512i)(c), truth))
#  define XOR3(a, b, c, negated) \
    ((negated) ? LOGIC(a, b, c, 0x69) : LOGIC(a, b, c, 0x96))
#  define MAJORITY(a, b, c, not_b, not_c) \
    ((not_b)   ? LOGIC(a, b, c, 0x71)     \
     : (not_c) ? LOGIC(a, b, c, 0xd4)     \
               : LOGIC(a, b, c, 0xe8))
/* From the new sum, which saves a copy of the old one: a where a and b are
   alike, else the negated sum; likewise with b or both negated. */
#  define CARRY(old, new, a, b, negated)       \
    ((negated) == 2   ? LOGIC(a, b, new, 0x17) \
     : (negated) == 1 ? LOGIC(a, b, new, 0x71) \
                      : LOGIC(a, b, new, 0xd4))
#  define PICK(a, b, c) LOGIC(a, b, c, 0xf8)
/* Else gcc loads it once for each instruction that reads it. */
#  define KEEP(x) __asm__("" : "+v"(x))
#  define TARGET __attribute__((target("avx512f")))
#  define BYTES 64

#  define NAME(x) x##_avx512
#  include "circuit/evaluate_kernel.h"
#  undef NAME
#  undef UNROLL

#  define NAME(x) x##_avx512_pair
#  define UNROLL 2
#  include "circuit/evaluate_kernel.h"
#endif

unsigned steps_widest(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") ? 64
         : __builtin_cpu_supports("avx2")  ? 32
                                           : 16;
#else
  return 16;
#endif
}

void steps_run(const uint32_t *program, uint64_t *memory, size_t words,
               unsigned vector_bytes) {
#if defined(__x86_64__)
  if (vector_bytes == 64) {
    (words % 16 ? run_avx512 : run_avx512_pair)(program, memory, words);
    return;
  }
  if (vector_bytes == 32) {
    run_avx2(program, memory, words);
    return;
  }
#endif
  (void)vector_bytes;
  run_any(program, memory, words);
}
