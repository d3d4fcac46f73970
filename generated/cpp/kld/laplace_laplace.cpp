// Written by codegen.build (SymPy 1.14.0) from the catalog's kld La/La; change the generator, not this file.
// kld of the laplace from the standard laplace, in nats.
//
// Finite where True. Evaluated by closed form, rewritten by log_variable, split_exponential, exponential_minus_linear,
// bregman.
// Value: 9 operations per element, 4 of them transcendental functions (different arguments: 2).
// Gradient: 17 operations per element, 6 of them transcendental functions (different arguments: 2).
// Both: 17 operations per element, 6 of them transcendental functions (different arguments: 2).
#include "../kernel.h"

namespace autovae {
namespace {

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const auto x0 = abs(loc);
    const auto x1 = -x0 * exp_neg(log_scale);
    const auto x2 = expm1mx(x1) * exp(log_scale);
    value = x2 + expm1mx(log_scale);
    settle(loc, log_scale, everywhere<V>(), value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const auto x0 = abs(loc);
    const auto x1 = -x0 * exp_neg(log_scale);
    const auto x2 = expm1mx(x1) * exp(log_scale);
    const auto x3 = expm1(x1);
    value = x2 + expm1mx(log_scale);
    d_loc = -x3 * sign(loc);
    d_log_scale = x2 + x0 * x3 + expm1(log_scale);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const auto x0 = abs(loc);
    const auto x1 = -x0 * exp_neg(log_scale);
    const auto x2 = expm1mx(x1) * exp(log_scale);
    const auto x3 = expm1(x1);
    value = x2 + expm1mx(log_scale);
    d_loc = -x3 * sign(loc);
    d_log_scale = x2 + x0 * x3 + expm1(log_scale);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_laplace_laplace = describe<Cell>("kld/laplace_laplace", false, 76, 121, 121);

}  // namespace autovae
