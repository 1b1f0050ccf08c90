/* operators.h: what single operators make of tensors, computed from variables
   and from constants; and what is refused. */
#include "compile/front/flow_run.h"
#include "compile/front/onnx.pb-c.h"
#include "compile/front/operators.h"
#include "tests/compile/front/prototext.h"
#include "tests/compile/front/subject.h"
#include "tests/suite.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

struct row {
  const char *op;
  int opset, outputs;
  const char *inputs, *attributes, *expected;
};

static const struct row rows[] = {
#include "tests/compile/front/runtime_rows.h"
};

static const struct row wrong[] = {
#include "tests/compile/front/runtime_wrong.h"
};

/* ---- Tensors as text ---- */

enum {
  ELEMENTS = 64,
  TENSORS = 10
};

struct given {
  char name[8];
  bool is_constant, is_missing;
  enum onnx_type type;
  size_t rank, at[ONNX_MAX_RANK], n;
  double x[ELEMENTS];
};

static enum onnx_type type_of(char c) {
  static const char letters[] = "?fub?hwl?t??U";
  const char *at = strchr(letters, c);
  ck_assert_msg(c && c != '?' && at, "type '%c'", c);
  return (enum onnx_type)(at - letters);
}

/* "f 2,3 1 2 3 4 5 6", to a ; or the end: its first character. */
static const char *read_given(const char *text, struct given *t) {
  char *end;
  t->type = type_of(*text);
  for (text += 2; *text != '.' && *text != ' ' && *text && *text != ';';) {
    t->at[t->rank++] = strtoul(text, &end, 10);
    text = end + (*end == ',');
  }
  text += *text == '.';
  while (*text && *text != ';') {
    double x = strtod(text, &end);
    if (end == text)
      break;
    ck_assert_uint_lt(t->n, ELEMENTS);
    t->x[t->n++] = t->type == ONNX_FLOAT ? (double)(float)x : x;
    text = end;
  }
  while (*text == ' ')
    text++;
  return text;
}

/* "x f 2 1 2;!w l . 7;- l 0". */
static size_t read_all(const char *text, struct given *t) {
  size_t n = 0;
  while (*text) {
    struct given *x = &t[n++];
    ck_assert_uint_le(n, TENSORS);
    *x =
        (struct given){.is_constant = *text == '!', .is_missing = *text == '-'};
    text += *text == '!';
    size_t length = strcspn(text, " ");
    ck_assert_uint_lt(length, sizeof x->name);
    memcpy(x->name, text, length);
    text = read_given(text + length + 1, x);
    text += *text == ';';
  }
  return n;
}

/* ---- Models ---- */

struct text {
  char text[1 << 14];
  size_t n;
};

static void put(struct text *k, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put(struct text *k, const char *format, ...) {
  va_list args;
  va_start(args, format);
  k->n +=
      (size_t)vsnprintf(k->text + k->n, sizeof k->text - k->n, format, args);
  va_end(args);
  ck_assert_uint_lt(k->n, sizeof k->text);
}

static void put_tensor(struct text *k, const struct given *t) {
  put(k,
      t->is_constant ? "initializer{name:'%s' data_type:%d "
                     : "input{name:'%s' type{tensor_type{elem_type:%d ",
      t->name, (int)t->type);
  put(k, t->is_constant ? "dims:[" : "shape{");
  for (size_t i = 0; i < t->rank; i++)
    put(k, t->is_constant ? "%zu " : "dim{dim_value:%zu}", t->at[i]);
  put(k, t->is_constant ? "] " : "}}}} ");
  if (!t->is_constant)
    return;
  put(k, t->type == ONNX_FLOAT    ? "float_data:["
         : t->type == ONNX_INT64  ? "int64_data:["
         : t->type == ONNX_UINT32 ? "uint64_data:["
                                  : "int32_data:[");
  for (size_t i = 0; i < t->n; i++)
    if (t->type == ONNX_FLOAT)
      put(k, "%.9g ", t->x[i]);
    else
      put(k, "%lld ",
          t->x[i] >= 0x1p63 ? (long long)INT64_MAX : (long long)t->x[i]);
  put(k, "]} ");
}

static void put_node(struct text *k, const struct row *r, const struct given *t,
                     size_t n) {
  const char *dot = strrchr(r->op, '.');
  put(k, "node{op_type:'%s' domain:'%.*s' %s ", dot ? dot + 1 : r->op,
      dot ? (int)(dot - r->op) : 0, r->op, r->attributes);
  for (size_t i = 0; i < n; i++)
    put(k, "input:'%s' ", t[i].is_missing ? "" : t[i].name);
  for (int i = 0; i < r->outputs; i++)
    put(k, "output:'y%d' ", i);
  put(k, "} ");
}

/* A tensor that was there before is not said again. */
static bool is_new(const struct given *t, size_t i) {
  bool ok = !t[i].is_missing;
  for (size_t j = 0; j < i; j++)
    ok &= strcmp(t[i].name, t[j].name) != 0;
  return ok;
}

static bool read_model(struct onnx_model *m, const struct row *r,
                       const struct given *t, size_t n, struct error *err) {
  struct text k = {.n = 0};
  put(&k,
      "ir_version:8 opset_import{domain:'' version:%d} "
      "opset_import{domain:'com.microsoft' version:1} graph{",
      r->opset);
  put_node(&k, r, t, n);
  for (size_t i = 0; i < n; i++)
    if (is_new(t, i))
      put_tensor(&k, &t[i]);
  for (int i = 0; i < r->outputs; i++)
    put(&k, "output{name:'y%d'} ", i);
  put(&k, "}");
  struct proto b = prototext(&onnx__model_proto__descriptor, k.text);
  bool ok = onnx_read_bytes(m, b.at, b.n, err);
  free(b.at);
  return ok;
}

struct trial {
  struct given t[TENSORS];
  size_t n;
  struct onnx_model m;
  struct flow f;
  struct scope scope;
  double in[TENSORS * ELEMENTS];
};

/* Inputs are variable, or constants all. */
static bool trial_init(struct trial *a, const struct row *r, bool is_bound,
                       struct error *err) {
  size_t values = 0;
  memset(a, 0, sizeof *a);
  a->n = read_all(r->inputs, a->t);
  flow_init(&a->f, err);
  if (!read_model(&a->m, r, a->t, a->n, err))
    return false;
  const struct onnx_graph *g = &a->m.graph;
  a->scope = (struct scope){.graph = g};
  a->scope.value = xmalloc(g->values.n * sizeof(flow_id));
  for (size_t i = 0; i < g->values.n; i++)
    a->scope.value[i] = FLOW_NONE;
  for (size_t i = 0, port = 0; i < a->n; i++) {
    const struct given *t = &a->t[i];
    struct lengths s;
    if (!is_new(a->t, i) || t->is_constant)
      continue;
    if (!lengths_set(&s, t->at, t->rank) || s.n != t->n)
      return error_set(err, 0, "a tensor of another number of elements");
    a->f.name = g->values.at[g->inputs.at[port].value].name;
    a->scope.value[g->inputs.at[port].value] =
        is_bound ? flow_constant(&a->f, t->type, &s, t->x)
                 : flow_input(&a->f, t->type, &s, port);
    port++;
    memcpy(a->in + values, t->x, t->n * sizeof *t->x);
    values += t->n;
  }
  return operators_check(&a->m, err) &&
         operators_build(&a->f, &a->m, &a->scope);
}

static void trial_clear(struct trial *a) {
  flow_clear(&a->f);
  free(a->scope.value);
  onnx_clear(&a->m);
}

/* ---- Tests ---- */

/* float32 differs from real numbers by less. */
static void compare(const struct trial *a, const struct row *r) {
  struct flow_run run;
  const char *text = r->expected;
  flow_run_init(&run, &a->f);
  ck_assert(flow_run_values(&run, a->in));
  for (size_t i = 0; i < a->m.graph.outputs.n; i++) {
    struct given t = {.n = 0};
    text = read_given(text, &t);
    text += strspn(text, "; ");
    flow_id y = a->scope.value[a->m.graph.outputs.at[i].value];
    const struct flow_node *node = flow_get(&a->f, y);
    ck_assert_msg(node->type == t.type && node->shape.rank == t.rank &&
                      !memcmp(node->shape.at, t.at, t.rank * sizeof *t.at),
                  "%s '%s' '%s': output %zu is of another shape or type", r->op,
                  r->inputs, r->attributes, i);
    for (size_t k = 0; k < t.n; k++)
      ck_assert_msg(fabs(run.at[y][k] - t.x[k]) <= 1e-6 * (1 + fabs(t.x[k])),
                    "%s '%s' '%s': output %zu[%zu] is %g, not %g", r->op,
                    r->inputs, r->attributes, i, k, run.at[y][k], t.x[k]);
  }
  ck_assert(!*text);
  flow_run_clear(&run);
}

START_TEST(an_operator_computes_what_the_runtime_does) {
  const struct row *r = &rows[_i];
  for (int is_bound = 0; is_bound < 2; is_bound++) {
    struct trial a;
    struct error err = {0};
    bool ok = trial_init(&a, r, is_bound, &err);
    ck_assert_msg(ok, "%s '%s' '%s': %s", r->op, r->inputs, r->attributes,
                  err.message);
    compare(&a, r);
    trial_clear(&a);
  }
}
END_TEST

START_TEST(what_is_wrong_with_an_operator_is_said) {
  const struct row *r = &wrong[_i];
  struct trial a;
  struct error err = {0};
  bool ok = trial_init(&a, r, false, &err);
  ck_assert_msg(!ok, "%s '%s' '%s' is accepted", r->op, r->inputs,
                r->attributes);
  ck_assert_str_eq(err.message, r->expected);
  trial_clear(&a);
}
END_TEST

/* One of the numbers in a text becomes another. */
static void change_number(const char *text, char *to, struct dice *d) {
  static const char *const numbers[] = {"-1",
                                        "0",
                                        "1",
                                        "2",
                                        "3",
                                        "-7",
                                        "100",
                                        "-70000",
                                        "70000",
                                        "2147483647",
                                        "4611686018427387904",
                                        "9223372036854775807",
                                        "-9223372036854775808"};
  size_t place[400], length[400], n = 0;
  for (size_t i = 1; *text && text[i] && n < 400; i++)
    if (strchr(" :[,", text[i - 1]) && strspn(text + i, "-0123456789")) {
      place[n] = i;
      length[n] = strspn(text + i, "-0123456789.");
      i += length[n++] - 1;
    }
  strcpy(to, text);
  if (!n)
    return;
  size_t k = (size_t)dice_long(d, 0, (long)n - 1);
  long which = dice_long(d, 0, sizeof numbers / sizeof *numbers - 1);
  sprintf(to + place[k], "%s%s", numbers[which], text + place[k] + length[k]);
}

START_TEST(an_operator_of_other_numbers_is_refused_or_computed) {
  struct dice d = {(uint64_t)_i + 1};
  char inputs[1 << 10], attributes[1 << 12];
  for (int i = 0; i < subject_rounds() / 4; i++) {
    struct row r = rows[_i];
    struct trial a;
    struct error err = {0};
    struct flow_run run;
    if (i % 2 || !*r.attributes) {
      change_number(r.inputs, inputs, &d);
      r.inputs = inputs;
    } else {
      change_number(r.attributes, attributes, &d);
      r.attributes = attributes;
    }
    bool ok = trial_init(&a, &r, i % 4 / 2, &err);
    ck_assert_msg(ok || *err.message, "%s '%s' '%s'", r.op, r.inputs,
                  r.attributes);
    if (ok && a.f.bytes < 1 << 24) {
      flow_run_init(&run, &a.f);
      flow_run_values(&run, a.in);
      flow_run_clear(&run);
    }
    trial_clear(&a);
  }
}
END_TEST

START_TEST(an_operator_has_one_row) {
  const struct operator_row **all;
  size_t n = operators_all(&all);
  for (size_t i = 1; i < n; i++)
    ck_assert_str_ne(all[i - 1]->public.name, all[i]->public.name);
}
END_TEST

int main(void) {
  Suite *s = suite_create("runtime");
  TCase *t = tcase_create("operators");
  tcase_add_loop_test(t, an_operator_computes_what_the_runtime_does, 0,
                      sizeof rows / sizeof *rows);
  tcase_add_loop_test(t, what_is_wrong_with_an_operator_is_said, 0,
                      sizeof wrong / sizeof *wrong);
  tcase_add_loop_test(t, an_operator_of_other_numbers_is_refused_or_computed, 0,
                      sizeof rows / sizeof *rows);
  tcase_add_test(t, an_operator_has_one_row);
  tcase_set_timeout(t, 60);
  suite_add_tcase(s, t);
  return suite_run(s);
}
