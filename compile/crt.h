/* crt.h - bits of an integer from what it leaves modulo coprime q

   Let V be an integer known modulo q_1, q_2, ... with product M, and R any
   integer. By the Chinese remainder theorem, modulo 1,

     V * R / M  =  sum over q of  (v_q * u_q mod q) / q,
     v_q = V mod q,  u_q = R * (M/q)^-1 mod q.

   Each summand is a table of the residue ladder (residue.h), so the sum is a
   number and costs no gates. With R/M close to 1/d the sum is V/d modulo 1,
   almost: no rank of the Chinese remainders is needed, and so no level of
   depth for it. Tables hold the summands times 2^f, rounded.

     struct crt k;
     crt_init(&k, moduli);
     crt_scale(&k, n, most, d, g, tables);  // |error| < 2^-g
     for each part of V and each i < k.n
       residue_make(c, &r, &x, moduli[i], NULL);
       crt_push(c, &sum, &k, i, &r, v);  // v[x mod q_i], what V has there
     // sum / 2^k.f = V / d modulo 1, up to the error
     crt_clear(&k);

   Source   the Chinese remainder part of Siu and Roychowdhury 1994 (products
            and quotients in depth 4 and 3), with the rank left out. */
#ifndef CRT_H
#define CRT_H

#include "compile/residue.h"

struct crt {
  const uint32_t *modulus; // borrowed; coprime
  size_t n;                // how many of them are used
  mpz_t product;           // M, of these n
  mpz_t factor;            // R
  unsigned long f;         // bits of the tables
  uint32_t *unit;          // [n]: u_q
};

void crt_init(struct crt *k, const uint32_t *modulus);
void crt_clear(struct crt *k);

/* Use as many of the `available` moduli as make the error less than 2^-g for
   0 <= V <= most and at most `tables` parts of V: M > most * 2^g, so that R/M
   is near enough to 1/d, and f = g + bits of the number of tables, so that
   rounding is small. False if the moduli do not suffice. */
bool crt_scale(struct crt *k, size_t available, const mpz_t most, const mpz_t d,
               unsigned long g, size_t tables);
/* Use n moduli and R = 1: the sum is rank + V / M for some integer rank, with
   an error less than 1/4. */
void crt_set_rank(struct crt *k, size_t n);
/* alpha = v * u_q mod q, over q, times 2^f, rounded, for v = V mod q_i: of
   [0..2^f). */
void crt_alpha(mpz_t alpha, const struct crt *k, size_t i, uint32_t v);
/* sum += gate * alpha of part[x mod q_i], for a residue with modulus q_i, or of
   x mod q_i itself if `part` is NULL. To be settled. */
void crt_push(struct circuit *c, struct number *sum, const struct crt *k,
              size_t i, const struct residue *r, const uint32_t *part);

/* r[0..n) = the bits of V <= most < 2^n, given its residues. Depth 1: runs of
   bits, for each of which half a unit is added to V and the sum for d = 2^to
   has the bits on top. A run with k moduli has at most k gates for each bit
   and k more; low bits need fewer moduli than high ones. The moduli have a
   product of more than most * 2^(n+1). */
void crt_bits(struct circuit *c, struct number *r, unsigned n,
              const struct residue *residue, const uint32_t *modulus,
              size_t moduli, const mpz_t most);
/* The same for a product of more than 2 * most, in depth 2: the rank, at most
   a gate for each modulus, and the bits of
     sum over q of (v_q * u_q mod q) * M/q - rank * M. */
void crt_bits_by_rank(struct circuit *c, struct number *r, unsigned n,
                      const struct residue *residue, const uint32_t *modulus,
                      size_t moduli, const mpz_t most);

/* Coprime moduli whose product is more than `bound`, ascending in cost(q) for
   each bit of q; `n` of them. Primes and, unless `primes_only`, their powers.
   The caller frees them. */
uint32_t *crt_moduli(size_t *n, const mpz_t bound, bool primes_only,
                     double (*cost)(uint32_t q, void *context), void *context);

#endif
