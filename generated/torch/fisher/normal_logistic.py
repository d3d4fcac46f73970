# Written by codegen.build (SymPy 1.14.0) from the catalog's fisher N/Lo; change the generator, not this file.
"""fisher of the normal from the standard logistic, in nats.

Finite where True.
"""

import torch
from torch import Tensor

# var, c0, c1
MIXTURE = {
    torch.float64: (
        (0.10025884372280375, 5.593478214974529e-20, -5.593478214974529e-20),
        (0.1244475461721823, 5.763435180825566e-16, -5.763435180825566e-16),
        (0.1544720762100202, 9.24358824639948e-13, -9.24358824639948e-13),
        (0.19174040037414627, 3.3117800836399067e-10, -3.3117800836399067e-10),
        (0.23800017477367927, 3.545843419853182e-08, -3.545843419853182e-08),
        (0.29542069945494703, 1.4341316926019958e-06, -1.4341316926019958e-06),
        (0.3666946452852009, 2.6461483864235964e-05, -2.6461483864235964e-05),
        (0.45516432372182447, 0.00025926852929985763, -0.00025926852929985763),
        (0.5649784207457228, 0.0015242299038184233, -0.0015242299038184233),
        (0.7012865448202652, 0.005931340854309547, -0.005931340854309547),
        (0.8704807119833152, 0.016529728024380828, -0.016529728024380828),
        (1.0804950922439016, 0.03513646584550688, -0.03513646584550688),
        (1.34117807355338, 0.05989851269642972, -0.05989851269642972),
        (1.6647540908721865, 0.08519554670623926, -0.08519554670623926),
        (2.0663968772863894, 0.10424342207126817, -0.10424342207126817),
        (2.5649410191398507, 0.11224581328857675, -0.11224581328857675),
        (3.1837651827589264, 0.1079837912141436, -0.1079837912141436),
        (3.9518884306927236, 0.09346813997525948, -0.09346813997525948),
        (4.90533103798489, 0.07261621058768958, -0.07261621058768958),
        (6.088803622424143, 0.04998394639018547, -0.04998394639018547),
        (7.557803798635204, 0.02977637473479916, -0.02977637473479916),
        (9.381218676243543, 0.014852697401570353, -0.014852697401570353),
        (11.644555243335784, 0.005945563031766859, -0.005945563031766859),
        (14.453950120411704, 0.0018113581598330519, -0.0018113581598330519),
        (17.94114671772571, 0.0003932175191334798, -0.0003932175191334798),
        (22.269673194208558, 5.60491361113971e-05, -5.60491361113971e-05),
        (27.64251092639848, 4.739534398613908e-06, -4.739534398613908e-06),
        (34.311613091599966, 2.0961491963561097e-07, -2.0961491963561097e-07),
        (42.589719728512456, 4.146845170161625e-09, -4.146845170161625e-09),
        (52.865023329296946, 3.022230887160979e-11, -3.022230887160979e-11),
        (65.61937268951176, 6.377045447998971e-14, -6.377045447998971e-14),
        (81.45086866496814, 2.8888000771328086e-17, -2.8888000771328086e-17),
    ),
}


def _finite_everywhere(loc: Tensor, log_scale: Tensor, alpha: float, eps: float) -> Tensor | bool:
    condition = True
    return condition


def _value_everywhere(loc: Tensor, log_scale: Tensor, alpha: float) -> Tensor:
    x0 = 2.0 * log_scale
    x1 = torch.exp(x0)
    x3 = torch.square(loc)
    x7 = torch.exp(-x0)
    h0 = -0.5 * x3
    sum0 = torch.zeros_like(loc)
    for var, c0, c1 in MIXTURE[loc.dtype]:
        x2 = var + x1
        x4 = torch.exp(h0 / x2)
        x5 = c0 * x4
        sum0 = sum0 + x5 / torch.sqrt(x2)
    value = -4.0 * sum0 + x7 + 1.0
    value = torch.clamp(value, min=0.0)
    return value


def _value_and_grad_everywhere(loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor, Tensor]:
    x0 = 2.0 * log_scale
    x1 = torch.exp(x0)
    x3 = torch.square(loc)
    x7 = torch.exp(-x0)
    h0 = -0.5 * x3
    h1 = x1 * x3
    sum0 = torch.zeros_like(loc)
    sum1 = torch.zeros_like(loc)
    sum2 = torch.zeros_like(loc)
    for var, c0, c1 in MIXTURE[loc.dtype]:
        x2 = var + x1
        x4 = torch.exp(h0 / x2)
        x5 = c0 * x4
        x6 = c1 * x4 / torch.pow(x2, 1.5)
        sum0 = sum0 + x5 / torch.sqrt(x2)
        sum1 = sum1 + loc * x6
        sum2 = sum2 + x1 * x6 + h1 * x5 / torch.pow(x2, 2.5)
    value = -4.0 * sum0 + x7 + 1.0
    d_loc = -4.0 * sum1
    d_log_scale = -4.0 * sum2 - 2.0 * x7
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
