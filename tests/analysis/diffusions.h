/* diffusions.h - diffusions, opened and looked into, for their tests */
#ifndef DIFFUSIONS_H
#define DIFFUSIONS_H

#include "analysis/diffusion.h"
#include "analysis/law.h"

struct opened {
  struct source s;
  struct sampler sampler;
  long steps;
};

/* "sampler" with the parameters of a line; a failure fails the test. */
void open_sampler(struct opened *o, const char *line, long steps);
void close_sampler(struct opened *o);

/* Steps from..to, a distance of at most a tenth, a twentieth, a hundredth. */
void find_diffusion(struct diffusion *k, const char *line, long from, long to,
                    const char *size);

#endif
