"""Triton kernels for one cell or for a whole pairing, composed from the generated device functions.

A program is a module of which the source is put together when it is first needed: which cells it calls, and how many
latents each has, are constants to the compiler. Nothing here is imported unless the backend is used.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib import import_module
from inspect import getsource
from itertools import accumulate
from types import ModuleType, SimpleNamespace

import torch
from torch import Tensor

from divergences.ops.kernels import kernel, while_tracing
from divergences.ops.pairing import Pairing, Segment
from divergences.ops.reduction import of_segment, segment_location
from divergences.ops.table import ORDERED_KINDS, cell, is_scale_family
from divergences.ops.triton_functions import DeviceFunction, device_function
from divergences.ops.triton_sources import (
    ALPHA,
    ELEMENTWISE,
    IMPORTS,
    LAYER,
    LOAD,
    QUADRATURE,
    SEGMENT,
    VARIATES,
    VARIATES_SEGMENT,
)


@dataclass(frozen=True, eq=False)
class Program:
    """A composed kernel.

    Attributes
    ----------
    name : str
        Kind, a cell or a pairing, and the side of order one.
    source : str
        Of its module.
    functions : mapping
        The device functions of its cells, and where the nodes of each begin in memory.
    pairing : Pairing or None
        Of a layer.
    shared : tuple of str
        Generated modules that it imports, beside those of its device functions.
    """

    name: str
    source: str
    functions: Mapping[DeviceFunction, int]
    pairing: Pairing | None = None
    shared: tuple[str, ...] = ("special",)

    @cached_property
    def key(self) -> str:
        """Name and version: what Torch keeps compiled must end with the sources that it was compiled from."""
        modules = [import_module(f"generated.triton.{name}") for name in self.shared]
        modules += [module for function in self.functions for module in function.modules]
        sources = [self.source, *map(getsource, modules)]
        return f"{self.name}@{sha256(''.join(sources).encode()).hexdigest()[:12]}"

    @property
    def by_quadrature(self) -> bool:
        """Whether it takes elements as columns, and computes in float64."""
        return any(function.norms for function in self.functions)

    @property
    def one_sided(self) -> list[tuple[int, int]]:
        """Ranges of latents of scale families, whose location is taken as zero."""
        segments = () if self.pairing is None else self.pairing.segments
        return [(s.start, s.stop) for s in segments if is_scale_family(s.posterior)]

    @cached_property
    def module(self) -> ModuleType:
        """The module, with its source where Triton looks for it."""
        file = f"<autovae triton {self.key}>"
        linecache.cache[file] = len(self.source), None, self.source.splitlines(keepends=True), file
        module = ModuleType(f"autovae_triton_{self.key[-12:]}")
        exec(compile(self.source, file, "exec"), module.__dict__)
        return module

    def nodes(self, precision: str, device: str) -> Tensor:
        """The nodes of all cells one after the other; one number where there are none."""
        parts = {base + at: x for function, base in self.functions.items() for at, x in function.nodes(precision)}
        flat = [0.0] * max((offset + len(x) for offset, x in parts.items()), default=1)
        for offset, numbers in parts.items():
            flat[offset : offset + len(numbers)] = numbers
        dtype = torch.float64 if self.by_quadrature else getattr(torch, precision)
        return torch.tensor(flat, dtype=dtype, device=device)

    def gradients_by_torch(self, loc: Tensor, log_scale: Tensor, alpha: float) -> tuple[Tensor, Tensor]:
        """Derivatives with respect to loc and log_scale as the torch backend computes them: differentiable."""
        kind, what, *_ = self.name.split(" ")
        orders = (alpha,) if kind in ORDERED_KINDS else ()
        if self.pairing is None:
            posterior, prior = what.split("/")
            return kernel(kind, posterior, prior, "torch").value_and_grad(loc, log_scale, *orders)[1:]
        parts = []
        for s in self.pairing.segments:
            code = kernel(kind, s.posterior, s.prior, "torch")
            parts.append(code.value_and_grad(segment_location(s, loc), of_segment(s, log_scale), *orders)[1:])
        d_loc, d_log_scale = (torch.cat(x, dim=-1) for x in zip(*parts, strict=True))
        return d_loc, d_log_scale


@cache
def cell_program(kind: str, posterior: str, prior: str, where: str = "near") -> Program | None:
    """The program that computes one cell element by element, families by their full names; None if it has no code.

    On which side of one the orders are is said by ``where``, see :func:`side`; programs that agree are one.
    """
    function = device_function(kind, posterior, prior, where)
    if where != "near" and function == device_function(kind, posterior, prior):
        return cell_program(kind, posterior, prior)
    if function is None:
        return None
    template = QUADRATURE if function.norms else ELEMENTWISE
    kernel_source = template.format(call=function.call(), norms=function.norms, alpha=ALPHA if function.ordered else "")
    source = IMPORTS + function.imports + function.source + kernel_source
    shared = ("special", "panels") if function.norms else ("special",)
    return Program(f"{kind} {posterior}/{prior} {where}", source, {function: 0}, shared=shared)


@cache
def layer_program(kind: str, pairing: str, where: str = "near") -> Program | None:
    """The program that computes a latent layer; None if a cell has no code, or none for layers."""
    parsed = Pairing.parse(pairing)
    cells = [device_function(kind, c.posterior, c.prior, where) for c in parsed.cells(kind)]
    if where != "near" and cells == [device_function(kind, c.posterior, c.prior) for c in parsed.cells(kind)]:
        return layer_program(kind, pairing)
    functions = [f for f in cells if f is not None and not f.norms]
    if len(functions) < len(cells):
        return None
    bases: dict[DeviceFunction, int] = {}
    end = 0
    for f in functions:
        if f not in bases:
            bases[f] = end
            end += f.size
    segments = "".join(
        _segment(i, s, len(parsed), f.call(bases[f]))
        for i, (s, f) in enumerate(zip(parsed.segments, functions, strict=True))
    )
    imports = "".join(sorted({line + "\n" for f in bases for line in f.imports.splitlines()}))
    imports += _import_samplers(s.posterior for s in parsed.segments)
    alpha = ALPHA if any(f.ordered for f in functions) else ""
    source = IMPORTS + imports + "".join(f.source for f in bases) + LAYER.format(segments=segments, alpha=alpha)
    return Program(f"{kind} {pairing} {where}", source, bases, parsed, ("special", "variates"))


def has_sampler(family: str) -> bool:
    """Whether Triton draws variates of a family: of those of one's own it does not."""
    return hasattr(import_module("generated.triton.variates"), f"of_{family}")


def _import_samplers(found: Iterable[str]) -> str:
    names = sorted({f"of_{family}" if has_sampler(family) else "no_variates" for family in found})
    return f"from generated.triton.variates import {', '.join(names)}\n"


@cache
def variates_program(columns: str) -> Program | None:
    """The program that draws variates, of columns such as ``normal:2,laplace:1``; None without one of the samplers."""
    segments = [(family, int(count)) for family, _, count in (part.partition(":") for part in columns.split(","))]
    if not all(has_sampler(family) for family, _ in segments):
        return None
    ends = list(accumulate(count for _, count in segments))
    parts = [
        VARIATES_SEGMENT.format(
            start=end - count, stop=end, count=count, width=block_width(count), columns=ends[-1], stream=stream,
            sampler=f"of_{family}",
        )
        for stream, ((family, count), end) in enumerate(zip(segments, ends, strict=True))
    ]  # fmt: skip
    source = IMPORTS + _import_samplers(family for family, _ in segments) + VARIATES.format(segments="".join(parts))
    return Program(f"variates {columns} near", source, {}, shared=("special", "variates"))


def program(key: str) -> Program:
    """The program of a key."""
    kind, what, where = key.partition("@")[0].split(" ")
    if kind == "variates":
        found = variates_program(what)
    else:
        found = layer_program(kind, what, where) if ":" in what else cell_program(kind, *what.split("/"), where)
    assert found is not None
    return found


# What follows are the constants of a call, which the compiler cannot trace.


@while_tracing
def cell_key(kind: str, posterior: str, prior: str, where: str = "near") -> str | None:
    """Key of :func:`cell_program`; None where the compiler wrote no device function."""
    return _cell_key(kind, posterior, prior, where)


@cache
def _cell_key(kind: str, posterior: str, prior: str, where: str) -> str | None:
    c = cell(kind, posterior, prior)
    found = cell_program(kind, c.posterior, c.prior, where)
    return None if found is None else found.key


@while_tracing
def layer_key(kind: str, pairing: str, where: str = "near") -> str | None:
    """Key of :func:`layer_program`; None where the compiler wrote no device function for a cell."""
    return _layer_key(kind, pairing, where)


@cache
def _layer_key(kind: str, pairing: str, where: str) -> str | None:
    found = layer_program(kind, pairing, where)
    return None if found is None else found.key


@while_tracing
def draws(pairing: str) -> bool:
    """Whether a layer can draw its noise."""
    return all(has_sampler(s.posterior) for s in Pairing.parse(pairing).segments)


@while_tracing
def variates_key(columns: str) -> str | None:
    """Key of :func:`variates_program`; None where a family has no sampler."""
    found = variates_program(columns)
    return None if found is None else found.key


def nodes(key: str, precision: str, device: str) -> Tensor:
    """:meth:`Program.nodes` of the program of a key, kept for each device."""
    name = f"{key} {precision} {device}"
    _load_nodes(name, key, precision, device)
    return getattr(_NODES, name)


# A namespace, not a dictionary, for the reason given in divergences.ops.kernels.
_NODES = SimpleNamespace()


@while_tracing
def _load_nodes(name: str, key: str, precision: str, device: str) -> None:
    if not hasattr(_NODES, name):
        setattr(_NODES, name, program(key).nodes(precision, device))


def _segment(stream: int, s: Segment, latents: int, call: str) -> str:
    fixed = is_scale_family(s.posterior)
    width = block_width(s.count)
    return SEGMENT.format(
        pair=s.pair,
        sampler=f"of_{s.posterior}" if has_sampler(s.posterior) else "no_variates",
        stream=stream,
        count=s.count,
        start=s.start,
        stop=s.stop,
        width=width,
        latents=latents,
        call=call,
        location=f"tl.zeros((ROWS, {width}), nats.dtype.element_ty)" if fixed else LOAD,
        loc_gradient="tl.zeros_like(by_loc)" if fixed else "by_loc",
    )


def block_width(columns: int, largest: int = 64) -> int:
    """Columns that a program takes at once: a power of two, as wide as leaves at most a quarter of the lanes idle."""
    widths = [2**k for k in range(largest.bit_length())]
    return max(w for w in widths if -(-columns // w) * w <= 1.25 * columns)
