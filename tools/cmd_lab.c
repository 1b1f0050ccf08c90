/* tc0 lab: the paper's claims as experiments. */
#include "circuit/file.h"
#include "tools/lab_report.h"
#include "tools/limits.h"
#include "tools/open.h"
#include "tools/progress.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The labs of the command line and what they found. */
struct report {
  const struct arguments *a;
  ARRAY(const struct lab *) labs;
  ARRAY(struct exhibit) exhibits;
};

static bool choose(struct report *r, struct error *err) {
  const char *name = r->a->words.n ? r->a->words.at[0] : NULL;
  if (!name)
    return error_set(err, 0,
                     "which lab? 'tc0 list labs' has their names; 'all' "
                     "is all of them");
  if (r->a->words.n > 1)
    return error_set(err, 0, "'%s' after '%s': one name, or all",
                     r->a->words.at[1], name);
  if (strcmp(name, "all")) {
    const struct lab *lab = lab_find(name);
    if (lab)
      array_push(&r->labs, lab);
    return lab ||
           error_set(err, 0,
                     "there is no lab '%s'; 'tc0 list labs' has their names",
                     name);
  }
  for (size_t i = 0; lab_list[i]; i++)
    array_push(&r->labs, lab_list[i]);
  return true;
}

static bool run_lab(struct report *r, const struct lab *lab,
                    struct error *err) {
  struct lab_run run = {
      .options = {.max_bytes = limits_memory(), .seed = limits_seed()},
      .is_quick = has_option(r->a, "quick"),
      .progress = progress_update,
  };
  progress_begin(r->a, lab->name);
  bool ok = lab->run(&run, err);
  progress_end();
  array_push(&r->exhibits, run.e);
  return ok;
}

static void print_json(const struct report *r) {
  struct document *d = document_new();
  struct document *list = document_list(d, "labs");
  for (size_t i = 0; i < r->labs.n; i++)
    lab_document(document_item(list), r->labs.at[i], &r->exhibits.at[i]);
  document_print(d, stdout);
}

/* ---- The page ---- */

struct page {
  const struct report *r;
  struct error *err;
};

static bool write_page(FILE *out, const void *context) {
  const struct page *p = context;
  const struct report *r = p->r;
  lab_page_begin(out);
  for (size_t i = 0; i < r->labs.n; i++)
    if (!lab_page_section(out, r->labs.at[i], &r->exhibits.at[i], p->err))
      return false;
  lab_page_end(out);
  return true;
}

/* DIR/index.html; DIR is made if it is not there. */
static bool save_page(const struct report *r, const char *dir,
                      struct error *err) {
  char *path = xmalloc(strlen(dir) + sizeof "/index.html");
  strcpy(stpcpy(path, dir), "/index.html");
  struct error failed = {.file = path};
  struct page page = {r, err};
  bool ok = file_replace(path, write_page, &page, &failed);
  if (!ok && !*err->message)
    error_set(err, 0, "%s: %s", path, failed.message);
  if (ok && !has_option(r->a, "json"))
    printf("%s\n", path);
  free(path);
  return ok;
}

static bool make_dir(const char *dir, struct error *err) {
  struct stat st;
  if (!mkdir(dir, 0777) ||
      (errno == EEXIST && !stat(dir, &st) && S_ISDIR(st.st_mode)))
    return true;
  return error_set(err, 0, "-o %s: %s", dir, strerror(errno));
}

/* ---- The command ---- */

static bool run_all(struct report *r, struct error *err) {
  const char *dir = option_value(r->a, "output");
  bool is_text = !dir && !has_option(r->a, "json");
  if (!choose(r, err) || (dir && !make_dir(dir, err)))
    return false;
  for (size_t i = 0; i < r->labs.n; i++) {
    if (!run_lab(r, r->labs.at[i], err))
      return false;
    if (is_text) {
      fputs(i ? "\n\n" : "", stdout);
      lab_print(r->labs.at[i], &r->exhibits.at[i]);
    }
  }
  if (has_option(r->a, "json"))
    print_json(r);
  return !dir || save_page(r, dir, err);
}

static int run(const struct arguments *a) {
  struct report r = {.a = a};
  struct error err = {0};
  int status = STATUS_YES;
  if (!run_all(&r, &err))
    status = report(&err);
  for (size_t i = 0; i < r.exhibits.n; i++) {
    if (status == STATUS_YES && !findings_hold(&r.exhibits.at[i]))
      status = STATUS_NO;
    exhibit_clear(&r.exhibits.at[i]);
  }
  array_clear(&r.exhibits);
  array_clear(&r.labs);
  return status;
}

const struct command command_lab = {
    .name = "lab",
    .arguments = "NAME|all",
    .help = "an experiment for each claim of the paper",
    .about = "'tc0 list labs' has their names. Each says what is claimed and "
             "where, computes its\nnumbers, draws them in letters (with "
             "gnuplot) and "
             "says of each finding whether it\nholds: exit status 1 if one "
             "does not. "
             "'-o DIR' writes a page instead, DIR/index.html,\nwith pictures.",
    .options =
        (const struct option[]){
            {"output", 'o', "DIR", "write an HTML page"},
            {"quick", 0, NULL, "small sizes: seconds instead of minutes"},
            {0},
        },
    .examples =
        (const struct example[]){
            {"lab transformer-flat --quick", NULL},
            {0},
        },
    .run = run,
};
