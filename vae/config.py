"""One flat record of everything that decides what a trained model is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from divergences.ops import Pairing
from vae.data import BINARISATIONS
from vae.errors import CheckpointError, ConfigError
from vae.files import write_bytes
from vae.likelihoods import LIKELIHOODS
from vae.networks import ACTIVATIONS
from vae.objectives import OBJECTIVES

LATENTS = 20
"""Latents of a pairing that names one pair and no counts."""
PRECISIONS = ("32-true", "bf16-mixed", "64-true")

LOCAL = ("data_root", "accelerator", "threads")
"""Settings of a machine rather than of a model; two runs that differ in these alone are the same run."""


@dataclass(frozen=True)
class TrainConfig:
    """A VAE and its training.

    Parameters
    ----------
    dataset
        Name of a data set (mnist-5k, fashion-mnist, mnist, kmnist), or the path of an .npy or .npz file.
    data_root
        Folder with the files of the named data sets.
    binarise
        none (grey levels), threshold, static or dynamic.
    pairing
        Posterior/prior of each latent: Lo/N:10,La/N:6,La/La:4; or one pair, La/N, for all latents.
    latents
        Number of latents, 20 where a pairing without counts leaves it open; must agree with the counts.
    likelihood
        bernoulli, continuous_bernoulli, mse, mae, normal, laplace or beta.
    objective
        elbo (analytic divergence), or iwae, vr, vr_max (importance weights over the samples).
    alpha
        Order of vr.
    samples
        Posterior samples per image and step.
    beta
        Weight of the divergence in elbo.
    hidden
        Units of each hidden layer.
    depth
        Hidden layers of the encoder, and of the decoder.
    activation
        gelu, relu, silu or tanh.
    epochs
        At most so many passes over the training images.
    patience
        Epochs without a better validation bound after which training stops.
    batch_size
        Images per step.
    learning_rate
        Of Adam.
    seed
        Of the weights, the order of images and the noise.
    split_seed
        Of the images held out, and of a fixed binarisation.
    precision
        32-true, bf16-mixed or 64-true.
    accelerator
        auto, cpu or cuda.
    threads
        Threads of one process; the default is Torch's.
    """

    dataset: str = "mnist-5k"
    data_root: str | None = None
    binarise: str = "none"
    pairing: str = "N/N"
    latents: int | None = None
    likelihood: str = "bernoulli"
    objective: str = "elbo"
    alpha: float | None = None
    samples: int = 1
    beta: float = 1.0
    hidden: int = 400
    depth: int = 2
    activation: str = "gelu"
    epochs: int = 100
    patience: int = 15
    batch_size: int = 100
    learning_rate: float = 1e-3
    seed: int = 0
    split_seed: int = 0
    precision: str = "32-true"
    accelerator: str = "auto"
    threads: int | None = None

    def __post_init__(self) -> None:
        for name, accepted in (
            ("binarise", BINARISATIONS),
            ("likelihood", LIKELIHOODS),
            ("objective", OBJECTIVES),
            ("activation", ACTIVATIONS),
            ("precision", PRECISIONS),
            ("accelerator", ("auto", "cpu", "cuda")),
        ):
            if getattr(self, name) not in accepted:
                raise ConfigError(f"unknown {name} {getattr(self, name)!r}; known are {', '.join(accepted)}")
        for name in ("latents", "samples", "hidden", "depth", "epochs", "patience", "batch_size", "threads"):
            value = getattr(self, name)
            open_to_default = value is None and name in ("latents", "threads")
            if not (open_to_default or (isinstance(value, int) and value >= 1)):
                raise ConfigError(f"{name} is {value!r}; expected a whole number of at least 1")
        for name in ("seed", "split_seed"):
            value = getattr(self, name)
            if not (isinstance(value, int) and 0 <= value < 2**32):
                raise ConfigError(f"{name} is {value!r}; expected a whole number from 0 to 2^32 - 1")
        if not 0 < self.learning_rate < 1:
            raise ConfigError(f"learning_rate is {self.learning_rate!r}; expected a number between 0 and 1")
        if not 0 <= self.beta < float("inf"):
            raise ConfigError(f"beta is {self.beta!r}; expected a number of at least 0")
        if (self.objective == "vr") != (self.alpha is not None):
            raise ConfigError(f"alpha is {self.alpha!r} with objective {self.objective!r}; it is the order of vr alone")
        if self.alpha is not None and not 0 <= self.alpha < float("inf"):
            raise ConfigError(f"alpha is {self.alpha!r}; expected a number of at least 0 (vr_max is its own objective)")
        if self.objective != "elbo" and self.beta != 1:
            raise ConfigError(f"beta is {self.beta!r} with objective {self.objective!r}; it weighs elbo alone")
        self._settle_pairing()

    def _settle_pairing(self) -> None:
        """Bring the pairing to its canonical form and the number of latents to what it says."""
        parsed = Pairing.parse(self.pairing)
        if ":" not in self.pairing and "," not in self.pairing:
            parsed = Pairing.homogeneous(self.pairing, self.latents or LATENTS)
        if self.latents not in (None, len(parsed)):
            raise ConfigError(f"pairing {self.pairing!r} gives {len(parsed)} latents, but latents is {self.latents}")
        parsed.check_finite()
        object.__setattr__(self, "pairing", str(parsed))
        object.__setattr__(self, "latents", len(parsed))

    def identity(self) -> dict[str, Any]:
        """The settings that make a run this run and no other."""
        return {key: value for key, value in asdict(self).items() if key not in LOCAL}

    def difference(self, other: TrainConfig) -> str:
        """Name the settings in which two runs differ; empty if they are the same run."""
        mine, theirs = self.identity(), other.identity()
        return ", ".join(f"{key} {theirs[key]!r} is now {mine[key]!r}" for key in mine if mine[key] != theirs[key])

    def save(self, path: Path, header: str = "") -> None:
        """Write YAML that ``python -m vae.train --config`` reads."""
        text = "".join(f"# {line}\n" for line in header.splitlines())
        write_bytes(path, (text + yaml.safe_dump(asdict(self), sort_keys=False)).encode())

    @classmethod
    def load(cls, path: Path) -> TrainConfig:
        """Read what :meth:`save` wrote.

        Raises
        ------
        CheckpointError
            If the file is missing, no such YAML, or has settings that this version does not know.
        """
        try:
            content = yaml.safe_load(path.read_text())
        except FileNotFoundError as error:
            raise CheckpointError(f"{path.parent} is not a trained model: it has no {path.name}") from error
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise CheckpointError(f"{path} cannot be read: {' '.join(str(error).split())}") from error
        known = {field.name for field in fields(cls)}
        if not isinstance(content, dict) or set(content) != known:
            odd = known.symmetric_difference(content) if isinstance(content, dict) else {"(no settings at all)"}
            raise CheckpointError(f"{path} belongs to another version: {', '.join(sorted(map(str, odd)))} do not match")
        try:
            return cls(**content)
        except (ValueError, TypeError) as error:
            raise CheckpointError(f"{path}: {error}") from error
