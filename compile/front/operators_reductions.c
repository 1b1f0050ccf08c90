#include "compile/front/operators.h"

const struct operator_row operators_reductions[] = {
    {{NULL, NULL}, NULL},
};
