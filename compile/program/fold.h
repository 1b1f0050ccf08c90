/* fold.h - instances whose axes are shortened to one index of each class

   Where a program says that indices of an axis may be exchanged (program.h),
   a folded instance has one index for all that are alike, its class, and
   knows how many they are. Lowered into a folded circuit (circuit/folding.h) it
   is counted: the same code makes one ladder where lower makes all.

   Words and units
     class    of an axis with a period p: the indices equal modulo p. Of rows
              that go with keys: positions one after the other, [a..b), all of
              which turn out alike; see fold_split().
     bit      of an axis, in the masks of folding.h. */
#ifndef FOLD_H
#define FOLD_H

#include "compile/number.h"
#include "compile/program/instance.h"

struct fold_axis { // of program->exchanges
  size_t classes;
  size_t *copies; // [classes]; NULL for products and keys
  uint32_t axes;  // its bit; of products and keys those of the parts
  bool is_rows;   // causal keys go with it
};

struct fold {
  struct fold_axis *axis;
  size_t n;
  bool takes_least; // rows read as few keys as any of their class, not as many
};

/* For instance_init(). */
bool fold_init(struct instance *in, const size_t *split, size_t splits,
               struct error *err);

/* As instance_init(), folded. split[i] of `splits`, ascending, are positions
   where a class of rows begins, besides 0. */
bool instance_init_folded(struct instance *in, const struct program *p,
                          const long *value, const size_t *split, size_t splits,
                          struct error *err);
void fold_free(struct fold *f);

/* Length of an axis in the instance, whose own is `length`. */
size_t fold_length(const struct instance *in, size_id axis, size_t length);
/* The place in fold->axis of this length; or NULL: it is not folded. */
const struct fold_axis *fold_axis(const struct instance *in, size_id length);
bool fold_is_folded(const struct instance *in, value_id v);

/* How many indices the index i along axes of this length, which are rows,
   stands for. */
size_t fold_class(const struct instance *in, size_id length, size_t i);

/* How many elements of v element j stands for, and along which axes. */
void fold_element(const struct instance *in, value_id v, size_t j, mpz_t copies,
                  uint32_t *axes);
/* `copies` for number_push_copies(): of index i along an axis of v; for keys in
   the sum of row `row`. */
void fold_copies(const struct instance *in, value_id v, unsigned axis, size_t i,
                 size_t row, struct copies *copies);
/* The same for keys of class i in sums of key `key` with each other one. False
   if there is none: key is i, and stands for itself alone. */
bool fold_other_keys(const struct instance *in, value_id v, unsigned axis,
                     size_t i, size_t key, size_t row, struct copies *copies);
/* The class of rows that element j of v is of, if its keys along an axis go
   with rows; else 0. */
size_t fold_row(const struct instance *in, value_id v, unsigned axis, size_t j);

#endif
