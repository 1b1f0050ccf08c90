libcompile_a_SOURCES += \
  compile/front/curve.h compile/front/curve.c compile/front/curve_parts.h \
  compile/front/curve_values.c \
  compile/front/beside.h compile/front/beside.c \
  compile/front/model.h compile/front/model.c \
  compile/front/model_checkpoint.c \
  compile/front/levels.h compile/front/levels.c \
  compile/front/levels_apply.c compile/front/levels_divide.c \
  compile/front/levels_inputs.c compile/front/levels_integers.c \
  compile/front/levels_linear.c compile/front/levels_made.c \
  compile/front/levels_move.c compile/front/levels_numbers.c \
  compile/front/levels_pairs.c compile/front/levels_quantise.c \
  compile/front/levels_ranges.c compile/front/levels_rows.c \
  compile/front/levels_scalar.c \
  compile/front/flow.h compile/front/flow.c compile/front/flow_parts.h \
  compile/front/flow_move.c compile/front/flow_real.c \
  compile/front/flow_run.h compile/front/flow_run.c \
  compile/front/activations.h compile/front/activations.c \
  compile/front/flow_convolve.c compile/front/flow_reduce.c \
  compile/front/operators.h compile/front/operators.c \
  compile/front/operators_attributes.c \
  compile/front/operators_attention.c compile/front/operators_control.c \
  compile/front/operators_convolve.c compile/front/operators_einsum.c \
  compile/front/operators_elements.c compile/front/operators_gather.c \
  compile/front/operators_integers.c compile/front/operators_levels.h \
  compile/front/operators_linear.c compile/front/operators_losses.c \
  compile/front/operators_moves.c compile/front/operators_normal.c \
  compile/front/operators_order.c compile/front/operators_packed.c \
  compile/front/operators_places.h compile/front/operators_pools.c \
  compile/front/operators_qlinear.c compile/front/operators_recurrent.c \
  compile/front/operators_reductions.c compile/front/operators_resize.c \
  compile/front/operators_sample.c compile/front/operators_scatter.c \
  compile/front/operators_sequences.c compile/front/operators_shapes.c \
  compile/front/operators_control.c compile/front/operators_elements.c \
  compile/front/operators_integers.c compile/front/operators_linear.c \
  compile/front/operators_moves.c compile/front/operators_recurrent.c \
  compile/front/operators_reductions.c \
  compile/front/operators_attention.c compile/front/operators_convolve.c \
  compile/front/operators_einsum.c compile/front/operators_losses.c \
  compile/front/operators_normal.c compile/front/operators_pools.c \
  compile/front/operators_packed.c compile/front/operators_trees.c compile/front/operators_resize.c \
  compile/front/operators_sample.c \
  compile/front/scalar.h compile/front/scalar.c compile/front/scalar_span.c \
  compile/front/csv.h compile/front/csv.c \
  compile/front/checkpoint.h compile/front/checkpoint.c \
  compile/front/checkpoint_parts.h compile/front/checkpoint_parts.c \
  compile/front/checkpoint_blocks.c compile/front/checkpoint_denoiser.c \
  compile/front/checkpoint_latent.c compile/front/checkpoint_mamba.c \
  compile/front/checkpoint_t5.c \
  compile/front/config.h compile/front/config.c \
  compile/front/config_numbers.h compile/front/config_numbers.c \
  compile/front/config_types.h compile/front/config_types.c \
  compile/front/json.h compile/front/json.c \
  compile/front/literal.h compile/front/literal.c \
  compile/front/onnx.h compile/front/onnx.c \
  compile/front/onnx_build.h compile/front/onnx_graph.c \
  compile/front/onnx_external.c compile/front/onnx_tensor.c \
  compile/front/onnx_rounds.c compile/front/onnx_read.h compile/front/onnx_read_graph.c \
  compile/front/onnx_read_message.c compile/front/onnx_read_nodes.c \
  compile/front/onnx_read_tensor.c \
  compile/front/quantise.h compile/front/quantise.c \
  compile/front/raw.h compile/front/raw.c \
  compile/front/safetensors.h compile/front/safetensors.c \
  compile/front/slurp.h compile/front/slurp.c \
  compile/front/wire.h compile/front/wire.c

AM_CPPFLAGS += $(PROTOBUFC_CFLAGS) $(JANSSON_CFLAGS)

# Generated from the installed onnx.proto, never distributed. It is not ours,
# so our warnings are not for it.
ONNX_GENERATED = compile/front/onnx.pb-c.c compile/front/onnx.pb-c.h
noinst_LIBRARIES += libonnxproto.a
nodist_libonnxproto_a_SOURCES = $(ONNX_GENERATED)
libonnxproto_a_CFLAGS = $(AM_CFLAGS) -w
BUILT_SOURCES += $(ONNX_GENERATED)
CLEANFILES += $(ONNX_GENERATED)

compile/front/onnx.pb-c.c: $(ONNX_PROTO_DIR)/onnx.proto
	$(AM_V_GEN)$(MKDIR_P) compile/front && \
	  $(PROTOC_C) --proto_path=$(ONNX_PROTO_DIR) --c_out=compile/front onnx.proto
compile/front/onnx.pb-c.h: compile/front/onnx.pb-c.c
	@test -f $@ || { rm -f compile/front/onnx.pb-c.c && \
	  $(MAKE) $(AM_MAKEFLAGS) compile/front/onnx.pb-c.c; }
