// Written by codegen.build (SymPy 1.14.0) from the catalog's kld N/La; change the generator, not this file.
// kld of the normal from the standard laplace, in nats.
//
// Finite where True. Evaluated by closed form, rewritten by log_variable, split_exponential, bregman.
// Value: 19 operations per element, 5 of them transcendental functions (different arguments: 4).
// Gradient: 21 operations per element, 6 of them transcendental functions (different arguments: 4).
// Both: 21 operations per element, 6 of them transcendental functions (different arguments: 4).
#include "../kernel.h"

namespace autovae {
namespace {

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const auto e0 = exp_neg(log_scale);
    const auto x0 = log_scale - T(0.22579135264472744);
    const auto x1 = erf(T(0.7071067811865476) * e0 * loc);
    const auto x2 = T(0.7978845608028654) * expm1(-T(0.5) * square(e0 * loc)) * exp(log_scale);
    value = x2 + loc * x1 + expm1mx(x0) + T(0.048417294710545136);
    settle(loc, log_scale, everywhere<V>(), value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const auto e0 = exp_neg(log_scale);
    const auto x0 = log_scale - T(0.22579135264472744);
    const auto x1 = erf(T(0.7071067811865476) * e0 * loc);
    const auto x2 = T(0.7978845608028654) * expm1(-T(0.5) * square(e0 * loc)) * exp(log_scale);
    value = x2 + loc * x1 + expm1mx(x0) + T(0.048417294710545136);
    d_loc = x1;
    d_log_scale = x2 + expm1(x0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const auto e0 = exp_neg(log_scale);
    const auto x0 = log_scale - T(0.22579135264472744);
    const auto x1 = erf(T(0.7071067811865476) * e0 * loc);
    const auto x2 = T(0.7978845608028654) * expm1(-T(0.5) * square(e0 * loc)) * exp(log_scale);
    value = x2 + loc * x1 + expm1mx(x0) + T(0.048417294710545136);
    d_loc = x1;
    d_log_scale = x2 + expm1(x0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_normal_laplace = describe<Cell>("kld/normal_laplace", false, 122, 141, 141);

}  // namespace autovae
