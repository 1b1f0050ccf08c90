#include "tools/measure_document.h"

void measure_document(struct document *d, const char *source,
                      const struct measure *m) {
  document_text(d, "source", source);
  document_count(d, "inputs", m->inputs);
  document_count(d, "outputs", m->outputs);
  document_count(d, "depth", m->depth);
  document_count(d, "depth_inner", m->depth_inner);
  document_digits(d, "gates", m->gates);
  document_digits(d, "gates_inner", m->gates_inner);
  document_digits(d, "wires", m->wires);
  document_digits(d, "wires_shared", m->wires_shared);
  document_digits(d, "wires_stored", m->wires_stored);
  document_digits(d, "weight", m->weight);
  document_count(d, "weight_bits", m->weight_bits);
  document_count(d, "fan_in", m->fan_in);
}
