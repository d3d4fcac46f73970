// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// Families as functions over contiguous numbers.
#pragma once

#include "special.h"

namespace autovae {

template <typename T>
struct Densities {
  // value = log pi(z), and its derivative unless d_z is null.
  void (*prior)(const T* z, T* value, T* d_z, int64_t n);
  // value -= log q(z | loc, exp(log_scale)), and the derivatives of -log q unless they are null; that in z is -d_loc.
  void (*posterior)(const T* z, const T* loc, const T* log_scale, T* value, T* d_loc, T* d_log_scale, int64_t n);
};

struct Family {
  const char* name;
  bool scale_family;
  Densities<float> of_float;
  Densities<double> of_double;
};

extern const Family kFamilies[];
extern const int64_t kFamilyCount;

}  // namespace autovae
