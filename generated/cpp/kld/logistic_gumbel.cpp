// Written by codegen.build (SymPy 1.14.0) from the catalog's kld Lo/G; change the generator, not this file.
// kld of the logistic from the standard gumbel, in nats.
//
// Finite where sigma < 1. Evaluated by closed form, rewritten by log_variable, complete_exponential.
// Value: 8 operations per element, 2 of them transcendental functions (different arguments: 2).
// Gradient: 14 operations per element, 4 of them transcendental functions (different arguments: 2).
// Both: 14 operations per element, 4 of them transcendental functions (different arguments: 2).
#include "../kernel.h"

namespace autovae {
namespace {

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const Bits<V> finite = (log_scale < T(0.0));
    const V given_loc = loc, given_log_scale = log_scale;
    loc = select<V>(finite, loc, T(0.5));
    log_scale = select<V>(finite, log_scale, -T(1.0));
    const auto x0 = -log_reflection(log_scale);
    const auto x1 = -loc - x0;
    value = -log_scale - x0 + expm1mx(x1) - T(1.0);
    settle(given_loc, given_log_scale, finite, value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const Bits<V> finite = (log_scale < T(0.0));
    const V given_loc = loc, given_log_scale = log_scale;
    loc = select<V>(finite, loc, T(0.5));
    log_scale = select<V>(finite, log_scale, -T(1.0));
    const auto x0 = -log_reflection(log_scale);
    const auto x1 = -loc - x0;
    const auto x2 = expm1(x1);
    const auto x3 = one_minus_picot(log_scale);
    value = -log_scale - x0 + expm1mx(x1) - T(1.0);
    d_loc = -x2;
    d_log_scale = x3 + x2 * x3 - T(1.0);
    settle(given_loc, given_log_scale, finite, value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const Bits<V> finite = (log_scale < T(0.0));
    const V given_loc = loc, given_log_scale = log_scale;
    loc = select<V>(finite, loc, T(0.5));
    log_scale = select<V>(finite, log_scale, -T(1.0));
    const auto x0 = -log_reflection(log_scale);
    const auto x1 = -loc - x0;
    const auto x2 = expm1(x1);
    const auto x3 = one_minus_picot(log_scale);
    value = -log_scale - x0 + expm1mx(x1) - T(1.0);
    d_loc = -x2;
    d_log_scale = x3 + x2 * x3 - T(1.0);
    settle(given_loc, given_log_scale, finite, value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_logistic_gumbel = describe<Cell>("kld/logistic_gumbel", false, 98, 191, 191);

}  // namespace autovae
