// Written by codegen.build (SymPy 1.14.0) from the catalog's kld N/G; change the generator, not this file.
// kld of the normal from the standard gumbel, in nats.
//
// Finite where True. Evaluated by closed form, rewritten by log_variable, complete_exponential, bregman.
// Value: 9 operations per element, 3 of them transcendental functions (different arguments: 2).
// Gradient: 14 operations per element, 5 of them transcendental functions (different arguments: 2).
// Both: 14 operations per element, 5 of them transcendental functions (different arguments: 2).
#include "../kernel.h"

namespace autovae {
namespace {

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const auto x0 = T(2.0) * log_scale;
    const auto x1 = exp(x0);
    const auto x2 = -loc + T(0.5) * x1;
    value = T(0.5) * expm1mx(x0) + expm1mx(x2) + T(0.08106146679532726);
    settle(loc, log_scale, everywhere<V>(), value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const auto x0 = T(2.0) * log_scale;
    const auto x1 = exp(x0);
    const auto x2 = -loc + T(0.5) * x1;
    const auto x3 = expm1(x2);
    value = T(0.5) * expm1mx(x0) + expm1mx(x2) + T(0.08106146679532726);
    d_loc = -x3;
    d_log_scale = x1 * x3 + expm1(x0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const auto x0 = T(2.0) * log_scale;
    const auto x1 = exp(x0);
    const auto x2 = -loc + T(0.5) * x1;
    const auto x3 = expm1(x2);
    value = T(0.5) * expm1mx(x0) + expm1mx(x2) + T(0.08106146679532726);
    d_loc = -x3;
    d_log_scale = x1 * x3 + expm1(x0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_normal_gumbel = describe<Cell>("kld/normal_gumbel", false, 65, 104, 104);

}  // namespace autovae
