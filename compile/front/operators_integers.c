#include "compile/front/operators.h"

const struct operator_row operators_integers[] = {
    {{NULL, NULL}, NULL},
};
