# Written by codegen.build (SymPy 1.14.0) from the catalog's kld U/C; change the generator, not this file.
"""kld of the uniform from the standard cauchy, in nats.

kld U/C: -log(sigma) - log(2) + log(pi) + (-4*sigma - (mu - sigma)*log((mu - sigma)**2 + 1) + (mu + sigma)*log((mu +
sigma)**2 + 1) - 2*atan(mu - sigma) + 2*atan(mu + sigma))/(2*sigma)

Finite where True. Evaluated by fixed nodes.
Operations per element: 121 for the value, 336 with the gradient.
"""

import torch
from torch import Tensor

# t, w, c0, c1
LEGENDRE = {
    torch.float64: (
        (-0.9894009349916499, 0.013576229705877048, -1.9788018699832999, -0.026864668729312327),
        (-0.9445750230732326, 0.031126761969323947, -1.8891500461464652, -0.05880312381073837),
        (-0.8656312023878318, 0.04757925584124639, -1.7312624047756635, -0.08237217688515276),
        (-0.755404408355003, 0.06231448562776694, -1.510808816710006, -0.09414527429517924),
        (-0.6178762444026438, 0.07479799440828837, -1.2357524888052875, -0.09243180774768633),
        (-0.45801677765722737, 0.08457825969750127, -0.9160335553144547, -0.07747652393301134),
        (-0.2816035507792589, 0.09130170752246179, -0.5632071015585178, -0.05142177006106923),
        (-0.09501250983763744, 0.09472530522753425, -0.19002501967527488, -0.018000177989608613),
        (0.09501250983763744, 0.09472530522753425, 0.19002501967527488, 0.018000177989608613),
        (0.2816035507792589, 0.09130170752246179, 0.5632071015585178, 0.05142177006106923),
        (0.45801677765722737, 0.08457825969750127, 0.9160335553144547, 0.07747652393301134),
        (0.6178762444026438, 0.07479799440828837, 1.2357524888052875, 0.09243180774768633),
        (0.755404408355003, 0.06231448562776694, 1.510808816710006, 0.09414527429517924),
        (0.8656312023878318, 0.04757925584124639, 1.7312624047756635, 0.08237217688515276),
        (0.9445750230732326, 0.031126761969323947, 1.8891500461464652, 0.05880312381073837),
        (0.9894009349916499, 0.013576229705877048, 1.9788018699832999, 0.026864668729312327),
    ),
    torch.float32: (
        (-0.9681602395076261, 0.040637194180787206, -1.9363204790152522, -0.0786866313019777),
        (-0.8360311073266358, 0.0903240803474287, -1.6720622146532715, -0.15102748182224168),
        (-0.6133714327005904, 0.13030534820146772, -1.2267428654011807, -0.1598511562297671),
        (-0.3242534234038089, 0.15617353852000143, -0.6485068468076178, -0.10127960902039417),
        (0.0, 0.1651196775006299, 0.0, 0.0),
        (0.3242534234038089, 0.15617353852000143, 0.6485068468076178, 0.10127960902039417),
        (0.6133714327005904, 0.13030534820146772, 1.2267428654011807, 0.1598511562297671),
        (0.8360311073266358, 0.0903240803474287, 1.6720622146532715, 0.15102748182224168),
        (0.9681602395076261, 0.040637194180787206, 1.9363204790152522, 0.0786866313019777),
    ),
}


def value(loc: Tensor, log_scale: Tensor) -> Tensor:
    """Divergence in nats, element-wise."""
    x0 = torch.exp(log_scale)
    x5 = log_scale < -0.6931471805599453
    x6 = 4.0 * x0
    x7 = loc + x0
    x8 = loc - x0
    x9 = torch.square(x7)
    x10 = torch.log1p(x9)
    x11 = torch.square(x8)
    x12 = torch.log1p(x11)
    x13 = torch.exp(-log_scale)
    x14 = 0.5 * x13
    x15 = x14 * (-x6 + x10 * x7 - x12 * x8 + 2.0 * torch.atan(x7) - 2.0 * torch.atan(x8))
    sum0 = torch.zeros_like(loc)
    for t, w, c0, c1 in LEGENDRE[loc.dtype]:
        x1 = loc + t * x0
        x2 = torch.square(x1)
        sum0 = sum0 + w * torch.log1p(x2)
    value = -log_scale + torch.where(x5, sum0, x15) + 0.4515827052894549
    value = torch.clamp(value, min=0.0)
    return value


def value_and_grad(loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    x0 = torch.exp(log_scale)
    x3 = 2.0 * loc
    x5 = log_scale < -0.6931471805599453
    x6 = 4.0 * x0
    x7 = loc + x0
    x8 = loc - x0
    x9 = torch.square(x7)
    x10 = torch.log1p(x9)
    x11 = torch.square(x8)
    x12 = torch.log1p(x11)
    x13 = torch.exp(-log_scale)
    x14 = 0.5 * x13
    x15 = x14 * (-x6 + x10 * x7 - x12 * x8 + 2.0 * torch.atan(x7) - 2.0 * torch.atan(x8))
    x16 = torch.reciprocal(x9 + 1.0)
    x17 = torch.reciprocal(x11 + 1.0)
    x18 = 2.0 * x17
    x19 = 2.0 * x0
    x20 = 2.0 * x0 * x16
    x21 = x0 * x18
    sum0 = torch.zeros_like(loc)
    sum1 = torch.zeros_like(loc)
    sum2 = torch.zeros_like(loc)
    for t, w, c0, c1 in LEGENDRE[loc.dtype]:
        x1 = loc + t * x0
        x2 = torch.square(x1)
        x4 = torch.reciprocal(x2 + 1.0)
        sum0 = sum0 + w * torch.log1p(x2)
        sum1 = sum1 + w * x4 * (x3 + c0 * x0)
        sum2 = sum2 + c1 * x0 * x1 * x4
    value = -log_scale + torch.where(x5, sum0, x15) + 0.4515827052894549
    d_loc = torch.where(x5, sum1, x14 * (x10 - x12 + 2.0 * x16 - x18 + x16 * x7 * (x19 + x3) - x17 * x8 * (-x19 + x3)))
    d_log_scale = (
        torch.where(x5, sum2, -x15 + 0.5 * x13 * (x20 + x21 - x6 + x0 * x10 + x0 * x12 + x11 * x21 + x20 * x9)) - 1.0
    )
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale
