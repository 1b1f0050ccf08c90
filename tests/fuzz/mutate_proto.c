/* Mutations of protocol buffers that leave them protocol buffers: a field of a
   message in a message is changed, and the lengths around it follow. libFuzzer
   calls LLVMFuzzerCustomMutator() instead of its own mutations, which it lends
   as LLVMFuzzerMutate(). */
#include "circuit/array.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t n, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most,
                               unsigned seed);

struct bytes {
  uint8_t *at;
  size_t n, cap;
};

struct field {
  size_t first, value, end; // its tag, what is after it and its length, the end
  unsigned type;
};

struct fields {
  struct field *at;
  size_t n, cap;
};

static unsigned draw(unsigned *seed, unsigned n) {
  *seed = *seed * 1664525 + 1013904223;
  return (*seed >> 8) % n;
}

static void append(struct bytes *b, const uint8_t *at, size_t n) {
  array_reserve(b, b->n + n + 1);
  if (n)
    memcpy(b->at + b->n, at, n);
  b->n += n;
}

static void append_varint(struct bytes *b, uint64_t v) {
  for (; v > 127; v >>= 7)
    array_push(b, (uint8_t)(v | 128));
  array_push(b, (uint8_t)v);
}

static bool get_varint(const uint8_t *p, size_t n, size_t *at, uint64_t *v) {
  *v = 0;
  for (unsigned i = 0; i < 10 && *at < n; i++) {
    *v |= (uint64_t)(p[*at] & 127) << 7 * i;
    if (!(p[(*at)++] & 128))
      return true;
  }
  return false;
}

static bool get_field(const uint8_t *p, size_t n, size_t at, struct field *f) {
  uint64_t tag, length = 0;
  *f = (struct field){.first = at};
  if (!get_varint(p, n, &at, &tag) || tag < 8)
    return false;
  f->type = tag & 7;
  f->value = at;
  if (f->type == 0 && !get_varint(p, n, &at, &length))
    return false;
  if (f->type == 2) {
    if (!get_varint(p, n, &at, &length) || length > n - at)
      return false;
    f->value = at;
    at += (size_t)length;
  }
  at += f->type == 1 ? 8 : f->type == 5 ? 4 : 0;
  f->end = at;
  return at <= n && (f->type < 3 || f->type == 5);
}

static bool split(const uint8_t *p, size_t n, struct fields *all) {
  for (size_t at = 0; at < n; at = array_last(all).end) {
    struct field f;
    if (!get_field(p, n, at, &f))
      return false;
    array_push(all, f);
  }
  return all->n > 0;
}

static void mutate_bytes(struct bytes *to, const uint8_t *p, size_t n) {
  size_t most = n + 16, first = to->n;
  append(to, p, n);
  array_reserve(to, first + most);
  to->n = first + LLVMFuzzerMutate(to->at + first, n, most);
}

static void mutate_value(struct bytes *to, const uint8_t *p,
                         const struct field *f, unsigned *seed) {
  struct bytes new = {0};
  if (f->type == 0) {
    append_varint(to, draw(seed, 3)   ? draw(seed, 32)
                      : draw(seed, 2) ? -(uint64_t)draw(seed, 4)
                                      : UINT64_C(1) << draw(seed, 64));
    return;
  }
  mutate_bytes(&new, p + f->value, f->end - f->value);
  if (f->type == 2)
    append_varint(to, new.n);
  else
    new.n = f->end - f->value; // there is room for more than that
  append(to, new.at, new.n);
  array_clear(&new);
}

static void append_tag(struct bytes *to, const uint8_t *p,
                       const struct field *f) {
  size_t end = f->first;
  uint64_t tag;
  get_varint(p, f->end, &end, &tag);
  append(to, p + f->first, end - f->first);
}

static void append_field(struct bytes *to, const uint8_t *p,
                         const struct field *f) {
  append(to, p + f->first, f->end - f->first);
}

static void mutate_whole(struct bytes *to, const uint8_t *p,
                         const struct field *f, const struct field *other,
                         unsigned *seed) {
  switch (draw(seed, 6)) {
  case 0: // is gone
    return;
  case 1: // twice
    append_field(to, p, f);
    append_field(to, p, f);
    return;
  case 2: // another one as well
    append_field(to, p, f);
    append_field(to, p, other);
    return;
  default:
    append_tag(to, p, f);
    mutate_value(to, p, f, seed);
  }
}

static bool mutate_message(struct bytes *to, const uint8_t *p, size_t n,
                           unsigned *seed);

/* Into the message that it is, most often; else the field as a whole. */
static void mutate_field(struct bytes *to, const uint8_t *p,
                         const struct field *f, const struct field *other,
                         unsigned *seed) {
  struct bytes inner = {0};
  if (f->type == 2 && draw(seed, 8) &&
      mutate_message(&inner, p + f->value, f->end - f->value, seed)) {
    append_tag(to, p, f);
    append_varint(to, inner.n);
    append(to, inner.at, inner.n);
  } else {
    mutate_whole(to, p, f, other, seed);
  }
  array_clear(&inner);
}

static bool mutate_message(struct bytes *to, const uint8_t *p, size_t n,
                           unsigned *seed) {
  struct fields all = {0};
  bool is_message = split(p, n, &all);
  if (is_message) {
    const struct field *f = &all.at[draw(seed, (unsigned)all.n)],
                       *other = &all.at[draw(seed, (unsigned)all.n)];
    append(to, p, f->first);
    mutate_field(to, p, f, other, seed);
    append(to, p + f->end, n - f->end);
  }
  array_clear(&all);
  return is_message;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most,
                               unsigned seed) {
  struct bytes b = {0};
  if (draw(&seed, 10) && mutate_message(&b, data, n, &seed) && b.n <= most) {
    n = b.n;
    memcpy(data, b.at, n);
  } else {
    n = LLVMFuzzerMutate(data, n, most);
  }
  array_clear(&b);
  return n;
}
