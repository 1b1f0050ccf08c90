/* residue.h - integers known by what they leave modulo some q

   A number x modulo a small q is one ladder: modulo q its terms can be made
   small, and few sums of small terms exist. Every function of x mod q is then
   a table of that ladder, free of gates. That is how powers, products and
   quotients get constant depth (crt.h puts the remainders together again).

     struct residue r;
     residue_init(&r);
     residue_make(c, &r, &x, 11, NULL);           // depth 1
     residue_table(c, &y, &r, logarithms);        // y = table[x mod 11]: free
     residue_clear(&r);

   Words and units
     gate     a 0/1 number: functions of the residue are then times it
     a unit   a with a^-1 mod q: the ladder is on  sum of (a T mod q)  with
              values in (-q/2..q/2], for the a that makes these sums narrowest
     gates    of a ladder: the sums that occur, less one. For x of n bits
              about nq/6 to nq/4, fewer for some q, and never more than
              2^n - 1. */
#ifndef RESIDUE_H
#define RESIDUE_H

#include "compile/number.h"

#include <stdint.h>

#define RESIDUE_MAX 32768 // a modulus is less

struct residue {
  uint32_t modulus;    // [2..RESIDUE_MAX)
  struct number value; // x mod q on one ladder; `least` where the gate is 0
  struct number gate;  // the constant 1 if there is none
  uint32_t least;      // x mod q at level 0
};

void residue_init(struct residue *r);
void residue_clear(struct residue *r);

/* Depth 1; gates as above. x is not negative. `gate` may be NULL: the gate
   costs no depth and no gates:  sum + B*gate >= t + B  where B is the sum's
   range, so that level 0 is the least sum or no gate. */
void residue_make(struct circuit *c, struct residue *r, const struct number *x,
                  uint32_t q, const struct number *gate);
/* y = gate * table[x mod q], of q entries. Free. */
void residue_table(struct circuit *c, struct number *y, const struct residue *r,
                   const mpz_t *table);
/* Gates that residue_make() would need. */
size_t residue_gates(struct circuit *c, const struct number *x, uint32_t q);

/* As number_apply(), with rungs only at values that x can have if its ladders
   take their levels independently. O(terms * range / 64), and a call of f for
   each such value. */
void number_apply_sparse(struct circuit *c, struct number *r,
                         const struct number *x, const struct function *f);

/* ---- Arithmetic modulo q ---- */

uint32_t power_mod(uint32_t x, uint32_t e, uint32_t q);
/* x and q have no common divisor. */
uint32_t inverse_mod(uint32_t x, uint32_t q);
/* The least generator of the units of a prime q. */
uint32_t generator_mod(uint32_t q);
bool is_prime(uint32_t q);

#endif
