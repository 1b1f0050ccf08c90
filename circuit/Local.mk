noinst_LIBRARIES += libcircuit.a
AM_CPPFLAGS += $(CGRAPH_CFLAGS)
libcircuit_a_SOURCES = \
  circuit/array.h circuit/array.c \
  circuit/binary.h circuit/binary_read.c circuit/binary_write.c \
  circuit/binary_records.h \
  circuit/checksum.h circuit/checksum.c \
  circuit/circuit.h circuit/circuit.c \
  circuit/dot.h circuit/dot.c circuit/picture.h circuit/picture.c \
  circuit/error.h circuit/error.c \
  circuit/file.h circuit/file.c \
  circuit/folding.h circuit/folding.c circuit/folding_measure.c \
  circuit/hash.h circuit/hash.c \
  circuit/integers.h circuit/integers.c \
  circuit/prune.h circuit/prune.c \
  circuit/label.h circuit/label.c \
  circuit/measure.h circuit/measure.c \
  circuit/path.h circuit/path.c \
  circuit/put.h circuit/put.c \
  circuit/scan.h circuit/scan.c \
  circuit/signals.h circuit/signals.c \
  circuit/text.h circuit/text_read.c circuit/text_write.c \
  circuit/text_reader.h circuit/text_sum.c \
  circuit/values.h circuit/values.c
EXTRA_DIST += circuit/FORMAT
libcircuit_a_SOURCES += \
  circuit/evaluate.h circuit/evaluate.c circuit/evaluate_parts.h \
  circuit/evaluate_rungs.c circuit/evaluate_ladders.c \
  circuit/evaluate_steps.h circuit/evaluate_steps.c circuit/evaluate_kernel.h \
  circuit/evaluate_sums.h circuit/evaluate_sums.c \
  circuit/random.h circuit/vectors.h circuit/vectors.c
libcircuit_a_SOURCES += \
  circuit/evaluate_bases.h circuit/evaluate_bases.c \
  circuit/evaluate_builder.h circuit/evaluate_wires.c \
  circuit/evaluate_gate.c circuit/evaluate_tables.c \
  circuit/evaluate_code.h circuit/evaluate_code.c \
  circuit/evaluate_digits.h circuit/evaluate_digits.c \
  circuit/evaluate_order.h circuit/evaluate_order.c \
  circuit/evaluate_planes.h circuit/evaluate_planes.c
libcircuit_a_SOURCES += \
  circuit/basis.h circuit/basis.c circuit/basis_parts.h circuit/basis_parts.c \
  circuit/basis_majority.c circuit/basis_and_or.c \
  circuit/basis_logic.h circuit/basis_logic.c \
  circuit/basis_levels.h circuit/basis_levels.c
libcircuit_a_SOURCES += circuit/evaluate_lanes.h \
  circuit/evaluate_quads.h circuit/evaluate_quads.c \
  circuit/evaluate_search.h circuit/evaluate_search.c \
  circuit/evaluate_maker.h circuit/evaluate_terms.c \
  circuit/evaluate_values.c circuit/evaluate_levels.c \
  circuit/evaluate_results.c circuit/evaluate_slices.c \
  circuit/evaluate_wide.c circuit/evaluate_words.h
