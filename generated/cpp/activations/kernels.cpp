// Written by codegen.build (SymPy 1.14.0) from codegen/activations.py; change the generator, not this file.
#include "kernels.h"

#include "../special.h"

namespace autovae {
namespace {

struct Gelu {
  template <typename V>
  AUTOVAE_INLINE void at(V x, V& value, V& slope) {
    using T = Element<V>;
    const V x0 = exp(-T(0.5) * square(x));
    const V x1 = T(0.5) * x0 * erfcx(T(0.7071067811865476) * abs(x));
    const V x2 = select<V>(x > T(0.0), -x1 + T(1.0), x1);
    value = x * x2;
    slope = x2 + T(0.3989422804014327) * x * x0;
  }
};

struct Relu {
  template <typename V>
  AUTOVAE_INLINE void at(V x, V& value, V& slope) {
    using T = Element<V>;
    const Bits<V> x0 = x <= T(0.0);
    value = select<V>(x0, T(0.0), x);
    slope = select<V>(x0, T(0.0), T(1.0));
  }
};

struct Silu {
  template <typename V>
  AUTOVAE_INLINE void at(V x, V& value, V& slope) {
    using T = Element<V>;
    const V x0 = exp(-abs(x));
    const V x1 = select<V>(x > T(0.0), T(1.0), x0) / (x0 + T(1.0));
    value = x * x1;
    slope = x1 * (x * (-x1 + T(1.0)) + T(1.0));
  }
};

struct Tanh {
  template <typename V>
  AUTOVAE_INLINE void at(V x, V& value, V& slope) {
    using T = Element<V>;
    const V x0 = tanh(x);
    value = x0;
    slope = -square(x0) + T(1.0);
  }
};

template <typename A, typename T>
void over(const T* x, T* values, T* slopes, int64_t n) {
  using V = Vec<T>;
  for (int64_t i = 0; i < n; i += kLanes<V>) {
    V value, slope;
    A::at(load_lanes<V>(x + i, n - i), value, slope);
    store_lanes(values + i, value, n - i);
    store_lanes(slopes + i, slope, n - i);
  }
}

template <typename A>
constexpr ActivationKernel describe(const char* name) {
  return {name, over<A, float>, over<A, double>};
}

}  // namespace

extern const ActivationKernel kActivations[] = {
    describe<Gelu>("gelu"),
    describe<Relu>("relu"),
    describe<Silu>("silu"),
    describe<Tanh>("tanh"),
};
extern const int64_t kActivationCount = 4;

}  // namespace autovae
