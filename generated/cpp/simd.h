// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// Vectors of the machine's width as GCC's and Clang's vector extensions have them: arithmetic, comparisons and bit
// operations are the language's own; here is what it lacks. No Torch header is needed, so that kernels compile fast.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#if defined(__AVX__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace autovae {

#if defined(__AVX512F__)
constexpr int kVectorBytes = 64;
#elif defined(__AVX__)
constexpr int kVectorBytes = 32;
#else
constexpr int kVectorBytes = 16;
#endif

template <typename T>
struct Lanes;

template <>
struct Lanes<float> {
  typedef float Vector __attribute__((vector_size(kVectorBytes)));
  typedef int32_t Bits __attribute__((vector_size(kVectorBytes)));
  typedef int32_t Int;
  static constexpr int kMantissa = 23, kBias = 127;
  static constexpr float kRound = 0x1.8p23f;  // adding it rounds to an integer, whose bits are then the low ones
  static constexpr Int kRootHalf = 0x3f3504f3;  // the bits of sqrt(1/2)
};

template <>
struct Lanes<double> {
  typedef double Vector __attribute__((vector_size(kVectorBytes)));
  typedef int64_t Bits __attribute__((vector_size(kVectorBytes)));
  typedef int64_t Int;
  static constexpr int kMantissa = 52, kBias = 1023;
  static constexpr double kRound = 0x1.8p52;
  static constexpr Int kRootHalf = 0x3fe6a09e667f3bcd;
};

template <typename T>
using Vec = typename Lanes<T>::Vector;
template <typename V>
using Element = std::remove_reference_t<decltype(std::declval<V&>()[0])>;
template <typename V>
using Bits = typename Lanes<Element<V>>::Bits;
template <typename V>
constexpr int kLanes = sizeof(V) / sizeof(Element<V>);

#define AUTOVAE_INLINE static inline __attribute__((always_inline))

template <typename V>
AUTOVAE_INLINE V splat(Element<V> x) {
  return x - V{};
}

template <typename V>
AUTOVAE_INLINE V splat(V x) {
  return x;
}

// `then` or `otherwise` may be numbers. A comparison with NaN is false.
template <typename V, typename A, typename B>
AUTOVAE_INLINE V select(Bits<V> mask, A then, B otherwise) {
  return mask ? splat<V>(then) : splat<V>(otherwise);
}

template <typename V>
AUTOVAE_INLINE V load(const Element<V>* from) {
  V x;
  std::memcpy(&x, from, sizeof(V));
  return x;
}

template <typename V>
AUTOVAE_INLINE void store(Element<V>* to, V x) {
  std::memcpy(to, &x, sizeof(V));
}

// The first n lanes, the others 1.
template <typename V>
AUTOVAE_INLINE V load_some(const Element<V>* from, int64_t n) {
  V x = splat<V>(Element<V>(1));
  std::memcpy(&x, from, n * sizeof(Element<V>));
  return x;
}

template <typename V>
AUTOVAE_INLINE void store_some(Element<V>* to, V x, int64_t n) {
  std::memcpy(to, &x, n * sizeof(Element<V>));
}

template <typename V>
AUTOVAE_INLINE bool any(V mask) {
  bool found = false;
  for (int i = 0; i < kLanes<V>; ++i) found |= mask[i] != 0;
  return found;
}

// The second argument where one is NaN: a NaN in x stays with min(limit, x) and max(limit, x).
template <typename V>
AUTOVAE_INLINE V min(Element<V> limit, V x) {
  return x > limit ? splat<V>(limit) : x;
}

template <typename V>
AUTOVAE_INLINE V max(Element<V> limit, V x) {
  return x < limit ? splat<V>(limit) : x;
}

template <typename V>
AUTOVAE_INLINE V abs(V x) {
  return (V)((Bits<V>)x & std::numeric_limits<typename Lanes<Element<V>>::Int>::max());
}

// The magnitude of x >= 0 with the sign of y.
template <typename V>
AUTOVAE_INLINE V copysign(V x, V y) {
  return (V)((Bits<V>)x | ((Bits<V>)y & std::numeric_limits<typename Lanes<Element<V>>::Int>::min()));
}

template <typename V>
AUTOVAE_INLINE V sign(V x) {
  return x == 0 ? x : x != x ? x : copysign(splat<V>(Element<V>(1)), x);
}

template <typename V>
AUTOVAE_INLINE V square(V x) {
  return x * x;
}

template <typename V>
AUTOVAE_INLINE V reciprocal(V x) {
  return Element<V>(1) / x;
}

template <typename V>
AUTOVAE_INLINE V sqrt(V x) {
#if defined(__AVX512F__)
  if constexpr (std::is_same_v<Element<V>, float>) {
    return (V)_mm512_sqrt_ps((__m512)x);
  } else {
    return (V)_mm512_sqrt_pd((__m512d)x);
  }
#else
  for (int i = 0; i < kLanes<V>; ++i) x[i] = std::sqrt(x[i]);
  return x;
#endif
}

// a b + c, rounded once where the machine can. The compiler itself fuses nothing, so that a formula rounds alike in
// every function that contains it.
template <typename V>
AUTOVAE_INLINE V fma(V a, V b, V c) {
  constexpr bool single = std::is_same_v<Element<V>, float>;
#if defined(__AVX512F__)
  if constexpr (single) return (V)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
  if constexpr (!single) return (V)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif defined(__FMA__)
  if constexpr (single) return (V)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
  if constexpr (!single) return (V)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#elif defined(__aarch64__)
  if constexpr (single) return (V)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
  if constexpr (!single) return (V)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
#else
  return a * b + c;
#endif
}

template <typename V>
AUTOVAE_INLINE V fma(V a, Element<V> b, V c) {
  return fma(a, splat<V>(b), c);
}

template <typename V>
AUTOVAE_INLINE V fma(V a, Element<V> b, Element<V> c) {
  return fma(a, splat<V>(b), splat<V>(c));
}

template <int N, typename V>
AUTOVAE_INLINE V power(V x) {
  if constexpr (N < 0) {
    return power<-N>(reciprocal(x));
  } else if constexpr (N == 1) {
    return x;
  } else {
    return N % 2 ? x * power<N / 2>(x * x) : power<N / 2>(x * x);
  }
}

// sum of coefficients[k] x^k
template <typename V, int N>
AUTOVAE_INLINE V polynomial(V x, const Element<V> (&coefficients)[N]) {
  V total = splat<V>(coefficients[N - 1]);
#pragma GCC unroll 64
  for (int k = N - 2; k >= 0; --k) total = fma(total, x, splat<V>(coefficients[k]));
  return total;
}

}  // namespace autovae
