/* number_parts.h - between the files of number.h */
#ifndef NUMBER_PARTS_H
#define NUMBER_PARTS_H

#include "compile/number.h"

/* r += x as wires have it: no ladder read in two ways. */
void number_push_apart(struct circuit *c, struct number *r,
                       const struct number *x);
bool number_is_one_copy(const struct circuit *c, uint32_t span);
/* Ends the process if x reads more than one copy of a ladder by a term, which
   the caller does not know. */
void number_refuse_spans(const struct circuit *c, const struct number *x);
/* The range of a number whose terms are merged but may share ladders. */
void number_find_range(struct circuit *c, struct number *r);
void number_push_span(struct circuit *c, struct number *r, ladder_id l,
                      const mpz_t *steps, size_t n, uint32_t span);
/* The same where n steps one after the other are equal, run by run. */
struct step_run {
  mpz_srcptr step;
  size_t n;
};
void number_push_runs(struct circuit *c, struct number *r, ladder_id l,
                      const struct step_run *runs, size_t n, uint32_t span);
void number_add_term(struct circuit *c, struct number *r, struct term t);
/* r += weight * these copies of a source. */
void number_push_term(struct circuit *c, struct number *r, source_id source,
                      const mpz_t weight, uint32_t span);
/* r += weight * a, but for the terms: the constant and the range. */
void number_push_outside(struct number *r, const struct number *a,
                         const mpz_t weight);
/* The greatest common divisor of the weights of x; 1 for a constant. Views have
   primitive steps, so they share nothing more. */
void number_common_weight(const struct circuit *c, const struct number *x,
                          mpz_t g);
/* The source is a rung of a folded chain. */
bool number_is_chain_gate(const struct circuit *c, source_id source);
/* Terms, where a view of a chain is as many as it has gates. */
size_t number_sources(const struct circuit *c, const struct number *x);
/* y += step * the source of a term of a chain, which so far is as well, and
   with this value where it is 1. */
void number_push_again(struct circuit *c, struct number *y,
                       const struct term *t, const mpz_t step,
                       const mpz_t value);
/* The wire of a term / g, for a ladder to come. */
void number_add_wire(struct circuit *c, const struct term *t, const mpz_t g);
/* The wires of x / g, for a ladder to come. */
void number_add_wires(struct circuit *c, const struct number *x, const mpz_t g);
void number_swap(struct number *a, struct number *b);

/* How many stairs of a run x passes. */
size_t stair_passed(const struct stair *k, const mpz_t x);
/* r = s(x) as a new ladder, of whatever x reads. */
void number_make_ladder(struct circuit *c, struct number *r,
                        const struct number *x, const struct staircase *s);
/* r = f(x) for x that is free, without a gate. */
void number_compose(struct circuit *c, struct number *r, const struct number *x,
                    const struct function *f);

/* n integers, 0, for number_steps(). */
mpz_t *steps_new(size_t n);
void steps_free(mpz_t *steps, size_t n);

#endif
