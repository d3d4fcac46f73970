// Written by codegen.build (SymPy 1.14.0) from the records of the families; change the generator, not this file.
// Log densities of the families' standard members.
#include "families.h"

namespace autovae {
namespace {

struct Normal {
  static constexpr bool kBounded = false;
  static constexpr double kLower = -std::numeric_limits<double>::infinity(), kUpper = std::numeric_limits<double>::infinity();
  template <typename V>
  AUTOVAE_INLINE V log_density(V t) {
    using T = Element<V>;
    return -T(0.5) * square(t) - T(0.9189385332046728);
  }
  template <typename V>
  AUTOVAE_INLINE V score(V t) {
    using T = Element<V>;
    return -t;
  }
};

struct Laplace {
  static constexpr bool kBounded = false;
  static constexpr double kLower = -std::numeric_limits<double>::infinity(), kUpper = std::numeric_limits<double>::infinity();
  template <typename V>
  AUTOVAE_INLINE V log_density(V t) {
    using T = Element<V>;
    return -abs(t) - T(0.6931471805599453);
  }
  template <typename V>
  AUTOVAE_INLINE V score(V t) {
    using T = Element<V>;
    return -sign(t);
  }
};

struct Cauchy {
  static constexpr bool kBounded = false;
  static constexpr double kLower = -std::numeric_limits<double>::infinity(), kUpper = std::numeric_limits<double>::infinity();
  template <typename V>
  AUTOVAE_INLINE V log_density(V t) {
    using T = Element<V>;
    return -log1p(square(t)) - T(1.1447298858494002);
  }
  template <typename V>
  AUTOVAE_INLINE V score(V t) {
    using T = Element<V>;
    return -T(2.0) * t / (square(t) + T(1.0));
  }
};

struct Logistic {
  static constexpr bool kBounded = false;
  static constexpr double kLower = -std::numeric_limits<double>::infinity(), kUpper = std::numeric_limits<double>::infinity();
  template <typename V>
  AUTOVAE_INLINE V log_density(V t) {
    using T = Element<V>;
    return -t - T(2.0) * softplus(-t);
  }
  template <typename V>
  AUTOVAE_INLINE V score(V t) {
    using T = Element<V>;
    return -tanh(T(0.5) * t);
  }
};

struct Uniform {
  static constexpr bool kBounded = true;
  static constexpr double kLower = -1.0, kUpper = 1.0;
  template <typename V>
  AUTOVAE_INLINE V log_density(V t) {
    using T = Element<V>;
    return t * T(0) + (-T(0.6931471805599453));
  }
  template <typename V>
  AUTOVAE_INLINE V score(V t) {
    using T = Element<V>;
    return t * T(0) + T(0.0);
  }
};

struct Gumbel {
  static constexpr bool kBounded = false;
  static constexpr double kLower = -std::numeric_limits<double>::infinity(), kUpper = std::numeric_limits<double>::infinity();
  template <typename V>
  AUTOVAE_INLINE V log_density(V t) {
    using T = Element<V>;
    return -t - exp(-t);
  }
  template <typename V>
  AUTOVAE_INLINE V score(V t) {
    using T = Element<V>;
    return exp(-t) - T(1.0);
  }
};

struct Exponential {
  static constexpr bool kBounded = true;
  static constexpr double kLower = 0.0, kUpper = std::numeric_limits<double>::infinity();
  template <typename V>
  AUTOVAE_INLINE V log_density(V t) {
    using T = Element<V>;
    return -t;
  }
  template <typename V>
  AUTOVAE_INLINE V score(V t) {
    using T = Element<V>;
    return t * T(0) + (-T(1.0));
  }
};

template <typename V>
struct Term {
  V value, score;
};

// Log density and score at t, a number computed from terms of some magnitude: the support's ends are widened by what
// rounding does to it. Outside the density is zero and its logarithm flat.
template <typename F, typename V>
AUTOVAE_INLINE Term<V> term(V t, V magnitude) {
  using T = Element<V>;
  if constexpr (F::kBounded) {
    constexpr T lower = T(F::kLower), upper = T(F::kUpper);
    const V slack = T(4) * std::numeric_limits<T>::epsilon() * (T(1) + magnitude);
    const V inside = min<V>(upper, max<V>(lower, t));
    const Bits<V> outside = (t < lower - slack) | (t > upper + slack);
    return {select<V>(outside, -std::numeric_limits<T>::infinity(), F::log_density(inside)),
            select<V>((t < lower) | (t > upper), T(0), F::score(inside))};
  } else {
    return {F::log_density(t), F::score(t)};
  }
}

template <typename F, typename T>
void prior_of(const T* z, T* value, T* d_z, int64_t n) {
  using V = Vec<T>;
  for (int64_t i = 0; i < n; i += kLanes<V>) {
    const V x = load_lanes<V>(z + i, n - i);
    const Term<V> p = term<F>(x, abs(x));
    store_lanes(value + i, p.value, n - i);
    if (d_z) store_lanes(d_z + i, p.score, n - i);
  }
}

template <typename F, typename T>
void posterior_of(const T* z, const T* loc, const T* log_scale, T* value, T* d_loc, T* d_log_scale, int64_t n) {
  using V = Vec<T>;
  for (int64_t i = 0; i < n; i += kLanes<V>) {
    const V x = load_lanes<V>(z + i, n - i), m = load_lanes<V>(loc + i, n - i), s = load_lanes<V>(log_scale + i, n - i);
    const V inverse = exp(-s);
    const V t = (x - m) * inverse;
    const Term<V> q = term<F>(t, (abs(x) + abs(m)) * inverse);
    store_lanes(value + i, load_lanes<V>(value + i, n - i) - (q.value - s), n - i);
    if (d_loc) {
      store_lanes(d_loc + i, q.score * inverse, n - i);
      store_lanes(d_log_scale + i, q.score * t + T(1), n - i);
    }
  }
}

template <typename F>
constexpr Family describe_family(const char* name, bool scale_family) {
  return {name, scale_family, {prior_of<F, float>, posterior_of<F, float>}, {prior_of<F, double>, posterior_of<F, double>}};
}

}  // namespace

extern const Family kFamilies[] = {
    describe_family<Normal>("normal", false),
    describe_family<Laplace>("laplace", false),
    describe_family<Cauchy>("cauchy", false),
    describe_family<Logistic>("logistic", false),
    describe_family<Uniform>("uniform", false),
    describe_family<Gumbel>("gumbel", false),
    describe_family<Exponential>("exponential", true),
};
extern const int64_t kFamilyCount = 7;

}  // namespace autovae
