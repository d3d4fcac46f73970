// Written by codegen.build (SymPy 1.14.0) from codegen/backends/cpp/templates; change the generator, not this file.
// Elementary and special functions of vectors. Each is accurate to a few units in the last place on the arguments
// that the kernels have; where a range is assumed it is said. NaN in gives NaN out at its lane. Results below the
// smallest normal number are zero.
#pragma once

#include "coefficients.h"
#include "simd.h"

namespace autovae {

template <typename V>
using C = Coefficients<Element<V>>;

// ---------------------------------------------------------------- exponential functions

// x = k log 2 + r, |r| <= log(2)/2; half = 2^(k - 1), expm1_r = exp(r) - 1, rest = expm1_r - r.
template <typename V>
struct Reduced {
  V k, half, expm1_r, rest;
};

// For kLowest <= x <= kHighest, where half is a normal number.
template <typename V>
AUTOVAE_INLINE Reduced<V> reduce(V x) {
  using T = Element<V>;
  using L = Lanes<T>;
  const V shifted = fma(x, C<V>::kLog2e, L::kRound);
  const V k = shifted - L::kRound;
  const V r = fma(k, -C<V>::kLog2Low, fma(k, -C<V>::kLog2High, x));
  const Bits<V> exponent = (Bits<V>)shifted << L::kMantissa;
  const V half = (V)(exponent + (typename L::Int(L::kBias - 1) << L::kMantissa));
  const V square = r * r, tail = polynomial(r, C<V>::EXP);
  return {k, half, fma(square, tail, r), square * tail};
}

template <typename V>
AUTOVAE_INLINE V clamp_exponent(V x) {
  return max<V>(C<V>::kLowest, min<V>(C<V>::kHighest, x));
}

template <typename V>
AUTOVAE_INLINE V exp(V x) {
  const Reduced<V> p = reduce(clamp_exponent(x));
  const V result = scaled(p.expm1_r + Element<V>(1), p.k, p.half);
  return x < C<V>::kLowest ? V{} : result;
}

// exp(-x) beside exp(x) or expm1(x): one range reduction for both. Where one of them is no normal number, exp itself.
template <typename V>
AUTOVAE_INLINE V exp_neg(V x) {
  using L = Lanes<Element<V>>;
  const Reduced<V> p = reduce(clamp_exponent(x));
  const V half = (V)((typename L::Int(2 * L::kBias - 2) << L::kMantissa) - (Bits<V>)p.half);
  const V result = scaled(reciprocal_of_normal(p.expm1_r + Element<V>(1)), -p.k, half);
  const Bits<V> far = abs(x) > -C<V>::kLowest;
  return __builtin_expect(any(far), false) ? (far ? exp(-x) : result) : result;
}

template <typename V>
AUTOVAE_INLINE V expm1_of(Reduced<V> p) {
  return fma(p.half, p.expm1_r, p.half - Element<V>(0.5)) * Element<V>(2);
}

template <typename V>
AUTOVAE_INLINE V expm1(V x) {
  return expm1_of(reduce(clamp_exponent(x)));
}

// exp(x) - 1 - x: near 0 without the linear term; from |x| = log(2)/2 on little cancels, and expm1 is mostly there.
template <typename V>
AUTOVAE_INLINE V expm1mx(V x) {
  const Reduced<V> p = reduce(clamp_exponent(x));
  return p.k == 0 ? p.rest : expm1_of(p) - min<V>(C<V>::kHighest, x);
}

// exp(-exp(y))
template <typename V>
AUTOVAE_INLINE V exp_neg_exp(V y) {
  return exp(-exp(y));
}

template <typename V>
AUTOVAE_INLINE V tanh(V x) {
  using T = Element<V>;
  const V e = T(0) - expm1(T(-2) * abs(x));
  return copysign(e / (T(2) - e), x);
}

// Where exp(|x|) is finite.
template <typename V>
AUTOVAE_INLINE V sinh(V x) {
  using T = Element<V>;
  const V e = expm1(abs(x));
  return copysign(T(0.5) * (e + e / (e + T(1))), x);
}

template <typename V>
AUTOVAE_INLINE V cosh(V x) {
  using T = Element<V>;
  const V e = exp(abs(x));
  return T(0.5) * e + T(0.5) / e;
}

// ---------------------------------------------------------------- logarithms

// log(2^k m) + lost, m in [sqrt(1/2), sqrt(2)), from log(1 + f) = f - f^2/2 + rest: f^3 by a polynomial in float32, in
// float64 s (f^2/2 + R(s^2)), s = f/(2 + f).
template <typename V>
AUTOVAE_INLINE V log_of_parts(V k, V m, V lost) {
  using T = Element<V>;
  const V f = m - T(1);
  const V square_half = T(0.5) * f * f;
  const V low = fma(k, C<V>::kLog2Low, lost);
  V rest;
  if constexpr (kSingle<V>) {
    rest = fma(f * square_half, polynomial(f, C<V>::LOG_CUBIC), low);
  } else {
    const V s = f / (T(2) + f);
    const V z = s * s;
    rest = fma(s, fma(z, polynomial(z, C<V>::LOG), square_half), low);
  }
  return fma(k, C<V>::kLog2High, f - (square_half - rest));
}

template <typename V>
struct Parts {
  V k, m;
};

// x = 2^k m for normal x > 0.
template <typename V>
AUTOVAE_INLINE Parts<V> parts(V x) {
  using L = Lanes<Element<V>>;
  const Bits<V> k = ((Bits<V>)x - L::kRootHalf) >> L::kMantissa;
  return {__builtin_convertvector(k, V), (V)((Bits<V>)x - (k << L::kMantissa))};
}

// Zero and denormal numbers give -infinity.
template <typename V>
AUTOVAE_INLINE V log(V x) {
  using T = Element<V>;
  const Parts<V> p = parts(x);
  const V result = log_of_parts(p.k, p.m, V{});
  constexpr T infinity = std::numeric_limits<T>::infinity();
  const V low = select<V>(x < T(0), std::numeric_limits<T>::quiet_NaN(), -infinity);
  return x < std::numeric_limits<T>::min() ? low : x < infinity ? result : x;
}

template <typename V>
AUTOVAE_INLINE V log1p(V x) {
  using T = Element<V>;
  const V u = T(1) + x;
  const V lost = select<V>(x < T(1), x - (u - T(1)), T(1) - (u - x));
  const Parts<V> p = parts(u);
  const V result = log_of_parts(p.k, p.m, correction(lost, u));
  constexpr T infinity = std::numeric_limits<T>::infinity();
  const V low = select<V>(u < T(0), std::numeric_limits<T>::quiet_NaN(), -infinity);
  return u <= T(0) ? low : u < infinity ? result : u;
}

// log(1 + x) for x in [0, 1]
template <typename V>
AUTOVAE_INLINE V log1p_unit(V x) {
  using T = Element<V>;
  return x * polynomial(fma(x, T(2), T(-1)), C<V>::LOG1P_UNIT);
}

// log(1 - exp(x)) for x < 0: of -expm1(x) near 0, else of 1 - exp(x) with what rounding loses of that.
template <typename V>
AUTOVAE_INLINE V log1mexp(V x) {
  using T = Element<V>;
  const V e = exp(x), far = T(1) - e;
  const Bits<V> near = x > -C<V>::kLog2;
  const V u = select<V>(near, -expm1(x), far);
  const V lost = select<V>(near, T(0), (T(1) - far) - e);
  const Parts<V> p = parts(u);
  const V result = log_of_parts(p.k, p.m, correction(lost, u));
  const V low = select<V>(x > T(0), std::numeric_limits<T>::quiet_NaN(), -std::numeric_limits<T>::infinity());
  return u < std::numeric_limits<T>::min() ? low : x == x ? result : x;
}

// log(1 + exp(x))
template <typename V>
AUTOVAE_INLINE V softplus(V x) {
  using T = Element<V>;
  return max<V>(T(0), x) + log1p_unit(exp(-abs(x)));
}

// log(cosh(x))
template <typename V>
AUTOVAE_INLINE V logcosh(V x) {
  using T = Element<V>;
  const V a = abs(x);
  return branch<V>(
      a < T(1),
      AUTOVAE_CASE {
        const V z = min<V>(T(1), a * a);
        return z * polynomial(z, C<V>::LOGCOSH);
      },
      AUTOVAE_CASE { return a + (log1p_unit(exp(T(-2) * a)) - C<V>::kLog2); });
}

// 2 log(2 cosh(z/2))
template <typename V>
AUTOVAE_INLINE V logistic_energy(V z) {
  using T = Element<V>;
  const V a = abs(z);
  return a + T(2) * log1p_unit(exp(-a));
}

// The odd primitive of 2 log(2 cosh(z/2)).
template <typename V>
AUTOVAE_INLINE V logistic_energy_primitive(V z) {
  using T = Element<V>;
  const V a = abs(z);
  const V u = log1p_unit(exp(-a));
  const V dilogarithm = u * polynomial(u * C<V>::kPerHalfLog2 - T(1), C<V>::DILOGARITHM);
  return copysign(T(0.5) * a * a + (C<V>::kSixthPiSquare + T(2) * dilogarithm), z);
}

// log(sinh(x)/x)
template <typename V>
AUTOVAE_INLINE V logsinhc(V x) {
  using T = Element<V>;
  const V a = abs(x);
  return branch<V>(
      a < T(1),
      AUTOVAE_CASE {
        const V z = min<V>(T(1), a * a);
        return z * polynomial(z, C<V>::LOGSINHC);
      },
      AUTOVAE_CASE {
        const V b = max<V>(T(1), a);
        return b - log(T(2) * b) + log1p(-exp(T(-2) * b));
      });
}

// coth(x) - 1/x
template <typename V>
AUTOVAE_INLINE V langevin(V x) {
  using T = Element<V>;
  const V a = abs(x);
  return branch<V>(
      a < T(1), AUTOVAE_CASE { return x * polynomial(min<V>(T(1), a * a), C<V>::LANGEVIN); },
      AUTOVAE_CASE {
        const V b = max<V>(T(1), a);
        return copysign(T(1) / tanh(b) - T(1) / b, x);
      });
}

// ---------------------------------------------------------------- circular functions

// For t in [0, 1].
template <typename V>
AUTOVAE_INLINE V atan_unit(V t) {
  const V z = t * t;
  return fma(t * z, polynomial(z, C<V>::ATAN), t);
}

template <typename V>
AUTOVAE_INLINE V atan(V x) {
  using T = Element<V>;
  const V a = abs(x);
  const V p = atan_unit(select<V>(a > T(1), T(1) / a, a));
  return copysign(select<V>(a > T(1), C<V>::kHalfPi - p, p), x);
}

// For y != 0; infinities and ties included.
template <typename V>
AUTOVAE_INLINE V atan2(V y, V x) {
  using T = Element<V>;
  const V a = abs(x), b = abs(y);
  const Bits<V> steep = b > a;
  const V p = atan_unit(select<V>(b == a, T(1), (steep ? a : b) / (steep ? b : a)));
  const V q = select<V>(steep, C<V>::kHalfPi - p, p);
  return copysign(select<V>(x < T(0), C<V>::kPi - q, q), y);
}

// log(pi s/sin(pi s)), s = exp(x) < 1
template <typename V>
AUTOVAE_INLINE V log_reflection(V x) {
  using T = Element<V>;
  const V s = exp(x);
  const V near = min<V>(T(0.25), s * s);
  const V u = min<V>(T(0.5), -expm1(x));
  const V far = x - log(u * polynomial(u * u, C<V>::SINPI)) + C<V>::kLogPi;
  return select<V>(s < T(0.5), near * polynomial(near, C<V>::REFLECTION), far);
}

// 1 - pi s cot(pi s), s = exp(x) < 1
template <typename V>
AUTOVAE_INLINE V one_minus_picot(V x) {
  using T = Element<V>;
  const V s = exp(x);
  const V near = min<V>(T(0.25), s * s);
  const V u = min<V>(T(0.5), -expm1(x));
  const V v = u * u;
  const V cosine = T(1) + v * polynomial(v, C<V>::COSPI);
  const V far = T(1) + C<V>::kPi * s * cosine / (u * polynomial(v, C<V>::SINPI));
  return select<V>(s < T(0.5), near * polynomial(near, C<V>::PICOT), far);
}

// ---------------------------------------------------------------- gamma functions

// x (x + 1) ... (x + 7) and its derivative
template <typename V>
struct Rising {
  V product, slope;
};

template <typename V>
AUTOVAE_INLINE Rising<V> rising(V x) {
  using T = Element<V>;
  Rising<V> r{x, splat<V>(T(1))};
#pragma GCC unroll 8
  for (int k = 1; k < 8; ++k) {
    r.slope = fma(r.slope, x + T(k), r.product);
    r.product = r.product * (x + T(k));
  }
  return r;
}

// log Gamma(x) for x > 0: recurrence, DLMF 5.5.1, then Stirling's formula, DLMF 5.11.1; absolute accuracy at its zeros.
template <typename V>
AUTOVAE_INLINE V lgamma(V x) {
  using T = Element<V>;
  const Bits<V> low = x < T(8);
  const V far = select<V>(low, x + T(8), x);
  const V inverse = T(1) / far;
  const V stirling = (far - T(0.5)) * log(far) - far + C<V>::kHalfLog2Pi;
  const V result = stirling + inverse * polynomial(inverse * inverse, C<V>::LGAMMA_FAR);
  const V shifted = result - log(rising(select<V>(low, x, T(1))).product);
  return low ? shifted : x < std::numeric_limits<T>::infinity() ? result : x;
}

// psi(x) for x > 0: recurrence, DLMF 5.5.2, then its asymptotic series, DLMF 5.11.2.
template <typename V>
AUTOVAE_INLINE V digamma(V x) {
  using T = Element<V>;
  const Bits<V> low = x < T(8);
  const V far = select<V>(low, x + T(8), x);
  const V inverse = T(1) / far;
  const V square = inverse * inverse;
  const V result = log(far) - T(0.5) * inverse + square * polynomial(square, C<V>::DIGAMMA_FAR);
  const Rising<V> r = rising(select<V>(low, x, T(1)));
  return low ? result - r.slope / r.product : result;
}

template <typename V>
struct NearOne {
  V e, small;
  Bits<V> near;
};

template <typename V>
AUTOVAE_INLINE NearOne<V> near_one(V x) {
  using T = Element<V>;
  const V e = expm1(x);
  const V small = min<V>(T(0.5), max<V>(T(-0.5), e));
  return {e, small, abs(e) < T(0.5)};
}

// log Gamma(s) + gamma (s - 1), s = exp(x)
template <typename V>
AUTOVAE_INLINE V lgamma_bregman(V x) {
  const NearOne<V> n = near_one(x);
  const V series = expm1mx(x) + n.small * n.small * polynomial(n.small, C<V>::LGAMMA);
  // Gamma(s) = Gamma(1 + s)/s, whose logarithm x stays exact where s underflows
  const V s = exp(x);
  return select<V>(n.near, series, lgamma(s + Element<V>(1)) - x + C<V>::kEuler * n.e);
}

// s (psi(s) + gamma), s = exp(x)
template <typename V>
AUTOVAE_INLINE V lgamma_bregman_slope(V x) {
  using T = Element<V>;
  const NearOne<V> n = near_one(x);
  const V s = exp(x);
  const V series = n.e + s * n.small * polynomial(n.small, C<V>::DIGAMMA);
  return select<V>(n.near, series, s * (digamma(s + T(1)) + C<V>::kEuler) - T(1));
}

// log Gamma(1 + s), s = exp(x)
template <typename V>
AUTOVAE_INLINE V lgamma1p_exp(V x) {
  const NearOne<V> n = near_one(x);
  return select<V>(n.near, x - C<V>::kEuler * n.e + lgamma_bregman(x), lgamma(Element<V>(1) + exp(x)));
}

// s psi(1 + s), s = exp(x)
template <typename V>
AUTOVAE_INLINE V digamma1p_exp(V x) {
  using T = Element<V>;
  const V offset = (x - C<V>::kLogRoot) - C<V>::kLogRootRest;
  const V d = C<V>::kRoot * expm1(min<V>(T(0.3), max<V>(T(-0.3), offset)));
  const V s = exp(x);
  return s * select<V>(abs(offset) < T(0.3), d * polynomial(d, C<V>::DIGAMMA_ROOT), digamma(T(1) + s));
}

// ---------------------------------------------------------------- error functions, exponential integral

// erf(x): a polynomial in x^2 near 0, 1 - exp(-p(|x|)) from 1 on.
template <typename V>
AUTOVAE_INLINE V erf(V x) {
  using T = Element<V>;
  const V a = abs(x);
  const V result = branch<V>(
      a < T(1), AUTOVAE_CASE { return a * polynomial(min<V>(T(1), a * a), C<V>::ERF); },
      AUTOVAE_CASE {
        const V far = (min<V>(C<V>::kErfEnd, a) - T(1)) * C<V>::kErfSlope - T(1);
        return T(1) - exp(-polynomial(far, C<V>::ERFC_LOG));
      });
  return copysign(result, x);
}

// Where a half line begins and ends on the interval [-1, 1].
template <typename V>
AUTOVAE_INLINE V on_half_line(V x) {
  using T = Element<V>;
  return T(1) - T(6) / (x + T(3));
}

// exp(x^2) erfc(x) for x >= 0; Shepherd & Laframboise (1981).
template <typename V>
AUTOVAE_INLINE V erfcx(V x) {
  using T = Element<V>;
  return polynomial(on_half_line(x), C<V>::ERFCX) / (T(1) + T(2) * x);
}

// exp(a r + r^2/2) erfc((a + r)/sqrt(2)), by erfc(-x) = 2 - erfc(x) where a + r < 0
template <typename V>
AUTOVAE_INLINE V mills_tail(V a, V r) {
  using T = Element<V>;
  const V sum = a + r;
  const V edge = exp(T(-0.5) * a * a) * erfcx(C<V>::kRootHalf * abs(sum));
  return branch<V>(
      sum < T(0), AUTOVAE_CASE { return T(2) * exp(r * (a + T(0.5) * r)) - edge; }, AUTOVAE_CASE { return edge; });
}

// exp(-a^2/2) - sqrt(pi/2) (a + r) mills_tail(a, r)
template <typename V>
AUTOVAE_INLINE V mills_deficit(V a, V r) {
  using T = Element<V>;
  const V sum = a + r;
  const V x = C<V>::kRootHalf * abs(sum);
  const V edge = exp(T(-0.5) * a * a);
  return branch<V>(
      sum < T(0), AUTOVAE_CASE { return edge - C<V>::kRootHalfPi * sum * mills_tail(a, r); },
      AUTOVAE_CASE { return edge * polynomial(on_half_line(x), C<V>::DEFICIT) / square(T(1) + x); });
}

// Dawson's function exp(-x^2) int_0^x exp(t^2) dt: x/(1 + 2 x^2) or 1/(2 x), times a polynomial.
template <typename V>
AUTOVAE_INLINE V dawson(V x) {
  using T = Element<V>;
  const V a = abs(x);
  return branch<V>(
      a < T(4),
      AUTOVAE_CASE {
        const V u = min<V>(T(16), a * a);
        return x * polynomial(u * T(0.125) - T(1), C<V>::DAWSON) / (T(1) + T(2) * u);
      },
      AUTOVAE_CASE {
        const V w = T(1) / max<V>(T(4), a);
        return copysign(T(0.5) * w * polynomial(w * w * T(32) - T(1), C<V>::DAWSON_FAR), x);
      });
}

// E_1(exp(y))
template <typename V>
AUTOVAE_INLINE V e1_exp(V y) {
  using T = Element<V>;
  const V x = exp(min<V>(T(7), y));
  return branch<V>(
      x < T(1),
      AUTOVAE_CASE {
        const V small = min<V>(T(1), x);
        return small * polynomial(T(2) * small - T(1), C<V>::EIN) - C<V>::kEuler - y;
      },
      AUTOVAE_CASE {
        const V large = max<V>(T(1), x);
        const V t = T(1) - T(4) / (large + T(2));  // in [-1/3, 1]
        return exp(-large) / large * polynomial(T(1.5) * t - T(0.5), C<V>::E1_FAR);
      });
}

}  // namespace autovae
