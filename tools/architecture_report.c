#include "tools/architecture_report.h"

#include <stdio.h>

static const char *meanings_of(const struct architecture *a) {
  return a->kind == ARCHITECTURE_MAMBA
             ? "norm=rounded meaning=closed"
             : "norm=rounded softmax=exact maximum=no";
}

/* ---- Parameters ---- */

struct parameters {
  mpz_t part[PARTS], all;
};

static void parameters_init(struct parameters *p,
                            const struct architecture *a) {
  mpz_init(p->all);
  for (int i = 0; i < PARTS; i++)
    mpz_init(p->part[i]);
  architecture_parameters(a, p->part);
  architecture_all_parameters(a, p->all);
}

static void parameters_clear(struct parameters *p) {
  mpz_clear(p->all);
  for (int i = 0; i < PARTS; i++)
    mpz_clear(p->part[i]);
}

static void print_parameters(const struct architecture *a) {
  struct parameters p;
  parameters_init(&p, a);
  gmp_printf("%Zd parameters:", p.all);
  const char *comma = " ";
  for (int i = 0; i < PARTS; i++)
    if (mpz_sgn(p.part[i])) {
      gmp_printf("%s%s %Zd", comma, architecture_parts[i], p.part[i]);
      comma = ", ";
    }
  putchar('\n');
  parameters_clear(&p);
}

static void add_parameters(const struct architecture *a, struct document *d) {
  struct parameters p;
  parameters_init(&p, a);
  document_digits(d, "parameters", p.all);
  struct document *parts = document_object(d, "parameters_by_part");
  for (int i = 0; i < PARTS; i++)
    if (mpz_sgn(p.part[i]))
      document_digits(parts, architecture_parts[i], p.part[i]);
  parameters_clear(&p);
}

/* ---- What n depends on ---- */

/* What of the file bounds n, or is not in the circuit. */
static void print_positions(const struct architecture *a) {
  if (a->positions)
    printf("n is at most %ld, as many positions as it has rows of; generic "
           "rows are alike\n",
           a->positions);
  else if (a->window)
    printf("n is at most %ld, the window that a position sees; beyond it "
           "gates would grow with n, not n^2\n",
           a->window);
  else if (a->kind == ARCHITECTURE_DENOISER)
    printf("n is the number of patches, %ld of the file's images; generic rows "
           "of places are alike\n",
           a->sample / a->patch * (a->sample / a->patch));
  else if (a->kind == ARCHITECTURE_MAMBA)
    puts("positions are told apart, so that counting takes as long as n^2; "
         "decay is as where training begins");
  else if (a->buckets)
    puts("n is not bounded: generic biases of distances are alike");
  else
    puts("n is not bounded: positions turn queries and keys, and generic "
         "weights stand for those that are turned");
}

void architecture_print(const struct source *s) {
  const struct architecture *a = &s->architecture;
  if (s->kind != SOURCE_CONFIG)
    return;
  printf("%s: ", a->name);
  print_parameters(a);
  printf("its program has %s weights=generic, a pattern that repeats and has "
         "no 0%s\n",
         meanings_of(a),
         a->activation == ACTIVATION_GELU
             ? "; approximations of gelu are taken as gelu"
             : "");
  print_positions(a);
}

void architecture_add(const struct source *s, struct document *d) {
  const struct architecture *a = &s->architecture;
  if (s->kind != SOURCE_CONFIG)
    return;
  document_text(d, "model_type", a->name);
  add_parameters(a, d);
  document_text(d, "meanings", meanings_of(a));
  document_text(d, "weights", "generic");
  long most = architecture_most_positions(a);
  if (most)
    document_whole(d, "most_positions", most);
}
