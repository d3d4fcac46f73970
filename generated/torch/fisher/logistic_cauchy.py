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
    x0 = torch.exp(log_scale)
    x3 = torch.square(loc)
    x12 = 2.0 * x3
    x14 = 2.0 * log_scale
    x15 = torch.exp(-x14)
    x16 = 62.83185307179586 * x0 + 1.0
    x17 = torch.square(x16)
    x18 = x17 + x3
    x19 = torch.pow(x18, -2)
    x20 = x19 * x3
    x21 = -x20 + x17 * x19
    x22 = x17 * x3 / torch.pow(x18, 4)
    x23 = x22 * torch.exp(4.0 * log_scale)
    x24 = torch.exp(x14)
    x25 = -39.47841760435743 * x20 * x24 + 39.47841760435743 * x17 * x19 * x24
    x26 = torch.square(x25)
    x27 = 6234.181826176156 * x23 + x26
    x28 = 82466.02535556398 * x24
    x29 = x17 * x19
    x30 = x20 * x28 - x28 * x29 + 120.5629872639974
    x31 = 78.95683520871486 * x24
    x32 = -x20 * x31 + 78.95683520871486 * x17 * x19 * x24
    x33 = 6511256.374316967 * x23 + 1044.4444124130976 * x26 + x30 * x32 - 17.49786376953125
    x34 = -x27 * x30 + x32 * x33 + 3.2888695126488097
    x35 = -x27 * x33 + x32 * x34 - 0.8317057291666666
    x36 = -x27 * x34 + x32 * x35 + 0.29765625
    x37 = -x27 * x35 + x32 * x36 - 0.16145833333333334
    x38 = -x27 * x36 + x32 * x37 + 0.14583333333333334
    x39 = -x27 * x37 + x32 * x38 - 0.25
    x40 = -x25 * x39 + x27 * x38 - 1.0
    x41 = x21 * x40
    x42 = x24 * x39
    x43 = x22 * x42
    x44 = 12.566370614359172 * x0
    x45 = torch.reciprocal(x18)
    x46 = 4340.317123977051 * x24
    x47 = x20 * x46 - x29 * x46 + 7.091940427293965
    x48 = 342697.7039114193 * x23 + 54.970758548057766 * x26 + x32 * x47 - 1.1665242513020833
    x49 = -x27 * x47 + x32 * x48 + 0.2529899625114469
    x50 = -x27 * x48 + x32 * x49 - 0.07560961174242424
    x51 = -x27 * x49 + x32 * x50 + 0.03307291666666667
    x52 = -x27 * x50 + x32 * x51 - 0.023065476190476192
    x53 = -x27 * x51 + x32 * x52 + 0.029166666666666667
    x54 = -x27 * x52 + x32 * x53 - 0.08333333333333333
    x55 = torch.pow(x18, -3)
    x56 = x16 * x55
    sum3 = torch.zeros_like(loc)
    sum4 = torch.zeros_like(loc)
    for c0, in SHIFT[loc.dtype]:
        x1 = c0 * x0 + 1.0
        x2 = torch.square(x1)
        x4 = x2 + x3
        x5 = torch.pow(x4, -3)
        x7 = torch.pow(x4, -2)
        x8 = x2 * x7 - x3 * x7
        x9 = torch.reciprocal(x4)
        x13 = -x1 * x12 * x5 + x1 * x8 * x9
        sum3 = sum3 + x13
        sum4 = sum4 + x8
    x57 = sum4 * x44 + 2.0 * x16 * x45 * (x25 * x54 - x27 * x53 + 1.0) - 157.91367041742973 * x24 * x3 * x54 * x56
    value = 0.3333333333333333 * x15 + 6.0 * x41 + 947.4820225045785 * x43 + x57 - 75.39822368615503 * sum3 * x0
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_everywhere(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    x0 = torch.exp(log_scale)
    x3 = torch.square(loc)
    x6 = 2.0 * loc
    x12 = 2.0 * x3
    x14 = 2.0 * log_scale
    x15 = torch.exp(-x14)
    x16 = 62.83185307179586 * x0 + 1.0
    x17 = torch.square(x16)
    x18 = x17 + x3
    x19 = torch.pow(x18, -2)
    x20 = x19 * x3
    x21 = -x20 + x17 * x19
    x22 = x17 * x3 / torch.pow(x18, 4)
    x23 = x22 * torch.exp(4.0 * log_scale)
    x24 = torch.exp(x14)
    x25 = -39.47841760435743 * x20 * x24 + 39.47841760435743 * x17 * x19 * x24
    x26 = torch.square(x25)
    x27 = 6234.181826176156 * x23 + x26
    x28 = 82466.02535556398 * x24
    x29 = x17 * x19
    x30 = x20 * x28 - x28 * x29 + 120.5629872639974
    x31 = 78.95683520871486 * x24
    x32 = -x20 * x31 + 78.95683520871486 * x17 * x19 * x24
    x33 = 6511256.374316967 * x23 + 1044.4444124130976 * x26 + x30 * x32 - 17.49786376953125
    x34 = -x27 * x30 + x32 * x33 + 3.2888695126488097
    x35 = -x27 * x33 + x32 * x34 - 0.8317057291666666
    x36 = -x27 * x34 + x32 * x35 + 0.29765625
    x37 = -x27 * x35 + x32 * x36 - 0.16145833333333334
    x38 = -x27 * x36 + x32 * x37 + 0.14583333333333334
    x39 = -x27 * x37 + x32 * x38 - 0.25
    x40 = -x25 * x39 + x27 * x38 - 1.0
    x41 = x21 * x40
    x42 = x24 * x39
    x43 = x22 * x42
    x44 = 12.566370614359172 * x0
    x45 = torch.reciprocal(x18)
    x46 = 4340.317123977051 * x24
    x47 = x20 * x46 - x29 * x46 + 7.091940427293965
    x48 = 342697.7039114193 * x23 + 54.970758548057766 * x26 + x32 * x47 - 1.1665242513020833
    x49 = -x27 * x47 + x32 * x48 + 0.2529899625114469
    x50 = -x27 * x48 + x32 * x49 - 0.07560961174242424
    x51 = -x27 * x49 + x32 * x50 + 0.03307291666666667
    x52 = -x27 * x50 + x32 * x51 - 0.023065476190476192
    x53 = -x27 * x51 + x32 * x52 + 0.029166666666666667
    x54 = -x27 * x52 + x32 * x53 - 0.08333333333333333
    x55 = torch.pow(x18, -3)
    x56 = x16 * x55
    x59 = loc * x16 * x19
    x60 = x21 * x59
    x61 = 1649320.5071112795 * x24
    x62 = x20 * x61 - x29 * x61 + 2170.1337707519533
    x63 = 130225127.48633933 * x23 + 20888.888248261952 * x26 + x32 * x62 - 279.9658203125
    x64 = -x27 * x62 + x32 * x63 + 46.04417317708333
    x65 = -x27 * x63 + x32 * x64 - 9.98046875
    x66 = -x27 * x64 + x32 * x65 + 2.9765625
    x67 = -x27 * x65 + x32 * x66 - 1.2916666666666667
    x68 = -x27 * x66 + x32 * x67 + 0.875
    x69 = -x27 * x67 + x32 * x68 - 1.0
    x70 = -x12 * x56 + x16 * x21 * x45
    x71 = x59 * x69 * x70
    x72 = loc * x21 * x45 + x17 * x55 * x6
    x73 = x25 * x69 - x27 * x68 + 2.0
    x74 = x72 * x73
    sum0 = torch.zeros_like(loc)
    sum1 = torch.zeros_like(loc)
    sum2 = torch.zeros_like(loc)
    sum3 = torch.zeros_like(loc)
    sum4 = torch.zeros_like(loc)
    for c0, in SHIFT[loc.dtype]:
        x1 = c0 * x0 + 1.0
        x2 = torch.square(x1)
        x4 = x2 + x3
        x5 = torch.pow(x4, -3)
        x7 = torch.pow(x4, -2)
        x8 = x2 * x7 - x3 * x7
        x9 = torch.reciprocal(x4)
        x10 = loc * x9
        x11 = x10 * x8 + x2 * x5 * x6
        x13 = -x1 * x12 * x5 + x1 * x8 * x9
        sum0 = sum0 + -x10 * x11 + x1 * x13 * x9
        sum1 = sum1 + x10 * x13 + x1 * x11 * x9
        sum2 = sum2 + x11
        sum3 = sum3 + x13
        sum4 = sum4 + x8
    x57 = sum4 * x44 + 2.0 * x16 * x45 * (x25 * x54 - x27 * x53 + 1.0) - 157.91367041742973 * x24 * x3 * x54 * x56
    x58 = sum1 * x0
    value = 0.3333333333333333 * x15 + 6.0 * x41 + 947.4820225045785 * x43 + x57 - 75.39822368615503 * sum3 * x0
    d_loc = (
        226.1946710584651 * x58 + 6.0 * x74 - 25.132741228718345 * sum2 * x0 + 473.74101125228924 * x24 * x71 -
        157.91367041742973 * x42 * x60 + 4.0 * loc * x16 * x19 * x40
    )
    d_log_scale = (
        -0.6666666666666666 * x15 - 14.0 * x41 - 2210.7913858440165 * x43 - x57 - 6.0 * loc * (37.69911184307752 * x58 +
        x74 + x31 * x71) - 226.1946710584651 * sum0 * x0 + 175.92918860102841 * sum3 * x0 - x6 * (-sum2 * x44 - x31 *
        x39 * x60 + 2.0 * loc * x16 * x19 * x40) - 6.0 * x70 * x73 + 473.74101125228924 * loc * x16 * x19 * x24 * x69 *
        x72
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
