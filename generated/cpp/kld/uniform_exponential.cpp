// Written by codegen.build (SymPy 1.14.0) from the catalog's kld U/E; change the generator, not this file.
// kld of the uniform from the standard exponential, in nats.
//
// Finite where mu - sigma >= 0. Evaluated by closed form, rewritten by log_variable.
// Value: 2 operations per element, 0 of them transcendental functions (different arguments: 0).
// Gradient: 3 operations per element, 0 of them transcendental functions (different arguments: 0).
// Both: 3 operations per element, 0 of them transcendental functions (different arguments: 0).
#include "../kernel.h"

namespace autovae {
namespace {

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const Bits<V> finite = (loc - exp(log_scale) >= T(-4) * std::numeric_limits<T>::epsilon() * (T(1) +
        exp(log_scale)));
    const V given_loc = loc, given_log_scale = log_scale;
    loc = select<V>(finite, loc, T(0.5));
    log_scale = select<V>(finite, log_scale, -T(1.0));
    value = loc - log_scale - T(0.6931471805599453);
    settle(given_loc, given_log_scale, finite, value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const Bits<V> finite = (loc - exp(log_scale) >= T(-4) * std::numeric_limits<T>::epsilon() * (T(1) +
        exp(log_scale)));
    const V given_loc = loc, given_log_scale = log_scale;
    loc = select<V>(finite, loc, T(0.5));
    log_scale = select<V>(finite, log_scale, -T(1.0));
    value = loc - log_scale - T(0.6931471805599453);
    d_loc = splat<V>(T(1.0));
    d_log_scale = splat<V>(-T(1.0));
    settle(given_loc, given_log_scale, finite, value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const Bits<V> finite = (loc - exp(log_scale) >= T(-4) * std::numeric_limits<T>::epsilon() * (T(1) +
        exp(log_scale)));
    const V given_loc = loc, given_log_scale = log_scale;
    loc = select<V>(finite, loc, T(0.5));
    log_scale = select<V>(finite, log_scale, -T(1.0));
    value = loc - log_scale - T(0.6931471805599453);
    d_loc = splat<V>(T(1.0));
    d_log_scale = splat<V>(-T(1.0));
    settle(given_loc, given_log_scale, finite, value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_uniform_exponential = describe<Cell>("kld/uniform_exponential", false, 2, 3, 3);

}  // namespace autovae
