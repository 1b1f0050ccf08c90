#include "compile/front/operators.h"

const struct operator_row operators_linear[] = {
    {{NULL, NULL}, NULL},
};
