#include "tools/values_text.h"

#include "circuit/array.h"
#include "tools/name_text.h"

#include <string.h>

bool value_parse(fmpz_t z, const char *text, size_t n) {
  char *copy = xmalloc(n + 1);
  memcpy(copy, text, n);
  copy[n] = '\0';
  bool is_negative = copy[0] == '-';
  char *digits = copy + is_negative;
  int base = digits[0] != '0'   ? 10
             : digits[1] == 'x' ? 16
             : digits[1] == 'b' ? 2
                                : 10;
  digits += base == 10 ? 0 : 2;
  bool ok = *digits &&
            strspn(digits, "0123456789abcdefABCDEF") == strlen(digits) &&
            !fmpz_set_str(z, digits, base);
  if (ok && is_negative)
    fmpz_neg(z, z);
  free(copy);
  return ok;
}

bool value_fits(const fmpz_t z, const struct bus *bus) {
  if (!bus->is_signed)
    return fmpz_sgn(z) >= 0 && fmpz_bits(z) <= bus->width;
  fmpz_t low; // -z - 1 has the bits of a negative z
  fmpz_init(low);
  if (fmpz_sgn(z) < 0)
    fmpz_complement(low, z);
  else
    fmpz_set(low, z);
  bool ok = fmpz_bits(low) < bus->width;
  fmpz_clear(low);
  return ok;
}

static bool set_one(fmpz *z, const struct bus *bus, const char *text, size_t n,
                    struct error *err) {
  if (!value_parse(z, text, n))
    return error_set(err, 0, "%s: '%.*s' is not an integer (decimal, 0x or 0b)",
                     bus->name, (int)(n > 60 ? 60 : n), text);
  if (!value_fits(z, bus))
    return error_set(err, 0, "%s: %.*s does not fit %u bits%s", bus->name,
                     (int)(n > 60 ? 60 : n), text, bus->width,
                     bus->is_signed ? ", signed" : "");
  return true;
}

/* One character for each of several values. */
static bool is_digits(const struct bus *bus, const char *text) {
  return bus->values > 1 && strlen(text) == bus->values &&
         strspn(text, ".0123456789") == bus->values;
}

static bool set_digits(fmpz *z, bool *is_set, const struct bus *bus,
                       const char *text, struct error *err) {
  for (size_t i = 0; i < bus->values; i++) {
    if (!set_one(z + i, bus, text[i] == '.' ? "0" : text + i, 1, err))
      return false;
    is_set[i] = true;
  }
  return true;
}

static bool set_list(fmpz *z, bool *is_set, const struct bus *bus,
                     const char *text, struct error *err) {
  size_t i = 0;
  if (is_digits(bus, text))
    return set_digits(z, is_set, bus, text, err);
  for (;; i++) {
    size_t n = strcspn(text, ",");
    if (i < bus->values && !set_one(z + i, bus, text, n, err))
      return false;
    if (i < bus->values)
      is_set[i] = true;
    text += n;
    if (!*text++)
      break;
  }
  if (i + 1 != bus->values)
    return error_set(err, 0, "%s has %zu value%s, not %zu", bus->name,
                     bus->values, bus->values == 1 ? "" : "s", i + 1);
  return true;
}

static bool list_buses(const struct bus *bus, size_t n, const char *text,
                       struct error *err) {
  char list[300] = "";
  for (size_t i = 0, k = 0; i < n && k < sizeof list; i++)
    k += (size_t)snprintf(list + k, sizeof list - k, "%s%s", i ? ", " : "",
                          bus[i].name);
  return error_set(err, 0, "'%.60s' sets no input; the inputs are %s", text,
                   list);
}

bool values_set(fmpz *z, bool *is_set, const struct bus *bus, size_t n,
                const char *text, struct error *err) {
  const char *equals = strchr(text, '=');
  size_t length = equals ? (size_t)(equals - text) : 0;
  size_t first = 0;
  for (size_t i = 0; equals && i < n; first += bus[i++].values) {
    size_t k = strlen(bus[i].name);
    if (k > length || memcmp(bus[i].name, text, k))
      continue;
    if (k == length)
      return set_list(z + first, is_set + first, &bus[i], equals + 1, err);
    char *end;
    unsigned long index = strtoul(text + k, &end, 10);
    if (text[k] < '0' || text[k] > '9' || end != equals ||
        index >= bus[i].values)
      continue;
    is_set[first + index] = true;
    return set_one(z + first + index, &bus[i], equals + 1, strlen(equals + 1),
                   err);
  }
  return list_buses(bus, n, text, err);
}

void values_print(FILE *out, const fmpz *z, const struct bus *bus, size_t n) {
  for (size_t i = 0; i < n; i++) {
    char *name = name_visible(bus[i].name);
    fprintf(out, "%s=", name);
    free(name);
    for (size_t j = 0; j < bus[i].values; j++) {
      char *text = fmpz_get_str(NULL, 10, z++);
      fprintf(out, "%s%s", j ? "," : "", text);
      flint_free(text);
    }
    fputc('\n', out);
  }
}

void values_document(struct document *d, const char *key, const fmpz *z,
                     const struct bus *bus, size_t n) {
  struct document *object = document_object(d, key);
  for (size_t i = 0; i < n; i++) {
    struct document *list =
        bus[i].values == 1 ? NULL : document_list(object, bus[i].name);
    for (size_t j = 0; j < bus[i].values; j++) {
      char *text = fmpz_get_str(NULL, 10, z++);
      if (list)
        document_add_text(list, text);
      else
        document_text(object, bus[i].name, text);
      flint_free(text);
    }
  }
}
