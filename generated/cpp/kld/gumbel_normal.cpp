// Written by codegen.build (SymPy 1.14.0) from the catalog's kld G/N; change the generator, not this file.
// kld of the gumbel from the standard normal, in nats.
//
// Finite where True. Evaluated by closed form, rewritten by log_variable, bregman.
// Value: 11 operations per element, 2 of them transcendental functions (different arguments: 2).
// Gradient: 14 operations per element, 3 of them transcendental functions (different arguments: 2).
// Both: 14 operations per element, 3 of them transcendental functions (different arguments: 2).
#include "../kernel.h"

namespace autovae {
namespace {

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const auto x0 = T(2.0) * log_scale + T(0.49770030247074537);
    const auto x1 = T(0.5772156649015329) * exp(log_scale);
    const auto x2 = loc + x1;
    value = T(0.5) * square(x2) + T(0.5) * expm1mx(x0) + T(0.09057301953851256);
    settle(loc, log_scale, everywhere<V>(), value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const auto x0 = T(2.0) * log_scale + T(0.49770030247074537);
    const auto x1 = T(0.5772156649015329) * exp(log_scale);
    const auto x2 = loc + x1;
    value = T(0.5) * square(x2) + T(0.5) * expm1mx(x0) + T(0.09057301953851256);
    d_loc = x2;
    d_log_scale = x1 * x2 + expm1(x0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const auto x0 = T(2.0) * log_scale + T(0.49770030247074537);
    const auto x1 = T(0.5772156649015329) * exp(log_scale);
    const auto x2 = loc + x1;
    value = T(0.5) * square(x2) + T(0.5) * expm1mx(x0) + T(0.09057301953851256);
    d_loc = x2;
    d_log_scale = x1 * x2 + expm1(x0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_gumbel_normal = describe<Cell>("kld/gumbel_normal", false, 47, 67, 67);

}  // namespace autovae
