// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// Tensors whose leading dimensions are rows at equal distances.
#pragma once

#include <ATen/core/Tensor.h>

namespace autovae {

// Whether they are; of the last dimension nothing is asked.
inline bool one_stride(const at::Tensor& x) {
  int64_t expected = -1;
  for (int64_t d = x.dim() - 2; d >= 0; --d) {
    if (x.size(d) == 1) continue;
    if (expected >= 0 && x.stride(d) != expected) return false;
    expected = x.stride(d) * x.size(d);
  }
  return true;
}

// The distance of the rows; zero of a single one.
inline int64_t outer_stride(const at::Tensor& x) {
  for (int64_t d = x.dim() - 2; d >= 0; --d) {
    if (x.size(d) != 1) return x.stride(d);
  }
  return 0;
}

}  // namespace autovae
