"""Encoder and decoder networks."""

from __future__ import annotations

from torch import Tensor, nn

ACTIVATIONS: dict[str, type[nn.Module]] = {"gelu": nn.GELU, "relu": nn.ReLU, "silu": nn.SiLU, "tanh": nn.Tanh}


def mlp(inputs: int, outputs: int, hidden: int, depth: int, activation: str) -> nn.Sequential:
    """A fully connected network of ``depth`` hidden layers.

    The slides say "3 layers, 400 hidden nodes": read here as three layers of weights on each side, two hidden ones
    of 400 units and the output layer, which is ``hidden=400, depth=2``.
    """
    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [nn.Linear(inputs, hidden), ACTIVATIONS[activation]()]
        inputs = hidden
    return nn.Sequential(*layers, nn.Linear(inputs, outputs))


def set_output_bias(network: nn.Sequential, bias: Tensor) -> None:
    """Start a network's outputs around ``bias``."""
    last = network[-1]
    assert isinstance(last, nn.Linear)
    last.bias.data.copy_(bias)
