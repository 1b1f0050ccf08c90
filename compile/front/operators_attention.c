#include "compile/front/operators.h"

const struct operator_row operators_attention[] = {
    {{NULL, NULL}, NULL},
};
