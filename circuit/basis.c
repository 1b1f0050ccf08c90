#include "circuit/basis.h"

const char *const basis_names[BASES] = {"threshold", "majority", "and-or"};

bool basis_convert(struct circuit *to, const struct circuit *from,
                   enum basis basis, struct error *err) {
  switch (basis) {
  case BASIS_MAJORITY:
    return basis_majority(to, from, err);
  case BASIS_AND_OR:
    return basis_and_or(to, from, err);
  case BASIS_THRESHOLD:
    break;
  }
  BUG("a circuit is in the threshold basis as it is");
}
