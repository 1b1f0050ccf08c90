#include "compile/program/pairs.h"
#include "compile/program/fold.h"

bool pairs_is_read(const struct reading *r, enum pairs pairs, size_id rows,
                   size_t row, size_t key) {
  if (pairs == PAIRS_OWN)
    return true;
  if (key == row)
    return fold_class(r->in, rows, row) > 1;
  return key < row || pairs == PAIRS_OTHERS;
}

/* Another copy is two copies without the own one. */
void pairs_push_key(struct reading *r, enum pairs pairs, struct number *sum,
                    const struct number *x, const mpz_t weight, value_id v,
                    size_t row, size_t key) {
  struct copies copies = {0};
  mpz_t minus;
  if (r->c->folding && key == row && pairs != PAIRS_OWN)
    fold_copies(r->in, v, 0, key, SIZE_MAX, &copies);
  if (!copies.axes) {
    number_push(r->c, sum, x, weight);
    return;
  }
  int bit = __builtin_ctz(copies.axes);
  copies.of[bit].most = 2;
  copies.of[bit].six = 12;
  mpz_init(minus);
  mpz_neg(minus, weight);
  number_push_copies(r->c, sum, x, weight, &copies);
  number_push(r->c, sum, x, minus);
  mpz_clear(minus);
}
