#include "tools/all_bases.h"
#include "tools/limits.h"
#include "tools/measure_document.h"
#include "tools/name_text.h"

#include <stdio.h>
#include <stdlib.h>

static void measure_one(struct basis_measure *one, const struct circuit *c,
                        enum basis basis) {
  struct circuit made;
  struct error err = {0};
  circuit_init(&made);
  made.max_bytes = limits_memory();
  one->is_made = basis_convert(&made, c, basis, &err);
  if (one->is_made)
    circuit_measure(&made, &one->m);
  else
    one->refused = xstrdup(err.message);
  if (!one->is_made && basis == BASIS_MAJORITY)
    basis_majority_wires(one->needs, c);
  circuit_clear(&made);
}

void all_bases_measure(struct all_bases *b, const struct circuit *c) {
  *b = (struct all_bases){0};
  for (int i = 0; i < BASES; i++) {
    mpz_init(b->of[i].needs);
    measure_init(&b->of[i].m);
    if (i != BASIS_THRESHOLD)
      measure_one(&b->of[i], c, (enum basis)i);
  }
  b->of[BASIS_THRESHOLD].is_made = true;
  circuit_measure(c, &b->of[BASIS_THRESHOLD].m);
}

void all_bases_clear(struct all_bases *b) {
  for (int i = 0; i < BASES; i++) {
    free(b->of[i].refused);
    mpz_clear(b->of[i].needs);
    measure_clear(&b->of[i].m);
  }
}

static void print_needs(const struct basis_measure *one) {
  size_t digits = mpz_sizeinbase(one->needs, 10);
  if (!mpz_sgn(one->needs))
    puts(" needs more than the memory");
  else if (digits <= 40)
    gmp_printf(" needs %Zd wires\n", one->needs);
  else
    printf(" needs a number of %zu digits of wires\n", digits);
}

void all_bases_print(const struct all_bases *b, const char *source) {
  char *label = name_visible(source);
  puts(label);
  free(label);
  printf("%-10s %6s %6s %12s %12s %14s %9s %6s\n", "basis", "depth", "inner",
         "gates", "inner", "wires", "fan-in", "bits");
  for (int i = 0; i < BASES; i++) {
    const struct basis_measure *one = &b->of[i];
    printf("%-10s", basis_names[i]);
    if (one->is_made)
      gmp_printf(" %6zu %6zu %12Zd %12Zd %14Zd %9zu %6zu\n", one->m.depth,
                 one->m.depth_inner, one->m.gates, one->m.gates_inner,
                 one->m.wires, one->m.fan_in, one->m.weight_bits);
    else
      print_needs(one);
  }
}

void all_bases_document(const struct all_bases *b, struct document *d) {
  struct document *list = document_list(d, "bases");
  for (int i = 0; i < BASES; i++) {
    const struct basis_measure *one = &b->of[i];
    struct document *item = document_item(list);
    document_text(item, "basis", basis_names[i]);
    if (one->is_made) {
      document_null(item, "refused");
      measure_fields(item, &one->m);
      continue;
    }
    document_text(item, "refused", one->refused);
    if (mpz_sgn(one->needs))
      document_digits(item, "needs_wires", one->needs);
  }
}
