if HAVE_CHECK
# They run in this order: first those that take minutes in the long run, the
# longest first, so that none is left to one core at the end.
check_PROGRAMS += tests/analysis/check_models tests/tools/check_sources
check_PROGRAMS += tests/compile/check_arithmetic
check_PROGRAMS += tests/analysis/check_networks
check_PROGRAMS += tests/analysis/check_architectures
check_PROGRAMS += tests/compile/front/check_testdata
check_PROGRAMS += tests/analysis/check_kinds
check_PROGRAMS += tests/circuit/check_dot
check_PROGRAMS += tests/tools/check_examples
check_PROGRAMS += tests/circuit/check_circuit tests/compile/check_number
check_PROGRAMS += tests/circuit/check_text tests/circuit/check_binary
check_PROGRAMS += tests/circuit/check_file
check_PROGRAMS += tests/compile/check_claims
check_PROGRAMS += tests/compile/check_certify tests/compile/check_count
check_PROGRAMS += tests/circuit/check_measure tests/circuit/check_values
check_PROGRAMS += tests/examples/check_circuits
check_PROGRAMS += tests/circuit/check_path
check_PROGRAMS += tests/tasks/check_tasks tests/tasks/check_growth
check_PROGRAMS += tests/tasks/check_words
check_PROGRAMS += tests/tasks/check_machines
check_PROGRAMS += tests/tasks/check_cells
check_PROGRAMS += tests/tasks/check_values
check_PROGRAMS += tests/tasks/check_values tests/tasks/check_certificates
check_PROGRAMS += tests/circuit/check_prune
check_PROGRAMS += tests/compile/check_size tests/compile/check_program
check_PROGRAMS += tests/compile/check_operations tests/compile/check_lower
check_PROGRAMS += tests/compile/check_instance tests/compile/check_attention
check_PROGRAMS += tests/compile/check_images tests/compile/check_wrap
check_PROGRAMS += tests/compile/check_models_meaning
check_PROGRAMS += tests/compile/check_residue tests/compile/check_crt
check_PROGRAMS += tests/compile/check_powers tests/compile/check_division
TESTS += $(check_PROGRAMS)
endif
EXTRA_DIST += tests/suite.h
TEST_LIBS = libtasks.a libcompile.a libcircuit.a $(CGRAPH_LIBS) $(CHECK_LIBS) $(FLINT_LIBS) $(MPFR_LIBS) $(GMP_LIBS) -lm
NAIVE = tests/naive.h tests/naive.c
SCENE = tests/compile/scene.h tests/compile/scene.c $(NAIVE)
OPERANDS = tests/compile/operands.h tests/compile/operands.c $(SCENE)

tests_circuit_check_circuit_SOURCES = tests/circuit/check_circuit.c
tests_circuit_check_circuit_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_circuit_LDADD = $(TEST_LIBS)

PLAN_SOURCES = tests/circuit/plan.h tests/circuit/plan.c

tests_circuit_check_text_SOURCES = tests/circuit/check_text.c \
  tests/circuit/wrong_text.h $(PLAN_SOURCES)
tests_circuit_check_text_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_text_LDADD = $(TEST_LIBS)

tests_circuit_check_binary_SOURCES = tests/circuit/check_binary.c $(PLAN_SOURCES)
tests_circuit_check_binary_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_binary_LDADD = $(TEST_LIBS)

tests_circuit_check_file_SOURCES = tests/circuit/check_file.c
tests_circuit_check_file_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_file_LDADD = $(TEST_LIBS)

tests_compile_check_number_SOURCES = tests/compile/check_number.c $(SCENE)
tests_compile_check_number_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_number_LDADD = $(TEST_LIBS)

tests_compile_check_residue_SOURCES = tests/compile/check_residue.c $(OPERANDS)
tests_compile_check_residue_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_residue_LDADD = $(TEST_LIBS)

tests_compile_check_crt_SOURCES = tests/compile/check_crt.c $(OPERANDS)
tests_compile_check_crt_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_crt_LDADD = $(TEST_LIBS)

tests_compile_check_powers_SOURCES = tests/compile/check_powers.c $(OPERANDS)
tests_compile_check_powers_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_powers_LDADD = $(TEST_LIBS)

tests_compile_check_division_SOURCES = tests/compile/check_division.c $(OPERANDS)
tests_compile_check_division_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_division_LDADD = $(TEST_LIBS)

# Outside of --enable-fuzzing they run on the files that they are given.
TESTS += tests/fuzz/replay.sh
EXTRA_DIST += tests/fuzz/replay.sh tests/fuzz/corpus tests/fuzz/mutate_proto.c
if FUZZING
noinst_PROGRAMS += tests/fuzz/fuzz_text tests/fuzz/fuzz_binary
FUZZ_SOURCES = $(FUZZ)
FUZZ_PROTO_SOURCES = $(FUZZ) tests/fuzz/mutate_proto.c
FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer
else
check_PROGRAMS += tests/fuzz/fuzz_text tests/fuzz/fuzz_binary
FUZZ_SOURCES = $(FUZZ) tests/fuzz/replay.c
FUZZ_PROTO_SOURCES = $(FUZZ_SOURCES)
FUZZ_LINK = $(AM_LDFLAGS)
endif
FUZZ = tests/fuzz/fuzz.h tests/fuzz/fuzz.c \
  tests/fuzz/memory.h tests/fuzz/memory.c
FUZZ_LIBS = libcircuit.a $(GMP_LIBS)

tests_fuzz_fuzz_text_SOURCES = tests/fuzz/fuzz_text.c $(FUZZ_SOURCES)
tests_fuzz_fuzz_text_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_text_LDADD = $(FUZZ_LIBS)

tests_fuzz_fuzz_binary_SOURCES = tests/fuzz/fuzz_binary.c $(FUZZ_SOURCES)
tests_fuzz_fuzz_binary_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_binary_LDADD = $(FUZZ_LIBS)

tests_compile_check_arithmetic_SOURCES = \
  tests/compile/check_arithmetic.c $(SCENE)
tests_compile_check_arithmetic_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_arithmetic_LDADD = $(TEST_LIBS)

tests_compile_check_certify_SOURCES = tests/compile/check_certify.c
tests_compile_check_certify_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_certify_LDADD = $(TEST_LIBS)
tests_compile_check_count_SOURCES = tests/compile/check_count.c
tests_compile_check_count_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_count_LDADD = $(TEST_LIBS)
tests_compile_check_claims_SOURCES = tests/compile/check_claims.c $(SCENE)
tests_compile_check_claims_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_claims_LDADD = $(TEST_LIBS)

tests_circuit_check_measure_SOURCES = tests/circuit/check_measure.c \
  $(PLAN_SOURCES) $(NAIVE)
tests_circuit_check_measure_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_measure_LDADD = $(TEST_LIBS)

tests_circuit_check_values_SOURCES = tests/circuit/check_values.c \
  $(PLAN_SOURCES) $(NAIVE)
tests_circuit_check_values_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_values_LDADD = $(TEST_LIBS)
tests_examples_check_circuits_SOURCES = tests/examples/check_circuits.c $(NAIVE)
tests_examples_check_circuits_CPPFLAGS = $(AM_CPPFLAGS) \
  -DEXAMPLES='"$(abs_top_srcdir)/examples"'
tests_examples_check_circuits_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_examples_check_circuits_LDADD = $(TEST_LIBS)

tests_circuit_check_path_SOURCES = tests/circuit/check_path.c \
  $(PLAN_SOURCES) $(NAIVE)
tests_circuit_check_path_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_path_LDADD = $(TEST_LIBS)

TASK_CASE = tests/tasks/task_case.h tests/tasks/task_case.c

tests_tasks_check_tasks_SOURCES = tests/tasks/check_tasks.c $(TASK_CASE)
tests_tasks_check_tasks_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_tasks_check_tasks_LDADD = $(TEST_LIBS)

tests_compile_check_wrap_SOURCES = tests/compile/check_wrap.c $(PLAN_SOURCES)
tests_compile_check_wrap_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_wrap_LDADD = $(TEST_LIBS)
tests_tasks_check_machines_SOURCES = tests/tasks/check_machines.c $(TASK_CASE)
tests_tasks_check_machines_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_tasks_check_machines_LDADD = $(TEST_LIBS)

tests_tasks_check_growth_SOURCES = tests/tasks/check_growth.c $(TASK_CASE)
tests_tasks_check_growth_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_tasks_check_growth_LDADD = $(TEST_LIBS)

tests_tasks_check_words_SOURCES = tests/tasks/check_words.c $(TASK_CASE)
tests_tasks_check_words_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_tasks_check_words_LDADD = $(TEST_LIBS)
tests_tasks_check_cells_SOURCES = tests/tasks/check_cells.c $(TASK_CASE)
tests_tasks_check_cells_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_tasks_check_cells_LDADD = $(TEST_LIBS)
tests_tasks_check_certificates_SOURCES = \
  tests/tasks/check_certificates.c $(TASK_CASE)
tests_tasks_check_certificates_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_tasks_check_certificates_LDADD = $(TEST_LIBS)

tests_tasks_check_values_SOURCES = tests/tasks/check_values.c $(TASK_CASE)
tests_tasks_check_values_CPPFLAGS = $(AM_CPPFLAGS) \
  -DEXAMPLES='"$(abs_top_srcdir)/examples"'
tests_tasks_check_values_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_tasks_check_values_LDADD = $(TEST_LIBS)
if HAVE_CHECK
check_PROGRAMS += tests/circuit/check_evaluate tests/circuit/check_vectors
endif
tests_circuit_check_evaluate_SOURCES = tests/circuit/check_evaluate.c \
  $(PLAN_SOURCES) $(NAIVE)
tests_circuit_check_evaluate_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_evaluate_LDADD = $(TEST_LIBS)

tests_circuit_check_vectors_SOURCES = tests/circuit/check_vectors.c
tests_circuit_check_vectors_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_vectors_LDADD = $(TEST_LIBS)

TOOL = tests/tools/tool.h tests/tools/tool.c
tests_tools_check_sources_SOURCES = tests/tools/check_sources.c $(TOOL)
tests_tools_check_sources_CPPFLAGS = $(tests_tools_check_examples_CPPFLAGS)
tests_tools_check_sources_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_tools_check_sources_LDADD = $(CHECK_LIBS)
tests_tools_check_examples_SOURCES = tests/tools/check_examples.c $(TOOL)
tests_tools_check_examples_CPPFLAGS = $(AM_CPPFLAGS) \
  -DSOURCE_TREE='"$(abs_top_srcdir)"' -DPROGRAM='"$(abs_top_builddir)/tc0"'
tests_tools_check_examples_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
tests_tools_check_examples_LDADD = $(TOOLS_LIBS) $(CHECK_LIBS)
if HAVE_CHECK
check_PROGRAMS += tests/tools/check_inspect tests/tools/check_growth
endif
tests_tools_check_growth_SOURCES = tests/tools/check_growth.c $(TOOL)
tests_tools_check_growth_CPPFLAGS = $(tests_tools_check_examples_CPPFLAGS)
tests_tools_check_growth_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
tests_tools_check_growth_LDADD = $(CHECK_LIBS) $(JANSSON_LIBS)
tests_tools_check_inspect_SOURCES = tests/tools/check_inspect.c $(TOOL)
tests_tools_check_inspect_CPPFLAGS = $(tests_tools_check_examples_CPPFLAGS)
tests_tools_check_inspect_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
tests_tools_check_inspect_LDADD = $(CHECK_LIBS) $(JANSSON_LIBS) $(GMP_LIBS)
# No test: run by `make bench`.
noinst_PROGRAMS += tests/bench/bench_evaluate tests/bench/bench_build
tests_bench_bench_build_SOURCES = tests/bench/bench_build.c
tests_bench_bench_build_LDADD = libcircuit.a $(GMP_LIBS)
tests_bench_bench_evaluate_SOURCES = tests/bench/bench_evaluate.c
tests_bench_bench_evaluate_LDADD = libcompile.a libcircuit.a $(GMP_LIBS)

bench: tests/bench/bench_evaluate tests/bench/bench_build
	./tests/bench/bench_evaluate
	./tests/bench/bench_build
.PHONY: bench
tests_circuit_check_dot_SOURCES = tests/circuit/check_dot.c \
  $(PLAN_SOURCES) $(NAIVE)
tests_circuit_check_dot_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_dot_LDADD = $(TEST_LIBS)

tests_circuit_check_prune_SOURCES = tests/circuit/check_prune.c \
  $(PLAN_SOURCES) $(NAIVE)
tests_circuit_check_prune_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_prune_LDADD = $(TEST_LIBS)

tests_compile_check_size_SOURCES = tests/compile/check_size.c
tests_compile_check_size_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_size_LDADD = $(TEST_LIBS)
if HAVE_CHECK
check_PROGRAMS += tests/tools/check_readme
endif
tests_tools_check_readme_SOURCES = tests/tools/check_readme.c $(TOOL)
tests_tools_check_readme_CPPFLAGS = $(tests_tools_check_examples_CPPFLAGS) \
  -DBUILD_TREE='"$(abs_top_builddir)"'
tests_tools_check_readme_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_tools_check_readme_LDADD = $(CHECK_LIBS)

TRIAL = tests/compile/trial.h tests/compile/trial.c \
  tests/compile/written.h tests/compile/written.c $(SCENE)

tests_compile_check_program_SOURCES = tests/compile/check_program.c \
  tests/compile/sketch.h tests/compile/sketch.c tests/compile/sketch_values.c \
  $(PLAN_SOURCES) $(TRIAL)
tests_compile_check_program_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_program_LDADD = $(TEST_LIBS)

tests_compile_check_operations_SOURCES = tests/compile/check_operations.c $(TRIAL)
tests_compile_check_operations_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_operations_LDADD = $(TEST_LIBS)

tests_compile_check_attention_SOURCES = tests/compile/check_attention.c \
  tests/compile/operands.h tests/compile/operands.c $(TRIAL)
tests_compile_check_attention_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_attention_LDADD = $(TEST_LIBS)

tests_compile_check_images_SOURCES = tests/compile/check_images.c $(TRIAL)
tests_compile_check_images_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_images_LDADD = $(TEST_LIBS)

tests_compile_check_models_meaning_SOURCES = \
  tests/compile/check_models_meaning.c $(TRIAL)
tests_compile_check_models_meaning_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_models_meaning_LDADD = $(TEST_LIBS)

tests_compile_check_lower_SOURCES = tests/compile/check_lower.c $(TRIAL)
tests_compile_check_lower_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_lower_LDADD = $(TEST_LIBS)

tests_compile_check_instance_SOURCES = tests/compile/check_instance.c $(TRIAL)
tests_compile_check_instance_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_instance_LDADD = $(TEST_LIBS)

if HAVE_CHECK
check_PROGRAMS += tests/circuit/check_basis
endif
tests_circuit_check_basis_SOURCES = tests/circuit/check_basis.c \
  $(PLAN_SOURCES) $(NAIVE)
tests_circuit_check_basis_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_basis_LDADD = $(TEST_LIBS)

if HAVE_CHECK
check_PROGRAMS += tests/circuit/check_evaluate_ladders
check_PROGRAMS += tests/circuit/check_evaluate_quads
check_PROGRAMS += tests/circuit/check_evaluate_wide
endif
tests_circuit_check_evaluate_ladders_SOURCES = $(PLAN_SOURCES) \
  tests/circuit/check_evaluate_ladders.c
tests_circuit_check_evaluate_ladders_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_evaluate_ladders_LDADD = $(TEST_LIBS)
tests_circuit_check_evaluate_quads_SOURCES = $(PLAN_SOURCES) \
  tests/circuit/check_evaluate_quads.c
tests_circuit_check_evaluate_quads_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_evaluate_quads_LDADD = $(TEST_LIBS)
tests_circuit_check_evaluate_wide_SOURCES = $(PLAN_SOURCES) $(NAIVE) \
  tests/circuit/check_evaluate_wide.c
tests_circuit_check_evaluate_wide_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_evaluate_wide_LDADD = $(TEST_LIBS)
