// Written by codegen.build (SymPy 1.14.0) from the catalog's kld Lo/La; change the generator, not this file.
// kld of the logistic from the standard laplace, in nats.
//
// Finite where True. Evaluated by closed form, rewritten by log_variable, softplus_to_logcosh, bregman.
// Value: 11 operations per element, 4 of them transcendental functions (different arguments: 3).
// Gradient: 16 operations per element, 6 of them transcendental functions (different arguments: 3).
// Both: 16 operations per element, 6 of them transcendental functions (different arguments: 3).
#include "../kernel.h"

namespace autovae {
namespace {

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const auto x0 = log_scale + T(0.326634259978281);
    const auto x1 = T(0.5) * loc * exp_neg(log_scale);
    const auto x2 = T(2.0) * logcosh(x1) * exp(log_scale);
    value = x2 + expm1mx(x0) + T(0.01978144053822629);
    settle(loc, log_scale, everywhere<V>(), value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const auto x0 = log_scale + T(0.326634259978281);
    const auto x1 = T(0.5) * loc * exp_neg(log_scale);
    const auto x2 = T(2.0) * logcosh(x1) * exp(log_scale);
    const auto x3 = tanh(x1);
    value = x2 + expm1mx(x0) + T(0.01978144053822629);
    d_loc = x3;
    d_log_scale = x2 - loc * x3 + expm1(x0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const auto x0 = log_scale + T(0.326634259978281);
    const auto x1 = T(0.5) * loc * exp_neg(log_scale);
    const auto x2 = T(2.0) * logcosh(x1) * exp(log_scale);
    const auto x3 = tanh(x1);
    value = x2 + expm1mx(x0) + T(0.01978144053822629);
    d_loc = x3;
    d_log_scale = x2 - loc * x3 + expm1(x0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_logistic_laplace = describe<Cell>("kld/logistic_laplace", false, 167, 219, 219);

}  // namespace autovae
