#include "compile/front/operators.h"

const struct operator_row operators_resize[] = {
    {{NULL, NULL}, NULL},
};
