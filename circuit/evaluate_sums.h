/* evaluate_sums.h - what a block goes through ladder by ladder

   A value is an integer for each of the 512 lanes of a block. Most are bytes:
   four of them are a quad, one in each byte of 512 words of 32 bits, so that
   one instruction multiplies four values by four weights and adds. Others take
   2 or 4 bytes a lane. Sums are of 32 bits, or of several such words if that is
   not enough: then all that they read are bytes. A group is up to four steps
   that do not read each other and so are added up at once. A step finds each
   lane's level, and from the level makes values and output bits.

   Values are in an order of their own, in which bits and integers are easily
   turned into each other: lane 64w + 8k + i is at 64k + 8w + i, where w, k and
   i are less than 8. */
#ifndef EVALUATE_SUMS_H
#define EVALUATE_SUMS_H

#include "circuit/array.h"
#include "circuit/evaluate_parts.h"

enum {
  SUM_WORDS = 8, // of lanes
  SUM_LANES = 64 * SUM_WORDS
};

struct sum_value {
  uint32_t place; // word of the memory
  uint8_t size;   // 1 << size bytes a lane, at most 4; 0: a byte of a quad
  uint8_t byte;   // of the quad: 0..3
  int64_t lo;     // of a byte, which is the value less this
};

/* Inputs [first..first + width) of the circuit as an integer. */
struct sum_expand {
  uint32_t first, width; // 1..31
  bool is_signed;
  struct sum_value to;
};

struct sum_term {
  struct sum_value from;
  int32_t weight;
};

/* Entries are offset + slope * level; or else they are in a table. */
struct sum_table {
  bool is_line;
  int64_t slope, offset;
  size_t first;  // one for each level; in `bytes` for a byte, or in `entries`
  bool is_small; // for a byte, and levels of a byte: then there are 256
  struct sum_value to;
};

/* Output o is [level >= rung]. */
struct sum_output {
  uint32_t rung, output;
};

enum sum_kind {
  SUM_32,  // less than 2^30, and so is every partial sum of terms
  SUM_WIDE // of several words
};

enum sum_find {
  FIND_COUNT,  // compare with each threshold: there are few
  FIND_LINE,   // they are evenly spaced: multiply
  FIND_BUCKET, // look for the few that can matter
};

/* How to find the level of a sum x; sums beyond lo and hi count as these.
   By a line: (((x - lo) << shift) + add) * factor, rounded towards 0. By
   buckets: thresholds [base[i]..base[i] + most) are the only ones that can lie
   in bucket i, which holds the sums from lo + (i << shift) on. */
struct sum_search {
  enum sum_find how;
  int64_t lo, hi;
  unsigned shift;
  int32_t add;
  float factor;
  size_t base;   // in `bases`
  unsigned most; // thresholds in a bucket
};

struct sum_step {
  enum sum_kind kind;
  size_t terms, tables, outputs; // where its own end in the arrays
  size_t thresholds;             // likewise
  struct sum_search search;
  uint32_t rungs; // thresholds
  int32_t start;  // of SUM_32: what its bytes lack
  size_t wide;    // of SUM_WIDE: which one
};

enum {
  SUM_GROUP = 4 // most steps in a group
};

/* Where its own end in the arrays. Quads have SUM_GROUP words in `weights`, of
   four signed bytes for the bytes of the quad. */
struct sum_group {
  size_t steps, expands, quads;
};

/* A sum of so many words: quads for each word, and that again in each pass. It
   is counted from the first threshold, and its key is what it is without its
   last `shift` bits, as are the thresholds that are searched. If these bits are
   0 in all thresholds, then keys alone tell. */
struct sum_wide {
  uint32_t words, passes;
  size_t parts;      // in `parts`: passes * words ends of quads
  size_t start;      // in `words`: where it starts
  size_t thresholds; // in `words`, unless is_exact
  uint32_t shift;
  bool is_exact;
};

/* An output that is an input, SUM_ZERO or SUM_ONE. */
struct sum_copy {
  uint32_t output, input;
};

#define SUM_ZERO UINT32_MAX
#define SUM_ONE (UINT32_MAX - 1)

struct sums {
  struct evaluator e;
  ARRAY(struct sum_group) groups;
  ARRAY(struct sum_step) steps;
  ARRAY(struct sum_expand) expands;
  ARRAY(struct sum_term) terms;
  ARRAY(struct sum_table) tables;
  ARRAY(struct sum_output) outputs;
  ARRAY(uint32_t) quads; // places
  ARRAY(uint32_t) weights;
  ARRAY(int32_t) entries; // of tables
  ARRAY(uint8_t) bytes;
  ARRAY(int64_t) thresholds; // ascending; then INT64_MAX, which is no rung
  ARRAY(uint32_t) bases;
  ARRAY(struct sum_wide) wide;
  ARRAY(size_t) parts;
  ARRAY(uint32_t) words;
  ARRAY(struct sum_copy) copies;
  size_t sum_place; // word, of SUM_GROUP sums and the words of a wide one
};

/* Of FIND_LINE, by one product and no addition that a compiler could join to
   it, so that it is the same wherever it is computed; it never falls as x
   grows. */
static inline int32_t sum_line(int32_t x, int shift, int32_t add,
                               float factor) {
  float level = (float)((x << shift) + add) * factor;
  return (int32_t)level;
}

void sums_run(const struct evaluator *e, uint64_t *memory);

#endif
