#include "compile/front/operators.h"

const struct operator_row operators_control[] = {
    {{NULL, NULL}, NULL},
};
