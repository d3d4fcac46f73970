// Written by codegen.build (SymPy 1.14.0) from the catalog's kld E/La; change the generator, not this file.
// kld of the exponential from the standard laplace, in nats.
//
// Finite where True. Evaluated by closed form, rewritten by log_variable, bounded_exponent.
// Value: 15 operations per element, 3 of them transcendental functions (different arguments: 2).
// Gradient: 26 operations per element, 3 of them transcendental functions (different arguments: 2).
// Both: 26 operations per element, 3 of them transcendental functions (different arguments: 2).
#include "../kernel.h"

namespace autovae {
namespace {

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const auto x0 = exp(log_scale);
    const auto x1 = loc + x0;
    const auto x2 = loc >= T(0.0);
    const auto x3 = select<V>(x2, T(0.0), loc);
    const auto x4 = exp(x3 * exp_neg(log_scale));
    const auto x5 = -T(2.0) * x0 * x4;
    value = -log_scale + select<V>(x2, x1, -x1 - x5) - T(0.3068528194400547);
    settle(loc, log_scale, everywhere<V>(), value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const auto x0 = exp(log_scale);
    const auto x1 = loc + x0;
    const auto x2 = loc >= T(0.0);
    const auto x3 = select<V>(x2, T(0.0), loc);
    const auto x4 = exp(x3 * exp_neg(log_scale));
    const auto x5 = -T(2.0) * x0 * x4;
    const auto x6 = T(2.0) * x4;
    value = -log_scale + select<V>(x2, x1, -x1 - x5) - T(0.3068528194400547);
    d_loc = select<V>(x2, T(1.0), x6 * select<V>(x2, T(0.0), T(1.0)) - T(1.0));
    d_log_scale = select<V>(x2, x0, -x0 - x5 - x3 * x6) - T(1.0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const auto x0 = exp(log_scale);
    const auto x1 = loc + x0;
    const auto x2 = loc >= T(0.0);
    const auto x3 = select<V>(x2, T(0.0), loc);
    const auto x4 = exp(x3 * exp_neg(log_scale));
    const auto x5 = -T(2.0) * x0 * x4;
    const auto x6 = T(2.0) * x4;
    value = -log_scale + select<V>(x2, x1, -x1 - x5) - T(0.3068528194400547);
    d_loc = select<V>(x2, T(1.0), x6 * select<V>(x2, T(0.0), T(1.0)) - T(1.0));
    d_log_scale = select<V>(x2, x0, -x0 - x5 - x3 * x6) - T(1.0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_exponential_laplace = describe<Cell>("kld/exponential_laplace", true, 57, 68, 68);

}  // namespace autovae
