// Written by codegen.build (SymPy 1.14.0) from the catalog's kld G/La; change the generator, not this file.
// kld of the gumbel from the standard laplace, in nats.
//
// Finite where True. Evaluated by closed form, rewritten by log_variable, exponential_integral, bregman.
// Value: 11 operations per element, 4 of them transcendental functions (different arguments: 3).
// Gradient: 18 operations per element, 6 of them transcendental functions (different arguments: 3).
// Both: 18 operations per element, 6 of them transcendental functions (different arguments: 3).
#include "../kernel.h"

namespace autovae {
namespace {

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const auto x0 = log_scale - T(0.5495393129816448);
    const auto x1 = loc * exp_neg(log_scale);
    const auto x2 = T(2.0) * e1_exp(x1) * exp(log_scale);
    value = loc + x2 + expm1mx(x0) - T(0.43360779732323235);
    settle(loc, log_scale, everywhere<V>(), value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const auto x0 = log_scale - T(0.5495393129816448);
    const auto x1 = loc * exp_neg(log_scale);
    const auto x2 = T(2.0) * e1_exp(x1) * exp(log_scale);
    const auto x3 = T(2.0) * exp_neg_exp(x1);
    value = loc + x2 + expm1mx(x0) - T(0.43360779732323235);
    d_loc = -x3 + T(1.0);
    d_log_scale = x2 + loc * x3 + expm1(x0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const auto x0 = log_scale - T(0.5495393129816448);
    const auto x1 = loc * exp_neg(log_scale);
    const auto x2 = T(2.0) * e1_exp(x1) * exp(log_scale);
    const auto x3 = T(2.0) * exp_neg_exp(x1);
    value = loc + x2 + expm1mx(x0) - T(0.43360779732323235);
    d_loc = -x3 + T(1.0);
    d_log_scale = x2 + loc * x3 + expm1(x0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_gumbel_laplace = describe<Cell>("kld/gumbel_laplace", false, 147, 203, 203);

}  // namespace autovae
