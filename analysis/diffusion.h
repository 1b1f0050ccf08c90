/* diffusion.h - how many steps a diffusion needs, and what follows from that

   A source is opened for each number of steps T, its circuit measured, and the
   total variation distance between what its chain gives and its data found
   exactly (law.h). The theorem: if the distance falls below epsilon in a number
   of steps that does not depend on the problem's size, and each step is of
   constant depth, then so is the whole chain. Each of its premises is looked
   at.

     struct diffusion k;
     struct diffusion_plan plan = {.word = word, .words = n, ...};
     if (!diffusion_init(&k, &plan, &err)) ...
     diffusion_clear(&k);

   Li and Yan (JMLR 26, 2025): the distance is at most c d (log T)^3 / T and
   what an inexact score adds. Liu, Preechakul, Kuwaranancharoen and Bai (2025),
   Theorem 4.1, is the theorem. */
#ifndef DIFFUSION_H
#define DIFFUSION_H

#include "analysis/learned.h"
#include "analysis/source.h"

#include <gmp.h>

enum {
  DIFFUSION_MOST_STEPS = 4096,
  DIFFUSION_MOST_EPSILONS = 8
};

struct diffusion_plan {
  const char *const *word; // the source, without steps=
  size_t words;
  struct source_options options;
  const long *steps; // ascending
  size_t n_steps;
  const mpq_t *epsilon; // each above 0 and below 1
  size_t n_epsilon;
  double c;         // of the bound
  const char *size; // the parameter that is the problem's size; NULL: n
  long trained;     // steps of a model that predicts noise
  size_t samples;   // of it
  void (*progress)(uint64_t done, uint64_t all);
};

struct diffusion_size {
  size_t depth, depth_inner;
  mpz_t gates, gates_inner;
};

struct diffusion_point {
  long steps;
  bool has_tv;
  mpq_t tv; // the greatest of all inputs
  bool has_legal;
  mpq_t legal; // of a masked one: the share of legal words
  bool has_sample;
  struct learned_distance sample; // of a model: to all steps
  struct diffusion_size size;
};

/* The steps from which on the distance is at most epsilon, as far as was tried;
   the first ones where it is not so to the end; 0: there are none. */
struct diffusion_target {
  long t_star; // of samples: with probability 0.95 for each number of steps
  long above_again; // more steps, that are too far away then; or 0
  double bound;     // steps by the bound
};

/* A problem of another size. */
struct diffusion_growth {
  long n;
  long steps;  // at which its circuit was made
  long t_star; // for the first epsilon; 0: none
  bool has_tv;
  mpq_t tv; // at the most steps
  struct diffusion_size size;
};

enum premise_holds {
  PREMISE_NO,
  PREMISE_YES,
  PREMISE_NOT_ASKED // there is nothing that it is about
};

struct premise {
  const char *name;
  enum premise_holds holds;
  char *because;
  const char *unknown; // what is not known if it fails
};

enum {
  PREMISES = 7
};

enum diffusion_kind {
  DIFFUSION_SAMPLER,
  DIFFUSION_BAD,     // the distance is to one more step
  DIFFUSION_MASKED,  // to legal words, all as likely
  DIFFUSION_LEARNED, // a model that predicts noise: by samples
  DIFFUSION_OTHER
};

struct diffusion {
  enum diffusion_kind kind;
  const char *size; // the parameter
  ARRAY(struct diffusion_point) points;
  ARRAY(struct diffusion_target) targets; // of each epsilon
  ARRAY(struct diffusion_growth) growth;
  struct premise premise[PREMISES];
  bool applies;
  long best; // steps at which the distance is least; 0: no distances
  mpq_t floor;
  bool is_falling; // in the last half of the steps: no floor is seen
  /* Above the floor, if one is seen, the distance falls as T^-slope, by least
     squares over some steps. */
  bool has_slope;
  double slope;
  long slope_from, slope_to;
  char *depth; // certified, or NULL
};

bool diffusion_init(struct diffusion *k, const struct diffusion_plan *plan,
                    struct error *err);
void diffusion_clear(struct diffusion *k);

/* The fewest T from which on c d (log T)^3 / T <= epsilon for all T. */
double diffusion_bound(double c, double d, double epsilon);

#endif
