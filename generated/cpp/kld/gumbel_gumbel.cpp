// Written by codegen.build (SymPy 1.14.0) from the catalog's kld G/G; change the generator, not this file.
// kld of the gumbel from the standard gumbel, in nats.
//
// Finite where True. Evaluated by closed form, rewritten by log_variable, complete_exponential, shift_lgamma.
// Value: 5 operations per element, 3 of them transcendental functions (different arguments: 2).
// Gradient: 11 operations per element, 6 of them transcendental functions (different arguments: 2).
// Both: 11 operations per element, 6 of them transcendental functions (different arguments: 2).
#include "../kernel.h"

namespace autovae {
namespace {

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const auto x0 = -loc + lgamma1p_exp(log_scale);
    value = expm1mx(x0) + lgamma_bregman(log_scale);
    settle(loc, log_scale, everywhere<V>(), value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const auto x0 = -loc + lgamma1p_exp(log_scale);
    const auto x1 = expm1(x0);
    value = expm1mx(x0) + lgamma_bregman(log_scale);
    d_loc = -x1;
    d_log_scale = x1 * digamma1p_exp(log_scale) + lgamma_bregman_slope(log_scale);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const auto x0 = -loc + lgamma1p_exp(log_scale);
    const auto x1 = expm1(x0);
    value = expm1mx(x0) + lgamma_bregman(log_scale);
    d_loc = -x1;
    d_log_scale = x1 * digamma1p_exp(log_scale) + lgamma_bregman_slope(log_scale);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_gumbel_gumbel = describe<Cell>("kld/gumbel_gumbel", false, 455, 758, 758);

}  // namespace autovae
