"""Random streams named by what they are for, so that nothing depends on what was drawn before."""

from __future__ import annotations

import numpy as np
import torch

STREAMS = ("weights", "split", "binarise", "training", "validation", "evaluation", "generation")


def seed_of(seed: int, stream: str, index: int = 0) -> int:
    """Derive the seed of stream ``stream``, e.g. of epoch ``index`` of training."""
    words = np.random.SeedSequence([seed, STREAMS.index(stream), index]).generate_state(2, np.uint32)
    return int(words[0]) << 31 ^ int(words[1])


def generator(seed: int, stream: str, index: int = 0, device: torch.device | str = "cpu") -> torch.Generator:
    """A generator at the start of a stream."""
    return torch.Generator(device).manual_seed(seed_of(seed, stream, index))
