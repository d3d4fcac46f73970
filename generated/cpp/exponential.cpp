// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
#include "kernel.h"

namespace autovae {

template <typename T>
void exponential(const T* x, T* result, int64_t n) {
  using V = Vec<T>;
  for (int64_t i = 0; i < n; i += kLanes<V>) {
    if (n - i >= kLanes<V>) {
      store(result + i, exp(load<V>(x + i)));
    } else {
      store_some(result + i, exp(load_some<V>(x + i, n - i)), n - i);
    }
  }
}

template void exponential<float>(const float*, float*, int64_t);
template void exponential<double>(const double*, double*, int64_t);

}  // namespace autovae
