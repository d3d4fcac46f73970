// Written by codegen.build (SymPy 1.14.0) from the catalog's kld E/E; change the generator, not this file.
// kld of the exponential from the standard exponential, in nats.
//
// Finite where mu >= 0. Evaluated by closed form, rewritten by log_variable, bregman.
// Value: 2 operations per element, 1 of them transcendental functions (different arguments: 1).
// Gradient: 3 operations per element, 2 of them transcendental functions (different arguments: 1).
// Both: 3 operations per element, 2 of them transcendental functions (different arguments: 1).
#include "../kernel.h"

namespace autovae {
namespace {

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const Bits<V> finite = (loc >= T(0.0));
    const V given_loc = loc, given_log_scale = log_scale;
    loc = select<V>(finite, loc, T(0.5));
    log_scale = select<V>(finite, log_scale, -T(1.0));
    value = loc + expm1mx(log_scale);
    settle(given_loc, given_log_scale, finite, value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const Bits<V> finite = (loc >= T(0.0));
    const V given_loc = loc, given_log_scale = log_scale;
    loc = select<V>(finite, loc, T(0.5));
    log_scale = select<V>(finite, log_scale, -T(1.0));
    value = loc + expm1mx(log_scale);
    d_loc = splat<V>(T(1.0));
    d_log_scale = expm1(log_scale);
    settle(given_loc, given_log_scale, finite, value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const Bits<V> finite = (loc >= T(0.0));
    const V given_loc = loc, given_log_scale = log_scale;
    loc = select<V>(finite, loc, T(0.5));
    log_scale = select<V>(finite, log_scale, -T(1.0));
    value = loc + expm1mx(log_scale);
    d_loc = splat<V>(T(1.0));
    d_log_scale = expm1(log_scale);
    settle(given_loc, given_log_scale, finite, value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_exponential_exponential = describe<Cell>("kld/exponential_exponential", true, 22, 40, 40);

}  // namespace autovae
