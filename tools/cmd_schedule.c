/* tc0 schedule: the circuit on so many processors. */
#include "analysis/schedule.h"
#include "tools/document.h"
#include "tools/name_text.h"
#include "tools/open.h"

#include <stdio.h>

#define MOST_PROCESSORS ((size_t)1 << 20)

struct report {
  const struct source *s;
  struct schedule schedule;
  size_t processors; // 0: a table alone
};

static double speedup(const struct schedule *s, size_t p) {
  size_t steps = schedule_steps(s, p);
  return steps ? (double)s->work / (double)steps : 1;
}

static void print_row(const struct schedule *s, size_t p) {
  printf("%10zu %14zu %14zu %14zu %12.4g %12.4g\n", p, schedule_steps(s, p),
         schedule_least(s, p), schedule_most(s, p), speedup(s, p),
         schedule_amdahl(s, p));
}

/* Powers of two, up to where more do not help. */
static void print_text(const struct report *r) {
  const struct schedule *s = &r->schedule;
  char *label = name_visible(r->s->label);
  printf("%s: work %zu, span %zu, at most %zu gates at once\n\n", label,
         s->work, s->span, s->width);
  free(label);
  printf("%10s %14s %14s %14s %12s %12s\n", "processors", "steps", "at least",
         "at most", "speedup", "Amdahl");
  if (r->processors) {
    print_row(s, r->processors);
  } else {
    for (size_t p = 1; p <= MOST_PROCESSORS; p *= 2) {
      print_row(s, p);
      if (p >= s->width)
        break;
    }
  }
  printf("\nmore than %zu processors do not help: %zu steps follow one after "
         "the other\n",
         s->width, s->span);
}

static void add_row(const struct schedule *s, size_t p, struct document *d) {
  document_count(d, "processors", p);
  document_count(d, "steps", schedule_steps(s, p));
  document_real(d, "speedup", speedup(s, p));
  document_count(d, "brent_least", schedule_least(s, p));
  document_count(d, "brent_bound", schedule_most(s, p));
  document_real(d, "amdahl", schedule_amdahl(s, p));
}

static void print_json(const struct report *r) {
  const struct schedule *s = &r->schedule;
  struct document *d = document_new();
  document_text(d, "source", r->s->label);
  document_digits_ui(d, "work", s->work);
  document_count(d, "span", s->span);
  document_count(d, "width", s->width);
  add_row(s, r->processors ? r->processors : s->width + !s->width, d);
  struct document *list = document_list(d, "curve");
  for (size_t p = 1; p <= MOST_PROCESSORS; p *= 2)
    add_row(s, p, document_item(list));
  document_print(d, stdout);
}

static int run(const struct arguments *a) {
  struct source s;
  struct error err = {0};
  struct report r = {.s = &s};
  uint64_t processors = 0;
  if (!option_count(a, "processors", 1, (uint64_t)1 << 40, true, &processors,
                    &err))
    return report(&err);
  r.processors = (size_t)processors;
  bool ok = open_source(&s, a);
  if (ok) {
    schedule_init(&r.schedule, make_circuit(&s, a));
    (has_option(a, "json") ? print_json : print_text)(&r);
    schedule_clear(&r.schedule);
  }
  source_clear(&s);
  return ok ? STATUS_YES : STATUS_BAD;
}

const struct command command_schedule = {
    .name = "schedule",
    .arguments = "SOURCE [key=value ...]",
    .help = "steps on so many processors",
    .about =
        "A processor computes a gate in a step; gates of one depth go side by "
        "side, those of\nthe next depth after them. The steps lie between "
        "Brent's bounds, work / P or the\nspan, and span + (work - span) / P. "
        "Amdahl's speedup is that of a program of which\nthe share span / work "
        "is one by one.",
    .options =
        (const struct option[]){
            {"processors", 0, "P", "one row; default: powers of two"},
            {0},
        },
    .examples =
        (const struct example[]){
            {"schedule rule n=64 steps=10",
             "rule n=64 steps=10: work 1344, span 11, at most 128 gates at "
             "once\n"
             "\n"
             "processors          steps       at least        at most      "
             "speedup       Amdahl\n"
             "         1           1344           1344           1344          "
             "  1            1\n"
             "         2            672            672            677          "
             "  2        1.984\n"
             "         4            336            336            344          "
             "  4        3.904\n"
             "         8            168            168            177          "
             "  8        7.567\n"
             "        16             84             84             94          "
             " 16        14.25\n"
             "        32             42             42             52          "
             " 32        25.52\n"
             "        64             21             21             31          "
             " 64        42.23\n"
             "       128             11             11             21        "
             "122.2        62.76\n"
             "\n"
             "more than 128 processors do not help: 11 steps follow one after "
             "the other\n"},
            {"schedule multiply n=8 --processors 16 --json", NULL},
            {0},
        },
    .takes_source = true,
    .run = run,
};
