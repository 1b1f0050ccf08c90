/* diffusion_report.h - between the files of 'tc0 diffusion': what is asked for,
   and how it is shown */
#ifndef DIFFUSION_REPORT_H
#define DIFFUSION_REPORT_H

#include "analysis/diffusion.h"
#include "tools/command.h"

struct diffusion_request {
  ARRAY(long) steps;
  mpq_t epsilon[DIFFUSION_MOST_EPSILONS];
  size_t epsilons;
  struct diffusion_plan plan;
};

/* q's numbers are initialised; what it holds is to be cleared in either case.
 */
bool diffusion_request_read(struct diffusion_request *q,
                            const struct arguments *a, struct error *err);
/* The source as it was called. */
void diffusion_join_words(const struct diffusion_request *q, char *text,
                          size_t size);

void diffusion_print_text(const struct diffusion *k,
                          const struct diffusion_request *q);
void diffusion_print_json(const struct diffusion *k,
                          const struct diffusion_request *q);
void diffusion_print_csv(const struct diffusion *k);
/* The distance against steps, with each epsilon, and depth against steps. */
bool diffusion_draw(const struct diffusion *k,
                    const struct diffusion_request *q, const char *path,
                    struct error *err);

#endif
