noinst_LIBRARIES += libcompile.a
libcompile_a_SOURCES = \
  compile/models/architecture.h compile/models/architecture.c \
  compile/models/architecture_steps.c \
  compile/models/architecture_program.c compile/models/block_experts.c \
  compile/models/block_latent.c compile/models/stack.h \
  compile/models/stack.c compile/models/stack_denoiser.c compile/models/stack_mamba.c compile/models/stack_second.c \
  compile/models/block.h compile/models/block.c \
  compile/models/block_bilinear.c compile/models/block_exact.c \
  compile/models/block_inputs.c compile/models/block_parts.h \
  compile/models/block_tables.c compile/models/block_softmax.c \
  compile/models/list.c compile/models/mlp.c compile/models/models.h \
  compile/models/cot.c compile/models/embedding.h compile/models/embedding.c \
  compile/models/looped.c compile/models/lstm.c \
  compile/models/recurrent.h compile/models/recurrent.c \
  compile/models/quantiles.h compile/models/quantiles.c \
  compile/models/posterior.h compile/models/posterior.c \
  compile/models/sampler.h compile/models/sampler_parts.h \
  compile/models/sampler.c compile/models/sampler_tables.c \
  compile/models/badscore.c compile/models/masked.h \
  compile/models/masked.c compile/models/masked_data.c \
  compile/models/rnn.c compile/models/mamba.h compile/models/mamba.c \
  compile/models/transformer.h compile/models/transformer.c \
  compile/models/layers.h compile/models/layers.c compile/models/cnn.c \
  compile/models/resnet.c compile/models/unet.c \
  compile/models/excess.h compile/models/excess.c \
  compile/models/wave.h compile/models/wave.c compile/models/denoiser.c compile/models/mixture.c \
  compile/models/quantise.h compile/models/quantise.c \
  compile/models/weights.h compile/models/weights.c \
  compile/arithmetic.h compile/arithmetic_parts.h compile/arithmetic_parts.c \
  compile/bits.c compile/chain.c compile/copies.c compile/crt.h compile/crt.c compile/division.h \
  compile/digits.c compile/division.c compile/evenly.c compile/expansion.h compile/expansion.c \
  compile/functions.c compile/gate.c compile/iterated.c \
  compile/ladder.c compile/levels.c compile/lookahead.c compile/number.h compile/number.c \
  compile/normal.c compile/number_parts.h compile/order.c compile/powers.h compile/powers.c \
  compile/product.c compile/quotient.c compile/residue.h compile/residue.c \
  compile/root.c compile/sort.c compile/staircase.c compile/summands.h compile/summands.c \
  compile/terms.c \
  compile/program/argmax.c compile/program/attention.h \
  compile/program/embed.c compile/program/wrap.h compile/program/wrap.c compile/program/truth.h compile/program/truth.c \
  compile/program/between.c compile/program/bilinear.c \
  compile/program/pairs.h compile/program/pairs.c \
  compile/program/weigh_logs.c \
  compile/program/blocks.c compile/program/gram.c compile/program/matmul.c compile/program/mix.c \
  compile/program/mix_max.c compile/program/greatest.c \
  compile/program/normal.c compile/program/rotary.c \
  compile/program/round.c compile/program/weigh.c \
  compile/program/images.h compile/program/image_parts.h \
  compile/program/image_parts.c compile/program/convolution.c \
  compile/program/pool.c compile/program/top_k.c \
  compile/program/pick.c compile/program/maximum.c \
  compile/program/bound.c compile/program/certify.h \
  compile/program/certify.c compile/program/compose.h \
  compile/program/compose.c compile/program/compose_proof.c \
  compile/program/count.h compile/program/formula.h \
  compile/program/formula.c compile/program/family.h \
  compile/program/family.c \
  compile/program/count.c compile/program/fold.h compile/program/fold.c \
  compile/program/function.c \
  compile/program/instance.h compile/program/instance.c \
  compile/program/least.c compile/program/linear.c \
  compile/program/look_up.c compile/program/lookahead.c \
  compile/program/lower.h compile/program/lower.c compile/program/move.c \
  compile/program/operation.h compile/program/operation.c \
  compile/program/operations.h compile/program/pairwise.c \
  compile/program/parity.c compile/program/places.c \
  compile/program/power.c compile/program/product.c \
  compile/program/program.h compile/program/program.c \
  compile/program/quotient.c compile/program/quotient_by.c \
  compile/program/reading.h compile/program/reading.c compile/program/root.c \
  compile/program/rounds.h compile/program/rounds.c \
  compile/program/run.h compile/program/run.c compile/program/size.h \
  compile/program/size.c compile/program/sort.c compile/program/sum_parts.h \
  compile/program/sum_parts.c compile/program/sums.c compile/program/table.c
