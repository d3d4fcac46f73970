"""A step of Adam over all weights, on the CPU in one pass."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from divergences.ops.backends import fused


def adam_step(
    weights: Sequence[Tensor],
    gradients: Sequence[Tensor],
    first: Sequence[Tensor],
    second: Sequence[Tensor],
    steps: Sequence[Tensor],
    rate: float,
    betas: tuple[float, float],
    epsilon: float,
) -> bool:
    """Take a step of Adam (Kingma & Ba 2015, algorithm 1) in place, if the operator serves.

    Parameters
    ----------
    weights, gradients, first, second : sequence of Tensor
        Of each weight: itself, its gradient, and what is known of the gradient's mean and mean square.
    steps : sequence of Tensor
        The number of steps taken before, float32; counted up.
    rate, betas, epsilon : float
        As of ``torch.optim.Adam``.

    Returns
    -------
    bool
        Whether the step was taken: not on other devices, without the C++ kernels, for tensors that are not contiguous
        or of different types.
    """
    cpu = bool(weights) and all(t.device.type == "cpu" for part in (weights, gradients, steps) for t in part)
    module = fused(None, "adam", weights[0], weights[0]) if cpu else None
    if module is None:
        return False
    return bool(module.adam_step((weights, gradients, first, second, steps), (rate, *betas, epsilon)))
