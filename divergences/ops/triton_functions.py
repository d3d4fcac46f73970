"""Device functions of cells: those that the compiler wrote, and those that are made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from divergences.ops.table import NEAR_ONE, ORDERED_KINDS, cell

ORDERS = {"hellinger": 0.5, "chi2": 2.0}
"""Divergences that are made of the Rényi divergence of an order."""
_EXCHANGED = {"reverse_kld": False, "jeffreys": True}
"""Those made of the Kullback-Leibler divergence of prior and posterior; whether the other direction counts."""

_OF_EXCHANGED = '''

@triton.jit
def {name}(loc, log_scale, nodes):
    """The affine map that makes the posterior standard gives the prior -loc/scale and 1/scale."""
    inverse = bounded(exp(-log_scale))
    m = bounded(-loc * inverse)
    value, d_m, d_s = {exchanged}(m, -log_scale, nodes)
    d_loc = -inverse * d_m
    d_log_scale = -m * d_m - d_s
{forward}    return settled(loc == loc, loc, log_scale, value, d_loc, d_log_scale)
'''
_FORWARD = """    more, by_loc, by_log_scale = {forward}(loc, log_scale, nodes + {offset})
    value = value + more
    d_loc = d_loc + by_loc
    d_log_scale = d_log_scale + by_log_scale
"""
_OF_RENYI = {
    "hellinger": '''

@triton.jit
def {name}(loc, log_scale, {more}):
    """1 - exp(-D/2) of the Renyi divergence D of order one half; the slope is zero where nothing is shared."""
    d, d_loc, d_log_scale = {renyi}(loc, log_scale, {more})
    slope = 0.5 * exp(-0.5 * d)
    return settled(loc == loc, loc, log_scale, -expm1(-0.5 * d), slope * d_loc, slope * d_log_scale)
''',
    "chi2": '''

@triton.jit
def {name}(loc, log_scale, {more}):
    """exp(D) - 1 of the Renyi divergence D of order two."""
    d, d_loc, d_log_scale = {renyi}(loc, log_scale, {more})
    slope = exp(d)
    return settled(loc == loc, loc, log_scale, expm1(d), slope * d_loc, slope * d_log_scale)
''',
}


@dataclass(frozen=True)
class DeviceFunction:
    """A function of blocks of locations and log scales that a kernel calls.

    Attributes
    ----------
    name : str
    modules : tuple of modules
        Generated ones behind it; their nodes follow each other in memory.
    imports, source : str
        What a module that calls it begins with.
    ordered : bool
        Whether it takes an order.
    norms : str
        Of one by quadrature, the function of what is computed once for an order. It takes columns of elements.
    """

    name: str
    modules: tuple[ModuleType, ...] = ()
    imports: str = ""
    source: str = ""
    ordered: bool = False
    norms: str = ""

    @cached_property
    def size(self) -> int:
        """Nodes of all modules."""
        return sum(map(_size, self.modules))

    def nodes(self, precision: str) -> Iterator[tuple[int, tuple[float, ...]]]:
        """Tables of nodes, and where they begin."""
        start = 0
        for module in self.modules:
            for offset, numbers in module.NODES[precision].items():
                yield start + offset, numbers
            start += _size(module)

    def call(self, base: int = 0) -> str:
        """Source of a call with ``m`` and ``s``, whose nodes begin at ``base``."""
        alpha, norms = ("alpha, " if self.ordered else ""), (", own, other" if self.norms else "")
        return f"{self.name}(m, s, {alpha}nodes + {base}{norms})"


NEVER = DeviceFunction("infinite_everywhere")
"""Of cells that are infinite for every location and scale."""


def _size(module: ModuleType) -> int:
    return max((offset + len(x) for table in module.NODES.values() for offset, x in table.items()), default=0)


def side(kind: str, alpha: float) -> str:
    """Where an order is from order one, ``"below"``, ``"above"`` or ``"near"``: beyond near there may be formulas.

    Of divergences without an order ``"near"``.
    """
    order = ORDERS.get(kind, alpha if kind in ORDERED_KINDS else 1.0)
    return "near" if abs(order - 1.0) <= NEAR_ONE else "below" if order < 1.0 else "above"


@cache
def device_function(kind: str, posterior: str, prior: str, where: str = "near") -> DeviceFunction | None:
    """The device function of a cell, families by their full names, for orders on a side; None where there is none."""
    if cell(kind, posterior, prior).status == "infinite":
        return NEVER
    name = f"{kind}_{posterior}_{prior}"
    if kind in _EXCHANGED:
        parts = [device_function("kld", prior, posterior)]
        parts += [device_function("kld", posterior, prior)] if _EXCHANGED[kind] else []
        return _of_exchanged(name, [p for p in parts if p is not None]) if None not in parts else None
    if kind in ORDERS:
        part = device_function("renyi", posterior, prior, where)
        return None if part is None else _of_renyi(name, kind, part)
    path = f"generated.triton.{kind}.{posterior}_{prior}"
    if find_spec(f"generated.triton.{kind}") is None or find_spec(path) is None:
        return None
    formula = f"{path}_by_formula"
    if find_spec(formula) is not None and where in import_module(formula).SIDES:
        path = formula
    module = import_module(path)
    norms = f"{name}_norms" if hasattr(module, "QUADRATURE") else ""
    imported = f"{name}, {norms}" if norms else name
    return DeviceFunction(name, (module,), f"from {path} import {imported}\n", "", kind in ORDERED_KINDS, norms)


def _of_exchanged(name: str, parts: list[DeviceFunction]) -> DeviceFunction:
    exchanged, *more = parts
    forward = "".join(_FORWARD.format(forward=p.name, offset=exchanged.size) for p in more)
    return DeviceFunction(
        name,
        tuple(m for p in parts for m in p.modules),
        "".join(dict.fromkeys(p.imports for p in parts)),
        _OF_EXCHANGED.format(name=name, exchanged=exchanged.name, forward=forward),
    )


def _of_renyi(name: str, kind: str, part: DeviceFunction) -> DeviceFunction:
    more = "alpha, nodes, own, other" if part.norms else "alpha, nodes"
    source = _OF_RENYI[kind].format(name=name, renyi=part.name, more=more)
    return DeviceFunction(name, part.modules, part.imports, source, True, part.norms)
