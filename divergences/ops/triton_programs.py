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
from importlib.util import find_spec
from inspect import getsource
from types import ModuleType, SimpleNamespace

import torch
from torch import Tensor

from divergences.ops.kernels import kernel, while_tracing
from divergences.ops.pairing import Pairing, Segment
from divergences.ops.reduction import of_segment, segment_location
from divergences.ops.table import Cell, cell, is_scale_family

NEVER = "infinite_everywhere"
"""Device function of cells that are infinite for every location and scale."""

_IMPORTS = """import triton
import triton.language as tl

from generated.triton.special import exp, infinite_everywhere
"""

_ELEMENTWISE = '''

@triton.jit
def elementwise(
    loc, log_scale, nodes, value, d_loc, d_log_scale, loc_row, log_scale_row, rows, columns, column_blocks,
    GRAD: tl.constexpr, ROWS: tl.constexpr, COLUMNS: tl.constexpr,
):
    """Divergences of a block of elements of two matrices."""
    block = tl.program_id(0).to(tl.int64)
    row = (block // column_blocks * ROWS + tl.arange(0, ROWS))[:, None]
    column = (block % column_blocks * COLUMNS + tl.arange(0, COLUMNS))[None, :]
    inside = (row < rows) & (column < columns)
    m = tl.load(loc + row * loc_row + column, mask=inside, other=0.0)
    s = tl.load(log_scale + row * log_scale_row + column, mask=inside, other=0.0)
    nats, by_loc, by_log_scale = {function}(m, s, nodes)
    at = row * columns + column
    tl.store(value + at, nats, mask=inside)
    if GRAD:
        tl.store(d_loc + at, by_loc, mask=inside)
        tl.store(d_log_scale + at, by_log_scale, mask=inside)
'''

_LAYER = '''

@triton.jit
def layer(
    loc, log_scale, noise, nodes, z, nats, d_loc, d_log_scale, loc_row, log_scale_row, rows, samples,
    GRAD: tl.constexpr, SAMPLE: tl.constexpr, ROWS: tl.constexpr,
):
    """Divergences of a block of rows, and every so many of their samples."""
    row = (tl.program_id(0).to(tl.int64) * ROWS + tl.arange(0, ROWS))[:, None]
    first = tl.program_id(1)
    total = tl.zeros((ROWS,), nats.dtype.element_ty)
{segments}    if first == 0:
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
            value, by_loc, by_log_scale = {function}(m, s, nodes + {base})
            part += tl.where(inside, value, 0.0)
            if GRAD:
                at = row * {latents} + column
                tl.store(d_loc + at, {loc_gradient}, mask=inside)
                tl.store(d_log_scale + at, by_log_scale, mask=inside)
        if SAMPLE:
            scale = exp(s)
            for k in range(first, samples, tl.num_programs(1)):
                at = (tl.cast(k, tl.int64) * rows + row) * {latents} + column
                tl.store(z + at, m + scale * tl.load(noise + at, mask=inside, other=0.0), mask=inside)
    total += tl.sum(part, axis=1)
"""

_LOAD = "tl.load(loc + row * loc_row + column, mask=inside, other=0.0)"


@dataclass(frozen=True, eq=False)
class Program:
    """A composed kernel.

    Attributes
    ----------
    name : str
        Kind, and a cell or a pairing.
    source : str
        Of its module.
    modules : mapping
        The modules of its cells, and where the nodes of each begin in memory.
    pairing : Pairing or None
        Of a layer.
    """

    name: str
    source: str
    modules: Mapping[ModuleType, int]
    pairing: Pairing | None = None

    @cached_property
    def key(self) -> str:
        """Name and version: what Torch keeps compiled must end with the sources that it was compiled from."""
        sources = [self.source, *map(getsource, (import_module("generated.triton.special"), *self.modules))]
        return f"{self.name}@{sha256(''.join(sources).encode()).hexdigest()[:12]}"

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
        parts = {base + offset: x for m, base in self.modules.items() for offset, x in m.NODES[precision].items()}
        flat = [0.0] * max((offset + len(x) for offset, x in parts.items()), default=1)
        for offset, numbers in parts.items():
            flat[offset : offset + len(numbers)] = numbers
        return torch.tensor(flat, dtype=getattr(torch, precision), device=device)

    def gradients_by_torch(self, loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor]:
        """Derivatives with respect to loc and log_scale as the torch backend computes them: differentiable."""
        kind, _, what = self.name.partition(" ")
        if self.pairing is None:
            posterior, prior = what.split("/")
            return kernel(kind, posterior, prior, "torch").value_and_grad(loc, log_scale)[1:]
        parts = []
        for s in self.pairing.segments:
            code = kernel(kind, s.posterior, s.prior, "torch")
            parts.append(code.value_and_grad(segment_location(s, loc), of_segment(s, log_scale))[1:])
        d_loc, d_log_scale = (torch.cat(x, dim=-1) for x in zip(*parts, strict=True))
        return d_loc, d_log_scale


@cache
def cell_program(kind: str, posterior: str, prior: str) -> Program:
    """The program that computes one cell element by element; families by their full names."""
    function, module = _device_function(kind, posterior, prior)
    modules = {} if module is None else {module: 0}
    source = _IMPORTS + _import_of(function, module) + _ELEMENTWISE.format(function=function)
    return Program(f"{kind} {posterior}/{prior}", source, modules)


@cache
def layer_program(kind: str, pairing: str) -> Program:
    """The program that computes a latent layer."""
    parsed = Pairing.parse(pairing)
    cells = [_device_function(kind, s.posterior, s.prior) for s in parsed.segments]
    modules: dict[ModuleType, int] = {}
    end = 0
    for _, m in cells:
        if m is not None and m not in modules:
            modules[m] = end
            end += max((offset + len(x) for table in m.NODES.values() for offset, x in table.items()), default=0)
    segments = (
        _segment(s, len(parsed), function, 0 if m is None else modules[m])
        for s, (function, m) in zip(parsed.segments, cells, strict=True)
    )
    imports = "".join(sorted({_import_of(*c) for c in cells}))
    source = _IMPORTS + imports + _LAYER.format(segments="".join(segments))
    return Program(f"{kind} {pairing}", source, modules, parsed)


def program(key: str) -> Program:
    """The program of a key."""
    kind, _, what = key.partition("@")[0].partition(" ")
    if ":" in what:
        return layer_program(kind, what)
    posterior, prior = what.split("/")
    return cell_program(kind, posterior, prior)


# What follows are the constants of a call, which the compiler cannot trace.


@while_tracing
def cell_key(kind: str, posterior: str, prior: str) -> str | None:
    """Key of :func:`cell_program`; None where the compiler wrote no device function."""
    return _cell_key(kind, posterior, prior)


@cache
def _cell_key(kind: str, posterior: str, prior: str) -> str | None:
    c = cell(kind, posterior, prior)
    return cell_program(kind, c.posterior, c.prior).key if _is_written(c) else None


@while_tracing
def layer_key(kind: str, pairing: str) -> str | None:
    """Key of :func:`layer_program`; None where the compiler wrote no device function for a cell."""
    return _layer_key(kind, pairing)


@cache
def _layer_key(kind: str, pairing: str) -> str | None:
    return layer_program(kind, pairing).key if all(map(_is_written, Pairing.parse(pairing).cells(kind))) else None


def _is_written(c: Cell) -> bool:
    """Whether there is a device function for a cell; an infinite one needs none of its own."""
    return c.status == "infinite" or find_spec(f"generated.triton.{c.kind}.{c.posterior}_{c.prior}") is not None


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


def _device_function(kind: str, posterior: str, prior: str) -> tuple[str, ModuleType | None]:
    """Name and module of a cell's device function; no module where the cell is infinite everywhere."""
    if cell(kind, posterior, prior).status == "infinite":
        return NEVER, None
    return f"{kind}_{posterior}_{prior}", import_module(f"generated.triton.{kind}.{posterior}_{prior}")


def _import_of(function: str, module: ModuleType | None) -> str:
    return "" if module is None else f"from {module.__name__} import {function}\n"


def _segment(s: Segment, latents: int, function: str, base: int) -> str:
    fixed = is_scale_family(s.posterior)
    width = block_width(s.count)
    return _SEGMENT.format(
        pair=s.pair,
        start=s.start,
        stop=s.stop,
        width=width,
        latents=latents,
        function=function,
        base=base,
        location=f"tl.zeros((ROWS, {width}), nats.dtype.element_ty)" if fixed else _LOAD,
        loc_gradient="tl.zeros_like(by_loc)" if fixed else "by_loc",
    )


def block_width(columns: int, largest: int = 64) -> int:
    """Columns that a program takes at once: a power of two, as wide as leaves at most a quarter of the lanes idle."""
    widths = [2**k for k in range(largest.bit_length())]
    return max(w for w in widths if -(-columns // w) * w <= 1.25 * columns)
