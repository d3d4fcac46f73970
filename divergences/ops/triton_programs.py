"""Triton kernels for one cell or for a whole pairing, composed from the generated device functions.

A program is a module of which the source is put together when it is first needed: which cells it calls, and how many
latents each has, are constants to the compiler. Nothing here is imported unless the backend is used.
"""

from __future__ import annotations

import linecache
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib import import_module
from inspect import getsource
from types import ModuleType, SimpleNamespace

import torch
from torch import Tensor

from divergences.ops.kernels import kernel, while_tracing
from divergences.ops.pairing import Pairing, Segment
from divergences.ops.reduction import of_segment, segment_location
from divergences.ops.table import ORDERED_KINDS, cell, is_scale_family
from divergences.ops.triton_functions import DeviceFunction, device_function

_IMPORTS = """import triton
import triton.language as tl

from generated.triton.special import bounded, exp, expm1, infinite_everywhere, settled
"""

_ELEMENTWISE = '''

@triton.jit
def elementwise(
    loc, log_scale, nodes, order, value, d_loc, d_log_scale, loc_row, log_scale_row, rows, columns, column_blocks,
    GRAD: tl.constexpr, ROWS: tl.constexpr, COLUMNS: tl.constexpr,
):
    """Divergences of a block of elements of two matrices; order has the bits of a float64."""
    block = tl.program_id(0).to(tl.int64)
    row = (block // column_blocks * ROWS + tl.arange(0, ROWS))[:, None]
    column = (block % column_blocks * COLUMNS + tl.arange(0, COLUMNS))[None, :]
    inside = (row < rows) & (column < columns)
    m = tl.load(loc + row * loc_row + column, mask=inside, other=0.0)
    s = tl.load(log_scale + row * log_scale_row + column, mask=inside, other=0.0)
{alpha}    nats, by_loc, by_log_scale = {call}
    at = row * columns + column
    tl.store(value + at, nats, mask=inside)
    if GRAD:
        tl.store(d_loc + at, by_loc, mask=inside)
        tl.store(d_log_scale + at, by_log_scale, mask=inside)
'''

_QUADRATURE = '''

@triton.jit
def elementwise(
    loc, log_scale, nodes, order, value, d_loc, d_log_scale, loc_row, log_scale_row, rows, columns,
    GRAD: tl.constexpr, ELEMENTS: tl.constexpr,
):
    """Divergences of every so many blocks of elements of two matrices, a column at a time."""
{alpha}    own, other = {norms}(alpha, nodes, value.dtype.element_ty)
    count = tl.cast(rows, tl.int64) * columns
    for block in range(tl.program_id(0), tl.cdiv(count, ELEMENTS), tl.num_programs(0)):
        at = (tl.cast(block, tl.int64) * ELEMENTS + tl.arange(0, ELEMENTS))[:, None]
        inside = at < count
        row, column = at // columns, at % columns
        m = tl.load(loc + row * loc_row + column, mask=inside, other=0.5)
        s = tl.load(log_scale + row * log_scale_row + column, mask=inside, other=-1.0)
        nats, by_loc, by_log_scale = {call}
        tl.store(value + at, nats, mask=inside)
        if GRAD:
            tl.store(d_loc + at, by_loc, mask=inside)
            tl.store(d_log_scale + at, by_log_scale, mask=inside)
'''

_LAYER = '''

@triton.jit
def layer(
    loc, log_scale, noise, seed, nodes, order, z, nats, d_loc, d_log_scale, loc_row, log_scale_row, rows, samples,
    GRAD: tl.constexpr, SAMPLE: tl.constexpr, DRAW: tl.constexpr, ROWS: tl.constexpr,
):
    """Divergences of a block of rows, and every so many of their samples; order has the bits of a float64.

    The noise is read, or drawn from the seed and, if gradients are, written.
    """
    row = (tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS))[:, None]
    first = tl.program_id(1)
    if DRAW:
        key = tl.load(seed) ^ (-(2**63))  # torch.randint counts from the lowest number on
    total = tl.zeros((ROWS,), nats.dtype.element_ty)
{alpha}{segments}    if first == 0:
        at = tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS)
        tl.store(nats + at, total, mask=at < rows)
'''

_SEGMENT = """    # {pair}
    part = tl.zeros((ROWS, {width}), nats.dtype.element_ty)
    for start in range({start}, {stop}, {width}):
        column = start + tl.arange(0, {width})[None, :]
        inside = (row < rows) & (column < {stop})
        m = {location}
        s = tl.load(log_scale + row * log_scale_row + column, mask=inside, other=0.0)
        if first == 0:
            value, by_loc, by_log_scale = {call}
            part += tl.where(inside, value, 0.0)
            if GRAD:
                at = row * {latents} + column
                tl.store(d_loc + at, {loc_gradient}, mask=inside)
                tl.store(d_log_scale + at, by_log_scale, mask=inside)
        if SAMPLE:
            scale = exp(s)
            for k in range(first, samples, tl.num_programs(1)):
                at = (tl.cast(k, tl.int64) * rows + row) * {latents} + column
                if DRAW:
                    place = (tl.cast(k, tl.int64) * rows + row) * {count} + (column - {start})
                    e = of_{posterior}(key, {stream}, place, nats.dtype.element_ty)
                    if GRAD:
                        tl.store(noise + at, e, mask=inside)
                else:
                    e = tl.load(noise + at, mask=inside, other=0.0)
                tl.store(z + at, m + scale * e, mask=inside)
    total += tl.sum(part, axis=1)
"""

_ALPHA = "    alpha = tl.cast(order, tl.int64).to(tl.float64, bitcast=True)\n"
_LOAD = "tl.load(loc + row * loc_row + column, mask=inside, other=0.0)"


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
    """

    name: str
    source: str
    functions: Mapping[DeviceFunction, int]
    pairing: Pairing | None = None

    @cached_property
    def key(self) -> str:
        """Name and version: what Torch keeps compiled must end with the sources that it was compiled from."""
        shared = ["special"] + ["panels"] * self.by_quadrature + ["variates"] * (self.pairing is not None)
        modules = [import_module(f"generated.triton.{name}") for name in shared]
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
    template = _QUADRATURE if function.norms else _ELEMENTWISE
    kernel_source = template.format(
        call=function.call(), norms=function.norms, alpha=_ALPHA if function.ordered else ""
    )
    source = _IMPORTS + function.imports + function.source + kernel_source
    return Program(f"{kind} {posterior}/{prior} {where}", source, {function: 0})


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
    samplers = ", ".join(sorted({f"of_{s.posterior}" for s in parsed.segments}))
    imports += f"from generated.triton.variates import {samplers}\n"
    alpha = _ALPHA if any(f.ordered for f in functions) else ""
    source = _IMPORTS + imports + "".join(f.source for f in bases) + _LAYER.format(segments=segments, alpha=alpha)
    return Program(f"{kind} {pairing} {where}", source, bases, parsed)


def program(key: str) -> Program:
    """The program of a key."""
    kind, what, where = key.partition("@")[0].split(" ")
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
    return _SEGMENT.format(
        pair=s.pair,
        posterior=s.posterior,
        stream=stream,
        count=s.count,
        start=s.start,
        stop=s.stop,
        width=width,
        latents=latents,
        call=call,
        location=f"tl.zeros((ROWS, {width}), nats.dtype.element_ty)" if fixed else _LOAD,
        loc_gradient="tl.zeros_like(by_loc)" if fixed else "by_loc",
    )


def block_width(columns: int, largest: int = 64) -> int:
    """Columns that a program takes at once: a power of two, as wide as leaves at most a quarter of the lanes idle."""
    widths = [2**k for k in range(largest.bit_length())]
    return max(w for w in widths if -(-columns // w) * w <= 1.25 * columns)
