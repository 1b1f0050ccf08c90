#include "compile/front/operators.h"

const struct operator_row operators_einsum[] = {
    {{NULL, NULL}, NULL},
};
