/* models.h - the built-in models, as families of circuits

   A model is one file with one constant (compile/program/family.h), and one
   line in list.c. What its program means (run.h) is the reference. */
#ifndef MODELS_H
#define MODELS_H

#include "compile/program/family.h"

extern const struct family *const models[]; // NULL after the last, by name

extern const struct family model_badscore, model_cnn, model_cot, model_denoiser,
    model_looped, model_lstm, model_mamba, model_masked, model_mixture,
    model_mlp, model_resnet, model_rnn, model_sampler, model_transformer,
    model_unet;

#endif
