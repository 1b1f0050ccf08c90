#include "circuit/integers.h"
#include "circuit/error.h"

#include <limits.h>
#include <string.h>

void integers_clear(struct integers *t) {
  array_clear(&t->limbs);
  array_clear(&t->longs);
  hash_clear(&t->find);
}

static integer_id small_id(long value) {
  return (integer_id)value & ~INTEGER_LONG;
}

static bool is_small(long value) {
  return -INTEGER_SMALL_MAX - 1 <= value && value <= INTEGER_SMALL_MAX;
}

struct key {
  const struct integers *table;
  const mp_limb_t *limbs;
  long size;
};

static size_t limb_bytes(long size) {
  return sizeof(mp_limb_t) * (size_t)labs(size);
}

static bool same_integer(const void *context, uint32_t id) {
  const struct key *k = context;
  const struct long_integer *l = &k->table->longs.at[id];
  return l->size == k->size &&
         !memcmp(k->table->limbs.at + l->first, k->limbs, limb_bytes(l->size));
}

static uint32_t tag_of(const mp_limb_t *limbs, long size) {
  return hash_bytes(limbs, limb_bytes(size)) ^ (size < 0);
}

static integer_id add_long(struct integers *t, const mp_limb_t *limbs,
                           long size) {
  struct key k = {t, limbs, size};
  uint32_t tag = tag_of(limbs, size);
  uint32_t found = hash_find(&t->find, tag, same_integer, &k);
  if (found != HASH_NONE)
    return INTEGER_LONG | found;
  size_t n = (size_t)labs(size), id = t->longs.n;
  if (id >= INTEGER_LONG)
    die("more than 2^31 different long integers");
  array_push(&t->longs, (struct long_integer){t->limbs.n, size});
  array_reserve(&t->limbs, t->limbs.n + n);
  memcpy(t->limbs.at + t->limbs.n, limbs, limb_bytes(size));
  t->limbs.n += n;
  hash_add(&t->find, tag, (uint32_t)id);
  return INTEGER_LONG | (uint32_t)id;
}

integer_id integers_add_si(struct integers *t, long value) {
  if (is_small(value))
    return small_id(value);
  mp_limb_t limb = value < 0 ? -(mp_limb_t)value : (mp_limb_t)value;
  return add_long(t, &limb, value < 0 ? -1 : 1);
}

integer_id integers_add(struct integers *t, const mpz_t value) {
  if (mpz_fits_slong_p(value))
    return integers_add_si(t, mpz_get_si(value));
  long size = (long)mpz_size(value);
  return add_long(t, mpz_limbs_read(value), mpz_sgn(value) < 0 ? -size : size);
}

void integers_keep(struct integers *t, const bool *live, integer_id *renamed) {
  size_t n = 0, limbs = 0;
  hash_clear(&t->find);
  for (size_t i = 0; i < t->longs.n; i++) {
    struct long_integer l = t->longs.at[i];
    if (!live[i])
      continue;
    memmove(t->limbs.at + limbs, t->limbs.at + l.first, limb_bytes(l.size));
    l.first = limbs;
    limbs += (size_t)labs(l.size);
    hash_add(&t->find, tag_of(t->limbs.at + l.first, l.size), (uint32_t)n);
    renamed[i] = INTEGER_LONG | (uint32_t)n;
    t->longs.at[n++] = l;
  }
  t->longs.n = n;
  t->limbs.n = limbs;
}

bool integers_get_si(const struct integers *t, integer_id id, long *value) {
  struct integer_scratch s;
  if (integer_is_small(id)) {
    *value = integer_small(id);
    return true;
  }
  mpz_srcptr z = integers_get(t, id, &s);
  if (!mpz_fits_slong_p(z))
    return false;
  *value = mpz_get_si(z);
  return true;
}

int integers_sign(const struct integers *t, integer_id id) {
  struct integer_scratch s;
  return mpz_sgn(integers_get(t, id, &s));
}

int integers_compare(const struct integers *t, integer_id a, integer_id b) {
  struct integer_scratch sa, sb;
  if (integer_is_small(a) && integer_is_small(b))
    return (integer_small(a) > integer_small(b)) -
           (integer_small(a) < integer_small(b));
  return mpz_cmp(integers_get(t, a, &sa), integers_get(t, b, &sb));
}
