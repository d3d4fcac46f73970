"""The smallest value of each cell: what an unused latent of a mismatched pair still costs."""

from __future__ import annotations

import math
import types
from collections.abc import Callable

import torch

from codegen.lower import Kernel

DIGITS, GRID, SHRINK = 6, 21, 0.25


class GeneratedCode:
    """Runs generated source that is not on disk yet."""

    def __init__(self, special: str) -> None:
        self._special = types.ModuleType("special")
        exec(compile(special, "special", "exec"), self._special.__dict__)

    def value(self, source: str) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
        """The function ``value`` of a kernel's module."""
        namespace: dict = {"special": self._special}
        exec(compile(source.replace("from generated.torch import special\n", ""), "kernel", "exec"), namespace)
        return namespace["value"]


def floor(kernel: Kernel, value: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> float:
    """Minimum over location and scale in nats, from the generated code, rounded to :data:`DIGITS` digits.

    An exponential posterior keeps its location at 0, as it does in a VAE.
    """
    entry = kernel.entry
    if entry.posterior is entry.prior:
        return 0.0
    one_sided = entry.posterior.support.inf.is_finite and entry.posterior.support.sup.is_infinite
    grid = torch.linspace(-1.0, 1.0, GRID, dtype=torch.float64)
    loc_grid, log_scale_grid = torch.meshgrid(grid * (not one_sided), grid, indexing="ij")
    loc, log_scale, width, lowest = 0.0, -0.5, 4.0, math.inf
    while width > 1e-10:  # a grid that shrinks around its best point also finds minima on the edge of the domain
        locs, log_scales = loc + width * loc_grid.flatten(), log_scale + width * log_scale_grid.flatten()
        values = value(locs, log_scales)
        best = int(values.argmin())
        loc, log_scale, lowest = float(locs[best]), float(log_scales[best]), min(lowest, float(values[best]))
        width *= SHRINK
    return float(f"{lowest:.{DIGITS}g}")
