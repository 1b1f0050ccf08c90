/* tc0 diffusion: how many steps of a diffusion are enough, and what that says
 */
#include "tools/diffusion_report.h"
#include "tools/progress.h"

static bool show(const struct diffusion *k, const struct diffusion_request *q,
                 const struct arguments *a, struct error *err) {
  if (has_option(a, "json"))
    diffusion_print_json(k, q);
  else if (has_option(a, "csv"))
    diffusion_print_csv(k);
  else
    diffusion_print_text(k, q);
  return !has_option(a, "plot") ||
         diffusion_draw(k, q, option_value(a, "plot"), err);
}

static int run(const struct arguments *a) {
  struct diffusion_request q = {0};
  struct diffusion k = {0};
  struct error err = {0};
  int status = STATUS_YES;
  for (int e = 0; e < DIFFUSION_MOST_EPSILONS; e++)
    mpq_init(q.epsilon[e]);
  if (!diffusion_request_read(&q, a, &err)) {
    status = report(&err);
  } else {
    progress_begin(a, "steps");
    bool ok = diffusion_init(&k, &q.plan, &err);
    progress_end();
    if (!ok || !show(&k, &q, a, &err))
      status = report(&err);
    diffusion_clear(&k);
  }
  for (int e = 0; e < DIFFUSION_MOST_EPSILONS; e++)
    mpq_clear(q.epsilon[e]);
  array_clear(&q.steps);
  return status;
}

const struct command command_diffusion = {
    .name = "diffusion",
    .arguments = "SOURCE [key=value ...]",
    .help = "how many steps of a diffusion are enough, and its depth then",
    .about =
        "The total variation distance between what a diffusion gives after so "
        "many steps and\nits data, exactly, with the depth and size of the "
        "unrolled chain; the fewest steps\nfor a distance epsilon; and "
        "whether it follows that it solves its problem in constant\ndepth, "
        "premise by premise. Made for 'sampler' and 'masked', whose data "
        "are known, and\n'badscore'; of other sources, applied again and "
        "again, only depth and size are known.",
    .options =
        (const struct option[]){
            {"steps", 0, "T,A..B",
             "how many to try: 8, 1,2,5, 1..64, 1..64*2; default 1..32"},
            {"epsilon", 0, "E,E",
             "distances to ask for; default 0.1,0.05,0.01"},
            {"constant", 0, "C", "c of the bound c d (log T)^3 / T; default 1"},
            {"size", 0, "NAME", "the parameter that grows; default n"},
            {"plot", 0, "FILE.svg", "draw distance and depth, by gnuplot"},
            {"trained", 0, "N", "steps of a model of noise; default 100"},
            {"samples", 0, "N", "of it; default 8192"},
            {"csv", 0, NULL, "print a header and a row for each T"},
            {0},
        },
    .examples =
        (const struct example[]){
            {"diffusion sampler n=8 prior=ramp output=token --steps 1..16",
             NULL},
            {"diffusion sampler bits=4 --steps 1..256*2 --epsilon 0.05", NULL},
            {"diffusion sampler --size d --steps 1..16 --json", NULL},
            {"diffusion badscore n=10 --steps 1..64*2", NULL},
            {"diffusion masked order=far random=4 --steps 1,2,4,8,16", NULL},
            {0},
        },
    .takes_source = true,
    .run = run,
};
