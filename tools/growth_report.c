#include "tools/growth_report.h"
#include "tools/name_text.h"

#include <stdio.h>
#include <string.h>

static void add_text_or_null(struct document *d, const char *key,
                             const char *text) {
  if (text)
    document_text(d, key, text);
  else
    document_null(d, key);
}

/* ---- Sizes of a program ---- */

static bool is_free(const struct parameter *p) {
  return p->least < p->most;
}

static bool has_free(const struct source *s) {
  const struct sizes *t = &s->instance.program->sizes;
  for (size_t i = 0; i < t->parameters.n; i++)
    if (is_free(&t->parameters.at[i]))
      return true;
  return false;
}

static bool is_size_of_program(const struct source *s, const char *name) {
  const struct sizes *t = &s->instance.program->sizes;
  for (size_t i = 0; i < t->parameters.n; i++)
    if (is_free(&t->parameters.at[i]) &&
        !strcmp(t->parameters.at[i].name, name))
      return true;
  return false;
}

/* How a bound of the certificate grows with a size: "constant", or its greatest
   powers; the caller frees it. */
static char *growth_of(const struct certificate *k, const fmpz_mpoly_t bound,
                       size_t size) {
  char *text = formula_growth(&k->formulas, bound, size);
  if (strcmp(text, "1"))
    return text;
  free(text);
  return xstrdup("constant");
}

static void print_growth(const struct certificate *k, const char *what,
                         const fmpz_mpoly_t bound, size_t size) {
  char *growth = growth_of(k, bound, size);
  printf("%s %s%s", what, strcmp(growth, "constant") ? "at most as " : "",
         growth);
  free(growth);
}

static void print_size(const struct source *s, const struct certificate *k,
                       size_t i) {
  const struct parameter *p = &s->instance.program->sizes.parameters.at[i];
  printf("  %s, here %ld: ", p->name, s->instance.parameter[i]);
  if (k)
    print_growth(k, "depth", k->of_depth, i);
  if (k && k->gates) {
    printf(", ");
    print_growth(k, "gates", k->of_gates, i);
  } else
    printf("%s",
           k ? ", no bound on gates was derived" : "no bound was derived");
  putchar('\n');
}

static void add_size(const struct source *s, const struct certificate *k,
                     size_t i, struct document *list) {
  const struct parameter *p = &s->instance.program->sizes.parameters.at[i];
  struct document *item = document_item(list);
  document_text(item, "name", p->name);
  document_whole(item, "value", s->instance.parameter[i]);
  char *depth = k ? growth_of(k, k->of_depth, i) : NULL;
  char *gates = k && k->gates ? growth_of(k, k->of_gates, i) : NULL;
  add_text_or_null(item, "depth", depth);
  add_text_or_null(item, "gates", gates);
  free(depth);
  free(gates);
}

/* ---- Parameters that choose among programs ---- */

/* The word, or the integer if it is not long; the caller frees it. */
static char *value_text(const struct source *s, size_t i) {
  const struct family_parameter *q = &s->parameters->parameters[i];
  if (q->choices)
    return xstrdup(q->choices[fmpz_get_si(&s->value[i])]);
  if (fmpz_bits(&s->value[i]) > 64)
    return xstrdup("...");
  char *digits = xmalloc(32);
  fmpz_get_str(digits, 10, &s->value[i]);
  return digits;
}

/* Positions of a decoder are of architectures that have one. */
static bool is_held(const struct source *s, size_t i) {
  const char *name = s->parameters->parameters[i].name;
  return !is_size_of_program(s, name) &&
         (s->kind != SOURCE_CONFIG || strcmp(name, "targets") ||
          s->architecture.kind == ARCHITECTURE_ENCODER_DECODER);
}

static void print_held(const struct source *s) {
  bool is_first = true;
  for (size_t i = 0; s->parameters && s->parameters->parameters[i].name; i++) {
    if (!is_held(s, i))
      continue;
    char *value = value_text(s, i);
    printf("%s %s=%s", is_first ? "  held:" : "",
           s->parameters->parameters[i].name, value);
    is_first = false;
    free(value);
  }
  if (!is_first)
    puts("; other values are other programs");
}

static void add_held(const struct source *s, struct document *d) {
  struct document *held = document_object(d, "held");
  for (size_t i = 0; s->parameters && s->parameters->parameters[i].name; i++) {
    if (!is_held(s, i))
      continue;
    char *value = value_text(s, i);
    document_text(held, s->parameters->parameters[i].name, value);
    free(value);
  }
}

/* ---- Families ---- */

/* What somebody wrote down, where not all of it is proved. */
static const char *stated(const struct source *s, const struct certificate *k) {
  return s->family && s->family->answer && !(k && k->gates) ? s->family->formula
                                                            : NULL;
}

static void print_family(const struct source *s, const struct certificate *k) {
  const struct sizes *t = &s->instance.program->sizes;
  puts(!has_free(s) ? "growth: no size is a parameter of its program"
       : k          ? "growth of these bounds, by parameter:"
                    : "growth: nothing is proved");
  for (size_t i = 0; i < t->parameters.n; i++)
    if (is_free(&t->parameters.at[i]))
      print_size(s, k, i);
  print_held(s);
  if (stated(s, k))
    printf("  stated, not proved, with the outputs' gates: %s\n", stated(s, k));
}

static void add_family(const struct source *s, const struct certificate *k,
                       struct document *d) {
  const struct sizes *t = &s->instance.program->sizes;
  struct document *list = document_list(d, "parameters");
  for (size_t i = 0; i < t->parameters.n; i++)
    if (is_free(&t->parameters.at[i]))
      add_size(s, k, i, list);
  add_held(s, d);
  if (stated(s, k))
    document_text(d, "stated", stated(s, k));
}

/* ---- Model files ---- */

/* A length that the file leaves open. */
struct open_length {
  const char *name; // NULL if it has none
  const struct model_port *in;
  size_t axis;
  long value;
};

typedef ARRAY(struct open_length) open_lengths;

/* Those of a name are one. */
static bool is_listed(const open_lengths *l, const char *name) {
  for (size_t i = 0; name && i < l->n; i++)
    if (l->at[i].name && !strcmp(l->at[i].name, name))
      return true;
  return false;
}

/* The positions of tokens, which n= says, of a model that is no ONNX file. */
static void list_positions(open_lengths *l, const struct model *m) {
  for (size_t i = 0; i < m->inputs.n; i++) {
    const struct lengths *shape = flow_shape(&m->flow, m->inputs.at[i].flow);
    if (!m->inputs.at[i].is_real && shape->rank)
      array_push(l,
                 (struct open_length){NULL, &m->inputs.at[i], shape->rank - 1,
                                      (long)lengths_last(shape)});
  }
}

static void list_open(open_lengths *l, const struct model *m) {
  if (!m->onnx.graph.inputs.n) {
    list_positions(l, m);
    return;
  }
  for (size_t i = 0; i < m->inputs.n; i++) {
    const struct model_port *in = &m->inputs.at[i];
    const struct onnx_port *port = &m->onnx.graph.inputs.at[in->file];
    const struct lengths *shape = flow_shape(&m->flow, in->flow);
    for (size_t k = 0; port->has_shape && k < port->rank; k++)
      if (port->dims[k].size < 0 && !is_listed(l, port->dims[k].name))
        array_push(l, (struct open_length){port->dims[k].name, in, k,
                                           (long)shape->at[k]});
  }
}

static void print_model(const struct source *s) {
  open_lengths l = {0};
  list_open(&l, &s->model);
  puts("growth: none and no certificate, as this is one circuit: lengths of a "
       "file are numbers before it is compiled, so there is no family of them");
  printf("  made for");
  for (size_t i = 0; i < l.n; i++) {
    char *name = name_visible(l.at[i].name ? l.at[i].name : l.at[i].in->name);
    if (l.at[i].name)
      printf(" %s=%ld (--dim),", name, l.at[i].value);
    else
      printf(" length %zu of %s %ld (n=),", l.at[i].axis, name, l.at[i].value);
    free(name);
  }
  if (s->model.steps)
    printf(" steps=%ld,", s->model.steps);
  printf("%s", l.n || s->model.steps ? "" : " the lengths of its file,");
  if (s->model.is_exact)
    printf(" and the bits of its file");
  else
    printf(" and bits=%u", s->model.bits);
  puts("; others are other circuits");
  array_clear(&l);
}

static void add_model(const struct source *s, struct document *d) {
  open_lengths l = {0};
  list_open(&l, &s->model);
  struct document *list = document_list(d, "lengths");
  for (size_t i = 0; i < l.n; i++) {
    struct document *item = document_item(list);
    add_text_or_null(item, "name", l.at[i].name);
    document_text(item, "input", l.at[i].in->name);
    document_count(item, "axis", l.at[i].axis);
    document_whole(item, "value", l.at[i].value);
  }
  if (s->model.steps)
    document_whole(d, "steps", s->model.steps);
  if (!s->model.is_exact)
    document_count(d, "bits", s->model.bits);
  array_clear(&l);
}

void growth_print(const struct source *s, const struct certificate *k) {
  if (s->kind == SOURCE_MODEL)
    print_model(s);
  else if (s->kind != SOURCE_FILE)
    print_family(s, k);
}

void growth_add(const struct source *s, const struct certificate *k,
                struct document *d) {
  if (s->kind == SOURCE_FILE)
    return;
  struct document *g = document_object(d, "growth");
  document_bool(g, "family", s->kind != SOURCE_MODEL && has_free(s));
  document_bool(g, "proved", k);
  if (s->kind == SOURCE_MODEL)
    add_model(s, g);
  else
    add_family(s, k, g);
}
