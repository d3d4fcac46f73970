"""Functions of the intermediate representation: derivatives, meanings, and their Torch implementations."""

import mpmath
import numpy as np
import pytest
import sympy as sp
import torch

from codegen.functions import COMPOSITES, IR_FUNCTIONS, MEANING
from generated.torch import special

x, y = sp.symbols("x y", real=True)
TWO_ARGUMENTS = {
    "mills_tail", "mills_deficit", "gauss_absolute", "smoothed_shift", "reciprocal_real", "reciprocal_imag",
}  # fmt: skip
ORDERED = {"log_mean", "log_mean_slope"}  # differentiated in the first argument alone
NEGATIVE = {"log1mexp", "log_reflection", "one_minus_picot"}
NOT_NEGATIVE = {"exponential_mean"}
PROBABILITY = {"ndtri", "cotpi"}
POSITIVE = {"gauss_absolute", "smoothed_shift"}


def points(name: str) -> list[float]:
    if name in NEGATIVE:
        return [-0.05, -0.6, -0.8, -2.3]
    if name in PROBABILITY:
        return [0.03, 0.4, 0.9]
    return [0.3, 1.7, 2.2] if name in POSITIVE else [-1.7, -0.3, 0.45, 1.3]


@pytest.mark.parametrize("function", [*IR_FUNCTIONS, *COMPOSITES], ids=lambda f: f.__name__)
def test_derivative(function: type[sp.Function]) -> None:
    count = 2 if function.__name__ in TWO_ARGUMENTS | ORDERED else 1
    expr = function(*(x, y)[:count])
    value = sp.lambdify((x, y), expr, modules=[MEANING, "mpmath"])
    with mpmath.workdps(40):
        for position in range(1, 2 if function.__name__ in ORDERED else count + 1):
            slope = sp.lambdify((x, y), expr.fdiff(position), modules=[MEANING, "mpmath"])
            for point in points(function.__name__):
                at = (mpmath.mpf(point), mpmath.mpf("0.4"))
                numeric = mpmath.diff(value, at, (1, 0) if position == 1 else (0, 1))
                assert abs(numeric - slope(*at)) < mpmath.mpf(10) ** -20 * (1 + abs(numeric))


@pytest.mark.parametrize("function", COMPOSITES, ids=lambda f: f.__name__)
def test_composites_mean_their_formula(function: type[sp.Function]) -> None:
    formula = sp.lambdify((x, y), function(x, y).expansion(), modules=[MEANING, "mpmath"])
    for at in ((0.3, 1.2), (-2.0, 0.7)):
        assert abs(formula(*map(mpmath.mpf, at)) - MEANING[function.__name__](*map(mpmath.mpf, at))) < 1e-14


# Relative error in units of the dtype's epsilon. Where a function decays like exp(-x^2) or exp(-exp(y)), the rounding
# of the argument alone is multiplied by the argument.
UNITS = {"mills_tail": 250, "mills_deficit": 250, "e1_exp": 250, "exp_neg_exp": 250,
         "digamma1p_exp": 20}  # fmt: skip
ABSOLUTE = {
    "logistic_energy_primitive",
    "lgamma1p_exp",
    "cotpi",
}  # used where they are divided by, or added to, order one


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize("name", [f.__name__ for f in IR_FUNCTIONS if hasattr(special, f.__name__)])
def test_torch_implementation(name: str, dtype: torch.dtype) -> None:
    random = np.random.default_rng(7)
    sample = np.concatenate([random.uniform(-12, 12, 80), 1.5 * random.normal(size=60), 1e-3 * random.normal(size=20)])
    if name in NEGATIVE:
        sample = -np.abs(sample)
    elif name in NOT_NEGATIVE:
        sample = np.abs(sample)
    elif name == "cotpi":
        sample = np.clip(np.abs(sample) / 24, 1e-30, 0.5)
    elif "gamma" in name:
        sample = np.clip(sample, -7.0, 4.0)
    elif name in ("e1_exp", "exp_neg_exp"):
        sample = np.clip(sample, -12.0, 5.0)
    arguments = [torch.tensor(sample, dtype=dtype)]
    if name in TWO_ARGUMENTS:
        other = torch.tensor(random.uniform(-5, 5, sample.size), dtype=dtype)
        arguments.append(other.abs())
    elif name in ORDERED:
        arguments.append(torch.full_like(arguments[0], 0.375))
    computed = getattr(special, name)(*arguments)
    bound = UNITS.get(name, 8) * torch.finfo(dtype).eps
    with mpmath.workdps(40):
        for *at, value in zip(*arguments, computed, strict=True):
            truth = mpmath.re(MEANING[name](*(mpmath.mpf(float(a)) for a in at)))
            if abs(truth) < mpmath.mpf(float(torch.finfo(dtype).tiny)) * 1e4:
                continue
            scale = max(abs(truth), 1) if name in ABSOLUTE else abs(truth)
            assert abs(mpmath.mpf(float(value)) - truth) <= bound * scale, (name, [float(a) for a in at])


@pytest.mark.parametrize("name", [f.__name__ for f in IR_FUNCTIONS if hasattr(special, f.__name__)])
def test_automatic_differentiation_is_finite_far_out(name: str) -> None:
    # branches that are not taken must not send a NaN through torch.where
    sample = torch.tensor([-60.0, -1.0, -1e-9, 0.0, 1e-9, 1.0, 60.0], dtype=torch.float64)
    sample = -sample.abs() - 1e-3 if name in NEGATIVE else sample.clamp(max=4.0) if "gamma" in name else sample
    sample = sample.abs().clamp(1e-6, 0.5) if name == "cotpi" else sample
    sample = sample.abs() if name in NOT_NEGATIVE else sample
    argument = sample.clone().requires_grad_()
    value = getattr(special, name)(
        argument, *([torch.full_like(sample, 0.5)] if name in TWO_ARGUMENTS | ORDERED else [])
    )
    (gradient,) = torch.autograd.grad(value.sum(), argument)
    assert torch.isfinite(gradient).all()
