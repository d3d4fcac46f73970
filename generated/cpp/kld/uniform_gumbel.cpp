// Written by codegen.build (SymPy 1.14.0) from the catalog's kld U/G; change the generator, not this file.
// kld of the uniform from the standard gumbel, in nats.
//
// Finite where True. Evaluated by closed form, rewritten by log_variable, complete_exponential.
// Value: 7 operations per element, 3 of them transcendental functions (different arguments: 3).
// Gradient: 14 operations per element, 5 of them transcendental functions (different arguments: 3).
// Both: 14 operations per element, 5 of them transcendental functions (different arguments: 3).
#include "../kernel.h"

namespace autovae {
namespace {

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const auto x0 = exp(log_scale);
    const auto x1 = logsinhc(x0);
    const auto x2 = -loc + x1;
    value = -log_scale + x1 + expm1mx(x2) + T(0.3068528194400547);
    settle(loc, log_scale, everywhere<V>(), value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const auto x0 = exp(log_scale);
    const auto x1 = logsinhc(x0);
    const auto x2 = -loc + x1;
    const auto x3 = expm1(x2);
    const auto x4 = x0 * langevin(x0);
    value = -log_scale + x1 + expm1mx(x2) + T(0.3068528194400547);
    d_loc = -x3;
    d_log_scale = x4 + x3 * x4 - T(1.0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const auto x0 = exp(log_scale);
    const auto x1 = logsinhc(x0);
    const auto x2 = -loc + x1;
    const auto x3 = expm1(x2);
    const auto x4 = x0 * langevin(x0);
    value = -log_scale + x1 + expm1mx(x2) + T(0.3068528194400547);
    d_loc = -x3;
    d_log_scale = x4 + x3 * x4 - T(1.0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_uniform_gumbel = describe<Cell>("kld/uniform_gumbel", false, 133, 217, 217);

}  // namespace autovae
