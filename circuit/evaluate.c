#include "circuit/evaluate.h"
#include "circuit/error.h"
#include "circuit/evaluate_parts.h"

#include <string.h>

#ifdef _OPENMP
#  include <omp.h>
#endif

struct evaluator *evaluator_new(const struct circuit *c, enum evaluation how) {
  return how == EVALUATE_RUNGS ? evaluate_rungs(c) : evaluate_ladders(c);
}

void evaluator_free(struct evaluator *e) {
  if (e)
    e->free(e);
}

size_t evaluator_words(const struct evaluator *e) {
  return e->words;
}

size_t evaluator_block_bytes(const struct evaluator *e) {
  return e->total * sizeof(uint64_t);
}

struct evaluator_block *evaluator_block_new(const struct evaluator *e) {
  struct evaluator_block *b = xmalloc(sizeof *b);
  size_t bytes = e->total * sizeof(uint64_t);
  bytes = (bytes / EVALUATE_ALIGN + 1) * EVALUATE_ALIGN;
  b->in = aligned_alloc(EVALUATE_ALIGN, bytes);
  if (!b->in)
    die("out of memory at %zu bytes", bytes);
  memset(b->in, 0, bytes);
  b->out = b->in + e->inputs * e->words;
  if (e->start)
    e->start(e, b->in);
  return b;
}

void evaluator_block_free(struct evaluator_block *b) {
  if (b)
    free(b->in);
  free(b);
}

void evaluator_block_run(const struct evaluator *e, struct evaluator_block *b) {
  e->run(e, b->in);
}

bool evaluate_is_live(const struct circuit *c, const bool *needed,
                      ladder_id l) {
  for (bit_id b = c->ladders.at[l].first_bit; b < circuit_end_bit(c, l); b++)
    if (needed[b])
      return true;
  return false;
}

static void need_source(const struct circuit *c, bool *needed, source_id s) {
  if (!(s & SOURCE_VIEW)) {
    needed[s] = true;
    return;
  }
  ladder_id l = circuit_source_ladder(c, s);
  const integer_id *steps = circuit_view_steps(c, s);
  for (size_t i = 0; i < circuit_rungs(c, l); i++)
    if (steps[i]) // the integer 0 is its own id
      needed[c->ladders.at[l].first_bit + i] = true;
}

bool *evaluate_needed(const struct circuit *c) {
  bool *needed = xcalloc(c->bits.n, sizeof *needed);
  for (size_t i = 0; i < c->outputs.n; i++)
    needed[c->outputs.at[i]] = true;
  for (ladder_id l = (ladder_id)c->ladders.n; l-- > 0;)
    if (evaluate_is_live(c, needed, l))
      for (size_t i = c->ladders.at[l].first_wire; i < circuit_end_wire(c, l);
           i++)
        if (c->wires.at[i].weight)
          need_source(c, needed, c->wires.at[i].source);
  return needed;
}

/* Where a run has come to. */
struct run {
  const struct evaluator *e;
  const struct evaluator_job *job;
  uint64_t n, block; // vectors in all and in a block
  uint64_t end;      // first block that ended the run, or the number of blocks
};

static uint64_t get_end(const struct run *r) {
  return __atomic_load_n(&r->end, __ATOMIC_RELAXED);
}

static void set_end(struct run *r, uint64_t block) {
  uint64_t end = get_end(r);
  while (block < end &&
         !__atomic_compare_exchange_n(&r->end, &end, block, true,
                                      __ATOMIC_RELAXED, __ATOMIC_RELAXED))
    ;
}

static size_t count_of(const struct run *r, uint64_t i) {
  uint64_t left = r->n - i * r->block;
  return (size_t)(left < r->block ? left : r->block);
}

static void compute(const struct run *r, uint64_t i,
                    struct evaluator_block *b) {
  if (i >= get_end(r))
    return;
  r->job->fill(r->job->context, i * r->block, count_of(r, i), r->e->words,
               b->in);
  evaluator_block_run(r->e, b);
}

static void take(struct run *r, uint64_t i, const struct evaluator_block *b) {
  if (i < get_end(r) &&
      !r->job->take(r->job->context, i * r->block, count_of(r, i), r->e->words,
                    b->in, b->out))
    set_end(r, i);
}

static void run_any_order(struct run *r, uint64_t blocks,
                          struct evaluator_block *b) {
#ifdef _OPENMP
#  pragma omp for schedule(dynamic)
#endif
  for (uint64_t i = 0; i < blocks; i++) {
    compute(r, i, b);
    take(r, i, b);
  }
}

static void run_in_order(struct run *r, uint64_t blocks,
                         struct evaluator_block *b) {
#ifdef _OPENMP
#  pragma omp for schedule(static, 1) ordered
#endif
  for (uint64_t i = 0; i < blocks; i++) {
    compute(r, i, b);
#ifdef _OPENMP
#  pragma omp ordered
#endif
    take(r, i, b);
  }
}

static int threads_of(int threads, uint64_t blocks) {
#ifdef _OPENMP
  if (threads <= 0)
    threads = omp_get_max_threads();
#else
  threads = 1;
#endif
  return blocks < (uint64_t)threads ? (int)blocks : threads;
}

uint64_t evaluator_run(const struct evaluator *e, uint64_t n, int threads,
                       const struct evaluator_job *job) {
  struct run r = {e, job, n, 64 * (uint64_t)e->words, 0};
  uint64_t blocks = n / r.block + (n % r.block > 0);
  r.end = blocks;
  if (!n)
    return 0;
  threads = threads_of(threads, blocks);
#ifdef _OPENMP
#  pragma omp parallel num_threads(threads)
#endif
  {
    struct evaluator_block *b = evaluator_block_new(e);
    if (job->is_ordered)
      run_in_order(&r, blocks, b);
    else
      run_any_order(&r, blocks, b);
    evaluator_block_free(b);
  }
  return r.end < blocks ? r.end * r.block : n;
}
