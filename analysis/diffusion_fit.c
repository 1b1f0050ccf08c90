#include "analysis/diffusion_parts.h"

#include <math.h>

size_t diffusion_near(const struct diffusion_point *p, size_t n,
                      const mpq_t epsilon, size_t *above) {
  size_t i = n;
  *above = n;
  while (i > 0 && p[i - 1].has_tv && mpq_cmp(p[i - 1].tv, epsilon) <= 0)
    i--;
  if (i < n)
    return i;
  for (i = 0; i < n && (!p[i].has_tv || mpq_cmp(p[i].tv, epsilon) > 0);)
    i++;
  for (*above = i; *above < n && mpq_cmp(p[*above].tv, epsilon) <= 0;)
    ++*above;
  return i;
}

void diffusion_find_targets(struct diffusion *k,
                            const struct diffusion_plan *plan, double d) {
  const struct diffusion_point *p = k->points.at;
  size_t n = k->points.n, above;
  for (size_t e = 0; e < plan->n_epsilon; e++) {
    size_t i = diffusion_near(p, n, plan->epsilon[e], &above);
    array_push(&k->targets, (struct diffusion_target){
                                .t_star = i < n ? p[i].steps : 0,
                                .above_again = above < n ? p[above].steps : 0,
                                .bound = diffusion_bound(
                                    plan->c, d, mpq_get_d(plan->epsilon[e]))});
  }
}

void diffusion_find_floor(struct diffusion *k) {
  for (size_t i = 0; i < k->points.n; i++) {
    const struct diffusion_point *p = &k->points.at[i];
    if (p->has_tv && (!k->best || mpq_cmp(p->tv, k->floor) < 0)) {
      k->best = p->steps;
      mpq_set(k->floor, p->tv);
    }
  }
}

/* It is less than at half as many steps. */
static bool is_falling(const struct diffusion *k) {
  size_t n = k->points.n, half = 0;
  const struct diffusion_point *p = k->points.at;
  while (half + 1 < n && 2 * p[half + 1].steps <= p[n - 1].steps)
    half++;
  return half + 1 < n && mpq_cmp(p[n - 1].tv, p[half].tv) < 0;
}

/* A line through the logarithms: from an eighth of the best number of steps up
   to it, where the floor is to be taken off, or of all where none is seen. */
void diffusion_find_slope(struct diffusion *k) {
  k->is_falling = k->best && is_falling(k);
  long last = k->is_falling ? array_last(&k->points).steps : k->best;
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  double floor = k->is_falling ? 0 : mpq_get_d(k->floor);
  for (size_t i = 0; i < k->points.n; i++) {
    const struct diffusion_point *p = &k->points.at[i];
    double above = mpq_get_d(p->tv) - floor;
    if (!p->has_tv || p->steps < last / 8 || p->steps > last || above <= 0)
      continue;
    double a = log((double)p->steps), b = log(above);
    k->slope_from = n > 0 ? k->slope_from : p->steps;
    k->slope_to = p->steps;
    n++;
    x += a;
    y += b;
    xx += a * a;
    xy += a * b;
  }
  k->has_slope = n >= 3;
  if (k->has_slope)
    k->slope = -(n * xy - x * y) / (n * xx - x * x);
}

double diffusion_bound(double c, double d, double epsilon) {
  double least = exp(3), most = 1e18; // it falls from e^3 on
  if (c * d * 27 / least <= epsilon)
    return 1;
  for (int i = 0; i < 200; i++) {
    double middle = (least + most) / 2;
    if (c * d * pow(log(middle), 3) / middle > epsilon)
      least = middle;
    else
      most = middle;
  }
  return ceil(most);
}
