/* walk.h - look at everything in a model that was accepted

   Aborts where a promise of onnx.h is broken; reads all that could lie outside
   of memory, for the sanitizers to see. */
#ifndef WALK_H
#define WALK_H

#include "compile/front/onnx.h"

void walk_model(const struct onnx_model *m);
void walk_tensor(const struct onnx_tensor *t);

#endif
