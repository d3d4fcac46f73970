"""Fixed-node quadrature: sums over constant tables as part of an expression.

A :class:`NodeSum` is ``sum_j body(columns_j)``; it differentiates under the sum, so that value and gradient share
one loop. The tables are computed here in arbitrary precision; how well they do is measured in ``tests/codegen``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import mpmath
import sympy as sp

DIGITS = 40


@dataclass(frozen=True)
class NodeTable:
    """Columns of constants, one table for float64 and a shorter one for float32."""

    name: str
    columns: tuple[str, ...]
    float64: tuple[tuple[float, ...], ...]
    float32: tuple[tuple[float, ...], ...]

    @property
    def symbols(self) -> tuple[sp.Symbol, ...]:
        """The symbols that stand for the columns in the body of a sum."""
        return tuple(sp.Symbol(f"{self.name}_{column}", real=True) for column in self.columns)


class NodeSum(sp.Expr):
    """``sum over the rows of a table of body``, where the body contains the table's column symbols."""

    is_extended_real = True
    is_commutative = True

    def __new__(cls, body: sp.Expr, table: NodeTable) -> NodeSum:
        TABLES.setdefault(table.name, table)
        return sp.Expr.__new__(cls, sp.sympify(body), sp.Symbol(table.name))

    @property
    def body(self) -> sp.Expr:
        """What is summed."""
        return self.args[0]

    @property
    def table(self) -> NodeTable:
        """The table summed over."""
        return TABLES[self.args[1].name]

    @property
    def free_symbols(self) -> set[sp.Basic]:
        """Without the columns of the table."""
        return self.body.free_symbols - set(self.table.symbols)

    def _eval_derivative(self, symbol: sp.Symbol) -> sp.Expr:
        derivative = self.body.diff(symbol)
        return NodeSum(derivative, self.table) if derivative != 0 else sp.S.Zero


TABLES: dict[str, NodeTable] = {}
"""Every table that a sum refers to, by name."""


def _rows(columns: Callable[[mpmath.mpf, mpmath.mpf], tuple[Any, ...]], start: float, stop: float, n: int) -> Any:
    """Rows at n equidistant points; ``columns`` takes the point and the step, a factor of its weight."""
    with mpmath.workdps(DIGITS):
        low, high = mpmath.mpf(start), mpmath.mpf(stop)
        step = (high - low) / (n - 1)
        return tuple(tuple(float(c) for c in columns(low + j * step, step)) for j in range(n))


def kolmogorov_density(x: mpmath.mpf) -> mpmath.mpf:
    """Density of the Kolmogorov distribution (limit of sqrt(n) D_n), by whichever of its two series is shorter."""
    if x < 1:  # theta-dual series, derivative of sqrt(2 pi)/x sum exp(-(2k-1)^2 pi^2 / (8 x^2))
        total = mpmath.mpf(0)
        for k in range(1, 12):
            a = ((2 * k - 1) * mpmath.pi) ** 2 / 8
            total += mpmath.exp(-a / x**2) * (2 * a / x**4 - 1 / x**2)
        return mpmath.sqrt(2 * mpmath.pi) * total
    return 8 * x * sum((-1) ** (k - 1) * k**2 * mpmath.exp(-2 * k**2 * x**2) for k in range(1, 25))


@cache
def kolmogorov_table() -> NodeTable:
    """The standard logistic as a mixture of normals: standard deviations and weights.

    Andrews & Mallows (1974), Stefanski (1991): ``Logistic = 2 K N(0, 1)`` with K Kolmogorov distributed.
    """

    def row(y: mpmath.mpf, step: mpmath.mpf) -> tuple[mpmath.mpf, ...]:
        deviation = mpmath.exp(y)
        return deviation**2, deviation, step * deviation / 2 * kolmogorov_density(deviation / 2)

    return NodeTable("mixture", ("var", "sd", "w"), _rows(row, -1.15, 2.2, 32), _rows(row, -0.75, 1.85, 15))


def _complex_rows(
    path: Callable[[mpmath.mpc], mpmath.mpc], density: Callable[[mpmath.mpc], mpmath.mpc], shift: float,
    start: float, stop: float, n: int,
) -> Any:  # fmt: skip
    """Nodes and weights along ``t = path(u + i shift)``, where the path runs above the real axis."""

    def row(u: mpmath.mpf, step: mpmath.mpf) -> tuple[mpmath.mpf, ...]:
        point = mpmath.mpc(u, shift)
        node = path(point)
        weight = step * mpmath.diff(path, point) * density(node)
        return node.real, node.imag, weight.real, weight.imag

    return _rows(row, start, stop, n)


@cache
def contour_table(family: str) -> NodeTable:
    """Nodes for ``E log(z + i)``, analytic above the real axis, on a contour moved up there.

    The singularity at ``z = -i`` stays at a relative distance of order one, so that one rule serves all (mu, sigma),
    but for the exponential's: its contour winds around zero, the faster the nearer, and from log sigma = 5 on comes
    close to the singularity (relative errors of 1.5e-10 at 5, 7e-7 at 7).
    """
    half = mpmath.mpf(1) / 2
    if family == "normal":
        path, density, shift = (lambda u: u), mpmath.npdf, 2.0
        f64, f32 = (-8.6, 8.6, 44), (-6.2, 6.2, 26)
    elif family == "gumbel":
        path, density, shift = (
            (lambda u: 3 * half * mpmath.exp(u) + u),
            (lambda t: mpmath.exp(-t - mpmath.exp(-t))),
            0.8,
        )
        f64, f32 = (-4.0, 3.5, 68), (-3.3, 2.6, 34)
    elif family == "exponential":
        path, density, shift = (lambda u: mpmath.exp(u - mpmath.exp(-u) / 2)), (lambda t: mpmath.exp(-t)), 0.6
        f64, f32 = (-4.5, 4.0, 68), (-3.6, 3.4, 36)
    else:
        raise KeyError(f"no contour for the {family}")
    rows = [_complex_rows(path, density, shift, *grid) for grid in (f64, f32)]
    return NodeTable(f"contour_{family}", ("x", "y", "wx", "wy"), rows[0], rows[1])


@cache
def logistic_table() -> NodeTable:
    """Trapezoidal rule for expectations under the standard logistic, ``t = 4 sinh(u)``."""

    def row(u: mpmath.mpf, step: mpmath.mpf) -> tuple[mpmath.mpf, ...]:
        t = 4 * mpmath.sinh(u)
        return t, step * 4 * mpmath.cosh(u) / (4 * mpmath.cosh(t / 2) ** 2)

    return NodeTable("logistic", ("t", "w"), _rows(row, -3.05, 3.05, 105), _rows(row, -2.35, 2.35, 49))


@cache
def wide_logistic_table() -> NodeTable:
    """As :func:`logistic_table`, wide enough for a function that grows like ``exp(|t|/3)``; with ``tanh(t/2)``."""

    def row(u: mpmath.mpf, step: mpmath.mpf) -> tuple[mpmath.mpf, ...]:
        t = 4 * mpmath.sinh(u)
        return t, mpmath.tanh(t / 2), step * 4 * mpmath.cosh(u) / (4 * mpmath.cosh(t / 2) ** 2)

    return NodeTable("wide", ("t", "th", "w"), _rows(row, -3.4, 3.4, 113), _rows(row, -2.8, 2.8, 57))


@cache
def gumbel_table() -> NodeTable:
    """Trapezoidal rule for expectations under the standard Gumbel, ``t = 1.5 exp(-u)``-bent to even out both tails."""

    def row(u: mpmath.mpf, step: mpmath.mpf) -> tuple[mpmath.mpf, ...]:
        t = 3 * mpmath.sinh(u) + u / 2
        slope = 3 * mpmath.cosh(u) + mpmath.mpf(1) / 2
        return t, step * slope * mpmath.exp(-t - mpmath.exp(-t))

    return NodeTable("gumbel", ("t", "w"), _rows(row, -1.15, 3.2, 97), _rows(row, -0.95, 2.5, 41))


@cache
def gauss_legendre(n: int) -> tuple[tuple[float, float], ...]:
    """Nodes and weights of the n-point Gauss-Legendre rule for the mean over [-1, 1]."""
    with mpmath.workdps(DIGITS):
        coefficients = mpmath.taylor(lambda t: mpmath.legendre(n, t), 0, n)[::-1]
        roots = mpmath.polyroots(coefficients, maxsteps=200, extraprec=200)
        result = []
        for t in sorted(mpmath.re(root) for root in roots):
            slope = n * (t * mpmath.legendre(n, t) - mpmath.legendre(n - 1, t)) / (t**2 - 1)
            result.append((float(t), float(1 / ((1 - t**2) * slope**2))))
        return tuple(result)


@cache
def legendre_table() -> NodeTable:
    """Gauss-Legendre rule for the mean over [-1, 1]."""
    return NodeTable("legendre", ("t", "w"), gauss_legendre(16), gauss_legendre(9))


@cache
def recurrence_table() -> NodeTable:
    """Shifts ``k + 1/2`` of the digamma recurrence."""
    rows = tuple((k + 0.5,) for k in range(10))
    return NodeTable("shift", ("a",), rows, rows)
