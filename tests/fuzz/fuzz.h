/* fuzz.h - what the fuzz targets share

   A target is tests/fuzz/fuzz_<reader>.c. Configure with --enable-fuzzing and
   clang, which links libFuzzer's main(); other builds link replay.c, which runs
   the target on the files that it is given. tools/fuzz.sh does all of it.

     tests/fuzz/fuzz_text crash-1234 */
#ifndef FUZZ_H
#define FUZZ_H

#include "circuit/circuit.h"
#include "circuit/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What libFuzzer and replay.c call: fuzz() within memory.h. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Each target's own. Aborts where a promise is broken. */
void fuzz(const uint8_t *data, size_t n);

/* A message is one line. */
void fuzz_check_error(const struct error *err);

/* Read the bytes. What is accepted must survive being written in both forms
   and read again, and be written alike then; else abort. */
void fuzz_reader(const uint8_t *data, size_t n,
                 bool (*read)(struct circuit *c, FILE *in, struct error *err));

#endif
