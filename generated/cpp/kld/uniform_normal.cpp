// Written by codegen.build (SymPy 1.14.0) from the catalog's kld U/N; change the generator, not this file.
// kld of the uniform from the standard normal, in nats.
//
// Finite where True. Evaluated by closed form, rewritten by log_variable, bregman.
// Value: 8 operations per element, 1 of them transcendental functions (different arguments: 1).
// Gradient: 9 operations per element, 2 of them transcendental functions (different arguments: 1).
// Both: 9 operations per element, 2 of them transcendental functions (different arguments: 1).
#include "../kernel.h"

namespace autovae {
namespace {

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const auto x0 = T(2.0) * log_scale - T(1.0986122886681098);
    value = T(0.5) * square(loc) + T(0.5) * expm1mx(x0) + T(0.17648520831067258);
    settle(loc, log_scale, everywhere<V>(), value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const auto x0 = T(2.0) * log_scale - T(1.0986122886681098);
    value = T(0.5) * square(loc) + T(0.5) * expm1mx(x0) + T(0.17648520831067258);
    d_loc = loc;
    d_log_scale = expm1(x0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const auto x0 = T(2.0) * log_scale - T(1.0986122886681098);
    value = T(0.5) * square(loc) + T(0.5) * expm1mx(x0) + T(0.17648520831067258);
    d_loc = loc;
    d_log_scale = expm1(x0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_uniform_normal = describe<Cell>("kld/uniform_normal", false, 28, 46, 46);

}  // namespace autovae
