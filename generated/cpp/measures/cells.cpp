// Written by codegen.build (SymPy 1.14.0) from the catalog; change the generator, not this file.
#include "cells.h"

#include "../kernel.h"

namespace autovae {

extern const Kernel kld_cauchy_cauchy;
extern const Kernel kld_exponential_cauchy;
extern const Kernel kld_exponential_exponential;
extern const Kernel kld_exponential_gumbel;
extern const Kernel kld_exponential_laplace;
extern const Kernel kld_exponential_logistic;
extern const Kernel kld_exponential_normal;
extern const Kernel kld_gumbel_cauchy;
extern const Kernel kld_gumbel_gumbel;
extern const Kernel kld_gumbel_laplace;
extern const Kernel kld_gumbel_logistic;
extern const Kernel kld_gumbel_normal;
extern const Kernel kld_laplace_cauchy;
extern const Kernel kld_laplace_gumbel;
extern const Kernel kld_laplace_laplace;
extern const Kernel kld_laplace_logistic;
extern const Kernel kld_laplace_normal;
extern const Kernel kld_logistic_cauchy;
extern const Kernel kld_logistic_gumbel;
extern const Kernel kld_logistic_laplace;
extern const Kernel kld_logistic_logistic;
extern const Kernel kld_logistic_normal;
extern const Kernel kld_normal_cauchy;
extern const Kernel kld_normal_gumbel;
extern const Kernel kld_normal_laplace;
extern const Kernel kld_normal_logistic;
extern const Kernel kld_normal_normal;
extern const Kernel kld_uniform_cauchy;
extern const Kernel kld_uniform_exponential;
extern const Kernel kld_uniform_gumbel;
extern const Kernel kld_uniform_laplace;
extern const Kernel kld_uniform_logistic;
extern const Kernel kld_uniform_normal;
extern const Kernel kld_uniform_uniform;

namespace {

using T = double;

// ---------------------------------------------------------------- where they are finite

bool condition_0(double loc, double log_scale, double alpha, double eps) {
  return true;
}

bool condition_1(double loc, double log_scale, double alpha, double eps) {
  return (alpha - 1.0) * std::expm1(2.0 * log_scale) < 1.0;
}

bool condition_2(double loc, double log_scale, double alpha, double eps) {
  return alpha < 1.0;
}

bool condition_3(double loc, double log_scale, double alpha, double eps) {
  return alpha <= 1.0;
}

bool condition_4(double loc, double log_scale, double alpha, double eps) {
  return (alpha - 1.0) * std::expm1(log_scale) < 1.0;
}

bool condition_5(double loc, double log_scale, double alpha, double eps) {
  return (alpha <= 1.0) || ((alpha - 1.0) * std::exp(log_scale) < alpha);
}

bool condition_6(double loc, double log_scale, double alpha, double eps) {
  return ((alpha <= 1.0) && (log_scale < 0.0)) || (alpha < 1.0);
}

bool condition_7(double loc, double log_scale, double alpha, double eps) {
  return std::abs(loc) - std::abs(std::expm1(log_scale)) < 2.0 * std::exp(0.5 * log_scale - 0.5 * std::abs(log_scale));
}

bool condition_8(double loc, double log_scale, double alpha, double eps) {
  return (-loc - std::exp(log_scale) + 1.0 >= -4.0 * eps * (1.0 + std::exp(log_scale))) && (loc - std::exp(log_scale) +
      1.0 >= -4.0 * eps * (1.0 + std::exp(log_scale)));
}

bool condition_9(double loc, double log_scale, double alpha, double eps) {
  return ((0.0 < loc + std::exp(log_scale)) && (alpha < 1.0)) || (loc - std::exp(log_scale) >= -4.0 * eps * (1.0 +
      std::exp(log_scale)));
}

bool condition_10(double loc, double log_scale, double alpha, double eps) {
  return ((log_scale == 0.0) && (alpha - 1.0 < alpha * std::exp(loc))) || (alpha <= 1.0) || (log_scale < 0.0);
}

bool condition_11(double loc, double log_scale, double alpha, double eps) {
  return (alpha < 1.0) && (loc < 1.0);
}

bool condition_12(double loc, double log_scale, double alpha, double eps) {
  return (loc >= 0.0) && ((alpha - 1.0) * std::expm1(log_scale) < 1.0);
}

bool condition_13(double loc, double log_scale, double alpha, double eps) {
  return (alpha > 1.0) || (std::exp(2.0 * log_scale) < alpha * std::exp(2.0 * log_scale) + 1.0);
}

bool condition_14(double loc, double log_scale, double alpha, double eps) {
  return (alpha > 1.0) || (1.0 < 2.0 * alpha);
}

bool condition_15(double loc, double log_scale, double alpha, double eps) {
  return alpha > 1.0;
}

bool condition_16(double loc, double log_scale, double alpha, double eps) {
  return alpha >= 1.0;
}

bool condition_17(double loc, double log_scale, double alpha, double eps) {
  return (alpha > 1.0) || (std::exp(log_scale) < alpha * std::exp(log_scale) + 1.0);
}

bool condition_18(double loc, double log_scale, double alpha, double eps) {
  return ((alpha == 1.0) && (log_scale < 0.0)) || (alpha > 1.0);
}

bool condition_19(double loc, double log_scale, double alpha, double eps) {
  return ((log_scale == 0.0) && (loc == 0.0)) || (alpha > 1.0) || (1.0 < 2.0 * alpha);
}

bool condition_20(double loc, double log_scale, double alpha, double eps) {
  return ((-loc - std::exp(log_scale) + 1.0 >= -4.0 * eps * (1.0 + std::exp(log_scale))) && (loc - std::exp(log_scale) +
      1.0 >= -4.0 * eps * (1.0 + std::exp(log_scale)))) || (alpha > 1.0);
}

bool condition_21(double loc, double log_scale, double alpha, double eps) {
  return (loc - std::exp(log_scale) >= -4.0 * eps * (1.0 + std::exp(log_scale))) || (alpha > 1.0);
}

bool condition_22(double loc, double log_scale, double alpha, double eps) {
  return ((log_scale == 0.0) && (1.0 < alpha + std::exp(loc))) || (alpha >= 1.0) || (log_scale < 0.0);
}

bool condition_23(double loc, double log_scale, double alpha, double eps) {
  return ((loc >= 0.0) && (std::exp(log_scale) < alpha * std::exp(log_scale) + 1.0)) || (alpha > 1.0);
}

bool condition_24(double loc, double log_scale, double alpha, double eps) {
  return (((-loc - std::exp(log_scale) + 1.0 >= -4.0 * eps * (1.0 + std::exp(log_scale))) && (loc - std::exp(log_scale)
      + 1.0 >= -4.0 * eps * (1.0 + std::exp(log_scale)))) || (alpha > 1.0)) && (0.0 < loc + std::exp(log_scale) + 1.0)
      && (loc < std::exp(log_scale) + 1.0);
}

bool condition_25(double loc, double log_scale, double alpha, double eps) {
  return ((loc - std::exp(log_scale) >= -4.0 * eps * (1.0 + std::exp(log_scale))) || (alpha > 1.0)) && (0.0 < loc +
      std::exp(log_scale));
}

bool condition_26(double loc, double log_scale, double alpha, double eps) {
  return (alpha > 1.0) && (loc < 1.0);
}

// ---------------------------------------------------------------- closed forms of matched pairs

// (exp(x) - 1)/x
AUTOVAE_INLINE V exprel(V x) { return select<V>(x == 0.0, 1.0, autovae::expm1(x) / x); }

// (exp(x) - 1 - x)/x^2
AUTOVAE_INLINE V exprel2(V x) {
  const V far = select<V>(abs(x) < 1e-100, 1.0, x);
  return select<V>(abs(x) < 1e-100, 0.5, expm1mx(far) / far / far);
}

// log(a exp((a - 1) x) + (1 - a) exp(a x))/(1 - a)
AUTOVAE_INLINE V log_mean(V x, double a) {
  const double end = 1.0 / (1.0 + a), rest = 1.0 - a;
  const V small = min<V>(end, max<V>(-end, x)), wide = min<V>(40.0, x);  // beyond, exp(x) is all that counts
  const V near = autovae::log1p(a * expm1mx(-rest * small) + rest * expm1mx(a * small)) / rest;
  const V far = autovae::log1p(rest * autovae::expm1(wide)) / rest - wide + (x - wide) * (a / rest);
  return x == small ? near : far;
}

// a (exp(x) - 1)/(a + (1 - a) exp(x))
AUTOVAE_INLINE V log_mean_slope(V x, double a) {
  const Bits<V> close = abs(x) < 0.5;
  const V small = autovae::expm1(min<V>(0.5, max<V>(-0.5, x))), far = autovae::expm1(select<V>(close, 1.0, x));
  return close ? a * small / (1.0 + (1.0 - a) * small) : a / ((1.0 - a) + 1.0 / far);
}

struct NormalBelow {
  static void constants([[maybe_unused]] double alpha, [[maybe_unused]] double* c) {
    c[0] = -alpha + 1.0;
    c[1] = 0.5 * alpha;
    c[2] = -alpha * (-alpha + 1.0);
  }
  AUTOVAE_INLINE void at(V loc, V log_scale, [[maybe_unused]] double alpha, [[maybe_unused]] const double* c, V& value,
                         V& d_loc, V& d_log_scale) {
    const auto x0 = T(2.0) * log_scale;
    const auto x1 = reciprocal(alpha + c[0] * exp(x0));
    const auto x2 = square(loc) * x1;
    value = splat<V>(c[1] * x2 + T(0.5) * log_mean(x0, alpha));
    d_loc = splat<V>(alpha * loc * x1);
    d_log_scale = splat<V>(c[2] * x2 / (c[0] + alpha * exp(-x0)) + log_mean_slope(x0, alpha));
  }
};

struct NormalAbove {
  static void constants([[maybe_unused]] double alpha, [[maybe_unused]] double* c) {
    c[0] = -alpha + 1.0;
    c[1] = 0.5 * alpha;
    c[2] = -alpha * (-alpha + 1.0);
  }
  AUTOVAE_INLINE void at(V loc, V log_scale, [[maybe_unused]] double alpha, [[maybe_unused]] const double* c, V& value,
                         V& d_loc, V& d_log_scale) {
    const auto x0 = T(2.0) * log_scale;
    const auto x1 = square(loc);
    const auto x2 = c[0] * expm1(x0) + T(1.0);
    const auto x3 = reciprocal(x2);
    value = splat<V>(c[1] * x1 * x3 + T(0.5) * log_mean(x0, alpha));
    d_loc = splat<V>(alpha * loc * x3);
    d_log_scale = splat<V>(c[2] * x1 * exp(x0) / square(x2) + log_mean_slope(x0, alpha));
  }
};

struct LaplaceBelow {
  static void constants([[maybe_unused]] double alpha, [[maybe_unused]] double* c) {
    c[0] = -alpha + 1.0;
    c[1] = (1.0 / (-alpha + 1.0));
  }
  AUTOVAE_INLINE void at(V loc, V log_scale, [[maybe_unused]] double alpha, [[maybe_unused]] const double* c, V& value,
                         V& d_loc, V& d_log_scale) {
    const auto x0 = abs(loc);
    const auto x1 = alpha * exp(-log_scale);
    const auto x2 = alpha > -x1 + T(1.0);
    const auto x3 = select<V>(x2, c[0], x1);
    const auto x4 = x0 * x3;
    const auto x5 = x0 < T(1000000000000000.0);
    const auto x6 = select<V>(x5, x0, T(1000000000000000.0));
    const auto x7 = select<V>(x2, x1, c[0]);
    const auto x8 = x6 * (-x3 + x7);
    const auto x9 = -x8;
    const auto x10 = exprel2(x9);
    const auto x11 = exprel(x9);
    const auto x12 = x11 * x4;
    const auto x13 = c[0] * x11 * x6;
    value = splat<V>(c[1] * (expm1mx(log1p(x4)) - log1p(-x10 * x4 * x8 / (x4 + T(1.0)))) + log_mean(log_scale, alpha));
    d_loc = splat<V>(c[1] * x12 * x7 * sign(loc) / (x12 + T(1.0)));
    d_log_scale = splat<V>(-x1 * select<V>(x5, square(loc), T(1e+30)) * select<V>(x2, (-x10 + x11) / (x13 + T(1.0)), x10
        / (x13 + exp(x9))) + log_mean_slope(log_scale, alpha));
  }
};

struct LaplaceAbove {
  static void constants([[maybe_unused]] double alpha, [[maybe_unused]] double* c) {
    c[0] = alpha - 1.0;
    c[1] = -alpha / (alpha - 1.0);
    c[2] = (1.0 / (alpha - 1.0));
  }
  AUTOVAE_INLINE void at(V loc, V log_scale, [[maybe_unused]] double alpha, [[maybe_unused]] const double* c, V& value,
                         V& d_loc, V& d_log_scale) {
    const auto x0 = exp(-log_scale);
    const auto x1 = alpha * x0;
    const auto x2 = c[0] + x1;
    const auto x3 = reciprocal(x2);
    const auto x4 = abs(loc);
    const auto x5 = c[0] * x4;
    const auto x6 = x5 < T(1.0);
    const auto x7 = select<V>(x6, x5, T(1.0));
    const auto x8 = x4 < T(1000000000000000.0);
    const auto x9 = x2 * select<V>(x8, x4, T(1000000000000000.0));
    const auto x10 = -x9;
    const auto x11 = exprel(x10);
    const auto x12 = x1 / (x1 + c[0] * exp(x10));
    value = splat<V>(c[2] * select<V>(x6, log1p(x3 * (c[0] * expm1mx(c[1] * x0 * x7) + x1 * expm1mx(x7))), x5 +
        log1p(c[0] * x3 * select<V>(x5 >= T(1.0), expm1(x10), T(0.0)))) + log_mean(log_scale, alpha));
    d_loc = splat<V>(x11 * x12 * x9 * sign(loc));
    d_log_scale = splat<V>(-x12 * x2 * (x11 - exprel2(x10)) * select<V>(x8, square(loc), T(1e+30)) +
        log_mean_slope(log_scale, alpha));
  }
};

struct UniformBelow {
  static void constants([[maybe_unused]] double alpha, [[maybe_unused]] double* c) {
    c[0] = -1.0 / (-alpha + 1.0);
    c[1] = alpha / (-alpha + 1.0);
    c[2] = 0.5 / (-alpha + 1.0);
    c[3] = (1.0 / (-alpha + 1.0));
  }
  AUTOVAE_INLINE void at(V loc, V log_scale, [[maybe_unused]] double alpha, [[maybe_unused]] const double* c, V& value,
                         V& d_loc, V& d_log_scale) {
    const auto x0 = log_scale < T(0.0);
    const auto x1 = exp(-T(0.5) * log_scale + T(0.5) * abs(log_scale));
    const auto x2 = abs(loc) - abs(expm1(log_scale));
    const auto x3 = x2 > T(0.0);
    const auto x4 = T(0.5) * x1 * select<V>(x3, x2, T(0.0));
    const auto x5 = reciprocal(-x4 + T(1.0));
    value = splat<V>(c[0] * log1p(-x4) + select<V>(x0, -log_scale, c[1] * log_scale));
    d_loc = splat<V>(select<V>(x3, c[2] * x1 * x5 * sign(loc), T(0.0)));
    d_log_scale = splat<V>(c[2] * (sign(log_scale) + T(1.0)) + select<V>(x3, c[3] * x5 * select<V>(x0, -x4 + T(0.5),
        -T(0.5) * exp(log_scale)), T(0.0)) - T(1.0));
  }
};

struct UniformAbove {
  static void constants([[maybe_unused]] double alpha, [[maybe_unused]] double* c) {

  }
  AUTOVAE_INLINE void at(V loc, V log_scale, [[maybe_unused]] double alpha, [[maybe_unused]] const double* c, V& value,
                         V& d_loc, V& d_log_scale) {
    value = splat<V>(-log_scale);
    d_loc = splat<V>(T(0.0));
    d_log_scale = splat<V>(-T(1.0));
  }
};

struct ExponentialBelow {
  static void constants([[maybe_unused]] double alpha, [[maybe_unused]] double* c) {
    c[0] = -alpha / (-alpha + 1.0);
    c[1] = alpha / (-alpha + 1.0);
  }
  AUTOVAE_INLINE void at(V loc, V log_scale, [[maybe_unused]] double alpha, [[maybe_unused]] const double* c, V& value,
                         V& d_loc, V& d_log_scale) {
    const auto x0 = loc >= T(0.0);
    const auto x1 = exp(-log_scale);
    const auto x2 = c[0] * x1;
    value = splat<V>(select<V>(x0, loc, loc * x2) + log_mean(log_scale, alpha));
    d_loc = splat<V>(select<V>(x0, T(1.0), x2));
    d_log_scale = splat<V>(select<V>(x0, T(0.0), c[1] * loc * x1) + log_mean_slope(log_scale, alpha));
  }
};

struct ExponentialAbove {
  static void constants([[maybe_unused]] double alpha, [[maybe_unused]] double* c) {

  }
  AUTOVAE_INLINE void at(V loc, V log_scale, [[maybe_unused]] double alpha, [[maybe_unused]] const double* c, V& value,
                         V& d_loc, V& d_log_scale) {
    value = splat<V>(loc + log_mean(log_scale, alpha));
    d_loc = splat<V>(T(1.0));
    d_log_scale = splat<V>(log_mean_slope(log_scale, alpha));
  }
};

// Results as they are handed out: NaN where an input is, infinite outside the condition and beyond all numbers, never
// negative; derivatives finite, and zero where the value is not.
void settle_one(bool finite, bool single, double loc, double log_scale, double& value, double& d_loc,
                double& d_log_scale) {
  const double largest = single ? std::numeric_limits<float>::max() : std::numeric_limits<double>::max();
  value = !finite || value != value || value > largest ? kInfinity : std::max(value, 0.0);
  const auto slope = [&](double d) {
    return value < kInfinity && d == d ? std::clamp(d, -largest, largest) : 0.0;
  };
  d_loc = slope(d_loc), d_log_scale = slope(d_log_scale);
  if (loc != loc || log_scale != log_scale) value = std::numeric_limits<double>::quiet_NaN();
}

double rounding(bool single) {
  return single ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
}

template <typename Side>
void closed(bool (*finite)(double, double, double, double), double alpha, bool single, const double* loc,
            const double* log_scale, double* value, double* d_loc, double* d_log_scale, int64_t n) {
  double c[16];
  Side::constants(alpha, c);
  for (int64_t i = 0; i < n; i += kWidth) {
    const int64_t left = std::min<int64_t>(n - i, kWidth);
    double m[kWidth], s[kWidth], v[kWidth], dm[kWidth], ds[kWidth];
    bool inside[kWidth];
    for (int k = 0; k < kWidth; ++k) {
      inside[k] = k < left && finite(loc[i + k], log_scale[i + k], alpha, rounding(single));
      m[k] = inside[k] ? loc[i + k] : 0.5, s[k] = inside[k] ? log_scale[i + k] : -1.0;
    }
    V of_value, of_loc, of_log_scale;
    Side::at(load<V>(m), load<V>(s), alpha, c, of_value, of_loc, of_log_scale);
    store(v, of_value), store(dm, of_loc), store(ds, of_log_scale);
    for (int k = 0; k < left; ++k) {
      settle_one(inside[k], single, loc[i + k], log_scale[i + k], v[k], dm[k], ds[k]);
      value[i + k] = v[k], d_loc[i + k] = dm[k], d_log_scale[i + k] = ds[k];
    }
  }
}

void closed_normal(const Cell&, double alpha, bool single, const double* loc, const double* log_scale,
                   double* value, double* d_loc, double* d_log_scale, int64_t n) {
  if (alpha < 1.0) {
    closed<NormalBelow>(condition_0, alpha, single, loc, log_scale, value, d_loc, d_log_scale, n);
  } else {
    closed<NormalAbove>(condition_1, alpha, single, loc, log_scale, value, d_loc, d_log_scale, n);
  }
}

void closed_laplace(const Cell&, double alpha, bool single, const double* loc, const double* log_scale,
                    double* value, double* d_loc, double* d_log_scale, int64_t n) {
  if (alpha < 1.0) {
    closed<LaplaceBelow>(condition_0, alpha, single, loc, log_scale, value, d_loc, d_log_scale, n);
  } else {
    closed<LaplaceAbove>(condition_4, alpha, single, loc, log_scale, value, d_loc, d_log_scale, n);
  }
}

void closed_uniform(const Cell&, double alpha, bool single, const double* loc, const double* log_scale,
                    double* value, double* d_loc, double* d_log_scale, int64_t n) {
  if (alpha < 1.0) {
    closed<UniformBelow>(condition_7, alpha, single, loc, log_scale, value, d_loc, d_log_scale, n);
  } else {
    closed<UniformAbove>(condition_8, alpha, single, loc, log_scale, value, d_loc, d_log_scale, n);
  }
}

void closed_exponential(const Cell&, double alpha, bool single, const double* loc, const double* log_scale,
                        double* value, double* d_loc, double* d_log_scale, int64_t n) {
  if (alpha < 1.0) {
    closed<ExponentialBelow>(condition_0, alpha, single, loc, log_scale, value, d_loc, d_log_scale, n);
  } else {
    closed<ExponentialAbove>(condition_12, alpha, single, loc, log_scale, value, d_loc, d_log_scale, n);
  }
}

// ---------------------------------------------------------------- by quadrature

struct Terms {
  double value, d_loc, d_log_scale;
};

// Runs body(integral, loc, log_scale) where the divergence is finite.
template <typename Body>
void by_panels(const Cell& cell, double a, double b, double alpha, bool single, const double* loc,
               const double* log_scale, double* value, double* d_loc, double* d_log_scale, int64_t n,
               const Body& body) {
  const Member &q = kMembers[cell.q], &prior = kMembers[cell.prior];
  Integral integral(q, prior, a, b, kRules[single], cell.share);
  for (int64_t i = 0; i < n; ++i) {
    const double m = loc[i], s = log_scale[i];
    const bool finite = m == m && s == s && cell.finite(m, s, alpha, rounding(single));
    Terms found{0.0, 0.0, 0.0};
    if (finite) {
      integral.evaluate(m, s);
      found = body(integral, s);
      if (cell.q == cell.prior && m == 0.0 && s == 0.0) {
        // At some orders the integrals of equal densities diverge, and the divergence is zero.
        const auto number = [](double d) { return std::isfinite(d) ? d : 0.0; };
        found = {0.0, number(found.d_loc), number(found.d_log_scale)};
      }
    }
    settle_one(finite, single, m, s, found.value, found.d_loc, found.d_log_scale);
    value[i] = found.value, d_loc[i] = found.d_loc, d_log_scale[i] = found.d_log_scale;
  }
}

void renyi(const Cell& cell, double alpha, bool single, const double* loc, const double* log_scale, double* value,
           double* d_loc, double* d_log_scale, int64_t n) {
  const double order = alpha - 1.0;
  by_panels(cell, alpha, -order, alpha, single, loc, log_scale, value, d_loc, d_log_scale, n,
            [&](Integral& integral, double) {
              const double log = integral.log();
              Terms t{std::isinf(log) ? kInfinity : log / order, 0.0, 0.0};
              integral.gradient(t.d_loc, t.d_log_scale);
              t.d_loc /= order, t.d_log_scale /= order;
              return t;
            });
}

// Logarithm of the integral of the standard density to the power alpha.
double log_norm(const Cell& cell, int member, double alpha, bool single) {
  Integral integral(kMembers[member], kMembers[member], alpha, 0.0, kRules[single], cell.share);
  integral.evaluate(0.0, 0.0);
  return integral.log();
}

void beta(const Cell& cell, double alpha, bool single, const double* loc, const double* log_scale, double* value,
          double* d_loc, double* d_log_scale, int64_t n) {
  const double order = alpha - 1.0;
  const double norm = log_norm(cell, cell.q, alpha, single);
  const double other = std::expm1(log_norm(cell, cell.prior, alpha, single)) / alpha;
  by_panels(cell, 1.0, order, alpha, single, loc, log_scale, value, d_loc, d_log_scale, n,
            [&](Integral& integral, double s) {
              const double log_own = norm - order * s, log_cross = integral.log() - order * s;
              const double cross = std::exp(log_cross);
              Terms t{std::expm1(log_own) / (alpha * order) + other - std::expm1(log_cross) / order, 0.0, 0.0};
              integral.gradient(t.d_loc, t.d_log_scale);
              t.d_loc = cross > 0.0 ? -cross * t.d_loc / order : 0.0;
              t.d_log_scale =
                  cross - std::exp(log_own) / alpha - (cross > 0.0 ? cross * t.d_log_scale / order : 0.0);
              return t;
            });
}

void gamma(const Cell& cell, double alpha, bool single, const double* loc, const double* log_scale, double* value,
           double* d_loc, double* d_log_scale, int64_t n) {
  const double order = alpha - 1.0;
  const double norms = log_norm(cell, cell.q, alpha, single) / (alpha * order) +
                       log_norm(cell, cell.prior, alpha, single) / alpha;
  by_panels(cell, 1.0, order, alpha, single, loc, log_scale, value, d_loc, d_log_scale, n,
            [&](Integral& integral, double s) {
              Terms t{norms - integral.log() / order + (1.0 - 1.0 / alpha) * s, 0.0, 0.0};
              integral.gradient(t.d_loc, t.d_log_scale);
              t.d_loc = -t.d_loc / order, t.d_log_scale = 1.0 - 1.0 / alpha - t.d_log_scale / order;
              return t;
            });
}

// ---------------------------------------------------------------- made of others

// 1 - exp(-D/2) of the Renyi divergence D of order one half; zero slope where nothing is shared.
void hellinger(const Cell& cell, double, bool single, const double* loc, const double* log_scale, double* value,
               double* d_loc, double* d_log_scale, int64_t n) {
  const Cell& part = kCells[cell.part];
  part.evaluate(part, 0.5, single, loc, log_scale, value, d_loc, d_log_scale, n);
  for (int64_t i = 0; i < n; ++i) {
    const double slope = value[i] == value[i] ? 0.5 * std::exp(-0.5 * value[i]) : 0.0;
    value[i] = -std::expm1(-0.5 * value[i]), d_loc[i] *= slope, d_log_scale[i] *= slope;
  }
}

// exp(D) - 1 of the Renyi divergence D of order two.
void chi2(const Cell& cell, double, bool single, const double* loc, const double* log_scale, double* value,
          double* d_loc, double* d_log_scale, int64_t n) {
  const Cell& part = kCells[cell.part];
  part.evaluate(part, 2.0, single, loc, log_scale, value, d_loc, d_log_scale, n);
  for (int64_t i = 0; i < n; ++i) {
    const double slope = std::exp(value[i]);
    value[i] = std::expm1(value[i]), d_loc[i] *= slope, d_log_scale[i] *= slope;
    settle_one(true, single, loc[i], log_scale[i], value[i], d_loc[i], d_log_scale[i]);
  }
}

// Of what is exchanged: the Kullback-Leibler kernel of prior and posterior, for the prior's place after the affine map
// that makes the posterior standard; and of both directions.
template <const Kernel* kExchanged, const Kernel* kForward>
void exchanged(const Cell&, double, bool single, const double* loc, const double* log_scale, double* value,
               double* d_loc, double* d_log_scale, int64_t n) {
  constexpr int64_t tile = 256;
  double inverse[tile], m[tile], s[tile], more[3][tile];
  constexpr double largest = std::numeric_limits<double>::max();
  for (int64_t at = 0; at < n; at += tile) {
    const int64_t count = std::min(tile, n - at);
    for (int64_t i = 0; i < count; ++i) {
      inverse[i] = std::min(std::exp(-log_scale[at + i]), largest);
      m[i] = std::clamp(-loc[at + i] * inverse[i], -largest, largest), s[i] = -log_scale[at + i];
    }
    functions<double>(*kExchanged).both(m, s, value + at, d_loc + at, d_log_scale + at, count);
    if constexpr (kForward != nullptr) {
      functions<double>(*kForward).both(loc + at, log_scale + at, more[0], more[1], more[2], count);
    }
    for (int64_t i = 0; i < count; ++i) {
      const double d_m = d_loc[at + i];
      d_loc[at + i] = -inverse[i] * d_m, d_log_scale[at + i] = -m[i] * d_m - d_log_scale[at + i];
      if constexpr (kForward != nullptr) {
        value[at + i] += more[0][i], d_loc[at + i] += more[1][i], d_log_scale[at + i] += more[2][i];
      }
      settle_one(true, single, loc[at + i], log_scale[at + i], value[at + i], d_loc[at + i], d_log_scale[at + i]);
    }
  }
}

}  // namespace

extern const Cell kCells[] = {
    {"renyi/normal_normal", 150, closed_normal,
     0, 0, 1.0, nullptr, -1},
    {"renyi/normal_laplace", 8000, renyi,
     0, 1, 1.0, condition_0, -1},
    {"renyi/normal_cauchy", 8000, renyi,
     0, 2, 1.0, condition_0, -1},
    {"renyi/normal_logistic", 8000, renyi,
     0, 3, 1.0, condition_0, -1},
    {"renyi/normal_uniform", 8000, renyi,
     0, 4, 1.0, condition_2, -1},
    {"renyi/normal_gumbel", 8000, renyi,
     0, 5, 1.0, condition_3, -1},
    {"renyi/normal_exponential", 8000, renyi,
     0, 6, 1.0, condition_2, -1},
    {"renyi/laplace_normal", 8000, renyi,
     1, 0, 1.0, condition_3, -1},
    {"renyi/laplace_laplace", 150, closed_laplace,
     1, 1, 1.0, nullptr, -1},
    {"renyi/laplace_cauchy", 8000, renyi,
     1, 2, 1.0, condition_0, -1},
    {"renyi/laplace_logistic", 8000, renyi,
     1, 3, 1.0, condition_5, -1},
    {"renyi/laplace_uniform", 8000, renyi,
     1, 4, 1.0, condition_2, -1},
    {"renyi/laplace_gumbel", 8000, renyi,
     1, 5, 1.0, condition_6, -1},
    {"renyi/laplace_exponential", 8000, renyi,
     1, 6, 1.0, condition_2, -1},
    {"renyi/cauchy_normal", 8000, renyi,
     2, 0, 2.5, condition_2, -1},
    {"renyi/cauchy_laplace", 8000, renyi,
     2, 1, 2.5, condition_2, -1},
    {"renyi/cauchy_cauchy", 8000, renyi,
     2, 2, 2.5, condition_0, -1},
    {"renyi/cauchy_logistic", 8000, renyi,
     2, 3, 2.5, condition_2, -1},
    {"renyi/cauchy_uniform", 8000, renyi,
     2, 4, 2.5, condition_2, -1},
    {"renyi/cauchy_gumbel", 8000, renyi,
     2, 5, 2.5, condition_2, -1},
    {"renyi/cauchy_exponential", 8000, renyi,
     2, 6, 2.5, condition_2, -1},
    {"renyi/logistic_normal", 8000, renyi,
     3, 0, 1.0, condition_3, -1},
    {"renyi/logistic_laplace", 8000, renyi,
     3, 1, 1.0, condition_5, -1},
    {"renyi/logistic_cauchy", 8000, renyi,
     3, 2, 1.0, condition_0, -1},
    {"renyi/logistic_logistic", 8000, renyi,
     3, 3, 1.0, condition_5, -1},
    {"renyi/logistic_uniform", 8000, renyi,
     3, 4, 1.0, condition_2, -1},
    {"renyi/logistic_gumbel", 8000, renyi,
     3, 5, 1.0, condition_6, -1},
    {"renyi/logistic_exponential", 8000, renyi,
     3, 6, 1.0, condition_2, -1},
    {"renyi/uniform_normal", 8000, renyi,
     4, 0, 1.0, condition_0, -1},
    {"renyi/uniform_laplace", 8000, renyi,
     4, 1, 1.0, condition_0, -1},
    {"renyi/uniform_cauchy", 8000, renyi,
     4, 2, 1.0, condition_0, -1},
    {"renyi/uniform_logistic", 8000, renyi,
     4, 3, 1.0, condition_0, -1},
    {"renyi/uniform_uniform", 150, closed_uniform,
     4, 4, 1.0, nullptr, -1},
    {"renyi/uniform_gumbel", 8000, renyi,
     4, 5, 1.0, condition_0, -1},
    {"renyi/uniform_exponential", 8000, renyi,
     4, 6, 1.0, condition_9, -1},
    {"renyi/gumbel_normal", 8000, renyi,
     5, 0, 1.0, condition_3, -1},
    {"renyi/gumbel_laplace", 8000, renyi,
     5, 1, 1.0, condition_5, -1},
    {"renyi/gumbel_cauchy", 8000, renyi,
     5, 2, 1.0, condition_0, -1},
    {"renyi/gumbel_logistic", 8000, renyi,
     5, 3, 1.0, condition_5, -1},
    {"renyi/gumbel_uniform", 8000, renyi,
     5, 4, 1.0, condition_2, -1},
    {"renyi/gumbel_gumbel", 8000, renyi,
     5, 5, 1.0, condition_10, -1},
    {"renyi/gumbel_exponential", 8000, renyi,
     5, 6, 1.0, condition_2, -1},
    {"renyi/exponential_normal", 8000, renyi,
     6, 0, 1.0, condition_3, -1},
    {"renyi/exponential_laplace", 8000, renyi,
     6, 1, 1.0, condition_5, -1},
    {"renyi/exponential_cauchy", 8000, renyi,
     6, 2, 1.0, condition_0, -1},
    {"renyi/exponential_logistic", 8000, renyi,
     6, 3, 1.0, condition_5, -1},
    {"renyi/exponential_uniform", 8000, renyi,
     6, 4, 1.0, condition_11, -1},
    {"renyi/exponential_gumbel", 8000, renyi,
     6, 5, 1.0, condition_5, -1},
    {"renyi/exponential_exponential", 150, closed_exponential,
     6, 6, 1.0, nullptr, -1},
    {"beta/normal_normal", 8000, beta,
     0, 0, 1.0, condition_13, -1},
    {"beta/normal_laplace", 8000, beta,
     0, 1, 1.0, condition_0, -1},
    {"beta/normal_cauchy", 8000, beta,
     0, 2, 2.5, condition_14, -1},
    {"beta/normal_logistic", 8000, beta,
     0, 3, 1.0, condition_0, -1},
    {"beta/normal_uniform", 8000, beta,
     0, 4, 1.0, condition_15, -1},
    {"beta/normal_gumbel", 8000, beta,
     0, 5, 1.0, condition_16, -1},
    {"beta/normal_exponential", 8000, beta,
     0, 6, 1.0, condition_15, -1},
    {"beta/laplace_normal", 8000, beta,
     1, 0, 1.0, condition_16, -1},
    {"beta/laplace_laplace", 8000, beta,
     1, 1, 1.0, condition_17, -1},
    {"beta/laplace_cauchy", 8000, beta,
     1, 2, 2.5, condition_14, -1},
    {"beta/laplace_logistic", 8000, beta,
     1, 3, 1.0, condition_17, -1},
    {"beta/laplace_uniform", 8000, beta,
     1, 4, 1.0, condition_15, -1},
    {"beta/laplace_gumbel", 8000, beta,
     1, 5, 1.0, condition_18, -1},
    {"beta/laplace_exponential", 8000, beta,
     1, 6, 1.0, condition_15, -1},
    {"beta/cauchy_normal", 8000, beta,
     2, 0, 2.5, condition_15, -1},
    {"beta/cauchy_laplace", 8000, beta,
     2, 1, 2.5, condition_15, -1},
    {"beta/cauchy_cauchy", 8000, beta,
     2, 2, 2.5, condition_19, -1},
    {"beta/cauchy_logistic", 8000, beta,
     2, 3, 2.5, condition_15, -1},
    {"beta/cauchy_uniform", 8000, beta,
     2, 4, 2.5, condition_15, -1},
    {"beta/cauchy_gumbel", 8000, beta,
     2, 5, 2.5, condition_15, -1},
    {"beta/cauchy_exponential", 8000, beta,
     2, 6, 2.5, condition_15, -1},
    {"beta/logistic_normal", 8000, beta,
     3, 0, 1.0, condition_16, -1},
    {"beta/logistic_laplace", 8000, beta,
     3, 1, 1.0, condition_17, -1},
    {"beta/logistic_cauchy", 8000, beta,
     3, 2, 2.5, condition_14, -1},
    {"beta/logistic_logistic", 8000, beta,
     3, 3, 1.0, condition_17, -1},
    {"beta/logistic_uniform", 8000, beta,
     3, 4, 1.0, condition_15, -1},
    {"beta/logistic_gumbel", 8000, beta,
     3, 5, 1.0, condition_18, -1},
    {"beta/logistic_exponential", 8000, beta,
     3, 6, 1.0, condition_15, -1},
    {"beta/uniform_normal", 8000, beta,
     4, 0, 1.0, condition_0, -1},
    {"beta/uniform_laplace", 8000, beta,
     4, 1, 1.0, condition_0, -1},
    {"beta/uniform_cauchy", 8000, beta,
     4, 2, 2.5, condition_14, -1},
    {"beta/uniform_logistic", 8000, beta,
     4, 3, 1.0, condition_0, -1},
    {"beta/uniform_uniform", 8000, beta,
     4, 4, 1.0, condition_20, -1},
    {"beta/uniform_gumbel", 8000, beta,
     4, 5, 1.0, condition_0, -1},
    {"beta/uniform_exponential", 8000, beta,
     4, 6, 1.0, condition_21, -1},
    {"beta/gumbel_normal", 8000, beta,
     5, 0, 1.0, condition_16, -1},
    {"beta/gumbel_laplace", 8000, beta,
     5, 1, 1.0, condition_17, -1},
    {"beta/gumbel_cauchy", 8000, beta,
     5, 2, 2.5, condition_14, -1},
    {"beta/gumbel_logistic", 8000, beta,
     5, 3, 1.0, condition_17, -1},
    {"beta/gumbel_uniform", 8000, beta,
     5, 4, 1.0, condition_15, -1},
    {"beta/gumbel_gumbel", 8000, beta,
     5, 5, 1.0, condition_22, -1},
    {"beta/gumbel_exponential", 8000, beta,
     5, 6, 1.0, condition_15, -1},
    {"beta/exponential_normal", 8000, beta,
     6, 0, 1.0, condition_16, -1},
    {"beta/exponential_laplace", 8000, beta,
     6, 1, 1.0, condition_17, -1},
    {"beta/exponential_cauchy", 8000, beta,
     6, 2, 2.5, condition_14, -1},
    {"beta/exponential_logistic", 8000, beta,
     6, 3, 1.0, condition_17, -1},
    {"beta/exponential_uniform", 8000, beta,
     6, 4, 1.0, condition_15, -1},
    {"beta/exponential_gumbel", 8000, beta,
     6, 5, 1.0, condition_17, -1},
    {"beta/exponential_exponential", 8000, beta,
     6, 6, 1.0, condition_23, -1},
    {"gamma/normal_normal", 8000, gamma,
     0, 0, 1.0, condition_13, -1},
    {"gamma/normal_laplace", 8000, gamma,
     0, 1, 1.0, condition_0, -1},
    {"gamma/normal_cauchy", 8000, gamma,
     0, 2, 2.5, condition_14, -1},
    {"gamma/normal_logistic", 8000, gamma,
     0, 3, 1.0, condition_0, -1},
    {"gamma/normal_uniform", 8000, gamma,
     0, 4, 1.0, condition_15, -1},
    {"gamma/normal_gumbel", 8000, gamma,
     0, 5, 1.0, condition_16, -1},
    {"gamma/normal_exponential", 8000, gamma,
     0, 6, 1.0, condition_15, -1},
    {"gamma/laplace_normal", 8000, gamma,
     1, 0, 1.0, condition_16, -1},
    {"gamma/laplace_laplace", 8000, gamma,
     1, 1, 1.0, condition_17, -1},
    {"gamma/laplace_cauchy", 8000, gamma,
     1, 2, 2.5, condition_14, -1},
    {"gamma/laplace_logistic", 8000, gamma,
     1, 3, 1.0, condition_17, -1},
    {"gamma/laplace_uniform", 8000, gamma,
     1, 4, 1.0, condition_15, -1},
    {"gamma/laplace_gumbel", 8000, gamma,
     1, 5, 1.0, condition_18, -1},
    {"gamma/laplace_exponential", 8000, gamma,
     1, 6, 1.0, condition_15, -1},
    {"gamma/cauchy_normal", 8000, gamma,
     2, 0, 2.5, condition_15, -1},
    {"gamma/cauchy_laplace", 8000, gamma,
     2, 1, 2.5, condition_15, -1},
    {"gamma/cauchy_cauchy", 8000, gamma,
     2, 2, 2.5, condition_19, -1},
    {"gamma/cauchy_logistic", 8000, gamma,
     2, 3, 2.5, condition_15, -1},
    {"gamma/cauchy_uniform", 8000, gamma,
     2, 4, 2.5, condition_15, -1},
    {"gamma/cauchy_gumbel", 8000, gamma,
     2, 5, 2.5, condition_15, -1},
    {"gamma/cauchy_exponential", 8000, gamma,
     2, 6, 2.5, condition_15, -1},
    {"gamma/logistic_normal", 8000, gamma,
     3, 0, 1.0, condition_16, -1},
    {"gamma/logistic_laplace", 8000, gamma,
     3, 1, 1.0, condition_17, -1},
    {"gamma/logistic_cauchy", 8000, gamma,
     3, 2, 2.5, condition_14, -1},
    {"gamma/logistic_logistic", 8000, gamma,
     3, 3, 1.0, condition_17, -1},
    {"gamma/logistic_uniform", 8000, gamma,
     3, 4, 1.0, condition_15, -1},
    {"gamma/logistic_gumbel", 8000, gamma,
     3, 5, 1.0, condition_18, -1},
    {"gamma/logistic_exponential", 8000, gamma,
     3, 6, 1.0, condition_15, -1},
    {"gamma/uniform_normal", 8000, gamma,
     4, 0, 1.0, condition_0, -1},
    {"gamma/uniform_laplace", 8000, gamma,
     4, 1, 1.0, condition_0, -1},
    {"gamma/uniform_cauchy", 8000, gamma,
     4, 2, 2.5, condition_14, -1},
    {"gamma/uniform_logistic", 8000, gamma,
     4, 3, 1.0, condition_0, -1},
    {"gamma/uniform_uniform", 8000, gamma,
     4, 4, 1.0, condition_24, -1},
    {"gamma/uniform_gumbel", 8000, gamma,
     4, 5, 1.0, condition_0, -1},
    {"gamma/uniform_exponential", 8000, gamma,
     4, 6, 1.0, condition_25, -1},
    {"gamma/gumbel_normal", 8000, gamma,
     5, 0, 1.0, condition_16, -1},
    {"gamma/gumbel_laplace", 8000, gamma,
     5, 1, 1.0, condition_17, -1},
    {"gamma/gumbel_cauchy", 8000, gamma,
     5, 2, 2.5, condition_14, -1},
    {"gamma/gumbel_logistic", 8000, gamma,
     5, 3, 1.0, condition_17, -1},
    {"gamma/gumbel_uniform", 8000, gamma,
     5, 4, 1.0, condition_15, -1},
    {"gamma/gumbel_gumbel", 8000, gamma,
     5, 5, 1.0, condition_22, -1},
    {"gamma/gumbel_exponential", 8000, gamma,
     5, 6, 1.0, condition_15, -1},
    {"gamma/exponential_normal", 8000, gamma,
     6, 0, 1.0, condition_16, -1},
    {"gamma/exponential_laplace", 8000, gamma,
     6, 1, 1.0, condition_17, -1},
    {"gamma/exponential_cauchy", 8000, gamma,
     6, 2, 2.5, condition_14, -1},
    {"gamma/exponential_logistic", 8000, gamma,
     6, 3, 1.0, condition_17, -1},
    {"gamma/exponential_uniform", 8000, gamma,
     6, 4, 1.0, condition_26, -1},
    {"gamma/exponential_gumbel", 8000, gamma,
     6, 5, 1.0, condition_17, -1},
    {"gamma/exponential_exponential", 8000, gamma,
     6, 6, 1.0, condition_23, -1},
    {"reverse_kld/normal_normal", 300, exchanged<&kld_normal_normal, nullptr>,
     0, 0, 1.0, nullptr, -1},
    {"reverse_kld/normal_laplace", 300, exchanged<&kld_laplace_normal, nullptr>,
     0, 1, 1.0, nullptr, -1},
    {"reverse_kld/normal_logistic", 300, exchanged<&kld_logistic_normal, nullptr>,
     0, 3, 1.0, nullptr, -1},
    {"reverse_kld/normal_uniform", 300, exchanged<&kld_uniform_normal, nullptr>,
     0, 4, 1.0, nullptr, -1},
    {"reverse_kld/normal_gumbel", 300, exchanged<&kld_gumbel_normal, nullptr>,
     0, 5, 1.0, nullptr, -1},
    {"reverse_kld/normal_exponential", 300, exchanged<&kld_exponential_normal, nullptr>,
     0, 6, 1.0, nullptr, -1},
    {"reverse_kld/laplace_normal", 300, exchanged<&kld_normal_laplace, nullptr>,
     1, 0, 1.0, nullptr, -1},
    {"reverse_kld/laplace_laplace", 300, exchanged<&kld_laplace_laplace, nullptr>,
     1, 1, 1.0, nullptr, -1},
    {"reverse_kld/laplace_logistic", 300, exchanged<&kld_logistic_laplace, nullptr>,
     1, 3, 1.0, nullptr, -1},
    {"reverse_kld/laplace_uniform", 300, exchanged<&kld_uniform_laplace, nullptr>,
     1, 4, 1.0, nullptr, -1},
    {"reverse_kld/laplace_gumbel", 300, exchanged<&kld_gumbel_laplace, nullptr>,
     1, 5, 1.0, nullptr, -1},
    {"reverse_kld/laplace_exponential", 300, exchanged<&kld_exponential_laplace, nullptr>,
     1, 6, 1.0, nullptr, -1},
    {"reverse_kld/cauchy_normal", 300, exchanged<&kld_normal_cauchy, nullptr>,
     2, 0, 1.0, nullptr, -1},
    {"reverse_kld/cauchy_laplace", 300, exchanged<&kld_laplace_cauchy, nullptr>,
     2, 1, 1.0, nullptr, -1},
    {"reverse_kld/cauchy_cauchy", 300, exchanged<&kld_cauchy_cauchy, nullptr>,
     2, 2, 1.0, nullptr, -1},
    {"reverse_kld/cauchy_logistic", 300, exchanged<&kld_logistic_cauchy, nullptr>,
     2, 3, 1.0, nullptr, -1},
    {"reverse_kld/cauchy_uniform", 300, exchanged<&kld_uniform_cauchy, nullptr>,
     2, 4, 1.0, nullptr, -1},
    {"reverse_kld/cauchy_gumbel", 300, exchanged<&kld_gumbel_cauchy, nullptr>,
     2, 5, 1.0, nullptr, -1},
    {"reverse_kld/cauchy_exponential", 300, exchanged<&kld_exponential_cauchy, nullptr>,
     2, 6, 1.0, nullptr, -1},
    {"reverse_kld/logistic_normal", 300, exchanged<&kld_normal_logistic, nullptr>,
     3, 0, 1.0, nullptr, -1},
    {"reverse_kld/logistic_laplace", 300, exchanged<&kld_laplace_logistic, nullptr>,
     3, 1, 1.0, nullptr, -1},
    {"reverse_kld/logistic_logistic", 300, exchanged<&kld_logistic_logistic, nullptr>,
     3, 3, 1.0, nullptr, -1},
    {"reverse_kld/logistic_uniform", 300, exchanged<&kld_uniform_logistic, nullptr>,
     3, 4, 1.0, nullptr, -1},
    {"reverse_kld/logistic_gumbel", 300, exchanged<&kld_gumbel_logistic, nullptr>,
     3, 5, 1.0, nullptr, -1},
    {"reverse_kld/logistic_exponential", 300, exchanged<&kld_exponential_logistic, nullptr>,
     3, 6, 1.0, nullptr, -1},
    {"reverse_kld/uniform_uniform", 300, exchanged<&kld_uniform_uniform, nullptr>,
     4, 4, 1.0, nullptr, -1},
    {"reverse_kld/gumbel_normal", 300, exchanged<&kld_normal_gumbel, nullptr>,
     5, 0, 1.0, nullptr, -1},
    {"reverse_kld/gumbel_laplace", 300, exchanged<&kld_laplace_gumbel, nullptr>,
     5, 1, 1.0, nullptr, -1},
    {"reverse_kld/gumbel_logistic", 300, exchanged<&kld_logistic_gumbel, nullptr>,
     5, 3, 1.0, nullptr, -1},
    {"reverse_kld/gumbel_uniform", 300, exchanged<&kld_uniform_gumbel, nullptr>,
     5, 4, 1.0, nullptr, -1},
    {"reverse_kld/gumbel_gumbel", 300, exchanged<&kld_gumbel_gumbel, nullptr>,
     5, 5, 1.0, nullptr, -1},
    {"reverse_kld/gumbel_exponential", 300, exchanged<&kld_exponential_gumbel, nullptr>,
     5, 6, 1.0, nullptr, -1},
    {"reverse_kld/exponential_uniform", 300, exchanged<&kld_uniform_exponential, nullptr>,
     6, 4, 1.0, nullptr, -1},
    {"reverse_kld/exponential_exponential", 300, exchanged<&kld_exponential_exponential, nullptr>,
     6, 6, 1.0, nullptr, -1},
    {"jeffreys/normal_normal", 300, exchanged<&kld_normal_normal, &kld_normal_normal>,
     0, 0, 1.0, nullptr, -1},
    {"jeffreys/normal_laplace", 300, exchanged<&kld_laplace_normal, &kld_normal_laplace>,
     0, 1, 1.0, nullptr, -1},
    {"jeffreys/normal_logistic", 300, exchanged<&kld_logistic_normal, &kld_normal_logistic>,
     0, 3, 1.0, nullptr, -1},
    {"jeffreys/normal_gumbel", 300, exchanged<&kld_gumbel_normal, &kld_normal_gumbel>,
     0, 5, 1.0, nullptr, -1},
    {"jeffreys/laplace_normal", 300, exchanged<&kld_normal_laplace, &kld_laplace_normal>,
     1, 0, 1.0, nullptr, -1},
    {"jeffreys/laplace_laplace", 300, exchanged<&kld_laplace_laplace, &kld_laplace_laplace>,
     1, 1, 1.0, nullptr, -1},
    {"jeffreys/laplace_logistic", 300, exchanged<&kld_logistic_laplace, &kld_laplace_logistic>,
     1, 3, 1.0, nullptr, -1},
    {"jeffreys/laplace_gumbel", 300, exchanged<&kld_gumbel_laplace, &kld_laplace_gumbel>,
     1, 5, 1.0, nullptr, -1},
    {"jeffreys/cauchy_cauchy", 300, exchanged<&kld_cauchy_cauchy, &kld_cauchy_cauchy>,
     2, 2, 1.0, nullptr, -1},
    {"jeffreys/logistic_normal", 300, exchanged<&kld_normal_logistic, &kld_logistic_normal>,
     3, 0, 1.0, nullptr, -1},
    {"jeffreys/logistic_laplace", 300, exchanged<&kld_laplace_logistic, &kld_logistic_laplace>,
     3, 1, 1.0, nullptr, -1},
    {"jeffreys/logistic_logistic", 300, exchanged<&kld_logistic_logistic, &kld_logistic_logistic>,
     3, 3, 1.0, nullptr, -1},
    {"jeffreys/logistic_gumbel", 300, exchanged<&kld_gumbel_logistic, &kld_logistic_gumbel>,
     3, 5, 1.0, nullptr, -1},
    {"jeffreys/uniform_uniform", 300, exchanged<&kld_uniform_uniform, &kld_uniform_uniform>,
     4, 4, 1.0, nullptr, -1},
    {"jeffreys/gumbel_normal", 300, exchanged<&kld_normal_gumbel, &kld_gumbel_normal>,
     5, 0, 1.0, nullptr, -1},
    {"jeffreys/gumbel_laplace", 300, exchanged<&kld_laplace_gumbel, &kld_gumbel_laplace>,
     5, 1, 1.0, nullptr, -1},
    {"jeffreys/gumbel_logistic", 300, exchanged<&kld_logistic_gumbel, &kld_gumbel_logistic>,
     5, 3, 1.0, nullptr, -1},
    {"jeffreys/gumbel_gumbel", 300, exchanged<&kld_gumbel_gumbel, &kld_gumbel_gumbel>,
     5, 5, 1.0, nullptr, -1},
    {"jeffreys/exponential_exponential", 300, exchanged<&kld_exponential_exponential, &kld_exponential_exponential>,
     6, 6, 1.0, nullptr, -1},
    {"hellinger/normal_normal", 150, hellinger,
     0, 0, 1.0, nullptr, 0},
    {"hellinger/normal_laplace", 8000, hellinger,
     0, 1, 1.0, nullptr, 1},
    {"hellinger/normal_cauchy", 8000, hellinger,
     0, 2, 1.0, nullptr, 2},
    {"hellinger/normal_logistic", 8000, hellinger,
     0, 3, 1.0, nullptr, 3},
    {"hellinger/normal_uniform", 8000, hellinger,
     0, 4, 1.0, nullptr, 4},
    {"hellinger/normal_gumbel", 8000, hellinger,
     0, 5, 1.0, nullptr, 5},
    {"hellinger/normal_exponential", 8000, hellinger,
     0, 6, 1.0, nullptr, 6},
    {"hellinger/laplace_normal", 8000, hellinger,
     1, 0, 1.0, nullptr, 7},
    {"hellinger/laplace_laplace", 150, hellinger,
     1, 1, 1.0, nullptr, 8},
    {"hellinger/laplace_cauchy", 8000, hellinger,
     1, 2, 1.0, nullptr, 9},
    {"hellinger/laplace_logistic", 8000, hellinger,
     1, 3, 1.0, nullptr, 10},
    {"hellinger/laplace_uniform", 8000, hellinger,
     1, 4, 1.0, nullptr, 11},
    {"hellinger/laplace_gumbel", 8000, hellinger,
     1, 5, 1.0, nullptr, 12},
    {"hellinger/laplace_exponential", 8000, hellinger,
     1, 6, 1.0, nullptr, 13},
    {"hellinger/cauchy_normal", 8000, hellinger,
     2, 0, 1.0, nullptr, 14},
    {"hellinger/cauchy_laplace", 8000, hellinger,
     2, 1, 1.0, nullptr, 15},
    {"hellinger/cauchy_cauchy", 8000, hellinger,
     2, 2, 1.0, nullptr, 16},
    {"hellinger/cauchy_logistic", 8000, hellinger,
     2, 3, 1.0, nullptr, 17},
    {"hellinger/cauchy_uniform", 8000, hellinger,
     2, 4, 1.0, nullptr, 18},
    {"hellinger/cauchy_gumbel", 8000, hellinger,
     2, 5, 1.0, nullptr, 19},
    {"hellinger/cauchy_exponential", 8000, hellinger,
     2, 6, 1.0, nullptr, 20},
    {"hellinger/logistic_normal", 8000, hellinger,
     3, 0, 1.0, nullptr, 21},
    {"hellinger/logistic_laplace", 8000, hellinger,
     3, 1, 1.0, nullptr, 22},
    {"hellinger/logistic_cauchy", 8000, hellinger,
     3, 2, 1.0, nullptr, 23},
    {"hellinger/logistic_logistic", 8000, hellinger,
     3, 3, 1.0, nullptr, 24},
    {"hellinger/logistic_uniform", 8000, hellinger,
     3, 4, 1.0, nullptr, 25},
    {"hellinger/logistic_gumbel", 8000, hellinger,
     3, 5, 1.0, nullptr, 26},
    {"hellinger/logistic_exponential", 8000, hellinger,
     3, 6, 1.0, nullptr, 27},
    {"hellinger/uniform_normal", 8000, hellinger,
     4, 0, 1.0, nullptr, 28},
    {"hellinger/uniform_laplace", 8000, hellinger,
     4, 1, 1.0, nullptr, 29},
    {"hellinger/uniform_cauchy", 8000, hellinger,
     4, 2, 1.0, nullptr, 30},
    {"hellinger/uniform_logistic", 8000, hellinger,
     4, 3, 1.0, nullptr, 31},
    {"hellinger/uniform_uniform", 150, hellinger,
     4, 4, 1.0, nullptr, 32},
    {"hellinger/uniform_gumbel", 8000, hellinger,
     4, 5, 1.0, nullptr, 33},
    {"hellinger/uniform_exponential", 8000, hellinger,
     4, 6, 1.0, nullptr, 34},
    {"hellinger/gumbel_normal", 8000, hellinger,
     5, 0, 1.0, nullptr, 35},
    {"hellinger/gumbel_laplace", 8000, hellinger,
     5, 1, 1.0, nullptr, 36},
    {"hellinger/gumbel_cauchy", 8000, hellinger,
     5, 2, 1.0, nullptr, 37},
    {"hellinger/gumbel_logistic", 8000, hellinger,
     5, 3, 1.0, nullptr, 38},
    {"hellinger/gumbel_uniform", 8000, hellinger,
     5, 4, 1.0, nullptr, 39},
    {"hellinger/gumbel_gumbel", 8000, hellinger,
     5, 5, 1.0, nullptr, 40},
    {"hellinger/gumbel_exponential", 8000, hellinger,
     5, 6, 1.0, nullptr, 41},
    {"hellinger/exponential_normal", 8000, hellinger,
     6, 0, 1.0, nullptr, 42},
    {"hellinger/exponential_laplace", 8000, hellinger,
     6, 1, 1.0, nullptr, 43},
    {"hellinger/exponential_cauchy", 8000, hellinger,
     6, 2, 1.0, nullptr, 44},
    {"hellinger/exponential_logistic", 8000, hellinger,
     6, 3, 1.0, nullptr, 45},
    {"hellinger/exponential_uniform", 8000, hellinger,
     6, 4, 1.0, nullptr, 46},
    {"hellinger/exponential_gumbel", 8000, hellinger,
     6, 5, 1.0, nullptr, 47},
    {"hellinger/exponential_exponential", 150, hellinger,
     6, 6, 1.0, nullptr, 48},
    {"chi2/normal_normal", 150, chi2,
     0, 0, 1.0, nullptr, 0},
    {"chi2/normal_laplace", 8000, chi2,
     0, 1, 1.0, nullptr, 1},
    {"chi2/normal_cauchy", 8000, chi2,
     0, 2, 1.0, nullptr, 2},
    {"chi2/normal_logistic", 8000, chi2,
     0, 3, 1.0, nullptr, 3},
    {"chi2/laplace_laplace", 150, chi2,
     1, 1, 1.0, nullptr, 8},
    {"chi2/laplace_cauchy", 8000, chi2,
     1, 2, 1.0, nullptr, 9},
    {"chi2/laplace_logistic", 8000, chi2,
     1, 3, 1.0, nullptr, 10},
    {"chi2/cauchy_cauchy", 8000, chi2,
     2, 2, 1.0, nullptr, 16},
    {"chi2/logistic_laplace", 8000, chi2,
     3, 1, 1.0, nullptr, 22},
    {"chi2/logistic_cauchy", 8000, chi2,
     3, 2, 1.0, nullptr, 23},
    {"chi2/logistic_logistic", 8000, chi2,
     3, 3, 1.0, nullptr, 24},
    {"chi2/uniform_normal", 8000, chi2,
     4, 0, 1.0, nullptr, 28},
    {"chi2/uniform_laplace", 8000, chi2,
     4, 1, 1.0, nullptr, 29},
    {"chi2/uniform_cauchy", 8000, chi2,
     4, 2, 1.0, nullptr, 30},
    {"chi2/uniform_logistic", 8000, chi2,
     4, 3, 1.0, nullptr, 31},
    {"chi2/uniform_uniform", 150, chi2,
     4, 4, 1.0, nullptr, 32},
    {"chi2/uniform_gumbel", 8000, chi2,
     4, 5, 1.0, nullptr, 33},
    {"chi2/uniform_exponential", 8000, chi2,
     4, 6, 1.0, nullptr, 34},
    {"chi2/gumbel_laplace", 8000, chi2,
     5, 1, 1.0, nullptr, 36},
    {"chi2/gumbel_cauchy", 8000, chi2,
     5, 2, 1.0, nullptr, 37},
    {"chi2/gumbel_logistic", 8000, chi2,
     5, 3, 1.0, nullptr, 38},
    {"chi2/gumbel_gumbel", 8000, chi2,
     5, 5, 1.0, nullptr, 40},
    {"chi2/exponential_laplace", 8000, chi2,
     6, 1, 1.0, nullptr, 43},
    {"chi2/exponential_cauchy", 8000, chi2,
     6, 2, 1.0, nullptr, 44},
    {"chi2/exponential_logistic", 8000, chi2,
     6, 3, 1.0, nullptr, 45},
    {"chi2/exponential_gumbel", 8000, chi2,
     6, 5, 1.0, nullptr, 47},
    {"chi2/exponential_exponential", 150, chi2,
     6, 6, 1.0, nullptr, 48},
};
extern const int64_t kCellCount = 276;

}  // namespace autovae
