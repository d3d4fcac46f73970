// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// What a kernel is: functions over contiguous numbers, which know nothing of Torch.
#pragma once

#include "precision.h"
#include "special.h"

namespace autovae {

// Pointers may be unaligned; outputs may be inputs.
template <typename T>
struct Functions {
  void (*value)(const T* loc, const T* log_scale, T* value, int64_t n);
  void (*gradient)(const T* loc, const T* log_scale, T* d_loc, T* d_log_scale, int64_t n);
  void (*both)(const T* loc, const T* log_scale, T* value, T* d_loc, T* d_log_scale, int64_t n);
};

struct Kernel {
  const char* name;       // kind/posterior_prior
  bool scale_family;      // in a latent layer the location is 0
  int64_t value_cost;     // operations per element, transcendental functions counted as several
  int64_t gradient_cost;
  int64_t both_cost;
  Functions<float> of_float;
  Functions<double> of_double;
};

template <typename K, typename T>
void value_of(const T* loc, const T* log_scale, T* value, int64_t n) {
  using V = Vec<T>;
  for (int64_t i = 0; i < n; i += kLanes<V>) {
    const int64_t left = n - i;
    const bool full = left >= kLanes<V>;
    const V m = full ? load<V>(loc + i) : load_some<V>(loc + i, left);
    const V s = full ? load<V>(log_scale + i) : load_some<V>(log_scale + i, left);
    V v;
    K::value(m, s, v);
    full ? store(value + i, v) : store_some(value + i, v, left);
  }
}

template <typename K, typename T>
void gradient_of(const T* loc, const T* log_scale, T* d_loc, T* d_log_scale, int64_t n) {
  using V = Vec<T>;
  for (int64_t i = 0; i < n; i += kLanes<V>) {
    const int64_t left = n - i;
    const bool full = left >= kLanes<V>;
    const V m = full ? load<V>(loc + i) : load_some<V>(loc + i, left);
    const V s = full ? load<V>(log_scale + i) : load_some<V>(log_scale + i, left);
    V dm, ds;
    K::gradient(m, s, dm, ds);
    full ? store(d_loc + i, dm) : store_some(d_loc + i, dm, left);
    full ? store(d_log_scale + i, ds) : store_some(d_log_scale + i, ds, left);
  }
}

template <typename K, typename T>
void both_of(const T* loc, const T* log_scale, T* value, T* d_loc, T* d_log_scale, int64_t n) {
  using V = Vec<T>;
  for (int64_t i = 0; i < n; i += kLanes<V>) {
    const int64_t left = n - i;
    const bool full = left >= kLanes<V>;
    const V m = full ? load<V>(loc + i) : load_some<V>(loc + i, left);
    const V s = full ? load<V>(log_scale + i) : load_some<V>(log_scale + i, left);
    V v, dm, ds;
    K::both(m, s, v, dm, ds);
    full ? store(value + i, v) : store_some(value + i, v, left);
    full ? store(d_loc + i, dm) : store_some(d_loc + i, dm, left);
    full ? store(d_log_scale + i, ds) : store_some(d_log_scale + i, ds, left);
  }
}

// exp(x), number by number.
template <typename T>
void exponential(const T* x, T* result, int64_t n);

template <typename K>
constexpr Kernel describe(const char* name, bool scale_family, int64_t value, int64_t gradient, int64_t both) {
  return {name,
          scale_family,
          value,
          gradient,
          both,
          {value_of<K, float>, gradient_of<K, float>, both_of<K, float>},
          {value_of<K, double>, gradient_of<K, double>, both_of<K, double>}};
}

// +infinity, or NaN where an input is.
template <typename V>
AUTOVAE_INLINE V infinite(V loc, V log_scale) {
  using L = std::numeric_limits<Element<V>>;
  return select<V>((loc != loc) | (log_scale != log_scale), L::quiet_NaN(), L::infinity());
}

// NaN in the lanes where one of some numbers, or their sum, is not finite, else zero.
template <typename V, typename... Rest>
AUTOVAE_INLINE V unusual(V x, Rest... rest) {
  const V sum = (x + ... + rest);
  return sum - sum;
}

// Makes a value that is not negative, infinite outside of a condition, and NaN only where an input is: far out
// intermediate results overflow and cancel, and the divergence counts as infinite. Derivatives become zero where it is
// infinite or undefined, else they are numbers. Nearly always there is nothing to do, which one test for all shows:
// what is NaN in the inputs is so in some output.
template <typename V, typename... Slopes>
AUTOVAE_INLINE void settle(V loc, V log_scale, Bits<V> finite, V& value, Slopes&... slopes) {
  using T = Element<V>;
  using L = std::numeric_limits<T>;
  const V odd = select<V>(finite, unusual<V>(value, slopes...), L::quiet_NaN());
  if (__builtin_expect(all_zero(odd), true)) {
    value = max<V>(T(0), value);
    return;
  }
  const V outside = infinite(loc, log_scale);
  value = finite & (value == value) & (outside == outside) ? max<V>(T(0), value) : outside;
  const auto settle_slope = [&](V& slope) {
    const V bounded = min<V>(L::max(), max<V>(L::lowest(), slope));
    slope = (value < L::infinity()) & (slope == slope) ? bounded : V{};
  };
  (settle_slope(slopes), ...);
}

template <typename V>
AUTOVAE_INLINE Bits<V> everywhere() {
  return ~Bits<V>{};
}

}  // namespace autovae
