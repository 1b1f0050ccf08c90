/* tc0 vote: what a majority of replicas does to a random source's error. */
#include "analysis/chances.h"
#include "analysis/vote.h"
#include "circuit/measure.h"
#include "tools/document.h"
#include "tools/limits.h"
#include "tools/name_text.h"
#include "tools/open.h"
#include "tools/plot.h"
#include "tools/progress.h"
#include "tools/rational.h"
#include "tools/vote_plot.h"

#include <stdio.h>

struct report {
  const struct source *s, *voted;
  struct chances chances;
  struct sample sample; // if draws were asked for, instead
  uint64_t worst;       // input
  unsigned long k, hoeffding;
  mpq_t one, majority, bound; // bound: 0 if none was asked for
  struct measure of_one, of_vote;
};

static void report_init(struct report *r, const struct source *s,
                        const struct source *voted) {
  *r = (struct report){.s = s, .voted = voted};
  mpq_inits(r->one, r->majority, r->bound, NULL);
  measure_init(&r->of_one);
  measure_init(&r->of_vote);
}

static void report_clear(struct report *r) {
  mpq_clears(r->one, r->majority, r->bound, NULL);
  measure_clear(&r->of_one);
  measure_clear(&r->of_vote);
  chances_clear(&r->chances);
}

/* Of inputs and seeds that are drawn: the greatest that is likely. */
static bool find_sample(struct report *r, const struct arguments *a,
                        struct source *s, struct error *err) {
  uint64_t draws = 0;
  if (!option_count(a, "samples", 1, UINT64_C(1) << 40, true, &draws, err) ||
      !sample_find(&r->sample, s, draws, limits_seed(), err))
    return false;
  mpq_set_d(r->one, r->sample.most);
  return true;
}

/* Of one replica, for the input where it is greatest. */
static bool find_exact(struct report *r, const struct arguments *a,
                       struct source *s, struct error *err) {
  progress_begin(a, "trying all seeds");
  bool ok = chances_find(&r->chances, s, progress_update, err);
  progress_end();
  if (!ok)
    return false;
  unsigned seeds = r->chances.seeds;
  r->worst = chances_worst(&r->chances);
  mpq_set_ui(r->one, chances_wrong(&r->chances, r->worst), 1);
  mpq_div_2exp(r->one, r->one, seeds);
  return true;
}

static bool find_error(struct report *r, const struct arguments *a,
                       struct source *s, struct error *err) {
  circuit_measure(make_circuit(s, a), &r->of_one);
  if (!(has_option(a, "samples") ? find_sample : find_exact)(r, a, s, err))
    return false;
  if (mpq_cmp_ui(r->one, 1, 2) < 0)
    return true;
  char *text = mpq_get_str(NULL, 10, r->one);
  error_set(err, 0,
            "the error is %s for input %llu, half or more, so no vote makes it "
            "less: the source must be right more often than not",
            text, (unsigned long long)r->worst);
  free(text);
  return false;
}

/* k of the command line, or the least that is asked for. */
static bool find_replicas(struct report *r, const struct arguments *a,
                          struct error *err) {
  uint64_t k = 5;
  if (has_option(a, "replicas") && has_option(a, "error"))
    return error_set(err, 0,
                     "--replicas or --error: one follows from the other");
  if (!option_count(a, "replicas", 1, VOTE_MAX_REPLICAS, false, &k, err) ||
      !option_rational(a, "error", r->bound, err))
    return false;
  if (k % 2 == 0)
    return error_set(err, 0,
                     "--replicas %llu: must be odd, or half could be for each; "
                     "take %llu",
                     (unsigned long long)k, (unsigned long long)k + 1);
  r->k = k;
  if (!mpq_sgn(r->bound))
    return true;
  r->k = vote_replicas(r->one, r->bound);
  r->hoeffding = vote_replicas_hoeffding(r->one, r->bound);
  return r->k || error_limit(err,
                             "--error: that takes more than %d replicas; "
                             "Hoeffding's bound says %lu",
                             VOTE_MAX_REPLICAS, r->hoeffding);
}

static void print_sample(const struct sample *s) {
  printf("one replica: sampled error %.4g, %.4g to %.4g with 95 %% confidence "
         "(%llu draws of input and seed; the worst input may err more often)\n",
         (double)s->wrong / (double)s->draws, s->least, s->most,
         (unsigned long long)s->draws);
}

static void print_text(const struct report *r) {
  char *label = name_visible(r->voted->label);
  const struct chances *c = &r->chances;
  puts(label);
  free(label);
  if (r->sample.draws) {
    print_sample(&r->sample);
    printf("majority of %lu: error %.4g, for one of %.4g", r->k,
           rational_double(r->majority), rational_double(r->one));
  } else {
    printf("one replica: error ");
    rational_print(r->one);
    printf(", for input %llu of 2^%u (all of 2^%u seeds tried)\n",
           (unsigned long long)r->worst, c->inputs, c->seeds);
    if (!c->has_goal)
      puts("right is, as no task says it, what most seeds give");
    printf("majority of %lu: error ", r->k);
    rational_print(r->majority);
  }
  printf("; by Hoeffding's bound at most %.4g\n", vote_hoeffding(r->one, r->k));
  if (mpq_sgn(r->bound)) {
    printf("fewest replicas for ");
    rational_print(r->bound);
    printf(": %lu; by Hoeffding's bound %lu\n", r->k, r->hoeffding);
  }
  gmp_printf("one replica: inner depth %zu, %Zd inner gates; the vote: %zu, "
             "%Zd\n",
             r->of_one.depth_inner, r->of_one.gates_inner,
             r->of_vote.depth_inner, r->of_vote.gates_inner);
}

static void print_json(const struct report *r) {
  struct document *d = document_new();
  document_text(d, "source", r->s->label);
  document_whole(d, "k", (long)r->k);
  document_text(d, "method", r->sample.draws ? "sampled" : "exact");
  document_rational(d, "error_one", r->one);
  document_rational(d, "error_majority", r->majority);
  if (r->sample.draws) {
    document_digits_ui(d, "draws", r->sample.draws);
    document_digits_ui(d, "wrong", r->sample.wrong);
    document_real(d, "error_least", r->sample.least);
    document_real(d, "error_most", r->sample.most);
  }
  document_real(d, "hoeffding", vote_hoeffding(r->one, r->k));
  if (mpq_sgn(r->bound)) {
    document_rational(d, "bound", r->bound);
    document_whole(d, "k_hoeffding", (long)r->hoeffding);
  }
  if (!r->sample.draws) {
    document_text(d, "goal", r->chances.has_goal ? "task" : "most frequent");
    document_digits_ui(d, "worst_input", r->worst);
    document_count(d, "inputs", r->chances.inputs);
    document_count(d, "random_bits", r->chances.seeds);
  }
  document_count(d, "depth", r->of_vote.depth);
  document_count(d, "depth_inner", r->of_vote.depth_inner);
  document_count(d, "depth_one", r->of_one.depth);
  document_count(d, "depth_inner_one", r->of_one.depth_inner);
  document_digits(d, "gates", r->of_vote.gates);
  document_digits(d, "gates_one", r->of_one.gates);
  document_print(d, stdout);
}

static bool show(const struct report *r, const struct arguments *a,
                 struct error *err) {
  const char *path = option_value(a, "plot");
  (has_option(a, "json") ? print_json : print_text)(r);
  if (!path)
    return true;
  char *title = name_visible(r->s->label);
  const struct vote_plot v = {path,     title, r->one,
                              r->bound, r->k,  r->sample.draws > 0};
  bool ok = vote_plot_write(&v, err);
  free(title);
  return ok;
}

/* The status after the source was opened. */
static int vote(const struct arguments *a, struct source *s) {
  struct source voted;
  struct error err = {0};
  struct report r;
  int status = STATUS_BAD;
  report_init(&r, s, &voted);
  if (!plot_check_path(option_value(a, "plot"), &err) ||
      !find_error(&r, a, s, &err) || !find_replicas(&r, a, &err)) {
    status = report(&err);
  } else {
    if (open_wrapped(&voted, a, "vote:", "replicas", r.k)) {
      vote_error(r.majority, r.one, r.k);
      circuit_measure(make_circuit(&voted, a), &r.of_vote);
      status = show(&r, a, &err) ? STATUS_YES : report(&err);
    }
    source_clear(&voted);
  }
  report_clear(&r);
  return status;
}

static int run(const struct arguments *a) {
  struct source s;
  int status = STATUS_BAD;
  if (open_source(&s, a) && can_wrap(a, "vote:", "replicas"))
    status = vote(a, &s);
  source_clear(&s);
  return status;
}

const struct command command_vote = {
    .name = "vote",
    .arguments = "SOURCE [key=value ...]",
    .help = "what a majority of replicas does to a random source's error",
    .about =
        "Replicas have random inputs of their own and share the others. All "
        "seeds are tried\nfor all inputs; the error is that of the worst "
        "input, "
        "exact, and so is that of the\nmajority, beside Hoeffding's bound. A "
        "task says what is right; of another source it\nis what most seeds "
        "give. 'tc0 build vote:SOURCE replicas=K' writes the circuit.",
    .options =
        (const struct option[]){
            {"replicas", 0, "K", "an odd number; default 5"},
            {"error", 0, "E", "the fewest for this: 1/8, 0.05 or 2^-20"},
            {"samples", 0, "N",
             "draw inputs and seeds instead of trying them all"},
            {"plot", 0, "FILE.svg", "draw errors against replicas, by gnuplot"},
            {0},
        },
    .examples =
        (const struct example[]){
            {"vote fingerprint n=4 --error 2^-8",
             "vote:fingerprint n=4 replicas=25\n"
             "one replica: error 1/4 = 0.25, for input 1 of 2^8 (all of 2^5 "
             "seeds tried)\n"
             "majority of 25: error 948696791689/281474976710656 = 0.00337; by "
             "Hoeffding's bound at most 0.04394\n"
             "fewest replicas for 1/256 = 0.003906: 25; by Hoeffding's bound "
             "45\n"
             "one replica: inner depth 3, 21 inner gates; the vote: 4, 526\n"},
            {"vote fingerprint n=40 --samples 100000", NULL},
            {0},
        },
    .takes_source = true,
    .run = run,
};
