# Written by codegen.build (SymPy 1.14.0) from the catalog's fisher C/Lo; change the generator, not this file.
"""fisher of the cauchy from the standard logistic, in nats.

Finite where True.
"""

import torch
from torch import Tensor

# c0
SHIFT = {
    torch.float64: (
        (3.141592653589793,),
        (9.42477796076938,),
        (15.707963267948966,),
        (21.991148575128552,),
        (28.274333882308138,),
        (34.55751918948773,),
        (40.840704496667314,),
        (47.1238898038469,),
        (53.40707511102649,),
        (59.69026041820607,),
    ),
}


def _finite_everywhere(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


def _value_everywhere(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    x0 = torch.exp(log_scale)
    x3 = torch.square(loc)
    x9 = torch.exp(-2.0 * log_scale)
    x10 = x0 + 62.83185307179586
    x11 = torch.square(x10)
    x12 = x11 + x3
    x13 = x11 * x3 / torch.pow(x12, 4)
    x14 = torch.pow(x12, -2)
    x15 = x14 * x3
    x16 = -39.47841760435743 * x15 + 39.47841760435743 * x11 * x14
    x17 = torch.square(x16)
    x18 = 6234.181826176156 * x13 + x17
    x19 = -78.95683520871486 * x15 + 78.95683520871486 * x11 * x14
    x20 = x11 * x14
    x21 = 4340.317123977051 * x15 - 4340.317123977051 * x20 + 7.091940427293965
    x22 = 342697.7039114193 * x13 + 54.970758548057766 * x17 + x19 * x21 - 1.1665242513020833
    x23 = -x18 * x21 + x19 * x22 + 0.2529899625114469
    x24 = -x18 * x22 + x19 * x23 - 0.07560961174242424
    x25 = -x18 * x23 + x19 * x24 + 0.03307291666666667
    x26 = -x18 * x24 + x19 * x25 - 0.023065476190476192
    x27 = -x18 * x25 + x19 * x26 + 0.029166666666666667
    x28 = -x18 * x26 + x19 * x27 - 0.08333333333333333
    sum2 = torch.zeros_like(loc)
    for c0, in SHIFT[loc.dtype]:
        x1 = c0 + x0
        x2 = torch.square(x1)
        x4 = x2 + x3
        x7 = torch.pow(x4, -2)
        x8 = x2 * x7 - x3 * x7
        sum2 = sum2 + x8
    value = (
        -16.0 * sum2 + 0.5 * x9 - 2.5464790894703255 * x10 * (x16 * x28 - x18 * x27 + 1.0) / x12 + 201.06192982974676 *
        x10 * x28 * x3 / torch.pow(x12, 3) + 1.0
    )
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_everywhere(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    x0 = torch.exp(log_scale)
    x3 = torch.square(loc)
    x9 = torch.exp(-2.0 * log_scale)
    x10 = x0 + 62.83185307179586
    x11 = torch.square(x10)
    x12 = x11 + x3
    x13 = x11 * x3 / torch.pow(x12, 4)
    x14 = torch.pow(x12, -2)
    x15 = x14 * x3
    x16 = -39.47841760435743 * x15 + 39.47841760435743 * x11 * x14
    x17 = torch.square(x16)
    x18 = 6234.181826176156 * x13 + x17
    x19 = -78.95683520871486 * x15 + 78.95683520871486 * x11 * x14
    x20 = x11 * x14
    x21 = 4340.317123977051 * x15 - 4340.317123977051 * x20 + 7.091940427293965
    x22 = 342697.7039114193 * x13 + 54.970758548057766 * x17 + x19 * x21 - 1.1665242513020833
    x23 = -x18 * x21 + x19 * x22 + 0.2529899625114469
    x24 = -x18 * x22 + x19 * x23 - 0.07560961174242424
    x25 = -x18 * x23 + x19 * x24 + 0.03307291666666667
    x26 = -x18 * x24 + x19 * x25 - 0.023065476190476192
    x27 = -x18 * x25 + x19 * x26 + 0.029166666666666667
    x28 = -x18 * x26 + x19 * x27 - 0.08333333333333333
    x29 = -x15 + x11 * x14
    x30 = 82466.02535556398 * x15 - 82466.02535556398 * x20 + 120.5629872639974
    x31 = 6511256.374316967 * x13 + 1044.4444124130976 * x17 + x19 * x30 - 17.49786376953125
    x32 = -x18 * x30 + x19 * x31 + 3.2888695126488097
    x33 = -x18 * x31 + x19 * x32 - 0.8317057291666666
    x34 = -x18 * x32 + x19 * x33 + 0.29765625
    x35 = -x18 * x33 + x19 * x34 - 0.16145833333333334
    x36 = -x18 * x34 + x19 * x35 + 0.14583333333333334
    x37 = -x18 * x35 + x19 * x36 - 0.25
    x38 = -x16 * x37 + x18 * x36 - 1.0
    sum0 = torch.zeros_like(loc)
    sum1 = torch.zeros_like(loc)
    sum2 = torch.zeros_like(loc)
    for c0, in SHIFT[loc.dtype]:
        x1 = c0 + x0
        x2 = torch.square(x1)
        x4 = x2 + x3
        x5 = 2.0 / torch.pow(x4, 3)
        x6 = torch.reciprocal(x4)
        x7 = torch.pow(x4, -2)
        x8 = x2 * x7 - x3 * x7
        sum0 = sum0 + -loc * x2 * x5 - loc * x6 * x8
        sum1 = sum1 + -x1 * x3 * x5 + x1 * x6 * x8
        sum2 = sum2 + x8
    value = (
        -16.0 * sum2 + 0.5 * x9 - 2.5464790894703255 * x10 * (x16 * x28 - x18 * x27 + 1.0) / x12 + 201.06192982974676 *
        x10 * x28 * x3 / torch.pow(x12, 3) + 1.0
    )
    d_loc = -32.0 * sum0 - 5.092958178940651 * loc * x10 * x14 * x38 + 201.06192982974676 * loc * x10 * x14 * x29 * x37
    d_log_scale = (
        -x9 - 2.5464790894703255 * x0 * (-12.566370614359172 * sum1 + 157.91367041742973 * x13 * x37 + x29 * x38)
    )
    value = torch.clamp(value, min=0.0)
    return value, d_loc, d_log_scale


def value(loc: Tensor, log_scale: Tensor, alpha: float = 1.0) -> Tensor:
    """Divergence in nats, element-wise."""
    m, s, finite = _inside(loc, log_scale, alpha)
    result = _value_everywhere(m, s, alpha).to(loc.dtype)
    return result if finite is True else torch.where(finite, result, float("inf"))


def value_and_grad(loc: Tensor, log_scale: Tensor, alpha: float = 1.0) -> tuple[Tensor, Tensor, Tensor]:
    """Divergence in nats and its derivatives with respect to loc and log_scale, element-wise."""
    m, s, finite = _inside(loc, log_scale, alpha)
    results = _value_and_grad_everywhere(m, s, alpha)
    result, d_loc, d_log_scale = (x.to(loc.dtype) for x in results)
    if finite is True:
        return result, d_loc, d_log_scale
    return (
        torch.where(finite, result, float("inf")),
        torch.where(finite, d_loc, 0.0),
        torch.where(finite, d_log_scale, 0.0),
    )


def _inside(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor | bool]:
    """The arguments where it is finite, others elsewhere, and where that is.

    They are float64 whatever they were, for terms that cancel.
    """
    eps = torch.finfo(loc.dtype).eps
    loc, log_scale = loc.double(), log_scale.double()
    finite = _finite_everywhere(loc, log_scale, alpha, eps)
    if finite is True:
        return loc, log_scale, finite
    return torch.where(finite, loc, 0.5), torch.where(finite, log_scale, -1.0), finite
