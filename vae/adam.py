"""Adam in one pass over all weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn

from divergences.ops.adam import adam_step


class Adam(torch.optim.Adam):
    """``torch.optim.Adam``, whose steps on the CPU are one operator; its state and, but for rounding, its numbers.

    Parameters
    ----------
    weights : iterable of torch.nn.Parameter
        What is trained.
    lr : float
        Learning rate.
    eps : float
        What is added to the root of the squared gradients' mean.
    """

    def __init__(self, weights: Iterable[nn.Parameter], lr: float, eps: float = 1e-8) -> None:
        super().__init__(weights, lr=lr, eps=eps, fused=True)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Take one step. The first one, which makes the moments, is Torch's."""
        if closure is None and len(self.param_groups) == 1 and self._take(self.param_groups[0]):
            return None
        return super().step(closure)

    def _take(self, group: dict[str, Any]) -> bool:
        """Whether the operator has taken the step."""
        if group["weight_decay"] or group["amsgrad"] or group["maximize"]:
            return False
        weights = [w for w in group["params"] if w.grad is not None]
        known = [self.state[w] for w in weights if w in self.state]
        if len(known) < len(weights):
            return False
        gradients = [w.grad for w in weights]
        first, second, done = ([state[name] for state in known] for name in ("exp_avg", "exp_avg_sq", "step"))
        return adam_step(weights, gradients, first, second, done, float(group["lr"]), group["betas"], group["eps"])

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients."""
        if not set_to_none:
            super().zero_grad(set_to_none=False)
            return
        for group in self.param_groups:
            for weight in group["params"]:
                weight.grad = None
