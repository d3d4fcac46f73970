// Written by codegen.build (SymPy 1.14.0) from the catalog's kld C/C; change the generator, not this file.
// kld of the cauchy from the standard cauchy, in nats.
//
// Finite where True. Evaluated by closed form, rewritten by log_variable, log_of_ratio.
// Value: 9 operations per element, 3 of them transcendental functions (different arguments: 2).
// Gradient: 17 operations per element, 3 of them transcendental functions (different arguments: 2).
// Both: 17 operations per element, 3 of them transcendental functions (different arguments: 2).
#include "../kernel.h"

namespace autovae {
namespace {

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const auto x0 = exp_neg(log_scale);
    const auto x1 = T(0.25) * x0;
    const auto x2 = expm1(log_scale);
    const auto x3 = square(loc) * x1 + x1 * square(x2);
    value = log1p(x3);
    settle(loc, log_scale, everywhere<V>(), value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const auto x0 = exp_neg(log_scale);
    const auto x1 = T(0.25) * x0;
    const auto x2 = expm1(log_scale);
    const auto x3 = square(loc) * x1 + x1 * square(x2);
    const auto x4 = reciprocal(x3 + T(1.0));
    value = log1p(x3);
    d_loc = T(0.5) * loc * x0 * x4;
    d_log_scale = x4 * (T(0.5) * x2 - x3);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const auto x0 = exp_neg(log_scale);
    const auto x1 = T(0.25) * x0;
    const auto x2 = expm1(log_scale);
    const auto x3 = square(loc) * x1 + x1 * square(x2);
    const auto x4 = reciprocal(x3 + T(1.0));
    value = log1p(x3);
    d_loc = T(0.5) * loc * x0 * x4;
    d_log_scale = x4 * (T(0.5) * x2 - x3);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_cauchy_cauchy = describe<Cell>("kld/cauchy_cauchy", false, 68, 76, 76);

}  // namespace autovae
