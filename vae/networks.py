"""Encoder and decoder networks."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from vae.dense import Dense
from vae.errors import ConfigError

ACTIVATIONS: dict[str, type[nn.Module]] = {"gelu": nn.GELU, "relu": nn.ReLU, "silu": nn.SiLU, "tanh": nn.Tanh}
NETWORKS = ("mlp", "conv")
INITIALISATIONS = ("torch", "xavier")

MAPS = 32
"""Feature maps of the first level of a convolutional network; every further level has twice as many."""


def mlp(inputs: int, outputs: int, hidden: int, depth: int, activation: str) -> nn.Sequential:
    """A fully connected network of ``depth`` hidden layers.

    The slides say "3 layers, 400 hidden nodes": read here as three layers of weights on each side, two hidden ones
    of 400 units and the output layer, which is ``hidden=400, depth=2``.
    """
    layers: list[nn.Module] = []
    for _ in range(depth):
        layers += [nn.Linear(inputs, hidden), ACTIVATIONS[activation]()]
        inputs = hidden
    return Dense(*layers, nn.Linear(inputs, outputs))


class Bias(nn.Module):
    """Adds a number of its own to every output."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.bias


class Rows(nn.Sequential):
    """A sequence for (n, inputs), applied to (..., inputs)."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.reshape(-1, x.shape[-1])).unflatten(0, x.shape[:-1])


def _check_levels(shape: tuple[int, int, int], depth: int) -> None:
    if any(side % 2**depth for side in shape[1:]):
        raise ConfigError(
            f"a conv network of depth {depth} halves an image {depth} times; sides of {shape[1]} x {shape[2]} pixels "
            f"are no multiples of {2**depth}"
        )


def conv_encoder(shape: tuple[int, int, int], outputs: int, hidden: int, depth: int, activation: str) -> nn.Sequential:
    """Convolutions that halve an image (..., c·h·w) ``depth`` times, and a layer of ``hidden`` units."""
    _check_levels(shape, depth)
    channels, height, width = shape
    layers: list[nn.Module] = [nn.Unflatten(-1, shape)]
    for level in range(depth):
        maps = MAPS * 2**level
        layers += [nn.Conv2d(channels, maps, 4, stride=2, padding=1), ACTIVATIONS[activation]()]
        channels = maps
    inner = channels * height * width // 4**depth
    return Rows(*layers, nn.Flatten(), *mlp(inner, outputs, hidden, 1, activation))


def conv_decoder(
    latents: int, shape: tuple[int, int, int], kinds: int, hidden: int, depth: int, activation: str
) -> nn.Sequential:
    """The way back, to ``kinds`` numbers for each pixel: first all of the first kind, then all of the second."""
    _check_levels(shape, depth)
    channels, height, width = shape
    maps, size = MAPS * 2 ** (depth - 1), (height // 2**depth, width // 2**depth)
    layers: list[nn.Module] = [*mlp(latents, maps * math.prod(size), hidden, 1, activation), ACTIVATIONS[activation]()]
    layers.append(nn.Unflatten(-1, (maps, *size)))
    for level in reversed(range(depth)):
        # The last level leaves biases to the pixels.
        after = MAPS * 2 ** (level - 1) if level else kinds * channels
        layers.append(nn.ConvTranspose2d(maps, after, 4, stride=2, padding=1, bias=level > 0))
        layers += [ACTIVATIONS[activation]()] if level else []
        maps = after
    return Rows(*layers, nn.Flatten(), Bias(kinds * math.prod(shape)))


def xavier(network: nn.Module) -> None:
    """Draw all weights anew as Glorot & Bengio (2010) do, uniformly, and set biases to zero."""
    for layer in network.modules():
        if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def set_output_bias(network: nn.Sequential, bias: Tensor) -> None:
    """Start a network's outputs around ``bias``."""
    last = network[-1]
    assert isinstance(last, nn.Linear | Bias)
    last.bias.data.copy_(bias)
