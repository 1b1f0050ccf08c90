/* The map: every task and model is in it, it agrees with what is written in the
   literature, typed here, and what it denies has a condition and a source. */
#include "analysis/map.h"
#include "compile/models/models.h"
#include "tasks/task.h"
#include "tests/suite.h"

#include <string.h>

#include <check.h>

static struct map map;

static void setup(void) {
  struct error err = {0};
  ck_assert_msg(map_init(&map, &err), "%s", err.message);
}

static void teardown(void) {
  map_clear(&map);
}

static size_t place(const struct map_rows *rows, const char *name) {
  for (size_t i = 0; i < rows->n; i++)
    if (!strcmp(rows->at[i].line.name, name))
      return i;
  ck_abort_msg("%s is not in the map", name);
}

static bool has_family(const struct map_rows *rows, const struct family *f) {
  for (size_t i = 0; i < rows->n; i++)
    if (rows->at[i].family == f)
      return true;
  return false;
}

START_TEST(every_task_and_model_is_there) {
  for (size_t i = 0; tasks[i]; i++)
    ck_assert_msg(has_family(&map.tasks, tasks[i]), "%s", tasks[i]->name);
  for (size_t i = 0; models[i]; i++)
    ck_assert_msg(has_family(&map.models, models[i]), "%s", models[i]->name);
}
END_TEST

START_TEST(lines_are_of_families_and_have_their_own_names) {
  size_t n = 0;
  for (const struct map_line *l = map_tasks; l->name; l++, n++)
    place(&map.tasks, l->name);
  ck_assert_uint_ge(map.tasks.n, n);
  for (size_t i = 0; i < map.tasks.n; i++)
    ck_assert_uint_eq(place(&map.tasks, map.tasks.at[i].line.name), i);
  n = 0;
  for (const struct map_line *l = map_models; l->name; l++, n++)
    place(&map.models, l->name);
  ck_assert_uint_ge(map.models.n, n);
  for (size_t j = 0; j < map.models.n; j++)
    ck_assert_uint_eq(place(&map.models, map.models.at[j].line.name), j);
}
END_TEST

/* Constant: what is in TC0. Polylogarithmic: NC1 and NL, in AC1, and what is in
   NC. Else P-complete, or of no known place. */
static const struct {
  const char *name, *growth, *class, *status;
  enum map_class known;
} of_tasks[] = {
    {"add", "constant", "in AC0", "proved", MAP_CONSTANT},
    {"argmax", "constant", "in AC0", "proved", MAP_CONSTANT},
    {"ball", "constant", "in TC0", "proved", MAP_CONSTANT},
    {"balls1d", "constant", "TC0-complete", "proved", MAP_CONSTANT},
    {"balls2d", "linear", "in P", "proved", MAP_LINEAR},
    {"bbm", "linear", "P-complete", "conditional", MAP_LINEAR},
    {"cvp", "linear", "P-complete", "conditional", MAP_LINEAR},
    {"dag", "linear", "P-complete", "conditional", MAP_LINEAR},
    {"dag kind=sums", "constant", "in TC0", "proved", MAP_CONSTANT},
    {"divide", "constant", "in TC0", "proved", MAP_CONSTANT},
    {"do1", "linear", "P-complete", "conditional", MAP_LINEAR},
    {"exp", "constant", "in TC0", "proved", MAP_CONSTANT},
    {"formula", "logarithmic", "NC1-complete", "conditional", MAP_POLYLOG},
    {"game", "linear", "PSPACE-complete", "proved", MAP_LINEAR},
    {"gas", "constant", "in TC0", "proved", MAP_CONSTANT},
    {"life", "linear", "P-complete", "conditional", MAP_LINEAR},
    {"majority", "constant", "TC0-complete", "proved", MAP_CONSTANT},
    {"matmul", "logarithmic", "DET-complete", "conditional", MAP_POLYLOG},
    {"matmul kind=boolean", "logarithmic", "NL-complete", "conditional",
     MAP_POLYLOG},
    {"mdp", "linear", "in NC", "proved", MAP_POLYLOG},
    {"multiply", "constant", "TC0-complete", "proved", MAP_CONSTANT},
    {"parity", "constant", "in TC0", "proved", MAP_CONSTANT},
    {"paths", "logarithmic", "NL-hard, in AC1", "conditional", MAP_POLYLOG},
    {"product", "constant", "in TC0", "proved", MAP_CONSTANT},
    {"reach", "logarithmic", "NL-complete", "conditional", MAP_POLYLOG},
    {"rule number=110", "linear", "P-complete", "conditional", MAP_LINEAR},
    {"rule number=30", "linear", "in P", "proved", MAP_LINEAR},
    {"rule number=90", "constant", "in TC0", "proved", MAP_CONSTANT},
    {"sort", "constant", "TC0-complete", "proved", MAP_CONSTANT},
    {"squaring", "linear", "in P", "conditional", MAP_LINEAR},
    {"squaring method=table", "constant", "in AC0", "proved", MAP_CONSTANT},
    {"sudoku", "linear", "O(1)", "proved", MAP_CONSTANT},
    {"sum", "constant", "TC0-complete", "proved", MAP_CONSTANT},
    {"tag", "linear", "in P", "proved", MAP_LINEAR},
    {"tent", "constant", "in AC0", "proved", MAP_CONSTANT},
    {"turing machine=minsky", "linear", "P-complete", "conditional",
     MAP_LINEAR},
    {"word group=s5", "logarithmic", "NC1-complete", "conditional",
     MAP_POLYLOG},
    {"word group=s3", "constant", "in TC0", "proved", MAP_CONSTANT},
    {"word group=z m=60", "constant", "in TC0", "proved", MAP_CONSTANT},
};

START_TEST(tasks_are_where_the_literature_has_them) {
  for (size_t i = 0; i < sizeof of_tasks / sizeof *of_tasks; i++) {
    const struct map_row *r =
        &map.tasks.at[place(&map.tasks, of_tasks[i].name)];
    ck_assert_msg(!strcmp(r->growth, of_tasks[i].growth), "%s: %s",
                  of_tasks[i].name, r->growth);
    ck_assert_str_eq(r->line.complexity.class, of_tasks[i].class);
    ck_assert_str_eq(r->line.complexity.status, of_tasks[i].status);
    ck_assert_msg(r->known == of_tasks[i].known, "%s: %s", of_tasks[i].name,
                  map_class_names[r->known]);
  }
}
END_TEST

static const struct {
  const char *name, *depth, *growth;
  enum map_class known;
} of_models[] = {
    {"badscore", "steps", "linear", MAP_LINEAR},
    {"cnn", "7", "constant", MAP_CONSTANT},
    {"cot", "7*layers*tokens+2*tokens", "linear", MAP_LINEAR},
    {"denoiser", "layers+3", "constant", MAP_CONSTANT},
    {"looped", "7*layers*loops+1", "linear", MAP_LINEAR},
    {"looped loops=log2(n)", "7*layers*loops+1 with loops = ceil(log2(n))",
     "logarithmic", MAP_POLYLOG},
    {"lstm", "4*n+1", "linear", MAP_LINEAR},
    {"mamba", "7*layers", "constant", MAP_CONSTANT},
    {"mamba meaning=stepwise", "2*n+6*layers-3", "linear", MAP_POLYLOG},
    {"masked", "4, 6, 8 at steps=2, 3, 4", "linear", MAP_CONSTANT},
    {"mixture", "5", "constant", MAP_CONSTANT},
    {"mlp", "layers", "constant", MAP_CONSTANT},
    {"resnet", "2*blocks+2", "constant", MAP_CONSTANT},
    {"rnn", "n", "linear", MAP_LINEAR},
    {"sampler", "2*steps", "linear", MAP_CONSTANT},
    {"transformer", "7*layers+1", "constant", MAP_CONSTANT},
    {"unet", "3", "constant", MAP_CONSTANT},
};

START_TEST(models_have_their_depth) {
  for (size_t j = 0; j < sizeof of_models / sizeof *of_models; j++) {
    const struct map_row *r =
        &map.models.at[place(&map.models, of_models[j].name)];
    ck_assert_str_eq(r->depth, of_models[j].depth);
    ck_assert_str_eq(r->growth, of_models[j].growth);
    ck_assert_msg(r->known == of_models[j].known, "%s", of_models[j].name);
    ck_assert_msg(r->is_proved || !strcmp(of_models[j].name, "masked"), "%s",
                  of_models[j].name);
  }
}
END_TEST

/* In order: a transformer, a diffusion, a masked one, log n loops, a recurrent
   network, chain of thought. */
static const char *const columns[] = {
    "transformer", "sampler", "masked", "looped loops=log2(n)", "rnn", "cot"};
static const struct {
  const char *task, *fits, *equal; // if the models' depth were enough
} of_cells[] = {
    {"parity", "++++++", NULL},
    {"sort", "++++++", NULL},
    {"root", "++++++", NULL},
    {"sudoku", "++++++", NULL},
    {"word group=s3", "++++++", NULL},
    {"rule number=90", "++++++", NULL},
    {"word group=s5", "--?+++", "TC0 = NC1"},
    {"formula", "--?+++", "TC0 = NC1"},
    {"reach", "--?+++", "TC0 = NL"},
    {"matmul", "--?+++", "TC0 = NL"},
    {"mdp", "???+++", NULL},
    {"cvp", "--?-++", "TC0 = P"},
    {"rule number=110", "--?-++", "TC0 = P"},
    {"turing machine=minsky", "--?-++", "TC0 = P"},
    {"rule number=30", "????++", NULL},
    {"squaring", "????++", NULL},
    {"balls2d", "????++", NULL},
    {"tag", "????++", NULL},
    {"game", "--?---", "PSPACE is in non-uniform TC0"},
};

START_TEST(cells_are_as_the_literature_has_them) {
  size_t task = place(&map.tasks, of_cells[_i].task);
  for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) {
    const struct map_cell *c =
        map_at(&map, task, place(&map.models, columns[k]));
    ck_assert_msg("+-?"[c->fits] == of_cells[_i].fits[k], "%s, %s: %s",
                  of_cells[_i].task, columns[k], map_fits_names[c->fits]);
    if (c->fits == MAP_NO && k < 2)
      ck_assert_msg(strstr(c->because, of_cells[_i].equal), "%s", c->because);
  }
  const struct map_cell *log =
      map_at(&map, task, place(&map.models, columns[3]));
  if (log->fits == MAP_NO)
    ck_assert((strstr(log->because, "NC = P") ||
               strstr(log->because, "in non-uniform NC")));
}
END_TEST

START_TEST(every_cell_has_a_reason_that_can_be_cited) {
  for (size_t i = 0; i < map.tasks.n; i++)
    for (size_t j = 0; j < map.models.n; j++) {
      const struct map_cell *c = map_at(&map, i, j);
      const struct map_row *t = &map.tasks.at[i], *o = &map.models.at[j];
      ck_assert_msg(strlen(c->because) > 40, "%s, %s", t->line.name,
                    o->line.name);
      ck_assert_msg(c->source && *c->source, "%s, %s", t->line.name,
                    o->line.name);
      if (c->fits == MAP_YES && t->here == MAP_CONSTANT &&
          !(t->is_proved && t->has_gates))
        ck_assert(!strcmp(c->source, t->line.complexity.source) &&
                  strstr(c->because, c->source));
      if (c->fits == MAP_NO) {
        ck_assert(!strncmp(c->because, "conditional: ", 13));
        ck_assert(strstr(c->because, " unless "));
        ck_assert(strstr(c->because, c->source));
      }
      ck_assert_msg(!strstr(c->because, "needs"), "%s", c->because);
      ck_assert_msg(!strstr(c->because, "proven"), "%s", c->because);
      ck_assert_msg(!strstr(c->because, "(null)"), "%s", c->because);
    }
}
END_TEST

/* A class without a row would leave all of its cells open; gates of which
   nothing is proved have something said of them. */
START_TEST(every_row_is_known_of) {
  for (size_t i = 0; i < map.tasks.n; i++) {
    const struct map_row *r = &map.tasks.at[i];
    ck_assert_msg(map_bar_find(r->line.complexity.class), "%s: '%s'",
                  r->line.name, r->line.complexity.class);
    ck_assert_msg(r->has_gates || r->line.size, "%s", r->line.name);
    ck_assert_msg(r->is_proved || r->line.at[0], "%s", r->line.name);
    ck_assert_str_ne(r->growth, "other");
  }
  for (size_t j = 0; j < map.models.n; j++) {
    const struct map_row *r = &map.models.at[j];
    ck_assert_msg(r->line.says && r->line.from, "%s", r->line.name);
    ck_assert_msg(r->has_gates || r->line.size, "%s", r->line.name);
  }
}
END_TEST

/* What less depth is enough for, more is. */
START_TEST(depth_is_never_a_loss) {
  size_t shallow = place(&map.models, "transformer"),
         middle = place(&map.models, "looped loops=log2(n)"),
         deep = place(&map.models, "looped");
  for (size_t i = 0; i < map.tasks.n; i++) {
    if (map_at(&map, i, shallow)->fits == MAP_YES)
      ck_assert_int_eq(map_at(&map, i, middle)->fits, MAP_YES);
    if (map_at(&map, i, middle)->fits == MAP_YES)
      ck_assert_int_eq(map_at(&map, i, deep)->fits, MAP_YES);
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("map");
  TCase *all = tcase_create("map");
  tcase_add_unchecked_fixture(all, setup, teardown);
  tcase_add_test(all, every_task_and_model_is_there);
  tcase_add_test(all, lines_are_of_families_and_have_their_own_names);
  tcase_add_test(all, tasks_are_where_the_literature_has_them);
  tcase_add_test(all, models_have_their_depth);
  tcase_add_loop_test(all, cells_are_as_the_literature_has_them, 0,
                      sizeof of_cells / sizeof *of_cells);
  tcase_add_test(all, every_cell_has_a_reason_that_can_be_cited);
  tcase_add_test(all, every_row_is_known_of);
  tcase_add_test(all, depth_is_never_a_loss);
  suite_add_tcase(s, all);
  return suite_run(s);
}
