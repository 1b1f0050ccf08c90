#include "compile/front/operators.h"

const struct operator_row operators_recurrent[] = {
    {{NULL, NULL}, NULL},
};
