#include "circuit/label.h"

#include <string.h>

/* Room for two numbers in brackets. */
#define INDEX_CHARS 48

static char *with_index(const char *name, size_t i) {
  size_t room = strlen(name) + INDEX_CHARS;
  char *text = xmalloc(room);
  snprintf(text, room, "%s[%zu]", name, i);
  return text;
}

static char *numbered(const char *prefix, size_t i) {
  char *text = xmalloc(INDEX_CHARS);
  snprintf(text, INDEX_CHARS, "%s%zu", prefix, i);
  return text;
}

/* Of input or output i. */
static char *place_in_bus(const struct bus *b, size_t i) {
  i -= b->first_bit;
  if (b->values == 1 && b->width == 1)
    return xstrdup(b->name);
  if (b->values == 1)
    return with_index(b->name, i);
  char *value = with_index(b->name, i / b->width);
  char *bit = with_index(value, i % b->width);
  free(value);
  return bit;
}

static size_t find_bus(const struct bus *buses, size_t n, size_t i) {
  for (size_t k = 0; k < n; k++)
    if (buses[k].first_bit <= i &&
        i - buses[k].first_bit < buses[k].values * buses[k].width)
      return k;
  return LABEL_NO_BUS;
}

size_t circuit_input_bus(const struct circuit *c, size_t i) {
  return find_bus(c->input_buses.at, c->input_buses.n, i);
}

size_t circuit_output_bus(const struct circuit *c, size_t i) {
  return find_bus(c->output_buses.at, c->output_buses.n, i);
}

size_t circuit_input_number(const struct circuit *c, bit_id b) {
  size_t low = 0, high = c->inputs.n; // they ascend
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (c->inputs.at[middle] < b)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static char *input_label(const struct circuit *c, bit_id b) {
  size_t i = circuit_input_number(c, b), bus = circuit_input_bus(c, i);
  return bus == LABEL_NO_BUS ? NULL : place_in_bus(&c->input_buses.at[bus], i);
}

char *circuit_label(const struct circuit *c, bit_id b) {
  const char *name = circuit_bit_name(c, b);
  char *text = NULL;
  if (b <= BIT_ONE)
    return xstrdup(b == BIT_ONE ? "1" : "0");
  if (circuit_is_input(c, b))
    text = input_label(c, b);
  if (text)
    return text;
  if (name)
    return xstrdup(name);
  ladder_id l = c->bits.at[b].ladder;
  bit_id first = c->ladders.at[l].first_bit;
  if (circuit_rungs(c, l) == 1)
    return numbered("$", b);
  name = circuit_bit_name(c, first);
  char *ladder = name ? xstrdup(name) : numbered("$", first);
  text = with_index(ladder, b - first + 1);
  free(ladder);
  return text;
}

char *circuit_output_label(const struct circuit *c, size_t i) {
  size_t bus = circuit_output_bus(c, i);
  return bus == LABEL_NO_BUS ? numbered("output ", i)
                             : place_in_bus(&c->output_buses.at[bus], i);
}

/* "[12]" at *text, which moves behind it. */
static bool take_index(const char **text, size_t *i) {
  const char *t = *text;
  *i = 0;
  if (*t++ != '[' || *t < '0' || *t > '9')
    return false;
  for (; '0' <= *t && *t <= '9'; t++) {
    if (*i > UINT32_MAX)
      return false;
    *i = 10 * *i + (size_t)(*t - '0');
  }
  *text = t + 1;
  return *t == ']';
}

/* [i] or nothing, at *text: i is of `count`. */
static bool take_place(const char **text, size_t count, bool *is_there,
                       size_t *i) {
  *is_there = **text;
  return !*is_there || (take_index(text, i) && *i < count);
}

static bool is_in_bus(const struct bus *b, const char *label, size_t *first,
                      size_t *n) {
  size_t length = strlen(b->name), value = 0, bit = 0;
  bool has_value = false, has_bit;
  if (strncmp(b->name, label, length) != 0)
    return false;
  label += length;
  if (b->values != 1 && !take_place(&label, b->values, &has_value, &value))
    return false;
  if (!take_place(&label, b->width, &has_bit, &bit) || *label)
    return false;
  *first = b->first_bit + value * b->width + bit;
  *n = has_bit ? 1 : has_value ? b->width : b->values * b->width;
  return true;
}

bool circuit_find_output(const struct circuit *c, const char *label,
                         size_t *first, size_t *n) {
  for (size_t i = 0; i < c->output_buses.n; i++)
    if (is_in_bus(&c->output_buses.at[i], label, first, n))
      return true;
  return false;
}
