# Written by codegen.build (SymPy 1.14.0) from the catalog's kld U/Lo; change the generator, not this file.
"""kld of the uniform from the standard logistic, in nats.

kld U/Lo: mu - log(sigma) - log(2) + (polylog(2, -exp(-mu - sigma)) - polylog(2, -exp(-mu + sigma)))/sigma

Finite where True. Evaluated by fixed nodes.
Operations per element: 234 for the value and the gradient.
"""

import triton
import triton.language as tl

from generated.triton.special import exp, logistic_energy, logistic_energy_primitive, tanh

# where each table begins, and its numbers row by row
NODES = {
    "float64": {
        # legendre: t, w, c0, c1
        0: (
            -0.9894009349916499, 0.013576229705877048, -0.49470046749582497, -0.013432334364656164, -0.9445750230732326,
            0.031126761969323947, -0.4722875115366163, -0.029401561905369186, -0.8656312023878318, 0.04757925584124639,
            -0.4328156011939159, -0.04118608844257638, -0.755404408355003, 0.06231448562776694, -0.3777022041775015,
            -0.04707263714758962, -0.6178762444026438, 0.07479799440828837, -0.3089381222013219, -0.04621590387384317,
            -0.45801677765722737, 0.08457825969750127, -0.22900838882861368, -0.03873826196650567, -0.2816035507792589,
            0.09130170752246179, -0.14080177538962946, -0.025710885030534616, -0.09501250983763744, 0.09472530522753425,
            -0.04750625491881872, -0.009000088994804306, 0.09501250983763744, 0.09472530522753425, 0.04750625491881872,
            0.009000088994804306, 0.2816035507792589, 0.09130170752246179, 0.14080177538962946, 0.025710885030534616,
            0.45801677765722737, 0.08457825969750127, 0.22900838882861368, 0.03873826196650567, 0.6178762444026438,
            0.07479799440828837, 0.3089381222013219, 0.04621590387384317, 0.755404408355003, 0.06231448562776694,
            0.3777022041775015, 0.04707263714758962, 0.8656312023878318, 0.04757925584124639, 0.4328156011939159,
            0.04118608844257638, 0.9445750230732326, 0.031126761969323947, 0.4722875115366163, 0.029401561905369186,
            0.9894009349916499, 0.013576229705877048, 0.49470046749582497, 0.013432334364656164,
        ),
    },
    "float32": {
        # legendre: t, w, c0, c1
        0: (
            -0.9681602395076261, 0.040637194180787206, -0.48408011975381304, -0.03934331565098885, -0.8360311073266358,
            0.0903240803474287, -0.4180155536633179, -0.07551374091112084, -0.6133714327005904, 0.13030534820146772,
            -0.3066857163502952, -0.07992557811488354, -0.3242534234038089, 0.15617353852000143, -0.16212671170190446,
            -0.05063980451019708, 0.0, 0.1651196775006299, 0.0, 0.0, 0.3242534234038089, 0.15617353852000143,
            0.16212671170190446, 0.05063980451019708, 0.6133714327005904, 0.13030534820146772, 0.3066857163502952,
            0.07992557811488354, 0.8360311073266358, 0.0903240803474287, 0.4180155536633179, 0.07551374091112084,
            0.9681602395076261, 0.040637194180787206, 0.48408011975381304, 0.03934331565098885,
        ),
    },
}


@triton.jit
def kld_uniform_logistic(loc, log_scale, nodes):
    """Divergence in nats and its derivatives with respect to loc and log_scale; nodes points to NODES."""
    x0 = exp(log_scale)
    x2 = log_scale < 0.0
    x3 = loc - x0
    x4 = loc + x0
    x5 = 0.5 * exp(-log_scale)
    x6 = x5 * (-logistic_energy_primitive(x3) + logistic_energy_primitive(x4))
    x7 = logistic_energy(x3)
    x8 = logistic_energy(x4)
    h0 = 0.5 * loc
    sum0 = tl.zeros(loc.shape, loc.dtype)
    sum1 = tl.zeros(loc.shape, loc.dtype)
    sum2 = tl.zeros(loc.shape, loc.dtype)
    legendre_rows: tl.constexpr = 16 if loc.dtype == tl.float64 else 9
    for row in range(legendre_rows):
        t = tl.load(nodes + (0 + 4 * row))
        w = tl.load(nodes + (1 + 4 * row))
        c0 = tl.load(nodes + (2 + 4 * row))
        c1 = tl.load(nodes + (3 + 4 * row))
        x1 = tanh(h0 + c0 * x0)
        sum0 = sum0 + w * logistic_energy(loc + t * x0)
        sum1 = sum1 + w * x1
        sum2 = sum2 + c1 * x0 * x1
    value = -log_scale + tl.where(x2, sum0, x6) - 0.6931471805599453
    d_loc = tl.where(x2, sum1, x5 * (-x7 + x8))
    d_log_scale = tl.where(x2, sum2, -x6 + x5 * (x0 * x7 + x0 * x8)) - 1.0
    value = tl.where(value < 0.0, 0.0, value)
    return value, d_loc, d_log_scale
