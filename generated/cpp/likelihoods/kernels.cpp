// Written by codegen.build (SymPy 1.14.0) from codegen/likelihoods.py; change the generator, not this file.
#include "kernels.h"

#include "../special.h"

namespace autovae {
namespace {

// log(1 + t)/t
template <typename T>
struct Log1pUnit;
template <>
struct Log1pUnit<float> {
  static constexpr float kTerms[] = {  // error 3.0e-08
      1.0,
      -0.4999990463256836,
      0.33330005407333374,
      -0.24954558908939362,
      0.19678117334842682,
      -0.15311862528324127,
      0.10614264756441116,
      -0.057064201682806015,
      0.019907161593437195,
      -0.003256378462538123,
  };
};
template <>
struct Log1pUnit<double> {
  static constexpr double kTerms[] = {  // error 2.6e-17
      1.0,
      -0.49999999999999195,
      0.3333333333321263,
      -0.2499999999279503,
      0.19999999771497465,
      -0.16666662213064942,
      0.14285656074789715,
      -0.12499459526508468,
      0.11107399725660062,
      -0.09980587359591535,
      0.09011825055727095,
      -0.08077991585419028,
      0.07029426422495635,
      -0.05741097936274404,
      0.04219445835854525,
      -0.026649451120931616,
      0.013774744576437275,
      -0.00551162876495279,
      0.0015850560125338633,
      -0.00028953020088755337,
      2.5114001900888034e-05,
  };
};

// log(1 + t) for t in [0, 1]
template <typename V>
AUTOVAE_INLINE V log1p_unit(V t) {
  return t * polynomial(t, Log1pUnit<Element<V>>::kTerms);
}

// log((exp(t) - 1)/t)
template <typename V>
AUTOVAE_INLINE V log_exprel(V t) {
  using T = Element<V>;
  const Bits<V> near = abs(t) < T(2);
  const V half = T(0.5) * select<V>(near, t, T(0)), far = select<V>(near, T(2), t);
  return select<V>(near, half + half * half * polynomial(half * half, C<V>::LOGSINHC), log(expm1(far) / far));
}

// What Stirling's formula lacks, DLMF 5.11.1.
template <typename V>
AUTOVAE_INLINE V stirling_rest(V x) {
  const V inverse = Element<V>(1) / x;
  return inverse * polynomial(inverse * inverse, C<V>::LGAMMA_FAR);
}

// log B(p, q) for positive p and q up to some thousands: recurrence, DLMF 5.5.1, then Stirling's formula, whose large
// terms are combined. With P = p + 8, Q = q + 8, R = p + q + 8 they are
// (P - 1/2) log(P/R) + (Q - 1/2) log(Q/R) + 15/2 log R - 8 + log(2 pi)/2.
template <typename V>
AUTOVAE_INLINE V log_beta(V p, V q) {
  using T = Element<V>;
  const V far = p + q + T(8);
  const V inverse = T(1) / far;
  const V main = (p + T(7.5)) * log1p(-q * inverse) + (q + T(7.5)) * log1p(-p * inverse);
  const V rest = stirling_rest(p + T(8)) + stirling_rest(q + T(8)) - stirling_rest(far);
  const V fourth = square(square(inverse));
  const V shift = (rising(p).product * fourth) * (rising(q).product * fourth) / rising(p + q).product * sqrt(far);
  return main - log(shift) + (rest + (C<V>::kHalfLog2Pi - T(8)));
}

template <typename V, typename T>
AUTOVAE_INLINE V load_upto(const T* from, int64_t n) {
  return n >= kLanes<V> ? load<V>(from) : load_some<V>(from, n);
}

template <typename V, typename T>
AUTOVAE_INLINE void store_upto(T* to, V x, int64_t n) {
  n >= kLanes<V> ? store(to, x) : store_some(to, x, n);
}

// The sum of all lanes.
template <typename V>
AUTOVAE_INLINE Element<V> total_of(V x) {
  constexpr int lanes = kLanes<V>;
  Element<V> parts[lanes];
  store(parts, x);
  for (int width = lanes / 2; width > 0; width /= 2) {
    for (int i = 0; i < width; ++i) parts[i] += parts[i + width];
  }
  return parts[0];
}

template <typename L, typename T>
T value_of(const T* x, const T* a, const T* b, int64_t n) {
  using V = Vec<T>;
  constexpr int lanes = kLanes<V>;
  // Two chains, so that additions overlap and errors stay small.
  V even{}, odd{};
  int64_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    even += L::value(load<V>(x + i), load<V>(a + i), load<V>((L::kOutputs == 2 ? b : a) + i));
    odd += L::value(load<V>(x + i + lanes), load<V>(a + i + lanes), load<V>((L::kOutputs == 2 ? b : a) + i + lanes));
  }
  for (; i < n; i += lanes) {
    const int64_t left = n - i;
    const V m = load_upto<V>(a + i, left);
    const V value = L::value(load_upto<V>(x + i, left), m, L::kOutputs == 2 ? load_upto<V>(b + i, left) : m);
    T lane[lanes] = {};
    store_upto(lane, value, left);
    even += load<V>(lane);
  }
  return total_of(even + odd);
}

template <typename L, typename T>
void slopes_of(T factor, const T* x, const T* a, const T* b, T* d_a, T* d_b, int64_t n) {
  using V = Vec<T>;
  for (int64_t i = 0; i < n; i += kLanes<V>) {
    const int64_t left = n - i;
    const V m = load_upto<V>(a + i, left);
    V of_a, of_b;
    L::slopes(load_upto<V>(x + i, left), m, L::kOutputs == 2 ? load_upto<V>(b + i, left) : m, of_a, of_b);
    store_upto(d_a + i, factor * of_a, left);
    if constexpr (L::kOutputs == 2) store_upto(d_b + i, factor * of_b, left);
  }
}

template <typename L>
constexpr LikelihoodKernel describe(const char* name, double constant, int64_t value_cost, int64_t slopes_cost) {
  return {name, L::kOutputs, constant, value_cost, slopes_cost,
          {value_of<L, float>, slopes_of<L, float>}, {value_of<L, double>, slopes_of<L, double>}};
}

// Value: 11 operations per pixel, 2 of them transcendental functions.
// Derivatives: 12 operations per pixel, 1 of them transcendental functions.
struct Bernoulli {
  static constexpr int kOutputs = 1;
  template <typename V>
  AUTOVAE_INLINE V value(V x, V a, V b) {
    using T = Element<V>;
    const Bits<V> x0 = a > T(0.0);
    const V x1 = a * select<V>(x0, T(1.0), -T(1.0));
    return x1 * select<V>(x0, -x + T(1.0), x) + log1p_unit(exp(-x1));
  }
  template <typename V>
  AUTOVAE_INLINE void slopes(V x, V a, V b, V& d_a, V& d_b) {
    using T = Element<V>;
    const Bits<V> x0 = a > T(0.0);
    const V x1 = select<V>(x0, T(1.0), -T(1.0));
    const V x2 = exp(-a * x1);
    d_a = x1 * (-x2 / (x2 + T(1.0)) + select<V>(x0, -x + T(1.0), x));
  }
};

// Value: 13 operations per pixel, 2 of them transcendental functions.
// Derivatives: 11 operations per pixel, 2 of them transcendental functions.
struct ContinuousBernoulli {
  static constexpr int kOutputs = 1;
  template <typename V>
  AUTOVAE_INLINE V value(V x, V a, V b) {
    using T = Element<V>;
    const Bits<V> x0 = a > T(0.0);
    const V x1 = T(255.0) * select<V>(x0, T(1.0), -T(1.0)) * tanh(T(0.00392156862745098) * a);
    return x1 * select<V>(x0, -x + T(1.0), x) + log_exprel(-x1);
  }
  template <typename V>
  AUTOVAE_INLINE void slopes(V x, V a, V b, V& d_a, V& d_b) {
    using T = Element<V>;
    const V x0 = tanh(T(0.00392156862745098) * a);
    d_a = (-square(x0) + T(1.0)) * (-x + T(0.5) * langevin(T(127.5) * x0) + T(0.5));
  }
};

// Value: 13 operations per pixel, 1 of them transcendental functions.
// Derivatives: 16 operations per pixel, 1 of them transcendental functions.
struct Mse {
  static constexpr int kOutputs = 1;
  template <typename V>
  AUTOVAE_INLINE V value(V x, V a, V b) {
    using T = Element<V>;
    const Bits<V> x0 = a > T(0.0);
    const V x1 = exp(-a * select<V>(x0, T(1.0), -T(1.0)));
    return T(0.5) * square(-x1 / (x1 + T(1.0)) + select<V>(x0, -x + T(1.0), x));
  }
  template <typename V>
  AUTOVAE_INLINE void slopes(V x, V a, V b, V& d_a, V& d_b) {
    using T = Element<V>;
    const Bits<V> x0 = a > T(0.0);
    const V x1 = select<V>(x0, T(1.0), -T(1.0));
    const V x2 = exp(-a * x1);
    const V x3 = x2 / (x2 + T(1.0));
    const V x4 = -x3;
    d_a = x1 * x3 * (x4 + T(1.0)) * (x4 + select<V>(x0, -x + T(1.0), x));
  }
};

// Value: 14 operations per pixel, 1 of them transcendental functions.
// Derivatives: 17 operations per pixel, 1 of them transcendental functions.
struct Mae {
  static constexpr int kOutputs = 1;
  template <typename V>
  AUTOVAE_INLINE V value(V x, V a, V b) {
    using T = Element<V>;
    const Bits<V> x0 = a > T(0.0);
    const V x1 = select<V>(x0, T(1.0), -T(1.0));
    const V x2 = exp(-a * x1);
    return abs(x1 * (x2 / (x2 + T(1.0)) - select<V>(x0, -(x - T(1.0)), x)));
  }
  template <typename V>
  AUTOVAE_INLINE void slopes(V x, V a, V b, V& d_a, V& d_b) {
    using T = Element<V>;
    const Bits<V> x0 = a > T(0.0);
    const V x1 = select<V>(x0, T(1.0), -T(1.0));
    const V x2 = exp(-a * x1);
    const V x3 = x2 / (x2 + T(1.0));
    const V x4 = -x3;
    d_a = x3 * (x4 + T(1.0)) * sign(x1 * (x4 + select<V>(x0, -x + T(1.0), x)));
  }
};

// Value: 22 operations per pixel, 3 of them transcendental functions.
// Derivatives: 29 operations per pixel, 3 of them transcendental functions.
struct Normal {
  static constexpr int kOutputs = 2;
  template <typename V>
  AUTOVAE_INLINE V value(V x, V a, V b) {
    using T = Element<V>;
    const V x0 = tanh(T(0.3609285109255383) * b + T(1.0));
    const Bits<V> x1 = a > T(0.0);
    const V x2 = exp(-a * select<V>(x1, T(1.0), -T(1.0)));
    return T(2.770631772579213) * x0 + T(127.49999999999996) * square(-x2 / (x2 + T(1.0)) + select<V>(x1, -x + T(1.0),
        x)) * exp(-T(5.541263545158426) * x0) - T(2.770631772579213);
  }
  template <typename V>
  AUTOVAE_INLINE void slopes(V x, V a, V b, V& d_a, V& d_b) {
    using T = Element<V>;
    const Bits<V> x0 = a > T(0.0);
    const V x1 = select<V>(x0, T(1.0), -T(1.0));
    const V x2 = exp(-a * x1);
    const V x3 = x2 / (x2 + T(1.0));
    const V x4 = -x3;
    const V x5 = x4 + select<V>(x0, -x + T(1.0), x);
    const V x6 = tanh(T(0.3609285109255383) * b + T(1.0));
    const V x7 = T(254.99999999999991) * exp(-T(5.541263545158426) * x6);
    d_a = x1 * x3 * x5 * x7 * (x4 + T(1.0));
    d_b = (-square(x6) + T(1.0)) * (-square(x5) * x7 + T(1.0));
  }
};

// Value: 23 operations per pixel, 3 of them transcendental functions.
// Derivatives: 35 operations per pixel, 3 of them transcendental functions.
struct Laplace {
  static constexpr int kOutputs = 2;
  template <typename V>
  AUTOVAE_INLINE V value(V x, V a, V b) {
    using T = Element<V>;
    const V x0 = T(2.770631772579213) * tanh(T(0.3609285109255383) * b + T(1.0));
    const Bits<V> x1 = a > T(0.0);
    const V x2 = select<V>(x1, T(1.0), -T(1.0));
    const V x3 = exp(-a * x2);
    return x0 + T(15.96871942267131) * exp(-x0) * abs(x2 * (x3 / (x3 + T(1.0)) - select<V>(x1, -(x - T(1.0)), x))) -
        T(2.770631772579213);
  }
  template <typename V>
  AUTOVAE_INLINE void slopes(V x, V a, V b, V& d_a, V& d_b) {
    using T = Element<V>;
    const Bits<V> x0 = a > T(0.0);
    const V x1 = select<V>(x0, T(1.0), -T(1.0));
    const V x2 = exp(-a * x1);
    const V x3 = x2 / (x2 + T(1.0));
    const V x4 = -x3;
    const V x5 = x - T(1.0);
    const V x6 = tanh(T(0.3609285109255383) * b + T(1.0));
    const V x7 = T(15.96871942267131) * exp(-T(2.770631772579213) * x6);
    d_a = x3 * x7 * (x4 + T(1.0)) * sign(x1 * (x4 + select<V>(x0, -x5, x)));
    d_b = (-square(x6) + T(1.0)) * (-x7 * abs(x1 * (x4 + select<V>(x0, -x5, x))) + T(1.0));
  }
};

// Value: 24 operations per pixel, 7 of them transcendental functions.
// Derivatives: 33 operations per pixel, 9 of them transcendental functions.
struct Beta {
  static constexpr int kOutputs = 2;
  template <typename V>
  AUTOVAE_INLINE V value(V x, V a, V b) {
    using T = Element<V>;
    const V x0 = T(0.99609375) * x;
    const V x1 = T(4.4816890703380645) * exp(T(4.5) * tanh(T(0.2222222222222222) * a - T(0.3333333333333333)));
    const V x2 = T(4.4816890703380645) * exp(T(4.5) * tanh(T(0.2222222222222222) * b - T(0.3333333333333333)));
    return (-x1 + T(1.0)) * log(x0 + T(0.001953125)) + (-x2 + T(1.0)) * log(-x0 + T(0.998046875)) + log_beta(x1, x2);
  }
  template <typename V>
  AUTOVAE_INLINE void slopes(V x, V a, V b, V& d_a, V& d_b) {
    using T = Element<V>;
    const V x0 = tanh(T(0.2222222222222222) * a - T(0.3333333333333333));
    const V x1 = T(0.99609375) * x;
    const V x2 = T(4.4816890703380645) * exp(T(4.5) * x0);
    const V x3 = tanh(T(0.2222222222222222) * b - T(0.3333333333333333));
    const V x4 = T(4.4816890703380645) * exp(T(4.5) * x3);
    const V x5 = digamma(x2 + x4);
    d_a = x2 * (-square(x0) + T(1.0)) * (-x5 + digamma(x2) - log(x1 + T(0.001953125)));
    d_b = x4 * (-square(x3) + T(1.0)) * (-x5 + digamma(x4) - log(-x1 + T(0.998046875)));
  }
};

}  // namespace

extern const LikelihoodKernel kLikelihoods[] = {
    describe<Bernoulli>("bernoulli", 0.0, 39, 28),
    describe<ContinuousBernoulli>("continuous_bernoulli", 0.0, 108, 101),
    describe<Mse>("mse", 0.0, 29, 32),
    describe<Mae>("mae", 0.0, 31, 36),
    describe<Normal>("normal", 0.9189385332046728, 84, 91),
    describe<Laplace>("laplace", 0.6931471805599453, 86, 101),
    describe<Beta>("beta", 0.0039138993211363295, 416, 355),
};
extern const int64_t kLikelihoodCount = 7;

}  // namespace autovae
