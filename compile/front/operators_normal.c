#include "compile/front/operators.h"

const struct operator_row operators_normal[] = {
    {{NULL, NULL}, NULL},
};
