#include "circuit/signals.h"

#include <string.h>

void signals_clear(struct signals *t) {
  array_clear(&t->all);
  array_clear(&t->text);
  array_clear(&t->numbered);
  hash_clear(&t->find);
}

size_t signals_keep(struct signals *t, const char *text, size_t n) {
  size_t place = t->text.n;
  array_reserve(&t->text, place + n + 1);
  memcpy(t->text.at + place, text, n);
  t->text.at[place + n] = 0;
  t->text.n += n + 1;
  return place;
}

/* $ and at most nine digits, the first not 0. */
static bool is_numbered(const struct name *name, size_t *number) {
  if (!name->is_label || name->n > 10 || name->at[1] == '0')
    return false;
  *number = 0;
  for (size_t i = 1; i < name->n; i++) {
    if (name->at[i] < '0' || '9' < name->at[i])
      return false;
    *number = 10 * *number + (size_t)(name->at[i] - '0');
  }
  return true;
}

struct key {
  const struct signals *table;
  const struct name *name;
};

static bool same_signal(const void *context, uint32_t id) {
  const struct key *k = context;
  const struct signal_entry *s = &k->table->all.at[id];
  const char *text = k->table->text.at + s->text;
  size_t n = k->name->n;
  return s->is_label == k->name->is_label && !strncmp(text, k->name->at, n) &&
         !text[n];
}

static uint32_t tag_of(const struct name *name) {
  return hash_bytes(name->at, name->n);
}

bool signals_find(const struct signals *t, const struct name *name,
                  struct signal *signal, uint32_t *place) {
  size_t number;
  struct key k = {t, name};
  *place = SIGNAL_NOWHERE;
  if (is_numbered(name, &number) && number < t->numbered.n &&
      t->numbered.at[number].what) {
    struct signal_number n = t->numbered.at[number];
    if (n.what & SIGNAL_IS_GATE) {
      *signal =
          (struct signal){SIGNAL_GATE, n.what & ~SIGNAL_IS_GATE, 0, n.line};
      return true;
    }
    *place = n.what - 1;
  } else
    *place = hash_find(&t->find, tag_of(name), same_signal, &k);
  if (*place == HASH_NONE)
    return false;
  *signal = t->all.at[*place].signal;
  return true;
}

void signals_add(struct signals *t, const struct name *name, size_t dense,
                 struct signal signal) {
  uint32_t place = (uint32_t)t->all.n;
  struct signal_entry e = {signal, SIZE_MAX, name->is_label};
  size_t number;
  if (is_numbered(name, &number) && number < dense) {
    bool is_gate = signal.kind == SIGNAL_GATE;
    while (t->numbered.n <= number)
      array_push(&t->numbered, (struct signal_number){0, 0});
    t->numbered.at[number].what =
        is_gate ? SIGNAL_IS_GATE | signal.id : place + 1;
    t->numbered.at[number].line = signal.line;
    if (is_gate)
      return;
  } else {
    e.text = signals_keep(t, name->at, name->n);
    hash_add(&t->find, tag_of(name), place);
  }
  array_push(&t->all, e);
}
