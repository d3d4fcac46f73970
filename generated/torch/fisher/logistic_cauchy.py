# Written by codegen.build (SymPy 1.14.0) from the catalog's fisher Lo/C; change the generator, not this file.
"""fisher of the logistic from the standard cauchy, in nats.

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
    e0 = torch.exp(log_scale)
    e1 = torch.square(e0)
    x2 = torch.square(loc)
    x11 = 2.0 * x2
    x13 = torch.exp(-2.0 * log_scale)
    x14 = 62.83185307179586 * e0 + 1.0
    x15 = torch.square(x14)
    x16 = x15 + x2
    x17 = torch.pow(x16, -2)
    x18 = x17 * x2
    x19 = -x18 + x15 * x17
    x20 = x15 * x2 / torch.pow(x16, 4)
    x21 = torch.square(e1) * x20
    x22 = -39.47841760435743 * e1 * x18 + 39.47841760435743 * e1 * x15 * x17
    x23 = torch.square(x22)
    x24 = 6234.181826176156 * x21 + x23
    x25 = 82466.02535556398 * e1
    x26 = x15 * x17
    x27 = x18 * x25 - x25 * x26 + 120.5629872639974
    x28 = 78.95683520871486 * e1
    x29 = -x18 * x28 + 78.95683520871486 * e1 * x15 * x17
    x30 = 6511256.374316967 * x21 + 1044.4444124130976 * x23 + x27 * x29 - 17.49786376953125
    x31 = -x24 * x27 + x29 * x30 + 3.2888695126488097
    x32 = -x24 * x30 + x29 * x31 - 0.8317057291666666
    x33 = -x24 * x31 + x29 * x32 + 0.29765625
    x34 = -x24 * x32 + x29 * x33 - 0.16145833333333334
    x35 = -x24 * x33 + x29 * x34 + 0.14583333333333334
    x36 = -x24 * x34 + x29 * x35 - 0.25
    x37 = -x22 * x36 + x24 * x35 - 1.0
    x38 = x19 * x37
    x39 = e1 * x36
    x40 = x20 * x39
    x41 = 12.566370614359172 * e0
    x42 = torch.reciprocal(x16)
    x43 = 4340.317123977051 * e1
    x44 = x18 * x43 - x26 * x43 + 7.091940427293965
    x45 = 342697.7039114193 * x21 + 54.970758548057766 * x23 + x29 * x44 - 1.1665242513020833
    x46 = -x24 * x44 + x29 * x45 + 0.2529899625114469
    x47 = -x24 * x45 + x29 * x46 - 0.07560961174242424
    x48 = -x24 * x46 + x29 * x47 + 0.03307291666666667
    x49 = -x24 * x47 + x29 * x48 - 0.023065476190476192
    x50 = -x24 * x48 + x29 * x49 + 0.029166666666666667
    x51 = -x24 * x49 + x29 * x50 - 0.08333333333333333
    x52 = torch.pow(x16, -3)
    x53 = x14 * x52
    sum3 = torch.zeros_like(loc)
    sum4 = torch.zeros_like(loc)
    for c0, in SHIFT[loc.dtype]:
        x0 = c0 * e0 + 1.0
        x1 = torch.square(x0)
        x3 = x1 + x2
        x4 = torch.pow(x3, -3)
        x6 = torch.pow(x3, -2)
        x7 = x1 * x6 - x2 * x6
        x8 = torch.reciprocal(x3)
        x12 = -x0 * x11 * x4 + x0 * x7 * x8
        sum3 = sum3 + x12
        sum4 = sum4 + x7
    x54 = sum4 * x41 + 2.0 * x14 * x42 * (x22 * x51 - x24 * x50 + 1.0) - 157.91367041742973 * e1 * x2 * x51 * x53
    value = 0.3333333333333333 * x13 + 6.0 * x38 + 947.4820225045785 * x40 + x54 - 75.39822368615503 * e0 * sum3
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_everywhere(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    e0 = torch.exp(log_scale)
    e1 = torch.square(e0)
    x2 = torch.square(loc)
    x5 = 2.0 * loc
    x11 = 2.0 * x2
    x13 = torch.exp(-2.0 * log_scale)
    x14 = 62.83185307179586 * e0 + 1.0
    x15 = torch.square(x14)
    x16 = x15 + x2
    x17 = torch.pow(x16, -2)
    x18 = x17 * x2
    x19 = -x18 + x15 * x17
    x20 = x15 * x2 / torch.pow(x16, 4)
    x21 = torch.square(e1) * x20
    x22 = -39.47841760435743 * e1 * x18 + 39.47841760435743 * e1 * x15 * x17
    x23 = torch.square(x22)
    x24 = 6234.181826176156 * x21 + x23
    x25 = 82466.02535556398 * e1
    x26 = x15 * x17
    x27 = x18 * x25 - x25 * x26 + 120.5629872639974
    x28 = 78.95683520871486 * e1
    x29 = -x18 * x28 + 78.95683520871486 * e1 * x15 * x17
    x30 = 6511256.374316967 * x21 + 1044.4444124130976 * x23 + x27 * x29 - 17.49786376953125
    x31 = -x24 * x27 + x29 * x30 + 3.2888695126488097
    x32 = -x24 * x30 + x29 * x31 - 0.8317057291666666
    x33 = -x24 * x31 + x29 * x32 + 0.29765625
    x34 = -x24 * x32 + x29 * x33 - 0.16145833333333334
    x35 = -x24 * x33 + x29 * x34 + 0.14583333333333334
    x36 = -x24 * x34 + x29 * x35 - 0.25
    x37 = -x22 * x36 + x24 * x35 - 1.0
    x38 = x19 * x37
    x39 = e1 * x36
    x40 = x20 * x39
    x41 = 12.566370614359172 * e0
    x42 = torch.reciprocal(x16)
    x43 = 4340.317123977051 * e1
    x44 = x18 * x43 - x26 * x43 + 7.091940427293965
    x45 = 342697.7039114193 * x21 + 54.970758548057766 * x23 + x29 * x44 - 1.1665242513020833
    x46 = -x24 * x44 + x29 * x45 + 0.2529899625114469
    x47 = -x24 * x45 + x29 * x46 - 0.07560961174242424
    x48 = -x24 * x46 + x29 * x47 + 0.03307291666666667
    x49 = -x24 * x47 + x29 * x48 - 0.023065476190476192
    x50 = -x24 * x48 + x29 * x49 + 0.029166666666666667
    x51 = -x24 * x49 + x29 * x50 - 0.08333333333333333
    x52 = torch.pow(x16, -3)
    x53 = x14 * x52
    x56 = loc * x14 * x17
    x57 = x19 * x56
    x58 = 1649320.5071112795 * e1
    x59 = x18 * x58 - x26 * x58 + 2170.1337707519533
    x60 = 130225127.48633933 * x21 + 20888.888248261952 * x23 + x29 * x59 - 279.9658203125
    x61 = -x24 * x59 + x29 * x60 + 46.04417317708333
    x62 = -x24 * x60 + x29 * x61 - 9.98046875
    x63 = -x24 * x61 + x29 * x62 + 2.9765625
    x64 = -x24 * x62 + x29 * x63 - 1.2916666666666667
    x65 = -x24 * x63 + x29 * x64 + 0.875
    x66 = -x24 * x64 + x29 * x65 - 1.0
    x67 = -x11 * x53 + x14 * x19 * x42
    x68 = x56 * x66 * x67
    x69 = loc * x19 * x42 + x15 * x5 * x52
    x70 = x22 * x66 - x24 * x65 + 2.0
    x71 = x69 * x70
    sum0 = torch.zeros_like(loc)
    sum1 = torch.zeros_like(loc)
    sum2 = torch.zeros_like(loc)
    sum3 = torch.zeros_like(loc)
    sum4 = torch.zeros_like(loc)
    for c0, in SHIFT[loc.dtype]:
        x0 = c0 * e0 + 1.0
        x1 = torch.square(x0)
        x3 = x1 + x2
        x4 = torch.pow(x3, -3)
        x6 = torch.pow(x3, -2)
        x7 = x1 * x6 - x2 * x6
        x8 = torch.reciprocal(x3)
        x9 = loc * x8
        x10 = x7 * x9 + x1 * x4 * x5
        x12 = -x0 * x11 * x4 + x0 * x7 * x8
        sum0 = sum0 + -x10 * x9 + x0 * x12 * x8
        sum1 = sum1 + x12 * x9 + x0 * x10 * x8
        sum2 = sum2 + x10
        sum3 = sum3 + x12
        sum4 = sum4 + x7
    x54 = sum4 * x41 + 2.0 * x14 * x42 * (x22 * x51 - x24 * x50 + 1.0) - 157.91367041742973 * e1 * x2 * x51 * x53
    x55 = e0 * sum1
    value = 0.3333333333333333 * x13 + 6.0 * x38 + 947.4820225045785 * x40 + x54 - 75.39822368615503 * e0 * sum3
    d_loc = (
        226.1946710584651 * x55 + 6.0 * x71 - 25.132741228718345 * e0 * sum2 + 473.74101125228924 * e1 * x68 -
        157.91367041742973 * x39 * x57 + 4.0 * loc * x14 * x17 * x37
    )
    d_log_scale = (
        -0.6666666666666666 * x13 - 14.0 * x38 - 2210.7913858440165 * x40 - x54 - 226.1946710584651 * e0 * sum0 +
        175.92918860102841 * e0 * sum3 - 6.0 * loc * (37.69911184307752 * x55 + x71 + x28 * x68) - x5 * (-sum2 * x41 -
        x28 * x36 * x57 + 2.0 * loc * x14 * x17 * x37) - 6.0 * x67 * x70 + 473.74101125228924 * e1 * loc * x14 * x17 *
        x66 * x69
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
