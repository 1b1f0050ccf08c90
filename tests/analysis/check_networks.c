/* Real networks: the examples, and one that others made, where TEST_DATA is.
   Every recorded output and every row through both evaluators; also with all
   weights and thresholds times 2^100, and through files of both kinds. */
#include "analysis/data.h"
#include "analysis/source.h"
#include "circuit/file.h"
#include "circuit/measure.h"
#include "compile/program/count.h"
#include "tests/analysis/measures.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <check.h>

struct network {
  const char *folder, *rows; // folder of model.onnx; file of rows in it
  bool is_ours;              // in examples/, else in TEST_DATA
  bool is_calibrated;        // on its rows
  size_t depth, gates;       // inner ones
  size_t recorded;           // values in its test data sets
};

static const struct network networks[] = {
    {"xor", "test.csv", true, false, 2, 3, 6},
    {"digits-int8", "test.csv", true, false, 3, 13770, 60},
    {"digits-float", "test.csv", true, true, 3, 0, 30},
    {"iris", "test.csv", true, true, 0, 0, 12},
    {"mlp_digits_qlinear_op13", "dataset_test.csv", false, false, 3, 21871,
     7260},
};
enum {
  NETWORKS = sizeof networks / sizeof *networks
};

struct path {
  char text[1000];
};

static struct path path_of(const struct network *n, const char *file) {
  struct path p;
  if (n->is_ours)
    snprintf(p.text, sizeof p.text, EXAMPLES "/%s/%s", n->folder, file);
  else
    snprintf(p.text, sizeof p.text, "%s/onnx/%s/%s", getenv("TEST_DATA"),
             n->folder, file);
  return p;
}

/* False if it is not there, which only those of others may be. */
static bool open_network(struct source *s, const struct network *n) {
  struct path model = path_of(n, "model.onnx"), rows = path_of(n, n->rows);
  struct source_options o = {.calibrate = n->is_calibrated ? rows.text : NULL};
  struct error err = {0};
  if (!n->is_ours && (!getenv("TEST_DATA") || access(model.text, R_OK))) {
    printf("skipped: no %s\n", n->folder);
    return false;
  }
  source_init(s);
  bool ok = source_open(s, (const char *const[]){model.text}, 1, &o, &err);
  ck_assert_msg(ok, "%s: %s", model.text, err.message);
  return true;
}

static void read_data(struct data *d, const struct source *s,
                      struct path path) {
  struct error err = {0};
  *d = (struct data){0};
  ck_assert_msg(data_read(d, &s->model, path.text, &err), "%s:%zu: %s",
                err.file, err.line, err.message);
  ck_assert_uint_gt(d->rows.n, 0);
}

/* By both evaluators, which must agree on how far real outputs are. Returns
   how many values were compared. */
static size_t expect_rows(const struct circuit *c, const struct source *s,
                          const struct data *d) {
  struct data_verdict v, w;
  check_data(&v, c, &s->model, d, EVALUATE_RUNGS);
  ck_assert_uint_eq(v.rows, d->rows.n);
  ck_assert_uint_eq(v.mismatches, 0);
  ck_assert_uint_gt(v.values + v.predictions, 0);
  check_data(&w, c, &s->model, d, EVALUATE_LADDERS);
  ck_assert_uint_eq(w.mismatches, 0);
  ck_assert(v.values == w.values && v.predictions == w.predictions);
  ck_assert(v.has_difference == w.has_difference &&
            v.difference == w.difference);
  return v.values;
}

static void expect_all(const struct circuit *c, const struct source *s,
                       const struct network *n) {
  struct data rows, recorded;
  read_data(&rows, s, path_of(n, n->rows));
  read_data(&recorded, s, path_of(n, ""));
  expect_rows(c, s, &rows);
  ck_assert_uint_eq(expect_rows(c, s, &recorded), n->recorded);
  data_clear(&rows);
  data_clear(&recorded);
}

/* What is counted of the whole and of each operation is what is made. */
static void expect_count(const char *folder, struct source *s,
                         const struct measure *made) {
  struct count count;
  struct error err = {0};
  struct operation_measures all = {0};
  const struct instance *in = &s->instance;
  ck_assert_msg(
      program_count(&count, in->program, in->parameter, in->levels, &err),
      "%s: %s", folder, err.message);
  measures_compare(folder, made, &count.m);
  circuit_measure_operations(source_circuit(s), &all);
  ck_assert_uint_eq(all.all.n, count.operations.all.n);
  for (size_t i = 0; i < all.all.n; i++) {
    const struct operation_measure *a = &all.all.at[i],
                                   *b = &count.operations.all.at[i];
    ck_assert_str_eq(a->name, b->name);
    ck_assert_str_eq(a->kind, b->kind);
    ck_assert_msg(!mpz_cmp(a->gates, b->gates) && !mpz_cmp(a->wires, b->wires),
                  "%s: %s (%s)", folder, a->name, a->kind);
    ck_assert(a->depth_from == b->depth_from && a->depth_to == b->depth_to);
    ck_assert(a->fan_in == b->fan_in && a->weight_bits == b->weight_bits);
  }
  operation_measures_clear(&all);
  count_clear(&count);
}

START_TEST(a_network_has_its_depth_and_gates_and_outputs) {
  const struct network *n = &networks[_i];
  struct source s;
  struct measure m;
  if (!open_network(&s, n))
    return;
  measure_init(&m);
  circuit_measure(source_circuit(&s), &m);
  if (n->depth)
    ck_assert_uint_eq(m.depth_inner, n->depth);
  if (n->gates)
    ck_assert_uint_eq(mpz_get_ui(m.gates_inner), n->gates);
  ck_assert(s.model.is_exact == !n->is_calibrated);
  expect_count(n->folder, &s, &m);
  expect_all(source_circuit(&s), &s, n);
  measure_clear(&m);
  source_clear(&s);
}
END_TEST

/* 16 bits: 666685 gates in depth 3, if each function has one level. */
START_TEST(real_numbers_of_16_bits_take_few_gates_if_split) {
  const struct network n = {"iris", "test.csv", true, true, 6, 5483, 12};
  struct path model = path_of(&n, "model.onnx"), rows = path_of(&n, n.rows);
  const struct source_options o = {
      .calibrate = rows.text, .has_strategy = true, .strategy = STRATEGY_SPLIT};
  struct source s;
  struct measure m;
  struct error err = {0};
  source_init(&s);
  ck_assert_msg(source_open(&s, (const char *const[]){model.text, "bits=16"}, 2,
                            &o, &err),
                "%s", err.message);
  measure_init(&m);
  measures_check_count(&s, model.text, &m);
  ck_assert_uint_eq(m.depth_inner, n.depth);
  ck_assert_uint_eq(mpz_get_ui(m.gates_inner), n.gates);
  measures_check_outputs(&s, model.text, is_short_run() ? 2500 : 100000);
  expect_all(source_circuit(&s), &s, &n);
  measure_clear(&m);
  source_clear(&s);
}
END_TEST

/* ---- With other numbers ---- */

struct copy {
  const struct circuit *from;
  struct circuit *to;
  unsigned long shift; // all weights and thresholds times 2^shift
  bit_id spoilt;       // whose threshold is one more; or none
};

static integer_id scaled(struct copy *k, integer_id id, long more) {
  struct integer_scratch s;
  mpz_t z;
  mpz_init(z);
  mpz_set(z, integers_get(&k->from->integers, id, &s));
  mpz_add_ui(z, z, (unsigned long)more);
  mpz_mul_2exp(z, z, k->shift);
  id = integers_add(&k->to->integers, z);
  mpz_clear(z);
  return id;
}

static source_id copy_source(struct copy *k, source_id s) {
  if (!(s & SOURCE_VIEW))
    return s;
  ladder_id l = circuit_source_ladder(k->from, s);
  size_t n = circuit_rungs(k->from, l);
  const integer_id *steps = circuit_view_steps(k->from, s);
  integer_id *own = xmalloc(n * sizeof *own);
  for (size_t i = 0; i < n; i++) {
    long step;
    ck_assert(integers_get_si(&k->from->integers, steps[i], &step));
    own[i] = integers_add_si(&k->to->integers, step);
  }
  s = circuit_view(k->to, l, own);
  free(own);
  return s;
}

static void copy_ladder(struct copy *k, ladder_id l) {
  const struct circuit *c = k->from;
  bit_id b = c->ladders.at[l].first_bit;
  size_t n = circuit_rungs(c, l);
  if (circuit_is_input(c, b)) {
    circuit_add_input(k->to);
    return;
  }
  for (size_t i = c->ladders.at[l].first_wire; i < circuit_end_wire(c, l); i++)
    circuit_add_wire_id(k->to, copy_source(k, c->wires.at[i].source),
                        scaled(k, c->wires.at[i].weight, 0));
  integer_id *threshold = xmalloc(n * sizeof *threshold);
  for (size_t i = 0; i < n; i++)
    threshold[i] =
        scaled(k, c->bits.at[b + i].threshold, b + i == k->spoilt ? 1 : 0);
  circuit_add_ladder(k->to, threshold, n);
  free(threshold);
}

static void copy_circuit(struct copy *k) {
  const struct circuit *c = k->from;
  circuit_init(k->to);
  for (ladder_id l = 1; l < c->ladders.n; l++)
    copy_ladder(k, l);
  size_t from = 0; // buses name the outputs that were added last
  for (size_t i = 0; i < c->output_buses.n; i++) {
    const struct bus *bus = &c->output_buses.at[i];
    for (size_t j = 0; j < bus->values * bus->width; j++)
      circuit_add_output(k->to, c->outputs.at[from++]);
    circuit_add_output_bus(k->to, bus->name, bus->values, bus->width,
                           bus->is_signed);
  }
  ck_assert_uint_eq(c->input_buses.n, 1);
  const struct bus *in = &c->input_buses.at[0];
  circuit_add_input_bus(k->to, in->name, in->values, in->width, in->is_signed);
}

START_TEST(a_network_is_the_same_with_numbers_of_100_bits_more) {
  const struct network *n = &networks[_i];
  struct source s;
  struct circuit c;
  struct measure m;
  if (!open_network(&s, n))
    return;
  struct copy k = {source_circuit(&s), &c, 100, 0};
  copy_circuit(&k);
  measure_init(&m);
  circuit_measure(&c, &m);
  ck_assert_uint_gt(m.weight_bits, 100);
  expect_all(&c, &s, n);
  measure_clear(&m);
  circuit_clear(&c);
  source_clear(&s);
}
END_TEST

START_TEST(a_network_is_the_same_after_being_a_file) {
  const struct network *n = &networks[_i / 2];
  struct source s;
  struct circuit c;
  struct error err = {0};
  char path[] = "/tmp/tc0-network-XXXXXX";
  if (!open_network(&s, n))
    return;
  close(mkstemp(path));
  ck_assert_msg(circuit_write_file(source_circuit(&s), path,
                                   _i % 2 ? FORMAT_TEXT : FORMAT_BINARY, &err),
                "%s", err.message);
  circuit_init(&c);
  ck_assert_msg(circuit_read_file(&c, path, &err), "%zu: %s", err.line,
                err.message);
  unlink(path);
  expect_all(&c, &s, n);
  circuit_clear(&c);
  source_clear(&s);
}
END_TEST

/* The threshold of one output bit is off by one. */
/* ---- Models of real numbers that others trained ---- */

/* With so many bits at least 99 of 100 predictions are the model's, and with
   `all` every one. The circuit is made where `depth` says how deep it is. */
static const struct trained {
  const char *folder;
  unsigned bits, all;
  size_t depth, gates; // inner ones, with `bits`
} trained[] = {
    {"mlp_iris_tanh_op13", 5, 5, 6, 793},
    {"mlp_digits_relu_op17", 7, 11, 3, 8816},
    {"cnn_digits_op14", 7, 7, 5, 101697},
    {"rnn_mod3_op13", 5, 5, 9, 3650},
    {"ssm_recall_op14", 8, 8, 29, 329144},
    {"tfenc_majority_op17", 5, 5, 0, 0},
    {"llama_char_op17", 12, 14, 0, 0},
};
enum {
  TRAINED = sizeof trained / sizeof *trained
};

static bool open_trained(struct source *s, struct data *d, const char *folder,
                         unsigned bits) {
  const struct network n = {folder, "dataset_test.csv", false, true, 0, 0, 0};
  struct path model = path_of(&n, "model.onnx"), rows = path_of(&n, n.rows);
  struct source_options o = {.calibrate = rows.text};
  struct error err = {0};
  char word[20];
  if (!getenv("TEST_DATA") || access(model.text, R_OK)) {
    printf("skipped: no %s\n", folder);
    return false;
  }
  snprintf(word, sizeof word, "bits=%u", bits);
  source_init(s);
  bool ok =
      source_open(s, (const char *const[]){model.text, word}, 2, &o, &err);
  ck_assert_msg(ok, "%s: %s", model.text, err.message);
  read_data(d, s, rows);
  return true;
}

/* As many predictions of the program as may differ. */
static void expect_predictions(const char *folder, unsigned bits,
                               size_t per_hundred) {
  struct source s;
  struct data d;
  struct data_verdict v;
  if (!open_trained(&s, &d, folder, bits))
    return;
  check_data_run(&v, &s.instance, &s.model, &d);
  printf("%s bits=%u: %zu of %zu predictions differ\n", folder, bits,
         v.mismatches, v.rows);
  ck_assert_uint_eq(v.predictions, v.rows);
  ck_assert_uint_le(100 * v.mismatches, per_hundred * v.rows);
  data_clear(&d);
  source_clear(&s);
}

START_TEST(a_trained_model_keeps_its_predictions) {
  expect_predictions(trained[_i].folder, trained[_i].bits, 1);
  expect_predictions(trained[_i].folder, trained[_i].all, 0);
}
END_TEST

START_TEST(the_circuit_of_a_trained_model_is_its_program) {
  const struct trained *t = &trained[_i];
  struct source s;
  struct data d;
  struct data_verdict run, made;
  struct measure m;
  if (!t->depth || !open_trained(&s, &d, t->folder, t->bits))
    return;
  measure_init(&m);
  circuit_measure(source_circuit(&s), &m);
  gmp_printf("%s bits=%u: depth %zu, %Zd gates\n", t->folder, t->bits,
             m.depth_inner, m.gates_inner);
  ck_assert_uint_eq(m.depth_inner, t->depth);
  ck_assert_uint_eq(mpz_get_ui(m.gates_inner), t->gates);
  expect_count(t->folder, &s, &m);
  check_data_run(&run, &s.instance, &s.model, &d);
  check_data(&made, source_circuit(&s), &s.model, &d, EVALUATE_LADDERS);
  ck_assert_uint_eq(made.mismatches, run.mismatches);
  ck_assert_uint_eq(made.first, run.first);
  measure_clear(&m);
  data_clear(&d);
  source_clear(&s);
}
END_TEST

START_TEST(a_wrong_gate_is_found) {
  struct source s;
  struct circuit c;
  struct data rows;
  struct data_verdict v;
  ck_assert(open_network(&s, &networks[1]));
  const struct circuit *own = source_circuit(&s);
  struct copy k = {own, &c, 0, own->outputs.at[0]};
  ck_assert(circuit_is_gate(own, k.spoilt));
  copy_circuit(&k);
  read_data(&rows, &s, path_of(&networks[1], networks[1].rows));
  check_data(&v, own, &s.model, &rows, EVALUATE_LADDERS);
  ck_assert_uint_eq(v.mismatches, 0);
  check_data(&v, &c, &s.model, &rows, EVALUATE_LADDERS);
  ck_assert_uint_gt(v.mismatches, 0);
  ck_assert_uint_lt(v.first, rows.rows.n);
  data_clear(&rows);
  circuit_clear(&c);
  source_clear(&s);
}
END_TEST

/* A tensor of two floats, of which the second is not a number. */
START_TEST(inputs_that_are_no_numbers_are_refused) {
  static const char tensor[] = "\x08\x01\x08\x02\x10\x01\x4a\x08"
                               "\0\0\x80\x3f\0\0\xc0\x7f";
  char folder[] = "/tmp/tc0-data-XXXXXX";
  struct path file;
  struct source s;
  struct data d = {0};
  struct error err = {0};
  ck_assert(open_network(&s, &networks[0]));
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(file.text, sizeof file.text, "%s/input_0.pb", folder);
  FILE *out = fopen(file.text, "wb");
  fwrite(tensor, 1, sizeof tensor - 1, out);
  fclose(out);
  ck_assert(!data_read(&d, &s.model, folder, &err));
  ck_assert_str_eq(err.message, "element 1 of input 'x', nan, is not a number");
  ck_assert_str_eq(err.file, folder);
  data_clear(&d);
  source_clear(&s);
  unlink(file.text);
  rmdir(folder);
}
END_TEST

/* They are drawn from the calibrated ranges, which the bound is of. */
START_TEST(random_inputs_differ_by_no_more_than_is_announced) {
  const struct network *n = &networks[_i];
  struct source s;
  double difference;
  if (!n->is_calibrated || !open_network(&s, n))
    return;
  ck_assert(source_difference(&s, 1000, 1, &difference));
  ck_assert_double_gt(difference, 0);
  ck_assert_double_le(difference, s.model.outputs.at[0].error);
  source_clear(&s);
}
END_TEST

int main(void) {
  Suite *s = suite_create("networks");
  TCase *t = tcase_create("networks");
  tcase_set_timeout(t, 300);
  tcase_add_loop_test(t, a_network_has_its_depth_and_gates_and_outputs, 0,
                      NETWORKS);
  if (!is_short_run())
    tcase_add_test(t, real_numbers_of_16_bits_take_few_gates_if_split);
  tcase_add_loop_test(t, a_network_is_the_same_with_numbers_of_100_bits_more, 0,
                      NETWORKS);
  tcase_add_loop_test(t, a_network_is_the_same_after_being_a_file, 0,
                      2 * NETWORKS);
  tcase_add_loop_test(t, a_trained_model_keeps_its_predictions, 0, TRAINED);
  tcase_add_loop_test(t, the_circuit_of_a_trained_model_is_its_program, 0,
                      TRAINED);
  tcase_add_loop_test(t, random_inputs_differ_by_no_more_than_is_announced, 0,
                      NETWORKS);
  tcase_add_test(t, a_wrong_gate_is_found);
  tcase_add_test(t, inputs_that_are_no_numbers_are_refused);
  suite_add_tcase(s, t);
  return suite_run(s);
}
