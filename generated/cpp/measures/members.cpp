// Written by codegen.build (SymPy 1.14.0) from the catalog; change the generator, not this file.
// The families' standard members, as the quadrature needs them.
#include "panels.h"

namespace autovae {
namespace {

using T = double;

template <typename F>
void member_at(const double* t, double* log_density, double* score, int n) {
  for (int i = 0; i < n; i += kWidth) {
    const V x = load<V>(t + i);
    store(log_density + i, F::log_density(x));
    store(score + i, F::score(x));
  }
}

constexpr double kInfinite = std::numeric_limits<double>::infinity();

struct Normal {
  AUTOVAE_INLINE V log_density(V t) { return -T(0.5) * square(t) - T(0.9189385332046728); }
  AUTOVAE_INLINE V score(V t) { return -t; }
};

struct Laplace {
  AUTOVAE_INLINE V log_density(V t) { return -abs(t) - T(0.6931471805599453); }
  AUTOVAE_INLINE V score(V t) { return -sign(t); }
};

struct Cauchy {
  AUTOVAE_INLINE V log_density(V t) { return -log1p(square(t)) - T(1.1447298858494002); }
  AUTOVAE_INLINE V score(V t) { return -T(2.0) * t / (square(t) + T(1.0)); }
};

struct Logistic {
  AUTOVAE_INLINE V log_density(V t) { return -t - T(2.0) * softplus(-t); }
  AUTOVAE_INLINE V score(V t) { return -tanh(T(0.5) * t); }
};

struct Uniform {
  AUTOVAE_INLINE V log_density(V t) { return t * T(0) + (-T(0.6931471805599453)); }
  AUTOVAE_INLINE V score(V t) { return t * T(0) + T(0.0); }
};

struct Gumbel {
  AUTOVAE_INLINE V log_density(V t) { return -t - exp(-t); }
  AUTOVAE_INLINE V score(V t) { return exp(-t) - T(1.0); }
};

struct Exponential {
  AUTOVAE_INLINE V log_density(V t) { return -t; }
  AUTOVAE_INLINE V score(V t) { return t * T(0) + (-T(1.0)); }
};

}  // namespace

extern const Member kMembers[] = {
    { -kInfinite, kInfinite, 0, {  }, kInfinite, kInfinite, member_at<Normal> },
    { -kInfinite, kInfinite, 1, { 0.0 }, kInfinite, kInfinite, member_at<Laplace> },
    { -kInfinite, kInfinite, 0, {  }, 2.0, 2.0, member_at<Cauchy> },
    { -kInfinite, kInfinite, 0, {  }, kInfinite, kInfinite, member_at<Logistic> },
    { -1.0, 1.0, 0, {  }, kInfinite, kInfinite, member_at<Uniform> },
    { -kInfinite, kInfinite, 0, {  }, kInfinite, kInfinite, member_at<Gumbel> },
    { 0.0, kInfinite, 0, {  }, kInfinite, kInfinite, member_at<Exponential> },
};

}  // namespace autovae
