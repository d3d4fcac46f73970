// Written by codegen.build (SymPy 1.14.0) from the catalog's kld U/Lo; change the generator, not this file.
// kld of the uniform from the standard logistic, in nats.
//
// Finite where True. Evaluated by fixed nodes.
// Value: 58 operations per element, 13 of them transcendental functions (different arguments: 12).
// Gradient: 143 operations per element, 24 of them transcendental functions (different arguments: 21).
// Both: 143 operations per element, 24 of them transcendental functions (different arguments: 21).
#include "../kernel.h"

namespace autovae {
namespace {

// t, w, c0, c1
template <typename T>
constexpr T legendre[16][4] = {
    {-0.9894009349916499, 0.013576229705877048, -0.49470046749582497, -0.013432334364656164},
    {-0.9445750230732326, 0.031126761969323947, -0.4722875115366163, -0.029401561905369186},
    {-0.8656312023878318, 0.04757925584124639, -0.4328156011939159, -0.04118608844257638},
    {-0.755404408355003, 0.06231448562776694, -0.3777022041775015, -0.04707263714758962},
    {-0.6178762444026438, 0.07479799440828837, -0.3089381222013219, -0.04621590387384317},
    {-0.45801677765722737, 0.08457825969750127, -0.22900838882861368, -0.03873826196650567},
    {-0.2816035507792589, 0.09130170752246179, -0.14080177538962946, -0.025710885030534616},
    {-0.09501250983763744, 0.09472530522753425, -0.04750625491881872, -0.009000088994804306},
    {0.09501250983763744, 0.09472530522753425, 0.04750625491881872, 0.009000088994804306},
    {0.2816035507792589, 0.09130170752246179, 0.14080177538962946, 0.025710885030534616},
    {0.45801677765722737, 0.08457825969750127, 0.22900838882861368, 0.03873826196650567},
    {0.6178762444026438, 0.07479799440828837, 0.3089381222013219, 0.04621590387384317},
    {0.755404408355003, 0.06231448562776694, 0.3777022041775015, 0.04707263714758962},
    {0.8656312023878318, 0.04757925584124639, 0.4328156011939159, 0.04118608844257638},
    {0.9445750230732326, 0.031126761969323947, 0.4722875115366163, 0.029401561905369186},
    {0.9894009349916499, 0.013576229705877048, 0.49470046749582497, 0.013432334364656164},
};
template <>
constexpr float legendre<float>[9][4] = {
    {-0.9681602395076261, 0.040637194180787206, -0.48408011975381304, -0.03934331565098885},
    {-0.8360311073266358, 0.0903240803474287, -0.4180155536633179, -0.07551374091112084},
    {-0.6133714327005904, 0.13030534820146772, -0.3066857163502952, -0.07992557811488354},
    {-0.3242534234038089, 0.15617353852000143, -0.16212671170190446, -0.05063980451019708},
    {0.0, 0.1651196775006299, 0.0, 0.0},
    {0.3242534234038089, 0.15617353852000143, 0.16212671170190446, 0.05063980451019708},
    {0.6133714327005904, 0.13030534820146772, 0.3066857163502952, 0.07992557811488354},
    {0.8360311073266358, 0.0903240803474287, 0.4180155536633179, 0.07551374091112084},
    {0.9681602395076261, 0.040637194180787206, 0.48408011975381304, 0.03934331565098885},
};

struct Cell {
  template <typename V>
  AUTOVAE_INLINE void value(V loc, V log_scale, V& value) {
    using T = Element<V>;
    const auto x0 = exp(log_scale);
    const auto x2 = log_scale < T(0.0);
    const auto x3 = loc - x0;
    const auto x4 = loc + x0;
    const auto x5 = T(0.5) * exp_neg(log_scale);
    const auto x6 = x5 * (-logistic_energy_primitive(x3) + logistic_energy_primitive(x4));
    V sum0{};
    if (any(x2))
    for (const auto& row : legendre<T>) {
      const T t = row[0], w = row[1];
      sum0 += w * logistic_energy(loc + t * x0);
    }
    value = -log_scale + select<V>(x2, sum0, x6) - T(0.6931471805599453);
    settle(loc, log_scale, everywhere<V>(), value);
  }
  template <typename V>
  AUTOVAE_INLINE void gradient(V loc, V log_scale, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    V value;
    const auto x0 = exp(log_scale);
    const auto x2 = log_scale < T(0.0);
    const auto x3 = loc - x0;
    const auto x4 = loc + x0;
    const auto x5 = T(0.5) * exp_neg(log_scale);
    const auto x6 = x5 * (-logistic_energy_primitive(x3) + logistic_energy_primitive(x4));
    const auto x7 = logistic_energy(x3);
    const auto x8 = logistic_energy(x4);
    const auto h0 = T(0.5) * loc;
    V sum0{};
    V sum1{};
    V sum2{};
    if (any(x2))
    for (const auto& row : legendre<T>) {
      const T t = row[0], w = row[1], c0 = row[2], c1 = row[3];
      const auto x1 = tanh(h0 + c0 * x0);
      sum0 += w * logistic_energy(loc + t * x0);
      sum1 += w * x1;
      sum2 += c1 * x0 * x1;
    }
    value = -log_scale + select<V>(x2, sum0, x6) - T(0.6931471805599453);
    d_loc = select<V>(x2, sum1, x5 * (-x7 + x8));
    d_log_scale = select<V>(x2, sum2, -x6 + x5 * (x0 * x7 + x0 * x8)) - T(1.0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
  template <typename V>
  AUTOVAE_INLINE void both(V loc, V log_scale, V& value, V& d_loc, V& d_log_scale) {
    using T = Element<V>;
    const auto x0 = exp(log_scale);
    const auto x2 = log_scale < T(0.0);
    const auto x3 = loc - x0;
    const auto x4 = loc + x0;
    const auto x5 = T(0.5) * exp_neg(log_scale);
    const auto x6 = x5 * (-logistic_energy_primitive(x3) + logistic_energy_primitive(x4));
    const auto x7 = logistic_energy(x3);
    const auto x8 = logistic_energy(x4);
    const auto h0 = T(0.5) * loc;
    V sum0{};
    V sum1{};
    V sum2{};
    if (any(x2))
    for (const auto& row : legendre<T>) {
      const T t = row[0], w = row[1], c0 = row[2], c1 = row[3];
      const auto x1 = tanh(h0 + c0 * x0);
      sum0 += w * logistic_energy(loc + t * x0);
      sum1 += w * x1;
      sum2 += c1 * x0 * x1;
    }
    value = -log_scale + select<V>(x2, sum0, x6) - T(0.6931471805599453);
    d_loc = select<V>(x2, sum1, x5 * (-x7 + x8));
    d_log_scale = select<V>(x2, sum2, -x6 + x5 * (x0 * x7 + x0 * x8)) - T(1.0);
    settle(loc, log_scale, everywhere<V>(), value, d_loc, d_log_scale);
  }
};

}  // namespace

extern const Kernel kld_uniform_logistic = describe<Cell>("kld/uniform_logistic", false, 456, 875, 875);

}  // namespace autovae
