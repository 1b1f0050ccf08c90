/* diffusion_parts.h - between the files of diffusion.h */
#ifndef DIFFUSION_PARTS_H
#define DIFFUSION_PARTS_H

#include "analysis/diffusion.h"
#include "analysis/law.h"

/* The premises of the theorem, from what was found: `s` is the source at the
   most steps, `sampler` NULL if it is none. */
void diffusion_judge(struct diffusion *k, const struct diffusion_plan *plan,
                     const struct source *s, const struct sampler *sampler);

#endif
