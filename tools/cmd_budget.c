/* tc0 budget: as many steps as one chain, or as several and a vote. */
#include "analysis/budget.h"
#include "tools/document.h"
#include "tools/limits.h"
#include "tools/name_text.h"
#include "tools/open.h"
#include "tools/rational.h"

#include <stdio.h>

static void print_number(const char *name, const mpq_t q) {
  printf("%s", name);
  rational_print(q);
}

static void print_split(const struct budget *b, const struct budget_split *p) {
  printf("%ld chain%s of %ld: ", p->chains, p->chains > 1 ? "s" : "", p->steps);
  if (p->steps >= b->needed) {
    puts("right always");
    return;
  }
  print_number("what it has so far is right ", p->cut);
  if (b->has_guess) {
    print_number("; rest guessed ", p->guess);
    print_number(", and a vote ", p->vote);
    print_number("; the likeliest ", p->limit);
  }
  putchar('\n');
}

static void print_text(const struct source *s, const struct budget *b) {
  char *label = name_visible(s->label);
  printf("%s: %ld steps are needed, and there are %ld\n", label, b->needed,
         b->tokens);
  free(label);
  for (size_t i = 0; i < b->splits.n; i++)
    print_split(b, &b->splits.at[i]);
  if (!b->has_guess)
    puts("nothing is read after the start, so chains of equal length say the "
         "same, and a vote changes nothing");
}

static void print_json(const struct source *s, const struct budget *b) {
  struct document *d = document_new();
  document_text(d, "source", s->label);
  document_whole(d, "needed", b->needed);
  document_whole(d, "tokens", b->tokens);
  struct document *list = document_list(d, "splits");
  for (size_t i = 0; i < b->splits.n; i++) {
    const struct budget_split *p = &b->splits.at[i];
    struct document *item = document_item(list);
    document_whole(item, "chains", p->chains);
    document_whole(item, "steps", p->steps);
    document_rational(item, "cut", p->cut);
    if (!b->has_guess)
      continue;
    document_rational(item, "guess", p->guess);
    document_rational(item, "vote", p->vote);
    document_rational(item, "likeliest", p->limit);
  }
  document_print(d, stdout);
}

static int run(const struct arguments *a) {
  struct source s;
  struct budget b = {0};
  struct error err = {0};
  uint64_t tokens = 0;
  int status = STATUS_BAD;
  if (!option_count(a, "tokens", 1, SOLVER_MOST_STEPS, false, &tokens, &err))
    return report(&err);
  if (open_source(&s, a)) {
    if (!budget_init(&b, &s, (long)tokens, &err)) {
      status = report(&err);
    } else {
      (has_option(a, "json") ? print_json : print_text)(&s, &b);
      status = STATUS_YES;
    }
  }
  budget_clear(&b);
  source_clear(&s);
  return status;
}

const struct command command_budget = {
    .name = "budget",
    .arguments = "SOURCE [key=value ...]",
    .help = "as many steps as one chain, or as several and a vote",
    .about =
        "How often a step-by-step solver is right if its steps are spent on "
        "one chain, or on\nseveral shorter ones and a vote, exactly, over all "
        "inputs and random bits. A chain\nthat is cut off answers what it has "
        "so far, or what a rest that it guesses evenly\nleads to; then no "
        "vote is better than the likeliest answer to what was read. For\n"
        "'word', 'rule' (one cell) and 'dag kind=products'.",
    .options =
        (const struct option[]){
            {"tokens", 0, "B", "steps in all; default: as many as needed"},
            {0},
        },
    .examples =
        (const struct example[]){
            {"budget rule n=8 steps=4",
             "rule n=8 steps=4: 4 steps are needed, and there are 4\n"
             "1 chain of 4: right always\n"
             "2 chains of 2: what it has so far is right 145/256 = 0.5664\n"
             "4 chains of 1: what it has so far is right 137/256 = 0.5352\n"
             "nothing is read after the start, so chains of equal length say "
             "the same, and a vote changes nothing\n"},
            {"budget word group=s5 n=6", NULL},
            {"budget dag kind=products n=4 bits=2 --json", NULL},
            {0},
        },
    .takes_source = true,
    .run = run,
};
