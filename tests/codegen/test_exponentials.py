"""One exponential for all multiples of an argument: equal values, and what is left alone."""

import mpmath
import sympy as sp

from codegen.backends.cpp.printer import CppPrinter
from codegen.backends.torch.printer import TorchPrinter
from codegen.backends.triton.printer import TritonPrinter
from codegen.exponentials import exp_neg, share_exponentials
from codegen.functions import MEANING, expm1, expm1mx
from codegen.schedule import schedule
from codegen.stabilise import l
from divergences.families import mu


def value(statements, outputs):
    modules = [MEANING | {"exp_neg": lambda x: mpmath.exp(-x)}, "mpmath"]
    known = {mu: mpmath.mpf("0.7"), l: mpmath.mpf("-0.3")}
    for symbol, expr in statements:
        known[symbol] = sp.lambdify(list(known), expr, modules)(*known.values())
    return [sp.lambdify(list(known), out, modules)(*known.values()) for out in outputs]


def test_powers_and_reciprocals_equal_their_exponentials():
    outputs = [
        sp.exp(-2 * l) * mu**2 + sp.exp(-l) * mu,
        sp.exp(l) + expm1mx(-mu * sp.exp(-3 * l)) + sp.exp(mu),
        expm1(mu) + sp.exp(-mu) + sp.exp(-mu * sp.exp(-l)),
    ]
    statements, shared = share_exponentials(outputs, set())
    assert [expr for _, expr in statements] == [exp_neg(l)]
    left = {e for out in shared for e in out.atoms(sp.exp)}
    assert {e for e in left if not e.has(exp_neg, statements[0][0])} == {sp.exp(l), sp.exp(mu)}
    with mpmath.workdps(40):
        pairs = zip(value(statements, shared), value([], outputs), strict=True)
        assert all(abs(found - truth) < mpmath.mpf(10) ** -38 for found, truth in pairs)


def test_what_gains_nothing_is_left_alone():
    for outputs in (
        [sp.exp(2 * l) + mu, sp.exp(3 * l)],  # no exp(l)
        [sp.exp(-l) * mu],  # nothing beside it
        [sp.exp(2 * l) + expm1(2 * l) + sp.exp(l)],  # its range reduction is there
        [sp.exp(4 * l) + sp.exp(l)],  # a high power rounds often
    ):
        assert share_exponentials(outputs, set()) == ([], outputs)
    assert share_exponentials([sp.exp(l) + sp.exp(2 * l)], {l}) == ([], [sp.exp(l) + sp.exp(2 * l)])


def test_schedules_begin_with_them():
    plan = schedule([sp.exp(-2 * l) * mu**2 + sp.exp(l), sp.exp(-l) * mu])
    assert plan.steps[0] == (sp.Symbol("e0", real=True), exp_neg(l))
    assert not any(e.has(sp.exp) for _, e in plan.steps)


def test_targets_print_them_as_they_have_them():
    e = sp.Symbol("e0", real=True)
    printed = [printer()(3 * mu**2 * e**2 * exp_neg(l)) for printer in (CppPrinter, TorchPrinter, TritonPrinter)]
    assert printed == [
        "T(3.0) * square(e0 * mu) * exp_neg(l)",
        "3.0 * torch.square(e0 * mu) * torch.exp(-l)",
        "3.0 * square(e0 * mu) * exp(-l)",
    ]
