#include "compile/models/models.h"

const struct family *const models[] = {
    &model_badscore, &model_cnn,         &model_cot,    &model_denoiser,
    &model_looped,   &model_lstm,        &model_mamba,  &model_masked,
    &model_mixture,  &model_mlp,         &model_resnet, &model_rnn,
    &model_sampler,  &model_transformer, &model_unet,   NULL,
};
