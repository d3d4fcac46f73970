// Written by codegen.build (SymPy 1.14.0) from codegen/activations.py; change the generator, not this file.
// Activations of networks over contiguous numbers, as functions which know nothing of Torch.
#pragma once

#include <cstdint>

namespace autovae {

struct ActivationKernel {
  const char* name;
  // Values and derivatives at n numbers; `slopes` may be `x`.
  void (*of_float)(const float* x, float* values, float* slopes, int64_t n);
  void (*of_double)(const double* x, double* values, double* slopes, int64_t n);
};

extern const ActivationKernel kActivations[];
extern const int64_t kActivationCount;

}  // namespace autovae
