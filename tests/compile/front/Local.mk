if HAVE_CHECK
check_PROGRAMS += tests/compile/front/check_checkpoint
check_PROGRAMS += tests/compile/front/check_config
check_PROGRAMS += tests/compile/front/check_csv
check_PROGRAMS += tests/compile/front/check_external
check_PROGRAMS += tests/compile/front/check_functions
check_PROGRAMS += tests/compile/front/check_open
check_PROGRAMS += tests/compile/front/check_json
check_PROGRAMS += tests/compile/front/check_model
check_PROGRAMS += tests/compile/front/check_model_real
check_PROGRAMS += tests/compile/front/check_model_wrong
check_PROGRAMS += tests/compile/front/check_models
check_PROGRAMS += tests/compile/front/check_onnx
check_PROGRAMS += tests/compile/front/check_operators
check_PROGRAMS += tests/compile/front/check_quantise
check_PROGRAMS += tests/compile/front/check_runtime
check_PROGRAMS += tests/compile/front/check_safetensors
endif
FRONT_LIBS = libcompile.a libonnxproto.a $(PROTOBUFC_LIBS) $(TEST_LIBS)
SPOIL = tests/compile/front/spoil.h tests/compile/front/spoil.c \
  tests/compile/front/walk.h tests/compile/front/walk.c

tests_compile_front_check_onnx_SOURCES = tests/compile/front/check_onnx.c \
  tests/compile/front/prototext.h tests/compile/front/prototext.c \
  tests/compile/front/wrong_onnx.h $(SPOIL)
tests_compile_front_check_onnx_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_onnx_LDADD = $(FRONT_LIBS)

tests_compile_front_check_external_SOURCES = \
  tests/compile/front/check_external.c tests/compile/front/prototext.h \
  tests/compile/front/prototext.c tests/compile/front/walk.h \
  tests/compile/front/walk.c
tests_compile_front_check_external_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_external_LDADD = $(FRONT_LIBS)

tests_compile_front_check_safetensors_SOURCES = \
  tests/compile/front/check_safetensors.c $(SPOIL)
tests_compile_front_check_safetensors_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_safetensors_LDADD = $(FRONT_LIBS) $(JANSSON_LIBS)

tests_compile_front_check_checkpoint_SOURCES = \
  tests/compile/front/check_checkpoint.c tests/compile/front/plain.h \
  tests/compile/front/plain.c $(SUBJECT)
tests_compile_front_check_checkpoint_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_checkpoint_LDADD = $(FRONT_LIBS) $(JANSSON_LIBS)

tests_compile_front_check_csv_SOURCES = tests/compile/front/check_csv.c
tests_compile_front_check_csv_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_csv_LDADD = $(TEST_LIBS)

tests_compile_front_check_json_SOURCES = tests/compile/front/check_json.c
tests_compile_front_check_json_CFLAGS = \
  $(AM_CFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
tests_compile_front_check_json_LDADD = $(TEST_LIBS) $(JANSSON_LIBS)

CONFIG_FILES = tests/compile/front/configs/bert-base.json \
  tests/compile/front/configs/deepseek-v2.json \
  tests/compile/front/configs/deepseek-v2-lite.json \
  tests/compile/front/configs/dit-xl-2.json \
  tests/compile/front/configs/gpt2.json \
  tests/compile/front/configs/llama-3.2-1b.json \
  tests/compile/front/configs/mamba-130m.json \
  tests/compile/front/configs/mistral-7b.json \
  tests/compile/front/configs/mixtral-8x7b.json \
  tests/compile/front/configs/qwen2.5-1.5b.json \
  tests/compile/front/configs/smollm2-135m.json \
  tests/compile/front/configs/t5-small.json
EXTRA_DIST += $(CONFIG_FILES)
tests_compile_front_check_config_SOURCES = tests/compile/front/check_config.c
tests_compile_front_check_config_CPPFLAGS = $(AM_CPPFLAGS) \
  -DCONFIGS='"$(abs_top_srcdir)/tests/compile/front/configs"'
tests_compile_front_check_config_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_config_LDADD = $(TEST_LIBS) $(JANSSON_LIBS)

tests_compile_front_check_quantise_SOURCES = tests/compile/front/check_quantise.c
tests_compile_front_check_quantise_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_quantise_LDADD = $(TEST_LIBS)

tests_compile_front_check_testdata_SOURCES = \
  tests/compile/front/check_testdata.c \
  tests/compile/front/testdata.h tests/compile/front/testdata.c
tests_compile_front_check_testdata_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_testdata_LDADD = libanalysis.a $(FRONT_LIBS)

tests_compile_front_check_operators_SOURCES = \
  tests/compile/front/check_operators.c \
  tests/compile/front/operator_rows.h \
  tests/compile/front/prototext.h tests/compile/front/prototext.c
tests_compile_front_check_operators_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_operators_LDADD = $(FRONT_LIBS)

tests_compile_front_check_runtime_SOURCES = \
  tests/compile/front/check_runtime.c \
  tests/compile/front/runtime_rows.h tests/compile/front/runtime_wrong.h \
  $(SUBJECT)
tests_compile_front_check_runtime_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_runtime_LDADD = $(FRONT_LIBS)

tests_compile_front_check_functions_SOURCES = \
  tests/compile/front/check_functions.c \
  tests/compile/front/functions_rows.h tests/compile/front/functions_wrong.h \
  tests/compile/front/prototext.h tests/compile/front/prototext.c
tests_compile_front_check_functions_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_functions_LDADD = $(FRONT_LIBS)

tests_compile_front_check_open_SOURCES = \
  tests/compile/front/check_open.c \
  tests/compile/front/prototext.h tests/compile/front/prototext.c
tests_compile_front_check_open_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_open_LDADD = $(FRONT_LIBS)

SUBJECT = tests/compile/front/subject.h tests/compile/front/subject.c \
  tests/compile/front/prototext.h tests/compile/front/prototext.c

tests_compile_front_check_model_SOURCES = \
  tests/compile/front/check_model.c $(SUBJECT)
tests_compile_front_check_model_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_model_LDADD = $(FRONT_LIBS)

tests_compile_front_check_model_real_SOURCES = \
  tests/compile/front/check_model_real.c $(SUBJECT)
tests_compile_front_check_model_real_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_model_real_LDADD = $(FRONT_LIBS)

tests_compile_front_check_model_wrong_SOURCES = \
  tests/compile/front/check_model_wrong.c \
  tests/compile/front/wrong_model.h $(SUBJECT) $(SPOIL)
tests_compile_front_check_model_wrong_CPPFLAGS = $(AM_CPPFLAGS) \
  -DEXAMPLES='"$(abs_top_srcdir)/examples"'
tests_compile_front_check_model_wrong_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_model_wrong_LDADD = $(FRONT_LIBS)

# Models that others made, read where they are: beside the source, or where
# TEST_DATA says.
AM_TESTS_ENVIRONMENT = \
  : $${TEST_DATA="$(abs_top_srcdir)/../shared/data"}; export TEST_DATA;
tests_compile_front_check_models_SOURCES = \
  tests/compile/front/check_models.c $(SPOIL)
tests_compile_front_check_models_CFLAGS = \
  $(AM_CFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
tests_compile_front_check_models_LDADD = $(FRONT_LIBS) $(JANSSON_LIBS)

FRONT_FUZZERS = tests/fuzz/fuzz_onnx tests/fuzz/fuzz_model \
  tests/fuzz/fuzz_config tests/fuzz/fuzz_safetensors tests/fuzz/fuzz_json \
  tests/fuzz/fuzz_csv tests/fuzz/fuzz_checkpoint
if FUZZING
noinst_PROGRAMS += $(FRONT_FUZZERS)
else
check_PROGRAMS += $(FRONT_FUZZERS)
endif
FRONT_FUZZ_LIBS = libcompile.a libonnxproto.a libcircuit.a \
  $(PROTOBUFC_LIBS) $(FLINT_LIBS) $(MPFR_LIBS) $(GMP_LIBS) -lm
tests_fuzz_fuzz_onnx_SOURCES = tests/fuzz/fuzz_onnx.c $(FUZZ_PROTO_SOURCES) \
  tests/compile/front/walk.h tests/compile/front/walk.c
tests_fuzz_fuzz_onnx_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_onnx_LDADD = $(FRONT_FUZZ_LIBS)

tests_fuzz_fuzz_model_SOURCES = tests/fuzz/fuzz_model.c $(FUZZ_PROTO_SOURCES)
tests_fuzz_fuzz_model_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_model_LDADD = $(FRONT_FUZZ_LIBS)

tests_fuzz_fuzz_safetensors_SOURCES = tests/fuzz/fuzz_safetensors.c $(FUZZ_SOURCES)
tests_fuzz_fuzz_safetensors_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_safetensors_LDADD = libcompile.a libcircuit.a $(JANSSON_LIBS) $(GMP_LIBS)

tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz_json.c $(FUZZ_SOURCES)
tests_fuzz_fuzz_json_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_json_LDADD = libcompile.a libcircuit.a $(JANSSON_LIBS) $(GMP_LIBS)

tests_fuzz_fuzz_csv_SOURCES = tests/fuzz/fuzz_csv.c $(FUZZ_SOURCES)
tests_fuzz_fuzz_csv_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_csv_LDADD = libcompile.a libcircuit.a $(GMP_LIBS) -lm

tests_fuzz_fuzz_config_SOURCES = tests/fuzz/fuzz_config.c $(FUZZ_SOURCES)
tests_fuzz_fuzz_config_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_config_LDADD = libcompile.a libcircuit.a $(JANSSON_LIBS) \
  $(FLINT_LIBS) $(MPFR_LIBS) $(GMP_LIBS) -lm

tests_fuzz_fuzz_checkpoint_SOURCES = tests/fuzz/fuzz_checkpoint.c $(FUZZ_SOURCES)
tests_fuzz_fuzz_checkpoint_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_checkpoint_LDADD = $(FRONT_FUZZ_LIBS) $(JANSSON_LIBS)
