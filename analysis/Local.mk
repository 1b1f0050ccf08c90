noinst_LIBRARIES += libanalysis.a
libanalysis_a_SOURCES = \
  analysis/check.h analysis/check.c analysis/class.h analysis/class.c \
  analysis/data.h analysis/data.c \
  analysis/learned.h analysis/learned.c analysis/law.h analysis/law.c analysis/masked_law.h analysis/masked_law.c \
  analysis/diffusion.h analysis/diffusion_parts.h \
  analysis/diffusion.c analysis/diffusion_distance.c \
  analysis/diffusion_fit.c analysis/diffusion_learned.c analysis/premises.c \
  analysis/source.h analysis/source.c analysis/source_config.c analysis/source_family.c \
  analysis/source_draw.c analysis/source_model.c analysis/source_wrap.c analysis/source_table.c analysis/source_parts.h \
  analysis/strategy.h analysis/strategy.c
libanalysis_a_SOURCES += analysis/chances.h analysis/chances.c \
  analysis/schedule.h analysis/schedule.c \
  analysis/log.h analysis/fit.h analysis/fit.c analysis/surface.h analysis/surface.c analysis/vote.h analysis/vote.c \
  analysis/log.h analysis/fit.h analysis/fit.c analysis/vote.h analysis/vote.c \
  analysis/plurality.h analysis/plurality.c analysis/solver.h \
  analysis/solver.c analysis/budget.h analysis/budget.c \
  analysis/derandomize.h analysis/derandomize.c
libanalysis_a_SOURCES += analysis/theorems.h analysis/theorems.c
libanalysis_a_SOURCES += analysis/gauge.h analysis/gauge.c \
  analysis/labs/exhibit.h analysis/labs/exhibit.c \
  analysis/labs/lab.h analysis/labs/list.c \
  analysis/labs/sweep.h analysis/labs/sweep.c
libanalysis_a_SOURCES += analysis/labs/amdahl.c
libanalysis_a_SOURCES += analysis/labs/transformer_flat.c
libanalysis_a_SOURCES += analysis/map.h analysis/map.c analysis/map_lines.c
libanalysis_a_SOURCES += analysis/labs/macro_micro.c
libanalysis_a_SOURCES += analysis/labs/mamba_two_meanings.c
libanalysis_a_SOURCES += analysis/labs/mlp_width_or_depth.c
libanalysis_a_SOURCES += analysis/labs/one_ball_five_balls.c
libanalysis_a_SOURCES += analysis/labs/rnn_cot_loop_lines.c
libanalysis_a_SOURCES += analysis/labs/words.h analysis/labs/words.c
libanalysis_a_SOURCES += analysis/labs/masked_perplexity.c
libanalysis_a_SOURCES += analysis/labs/sudoku_order.c
libanalysis_a_SOURCES += analysis/labs/derandomize.c
libanalysis_a_SOURCES += analysis/labs/look_ahead.c
libanalysis_a_SOURCES += analysis/labs/rl_depth.c
libanalysis_a_SOURCES += analysis/labs/rule110_irreducible.c
libanalysis_a_SOURCES += analysis/labs/s5_or_cyclic.c
libanalysis_a_SOURCES += analysis/labs/universal_approximation.c
libanalysis_a_SOURCES += analysis/labs/vote_or_think.c
libanalysis_a_SOURCES += analysis/labs/denoise.h analysis/labs/denoise.c
libanalysis_a_SOURCES += analysis/labs/diffusion_plateau.c
libanalysis_a_SOURCES += analysis/labs/diffusion_distil.c
