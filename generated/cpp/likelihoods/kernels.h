// Written by codegen.build (SymPy 1.14.0) from codegen/likelihoods.py; change the generator, not this file.
// Negative log-likelihoods of rows of pixels, as functions over contiguous numbers which know nothing of Torch.
#pragma once

#include <cstdint>

#include "../precision.h"

namespace autovae {

// x: targets in [0, 1]; a and b: what a decoder emits, b of likelihoods with two outputs alone. All of one row.
template <typename T>
struct LikelihoodFunctions {
  // Nats, summed over n pixels, without the constant of each.
  T (*value)(const T* x, const T* a, const T* b, int64_t n);
  // A factor times the derivatives in a and in b.
  void (*slopes)(T factor, const T* x, const T* a, const T* b, T* d_a, T* d_b, int64_t n);
};

struct LikelihoodKernel {
  const char* name;
  int64_t outputs;      // of a decoder for each pixel
  double constant;      // nats
  int64_t value_cost;   // operations per pixel, transcendental functions counted as several
  int64_t slopes_cost;
  LikelihoodFunctions<float> of_float;
  LikelihoodFunctions<double> of_double;
};

extern const LikelihoodKernel kLikelihoods[];
extern const int64_t kLikelihoodCount;

}  // namespace autovae
