/* Tasks and built-in models: their parameters, from words key=value. */
#include "analysis/source_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool list_parameters(const struct family *t, const char *word,
                            struct error *err) {
  char list[256] = "";
  for (size_t i = 0, n = 0; t->parameters[i].name && n < sizeof list; i++)
    n += (size_t)snprintf(list + n, sizeof list - n, "%s%s=", i ? ", " : "",
                          t->parameters[i].name);
  return error_set(err, 0, "'%s' has no parameter '%s'; it has %s", t->name,
                   word, list);
}

/* Decimal, 0x or 0b. */
static bool parse_integer(fmpz_t z, const char *text) {
  const char *digit = text + (*text == '-');
  mpz_t v;
  size_t prefix = *digit == '0' && strchr("xXbB", digit[1]) && digit[1] ? 2 : 0;
  if (!isxdigit((unsigned char)digit[prefix]) || (!prefix && *digit > '9'))
    return false;
  mpz_init(v);
  bool ok = !mpz_set_str(v, text, *digit == '0' && digit[1] ? 0 : 10);
  fmpz_set_mpz(z, v);
  mpz_clear(v);
  return ok;
}

static bool parse_text(fmpz_t z, const struct family_parameter *q,
                       const char *text) {
  for (long i = 0; q->choices && i <= q->most; i++)
    if (!strcmp(q->choices[i], text)) {
      fmpz_set_si(z, i);
      return true;
    }
  return !q->choices && parse_integer(z, text) &&
         fmpz_cmp_si(z, q->least) >= 0 &&
         (q->is_long ? fmpz_bits(z) <= (flint_bitcnt_t)q->most
                     : fmpz_cmp_si(z, q->most) <= 0);
}

static bool explain_value(const struct family_parameter *q, const char *word,
                          struct error *err) {
  char list[256] = "";
  if (q->is_long)
    return error_set(err, 0,
                     "'%s': %s must be a whole number from %ld on, of at most "
                     "%ld bits",
                     word, q->name, q->least, q->most);
  if (!q->choices)
    return error_set(err, 0, "'%s': %s must be a whole number from %ld to %ld",
                     word, q->name, q->least, q->most);
  for (long i = 0, n = 0; i <= q->most && n < (long)sizeof list; i++)
    n += snprintf(list + n, sizeof list - (size_t)n, "%s%s",
                  !i             ? ""
                  : i == q->most ? " or "
                                 : ", ",
                  q->choices[i]);
  return error_set(err, 0, "'%s': %s must be %s", word, q->name, list);
}

bool source_parse_value(fmpz_t z, const struct family_parameter *q,
                        const char *word, struct error *err) {
  return parse_text(z, q, strchr(word, '=') + 1) || explain_value(q, word, err);
}

static bool set_parameter(struct source *s, const char *word,
                          struct error *err) {
  const char *equals = strchr(word, '=');
  size_t i = 0, n = equals ? (size_t)(equals - word) : 0;
  const struct family_parameter *q = s->parameters->parameters;
  while (q[i].name && (strlen(q[i].name) != n || memcmp(q[i].name, word, n)))
    i++;
  if (!equals || !q[i].name)
    return list_parameters(s->parameters, word, err);
  if (s->is_set[i])
    return error_set(err, 0, "'%s': %s was set before", word, q[i].name);
  s->is_set[i] = true;
  return source_parse_value(&s->value[i], &q[i], word, err);
}

bool source_set_values(struct source *s, const char *const *word, size_t n,
                       struct error *err) {
  const struct family_parameter *q = s->parameters->parameters;
  for (size_t i = 0; q[i].name; i++)
    fmpz_set_si(&s->value[i], q[i].standard);
  for (size_t i = 0; i < n; i++)
    if (!set_parameter(s, word[i], err))
      return false;
  return true;
}

bool source_find_instance(struct source *s, struct error *err) {
  const struct family_parameter *q = s->parameters->parameters;
  long *size = xcalloc(s->program.sizes.parameters.n + 1, sizeof *size);
  for (size_t i = 0; i < s->program.sizes.parameters.n; i++) {
    const struct parameter *p = &s->program.sizes.parameters.at[i];
    size[i] = p->standard; // of one that the program fixes
    for (size_t j = 0; q[j].name && p->least < p->most; j++)
      if (!strcmp(q[j].name, p->name))
        size[i] = s->value[j];
  }
  bool ok = instance_init(&s->instance, &s->program, size, err);
  free(size);
  return ok;
}

bool source_open_family(struct source *s, const char *const *word, size_t n,
                        struct error *err) {
  s->parameters = s->family;
  if (!source_set_values(s, word, n, err) ||
      (s->family->check && !s->family->check(s->value, err)))
    return false;
  s->family->build(&s->program, s->value);
  return source_find_instance(s, err);
}
