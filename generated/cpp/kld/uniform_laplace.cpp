// Written by codegen.build (SymPy 1.14.0) from the catalog's kld U/La; change the generator, not this file.
// kld of the uniform from the standard laplace, in nats.
//
// Finite where True. Evaluated by closed form, rewritten by log_variable, mean_absolute_of_uniform.
// Value: 11 operations per element, 2 of them transcendental functions (different arguments: 1).
// Gradient: 19 operations per element, 2 of them transcendental functions (different arguments: 1).
// Both: 19 operations per element, 2 of them transcendental functions (different arguments: 1).
#include "../kernel.h"

namespace autovae {
namespace {

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const auto x0 = abs(loc);
    const auto x1 = exp(log_scale);
    const auto x2 = x1 <= x0;
    const auto x3 = exp_neg(log_scale);
    const auto x4 = -x0 + x1;
    const auto x5 = x0 + T(0.5) * x3 * square(x4);
    value = -log_scale + select<V>(x2, x0, x5);
    settle(loc, log_scale, everywhere<V>(), value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const auto x0 = abs(loc);
    const auto x1 = exp(log_scale);
    const auto x2 = x1 <= x0;
    const auto x3 = exp_neg(log_scale);
    const auto x4 = -x0 + x1;
    const auto x5 = x0 + T(0.5) * x3 * square(x4);
    const auto x6 = sign(loc);
    value = -log_scale + select<V>(x2, x0, x5);
    d_loc = select<V>(x2, x6, x6 - x3 * x4 * x6);
    d_log_scale = select<V>(x2, T(0.0), x1 - x5) - T(1.0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const auto x0 = abs(loc);
    const auto x1 = exp(log_scale);
    const auto x2 = x1 <= x0;
    const auto x3 = exp_neg(log_scale);
    const auto x4 = -x0 + x1;
    const auto x5 = x0 + T(0.5) * x3 * square(x4);
    const auto x6 = sign(loc);
    value = -log_scale + select<V>(x2, x0, x5);
    d_loc = select<V>(x2, x6, x6 - x3 * x4 * x6);
    d_log_scale = select<V>(x2, T(0.0), x1 - x5) - T(1.0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_uniform_laplace = describe<Cell>("kld/uniform_laplace", false, 38, 49, 49);

}  // namespace autovae
