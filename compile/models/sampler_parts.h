/* sampler_parts.h - the order of model_sampler's parameters, for its files */
#ifndef SAMPLER_PARTS_H
#define SAMPLER_PARTS_H

enum {
  SAMPLER_STEPS,
  SAMPLER_METHOD,
  SAMPLER_DATA,
  SAMPLER_POINTS,
  SAMPLER_PRIOR,
  SAMPLER_D,
  SAMPLER_BITS,
  SAMPLER_GUARD,
  SAMPLER_RANDOM,
  SAMPLER_START,
  SAMPLER_N,
  SAMPLER_INPUT,
  SAMPLER_OUTPUT
};

enum {
  METHOD_DDPM,
  METHOD_ODE
};
enum {
  DATA_LINE,
  DATA_RING
};
enum {
  PRIOR_EQUAL,
  PRIOR_RAMP
};
enum {
  INPUT_MAJORITY,
  INPUT_RULE110
};
enum {
  OUTPUT_VALUE,
  OUTPUT_TOKEN
};

#endif
