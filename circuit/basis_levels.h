/* basis_levels.h - binary digits of what a sum has from one ladder

   Rungs of a ladder that a sum reads are a function of its level: 1 up to the
   level and 0 from there on. So a binary digit of that function is an OR of
   rungs and not later rungs, one AND for each run of levels at which it is 1.
   Adding digits takes fewer gates than adding rungs, and all sums that read
   multiples of one function share its digits. */
#ifndef BASIS_LEVELS_H
#define BASIS_LEVELS_H

#include "circuit/basis_logic.h"

/* Between conversion_add_up() and conversion_settle(): the terms of a ladder
   become those of the digits wherever that saves gates. O(k log k), and bits of
   weights times rungs. */
void levels_join(struct conversion *v, struct logic *g);

#endif
