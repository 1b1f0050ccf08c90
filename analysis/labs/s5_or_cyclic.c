#include "analysis/labs/sweep.h"

/* Depth at n is ceil(log2 n). */
static bool is_logarithm(const struct sweep *s) {
  for (size_t i = 0; i < s->n; i++) {
    size_t log = 0;
    while (1L << log < s->at[i])
      log++;
    if (s->depth[i] != log)
      return false;
  }
  return true;
}

static void find_logarithm(struct lab_run *r, const struct sweep *s) {
  exhibit_finding(&r->e, is_logarithm(s) && s->how == CLASS_POLYLOG,
                  "%s: inner depth ceil(log2(n)) for n = 2 to %ld%s", s->label,
                  s->at[s->n - 1], s->proved);
}

static bool run(struct lab_run *r, struct error *err) {
  static const long length[] = {2, 4, 8, 16, 32, 64, 128, 256};
  size_t n = r->is_quick ? 4 : 8;
  struct sweep serial = {.label = "S5, letter by letter",
                         .line = "word group=s5 method=serial",
                         .key = "n",
                         .at = length,
                         .n = n};
  struct sweep tree = serial, a5 = serial, s3 = serial, cyclic = serial;
  tree.label = "S5, a tree";
  tree.line = "word group=s5 method=tree";
  a5.label = "A5, a tree";
  a5.line = "word group=a5 method=tree";
  s3.label = "S3, at once";
  s3.line = "word group=s3 method=table";
  cyclic.label = "Z60, at once";
  cyclic.line = "word group=z m=60 method=table";
  sweep_table(r, "products of n letters of a group", "n");
  exhibit_panel(&r->e, "depth against length", "letters n", "inner depth")
      ->is_log_x = true;
  if (!sweep_run(r, &tree, err) || !sweep_run(r, &a5, err) ||
      !sweep_run(r, &s3, err) || !sweep_run(r, &cyclic, err))
    return false;
  exhibit_panel(&r->e, "letter by letter", "letters n", "inner depth");
  if (!sweep_run(r, &serial, err))
    return false;
  sweep_find_line(r, &serial, "letter");
  find_logarithm(r, &tree);
  find_logarithm(r, &a5);
  sweep_find_flat(r, &s3, "");
  sweep_find_flat(r, &cyclic, "");
  return true;
}

const struct lab lab_s5_or_cyclic = {
    .name = "s5-or-cyclic",
    .title =
        "some products of a group are shallow, and some are not known to be",
    .claim = "Following permutations of five things is beyond constant depth, "
             "if TC0 is not NC1; sums modulo m are not.",
    .source = "Barrington 1989; Merrill, Petty and Sabharwal 2024",
    .shows = "The word problem of S5, or of A5, is complete for NC1, so a "
             "constant depth for it would give TC0 = NC1 (conditional); its "
             "logarithmic depth lies between the constant and the linear "
             "ones, and is parallel. Not the number of elements decides: A5 "
             "and Z60 have 60 each, but Z60 and S3 are solvable.",
    .run = run,
};
