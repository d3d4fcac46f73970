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

#if defined(__AVX512F__)
// Unmasked intrinsics are masked ones with an undefined operand to GCC, so that equal calls count as different.
constexpr __mmask16 kEveryFloat = 0xffff;
constexpr __mmask8 kEveryDouble = 0xff;
#endif

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

template <typename V>
constexpr bool kSingle = std::is_same_v<Element<V>, float>;

// The first n lanes, the others 1.
template <typename V>
AUTOVAE_INLINE V load_some(const Element<V>* from, int64_t n) {
  V x = splat<V>(Element<V>(1));
#if defined(__AVX512F__)
  if constexpr (kSingle<V>) return (V)_mm512_mask_loadu_ps((__m512)x, (1u << n) - 1, from);
  if constexpr (!kSingle<V>) return (V)_mm512_mask_loadu_pd((__m512d)x, (1u << n) - 1, from);
#else
  std::memcpy(&x, from, n * sizeof(Element<V>));
  return x;
#endif
}

template <typename V>
AUTOVAE_INLINE void store_some(Element<V>* to, V x, int64_t n) {
#if defined(__AVX512F__)
  if constexpr (kSingle<V>) _mm512_mask_storeu_ps(to, (1u << n) - 1, (__m512)x);
  if constexpr (!kSingle<V>) _mm512_mask_storeu_pd(to, (1u << n) - 1, (__m512d)x);
#else
  std::memcpy(to, &x, n * sizeof(Element<V>));
#endif
}

// As many lanes as there are numbers.
template <typename V>
AUTOVAE_INLINE V load_lanes(const Element<V>* from, int64_t n) {
  return n >= kLanes<V> ? load<V>(from) : load_some<V>(from, n);
}

template <typename V>
AUTOVAE_INLINE void store_lanes(Element<V>* to, V x, int64_t n) {
  n >= kLanes<V> ? store(to, x) : store_some(to, x, n);
}

// Whether a comparison holds in some lane.
template <typename B>
AUTOVAE_INLINE bool any(B mask) {
#if defined(__AVX512F__)
  return _mm512_test_epi32_mask((__m512i)mask, (__m512i)mask) != 0;
#elif defined(__AVX__)
  return !_mm256_testz_si256((__m256i)mask, (__m256i)mask);
#else
  bool found = false;
  for (size_t i = 0; i < sizeof(mask) / sizeof(mask[0]); ++i) found |= mask[i] != 0;
  return found;
#endif
}

// Whether it holds in all lanes.
template <typename B>
AUTOVAE_INLINE bool all(B mask) {
  return !any(~mask);
}

// Whether all lanes are zero.
template <typename V>
AUTOVAE_INLINE bool all_zero(V x) {
#if defined(__AVX512F__)
  if constexpr (kSingle<V>) return _mm512_cmp_ps_mask((__m512)x, (__m512)V{}, _CMP_NEQ_UQ) == 0;
  if constexpr (!kSingle<V>) return _mm512_cmp_pd_mask((__m512d)x, (__m512d)V{}, _CMP_NEQ_UQ) == 0;
#else
  return all(x == Element<V>(0));
#endif
}

// The second argument where one is NaN: a NaN in x stays with min(limit, x) and max(limit, x).
template <typename V>
AUTOVAE_INLINE V min(Element<V> limit, V x) {
#if defined(__AVX512F__)
  if constexpr (kSingle<V>) return (V)_mm512_maskz_min_ps(kEveryFloat, (__m512)splat<V>(limit), (__m512)x);
  if constexpr (!kSingle<V>) return (V)_mm512_maskz_min_pd(kEveryDouble, (__m512d)splat<V>(limit), (__m512d)x);
#elif defined(__AVX__)
  if constexpr (kSingle<V>) return (V)_mm256_min_ps((__m256)splat<V>(limit), (__m256)x);
  if constexpr (!kSingle<V>) return (V)_mm256_min_pd((__m256d)splat<V>(limit), (__m256d)x);
#else
  return x > limit ? splat<V>(limit) : x;
#endif
}

template <typename V>
AUTOVAE_INLINE V max(Element<V> limit, V x) {
#if defined(__AVX512F__)
  if constexpr (kSingle<V>) return (V)_mm512_maskz_max_ps(kEveryFloat, (__m512)splat<V>(limit), (__m512)x);
  if constexpr (!kSingle<V>) return (V)_mm512_maskz_max_pd(kEveryDouble, (__m512d)splat<V>(limit), (__m512d)x);
#elif defined(__AVX__)
  if constexpr (kSingle<V>) return (V)_mm256_max_ps((__m256)splat<V>(limit), (__m256)x);
  if constexpr (!kSingle<V>) return (V)_mm256_max_pd((__m256d)splat<V>(limit), (__m256d)x);
#else
  return x < limit ? splat<V>(limit) : x;
#endif
}

// Piecewise functions: a branch that no lane takes is not computed. `then` and `otherwise` are
// functions of nothing. Where lanes mostly differ, or share work between branches, `select` is faster.
#define AUTOVAE_CASE [&]() __attribute__((always_inline))

template <typename V, typename A, typename B>
AUTOVAE_INLINE V branch(Bits<V> mask, A then, B otherwise) {
  V taken{}, other{};
  if (any(mask)) taken = then();
  if (!all(mask)) other = otherwise();
  return mask ? taken : other;
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

// x/y where x is a correction: to 20 bits.
template <typename V>
AUTOVAE_INLINE V correction(V x, V y) {
#if defined(__AVX512F__)
  if constexpr (kSingle<V>) {
    const V r = (V)_mm512_maskz_rcp14_ps(kEveryFloat, (__m512)y);
    return x * (r * (Element<V>(2) - r * y));
  }
#elif defined(__AVX__)
  if constexpr (kSingle<V>) {
    const V r = (V)_mm256_rcp_ps((__m256)y);
    return x * (r * (Element<V>(2) - r * y));
  }
#endif
  return x / y;
}

// 2^k x for whole k, given half = 2^(k - 1).
template <typename V>
AUTOVAE_INLINE V scaled(V x, V k, V half) {
#if defined(__AVX512F__)
  if constexpr (kSingle<V>) return (V)_mm512_maskz_scalef_ps(kEveryFloat, (__m512)x, (__m512)k);
  if constexpr (!kSingle<V>) return (V)_mm512_maskz_scalef_pd(kEveryDouble, (__m512d)x, (__m512d)k);
#else
  return half * x * Element<V>(2);
#endif
}

template <typename V>
AUTOVAE_INLINE V sqrt(V x) {
#if defined(__AVX512F__)
  if constexpr (std::is_same_v<Element<V>, float>) {
    return (V)_mm512_maskz_sqrt_ps(kEveryFloat, (__m512)x);
  } else {
    return (V)_mm512_maskz_sqrt_pd(kEveryDouble, (__m512d)x);
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
#if defined(__AVX512F__)
  if constexpr (kSingle<V>) return (V)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
  if constexpr (!kSingle<V>) return (V)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif defined(__FMA__)
  if constexpr (kSingle<V>) return (V)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
  if constexpr (!kSingle<V>) return (V)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#elif defined(__aarch64__)
  if constexpr (kSingle<V>) return (V)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
  if constexpr (!kSingle<V>) return (V)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
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

// 1/x where x and 1/x are normal numbers.
template <typename V>
AUTOVAE_INLINE V reciprocal_of_normal(V x) {
#if defined(__AVX512F__)
  if constexpr (kSingle<V>) {
    const V r = (V)_mm512_maskz_rcp14_ps(kEveryFloat, (__m512)x);
    return fma(r, fma(-r, x, splat<V>(Element<V>(1))), r);
  }
#endif
  return Element<V>(1) / x;
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
