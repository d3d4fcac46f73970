// Written by codegen.build (SymPy 1.14.0) from the catalog's kld U/C; change the generator, not this file.
// kld of the uniform from the standard cauchy, in nats.
//
// Finite where True. Evaluated by fixed nodes.
// Value: 79 operations per element, 15 of them transcendental functions (different arguments: 14).
// Gradient: 217 operations per element, 15 of them transcendental functions (different arguments: 14).
// Both: 217 operations per element, 15 of them transcendental functions (different arguments: 14).
#include "../kernel.h"

namespace autovae {
namespace {

// t, w, c0, c1
template <typename T>
constexpr T legendre[16][4] = {
    {-0.9894009349916499, 0.013576229705877048, -1.9788018699832999, -0.026864668729312327},
    {-0.9445750230732326, 0.031126761969323947, -1.8891500461464652, -0.05880312381073837},
    {-0.8656312023878318, 0.04757925584124639, -1.7312624047756635, -0.08237217688515276},
    {-0.755404408355003, 0.06231448562776694, -1.510808816710006, -0.09414527429517924},
    {-0.6178762444026438, 0.07479799440828837, -1.2357524888052875, -0.09243180774768633},
    {-0.45801677765722737, 0.08457825969750127, -0.9160335553144547, -0.07747652393301134},
    {-0.2816035507792589, 0.09130170752246179, -0.5632071015585178, -0.05142177006106923},
    {-0.09501250983763744, 0.09472530522753425, -0.19002501967527488, -0.018000177989608613},
    {0.09501250983763744, 0.09472530522753425, 0.19002501967527488, 0.018000177989608613},
    {0.2816035507792589, 0.09130170752246179, 0.5632071015585178, 0.05142177006106923},
    {0.45801677765722737, 0.08457825969750127, 0.9160335553144547, 0.07747652393301134},
    {0.6178762444026438, 0.07479799440828837, 1.2357524888052875, 0.09243180774768633},
    {0.755404408355003, 0.06231448562776694, 1.510808816710006, 0.09414527429517924},
    {0.8656312023878318, 0.04757925584124639, 1.7312624047756635, 0.08237217688515276},
    {0.9445750230732326, 0.031126761969323947, 1.8891500461464652, 0.05880312381073837},
    {0.9894009349916499, 0.013576229705877048, 1.9788018699832999, 0.026864668729312327},
};
template <>
constexpr float legendre<float>[9][4] = {
    {-0.9681602395076261, 0.040637194180787206, -1.9363204790152522, -0.0786866313019777},
    {-0.8360311073266358, 0.0903240803474287, -1.6720622146532715, -0.15102748182224168},
    {-0.6133714327005904, 0.13030534820146772, -1.2267428654011807, -0.1598511562297671},
    {-0.3242534234038089, 0.15617353852000143, -0.6485068468076178, -0.10127960902039417},
    {0.0, 0.1651196775006299, 0.0, 0.0},
    {0.3242534234038089, 0.15617353852000143, 0.6485068468076178, 0.10127960902039417},
    {0.6133714327005904, 0.13030534820146772, 1.2267428654011807, 0.1598511562297671},
    {0.8360311073266358, 0.0903240803474287, 1.6720622146532715, 0.15102748182224168},
    {0.9681602395076261, 0.040637194180787206, 1.9363204790152522, 0.0786866313019777},
};

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const auto x0 = exp(log_scale);
    const auto x5 = log_scale < -T(0.6931471805599453);
    const auto x6 = T(4.0) * x0;
    const auto x7 = loc + x0;
    const auto x8 = loc - x0;
    const auto x9 = square(x7);
    const auto x10 = log1p(x9);
    const auto x11 = square(x8);
    const auto x12 = log1p(x11);
    const auto x13 = exp_neg(log_scale);
    const auto x14 = T(0.5) * x13;
    const auto x15 = x14 * (-x6 + x10 * x7 - x12 * x8 + T(2.0) * atan(x7) - T(2.0) * atan(x8));
    V sum0{};
    if (any(x5))
    for (const auto& row : legendre<T>) {
      const T t = row[0], w = row[1];
      const auto x1 = loc + t * x0;
      const auto x2 = square(x1);
      sum0 += w * log1p(x2);
    }
    value = -log_scale + select<V>(x5, sum0, x15) + T(0.4515827052894549);
    settle(loc, log_scale, everywhere<V>(), value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const auto x0 = exp(log_scale);
    const auto x3 = T(2.0) * loc;
    const auto x5 = log_scale < -T(0.6931471805599453);
    const auto x6 = T(4.0) * x0;
    const auto x7 = loc + x0;
    const auto x8 = loc - x0;
    const auto x9 = square(x7);
    const auto x10 = log1p(x9);
    const auto x11 = square(x8);
    const auto x12 = log1p(x11);
    const auto x13 = exp_neg(log_scale);
    const auto x14 = T(0.5) * x13;
    const auto x15 = x14 * (-x6 + x10 * x7 - x12 * x8 + T(2.0) * atan(x7) - T(2.0) * atan(x8));
    const auto x16 = reciprocal(x9 + T(1.0));
    const auto x17 = reciprocal(x11 + T(1.0));
    const auto x18 = T(2.0) * x17;
    const auto x19 = T(2.0) * x0;
    const auto x20 = T(2.0) * x0 * x16;
    const auto x21 = x0 * x18;
    V sum0{};
    V sum1{};
    V sum2{};
    if (any(x5))
    for (const auto& row : legendre<T>) {
      const T t = row[0], w = row[1], c0 = row[2], c1 = row[3];
      const auto x1 = loc + t * x0;
      const auto x2 = square(x1);
      const auto x4 = reciprocal(x2 + T(1.0));
      sum0 += w * log1p(x2);
      sum1 += w * x4 * (x3 + c0 * x0);
      sum2 += c1 * x0 * x1 * x4;
    }
    value = -log_scale + select<V>(x5, sum0, x15) + T(0.4515827052894549);
    d_loc = select<V>(x5, sum1, x14 * (x10 - x12 + T(2.0) * x16 - x18 + x16 * x7 * (x19 + x3) - x17 * x8 * (-x19 +
        x3)));
    d_log_scale = select<V>(x5, sum2, -x15 + T(0.5) * x13 * (x20 + x21 - x6 + x0 * x10 + x0 * x12 + x11 * x21 + x20 *
        x9)) - T(1.0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const auto x0 = exp(log_scale);
    const auto x3 = T(2.0) * loc;
    const auto x5 = log_scale < -T(0.6931471805599453);
    const auto x6 = T(4.0) * x0;
    const auto x7 = loc + x0;
    const auto x8 = loc - x0;
    const auto x9 = square(x7);
    const auto x10 = log1p(x9);
    const auto x11 = square(x8);
    const auto x12 = log1p(x11);
    const auto x13 = exp_neg(log_scale);
    const auto x14 = T(0.5) * x13;
    const auto x15 = x14 * (-x6 + x10 * x7 - x12 * x8 + T(2.0) * atan(x7) - T(2.0) * atan(x8));
    const auto x16 = reciprocal(x9 + T(1.0));
    const auto x17 = reciprocal(x11 + T(1.0));
    const auto x18 = T(2.0) * x17;
    const auto x19 = T(2.0) * x0;
    const auto x20 = T(2.0) * x0 * x16;
    const auto x21 = x0 * x18;
    V sum0{};
    V sum1{};
    V sum2{};
    if (any(x5))
    for (const auto& row : legendre<T>) {
      const T t = row[0], w = row[1], c0 = row[2], c1 = row[3];
      const auto x1 = loc + t * x0;
      const auto x2 = square(x1);
      const auto x4 = reciprocal(x2 + T(1.0));
      sum0 += w * log1p(x2);
      sum1 += w * x4 * (x3 + c0 * x0);
      sum2 += c1 * x0 * x1 * x4;
    }
    value = -log_scale + select<V>(x5, sum0, x15) + T(0.4515827052894549);
    d_loc = select<V>(x5, sum1, x14 * (x10 - x12 + T(2.0) * x16 - x18 + x16 * x7 * (x19 + x3) - x17 * x8 * (-x19 +
        x3)));
    d_log_scale = select<V>(x5, sum2, -x15 + T(0.5) * x13 * (x20 + x21 - x6 + x0 * x10 + x0 * x12 + x11 * x21 + x20 *
        x9)) - T(1.0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_uniform_cauchy = describe<Cell>("kld/uniform_cauchy", false, 507, 645, 645);

}  // namespace autovae
