/* written.h - short words for programs that tests write out

     value_id x = input(row(3), 2, true);       // three integers of 2 bits
     value_id y = program_sum(&p, "sum", x);
     output(y);
     costs(y, 0, 0);                            // depth and gates
     trial_judge(&p, NULL, expected, NULL);
     again();                                   // with an empty program

   There is one program, p, which setup() and teardown(), a test's fixture, make
   and free. All inputs are called "x" and all outputs "y". */
#ifndef WRITTEN_H
#define WRITTEN_H

#include "tests/compile/trial.h"

extern struct program p;

extern const struct function squares; // x^2

void setup(void);
void teardown(void);
void again(void);

size_id si(long value);
struct dims row(long n);
struct dims cube(long a, long b, long c);
value_id input(struct dims dims, long width, bool is_signed);
void output(value_id v);

/* Judged as by trial_judge(), and made with this depth and these gates, without
   those of outputs. */
struct trial judge(void (*expected)(const void *context, const long *in,
                                    long *out),
                   const void *context, size_t depth, size_t gates);
/* The numbers of a value, an output, have this depth and these gates. */
void costs(value_id v, size_t depth, size_t gates);

#endif
