"""One flat record of everything that decides what a trained model is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from numbers import Real
from pathlib import Path
from typing import Any

import yaml

from divergences.ops import Pairing
from divergences.ops.operands import resolve_order
from divergences.ops.table import ORDERED_KINDS, kinds
from vae.data import BINARISATIONS
from vae.errors import CheckpointError, ConfigError
from vae.files import write_bytes
from vae.flow import check_flow
from vae.gradients import GRADIENTS, check_gradient
from vae.likelihoods import LIKELIHOODS
from vae.losses import LOSSES
from vae.networks import ACTIVATIONS, INITIALISATIONS, NETWORKS
from vae.objectives import OBJECTIVES

LATENTS = 20
"""Latents of a pairing that names one pair and no counts."""
SCHEDULES = ("constant", "burda")
PRECISIONS = ("32-true", "bf16-mixed", "64-true")

LOCAL = ("data_root", "accelerator", "threads")
"""Settings of a machine rather than of a model; two runs that differ in these alone are the same run."""

ADDED = (
    "warmup", "schedule", "gradient", "discrepancy", "inverse_temperature", "flow", "network", "greyscale", "devices",
    "initialisation", "epsilon",
)  # fmt: skip
"""Settings that config.yaml did not always have; without them it means their defaults."""


@dataclass(frozen=True)
class TrainConfig:
    """A VAE and its training.

    Parameters
    ----------
    dataset
        mnist-5k, fashion-mnist, mnist, kmnist, cifar-10, cifar-100 or svhn, or the path of an .npy, .npz or IDX file or
        of a folder of pictures.
    data_root
        Folder with the files of the named data sets.
    greyscale
        Turn colour into grey levels, on the command line; data handed to fit are as they are.
    binarise
        none (grey levels), threshold, static or dynamic; dequantised adds uniform noise within each grey level.
    pairing
        Posterior/prior of each latent: Lo/N:10,La/N:6,La/La:4; or one pair, La/N, for all latents.
    latents
        Number of latents, 20 where a pairing without counts leaves it open; must agree with the counts.
    likelihood
        bernoulli, continuous_bernoulli, mse, mae, normal, laplace or beta; with gibbs also squared, huber, log_cosh.
    objective
        elbo (KLD), gvi (any discrepancy in its place), gibbs (any loss in place of the likelihood), or iwae, vr,
        vr_max (importance weights over the samples).
    discrepancy
        Of gvi: the catalog's name of the divergence of posterior from prior.
    inverse_temperature
        Of gibbs: the factor of the loss.
    alpha
        Order of vr, where it stands on the joint p(x,z)/q(z|x), or of gvi's discrepancy, if that has one.
    samples
        Posterior samples per image and step.
    gradient
        reparam, stl or dreg.
    beta
        Weight of the divergence in elbo, gvi and gibbs.
    warmup
        Epochs over which that weight rises from 0.
    flow
        Steps of an inverse autoregressive flow on the posterior; 0 for none.
    network
        mlp, or conv with depth levels of convolutions that halve the image and one layer of hidden units.
    hidden
        Units of each hidden layer.
    depth
        Hidden layers of the encoder, and of the decoder.
    activation
        gelu, relu, silu or tanh.
    initialisation
        Of the weights: torch, its defaults, or xavier, uniform as by Glorot & Bengio (2010) with biases of zero.
    epochs
        At most so many passes over the training images.
    patience
        Epochs without a better validation bound after which training stops.
    batch_size
        Images per step.
    learning_rate
        Of Adam.
    epsilon
        Of Adam: what is added to the root of the squared gradients' mean.
    schedule
        Of the learning rate: constant, or burda, stages of 1, 3, 9, 27, ... epochs, each at 10^(-1/7) times the rate.
    seed
        Of the weights, the order of images and the noise.
    split_seed
        Of the images held out, and of a fixed binarisation.
    precision
        32-true, bf16-mixed or 64-true.
    accelerator
        auto, cpu or cuda.
    devices
        Processes that share each batch, one GPU each or, on a CPU, its cores divided among them; numbers depend on it.
    threads
        Threads of one process; the default is Torch's.
    """

    dataset: str = "mnist-5k"
    data_root: str | None = None
    greyscale: bool = False
    binarise: str = "none"
    pairing: str = "N/N"
    latents: int | None = None
    likelihood: str = "bernoulli"
    objective: str = "elbo"
    discrepancy: str | None = None
    inverse_temperature: float = 1.0
    alpha: float | None = None
    samples: int = 1
    gradient: str = "reparam"
    beta: float = 1.0
    warmup: int = 0
    flow: int = 0
    network: str = "mlp"
    hidden: int = 400
    depth: int = 2
    activation: str = "gelu"
    initialisation: str = "torch"
    epochs: int = 100
    patience: int = 15
    batch_size: int = 100
    learning_rate: float = 1e-3
    epsilon: float = 1e-8
    schedule: str = "constant"
    seed: int = 0
    split_seed: int = 0
    precision: str = "32-true"
    accelerator: str = "auto"
    devices: int = 1
    threads: int | None = None

    def __post_init__(self) -> None:
        for name, accepted in (
            ("binarise", BINARISATIONS),
            ("objective", OBJECTIVES),
            ("gradient", GRADIENTS),
            ("network", NETWORKS),
            ("schedule", SCHEDULES),
            ("activation", ACTIVATIONS),
            ("initialisation", INITIALISATIONS),
            ("precision", PRECISIONS),
            ("accelerator", ("auto", "cpu", "cuda")),
        ):
            if getattr(self, name) not in accepted:
                raise ConfigError(f"unknown {name} {getattr(self, name)!r}; known are {', '.join(accepted)}")
        for name in ("latents", "samples", "hidden", "depth", "epochs", "patience", "batch_size", "devices", "threads"):
            value = getattr(self, name)
            open_to_default = value is None and name in ("latents", "threads")
            if not (open_to_default or (_is_whole(value) and value >= 1)):
                raise ConfigError(f"{name} is {value!r}; expected a whole number of at least 1")
        for name in ("warmup", "flow"):
            if not (_is_whole(getattr(self, name)) and getattr(self, name) >= 0):
                raise ConfigError(f"{name} is {getattr(self, name)!r}; expected a whole number of at least 0")
        for name in ("seed", "split_seed"):
            value = getattr(self, name)
            if not (isinstance(value, int) and 0 <= value < 2**32):
                raise ConfigError(f"{name} is {value!r}; expected a whole number from 0 to 2^32 - 1")
        for name in ("learning_rate", "epsilon", "beta", "inverse_temperature"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, Real):
                raise ConfigError(f"{name} is {value!r}; expected a number")
        if not 0 < self.learning_rate < 1:
            raise ConfigError(f"learning_rate is {self.learning_rate!r}; expected a number between 0 and 1")
        if not 0 < self.epsilon < 1:
            raise ConfigError(f"epsilon is {self.epsilon!r}; expected a number between 0 and 1")
        if not 0 <= self.beta < float("inf"):
            raise ConfigError(f"beta is {self.beta!r}; expected a number of at least 0")
        if not 0 < self.inverse_temperature < float("inf"):
            raise ConfigError(f"inverse_temperature is {self.inverse_temperature!r}; expected a number above 0")
        self._check_objective()
        self._settle_pairing()

    def _check_objective(self) -> None:
        """Refuse settings that the objective does not take, and miss those that it needs."""
        objective = OBJECTIVES[self.objective]
        for name in ("beta", "warmup", "discrepancy", "inverse_temperature", "alpha"):
            value = getattr(self, name)
            if name not in objective.settings and value != type(self).__dataclass_fields__[name].default:
                taking = ", ".join(key for key, each in OBJECTIVES.items() if name in each.settings)
                raise ConfigError(f"{name} is {value!r} with objective {self.objective!r}; it belongs to {taking}")
        known = [*LIKELIHOODS, *(LOSSES if self.objective == "gibbs" else ())]
        if self.likelihood not in known:
            hint = "; a loss needs objective 'gibbs'" if self.likelihood in LOSSES else ""
            raise ConfigError(f"unknown likelihood {self.likelihood!r}; known are {', '.join(known)}{hint}")
        if self.gradient not in objective.gradients:
            accepted = ", ".join(objective.gradients)
            raise ConfigError(
                f"gradient {self.gradient!r} does not serve objective {self.objective!r}; it takes {accepted}"
            )
        if self.objective == "vr" and not (self.alpha is not None and 0 <= self.alpha < float("inf")):
            raise ConfigError(f"alpha is {self.alpha!r}; vr takes a number of at least 0 (vr_max is its own objective)")
        if self.objective == "gvi":
            if self.discrepancy not in kinds():
                raise ConfigError(f"discrepancy is {self.discrepancy!r}; gvi takes one of {', '.join(kinds())}")
            if self.discrepancy in ORDERED_KINDS and self.alpha is None:
                raise ConfigError(f"alpha is None; the discrepancy {self.discrepancy!r} needs an order above 0")
            resolve_order(self.discrepancy, self.alpha)

    @property
    def divergence(self) -> tuple[str, float | None]:
        """Kind and order of the divergence of posterior from prior that the objective takes."""
        return (self.discrepancy, self.alpha) if self.discrepancy else ("kld", None)

    @property
    def objective_label(self) -> str:
        """The objective with what makes its numbers comparable, such as ``vr(alpha=0.5, K=5)``."""
        weighted = not OBJECTIVES[self.objective].analytic
        details = {
            "": self.discrepancy,
            "alpha": self.alpha,
            "lambda": self.inverse_temperature if self.objective == "gibbs" else None,
            "beta": self.beta if self.beta != 1 else None,
            "K": self.samples if weighted else None,
        }
        inside = [f"{k}={v}" if k else str(v) for k, v in details.items() if v is not None]
        return f"{self.objective}({', '.join(inside)})" if inside else self.objective

    def _settle_pairing(self) -> None:
        """Bring the pairing to its canonical form and the number of latents to what it says."""
        parsed = Pairing.parse(self.pairing)
        if ":" not in self.pairing and "," not in self.pairing:
            parsed = Pairing.homogeneous(self.pairing, self.latents or LATENTS)
        if self.latents not in (None, len(parsed)):
            raise ConfigError(f"pairing {self.pairing!r} gives {len(parsed)} latents, but latents is {self.latents}")
        parsed.check_finite(*self.divergence)
        check_gradient(self.gradient, parsed, moving=self.flow > 0)
        if self.flow:
            check_flow(parsed, self.objective)
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
        odd = known.symmetric_difference(content) if isinstance(content, dict) else {"(no settings at all)"}
        if odd := odd - (set(ADDED) - set(content or ())):
            raise CheckpointError(f"{path} belongs to another version: {', '.join(sorted(map(str, odd)))} do not match")
        try:
            return cls(**content)
        except (ValueError, TypeError) as error:
            raise CheckpointError(f"{path}: {error}") from error


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
