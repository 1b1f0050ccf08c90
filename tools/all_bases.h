/* all_bases.h - one circuit in every basis, side by side */
#ifndef ALL_BASES_H
#define ALL_BASES_H

#include "circuit/basis.h"
#include "circuit/measure.h"
#include "tools/document.h"

struct all_bases {
  struct basis_measure {
    bool is_made; // else there was no memory for it
    char *refused;
    mpz_t needs; // wires of majority gates, if there was none for those
    struct measure m;
  } of[BASES];
};

/* Each is made, measured and dropped. */
void all_bases_measure(struct all_bases *b, const struct circuit *c);
void all_bases_clear(struct all_bases *b);

/* A table; or a list under the key "bases". */
void all_bases_print(const struct all_bases *b, const char *source);
void all_bases_document(const struct all_bases *b, struct document *d);

#endif
