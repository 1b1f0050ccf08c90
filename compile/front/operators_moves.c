#include "compile/front/operators.h"

const struct operator_row operators_moves[] = {
    {{NULL, NULL}, NULL},
};
