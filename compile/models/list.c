#include "compile/models/models.h"

const struct family *const models[] = {
    &model_cot, &model_looped, &model_mlp, &model_transformer, NULL,
};
