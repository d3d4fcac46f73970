"""The folder of a run: what training leaves behind at every epoch, and the finished model.

    config.yaml               the settings; written first
    checkpoint.safetensors    the state after the last epoch; gone when training is finished
    model.safetensors         the best weights, with the shape of an image in its header
    metrics.json              history and evaluations; written last, so that its presence says "finished"

Weights are safetensors and all else is text: nothing is unpickled.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as parse_tensors
from safetensors.torch import save as dump_tensors
from torch import Tensor, nn

from vae.config import TrainConfig
from vae.errors import CheckpointError
from vae.files import remove_leftovers, write_bytes, write_json
from vae.model import VAE

FORMAT = 1
"""Version of the files' layout; another one is refused."""

CONFIG, CHECKPOINT, MODEL, METRICS = "config.yaml", "checkpoint.safetensors", "model.safetensors", "metrics.json"

HEADER = "autovae"
"""Key of our JSON among a safetensors file's metadata."""

History = list[dict[str, float]]


@dataclass
class Progress:
    """How far a training run has come; all that decides how it goes on, beside weights and optimiser.

    Attributes
    ----------
    data : int
        Fingerprint of the data it trains on.
    epoch : int
        Epochs done.
    best_epoch : int
        The epoch, from 1, of the best weights; 0 before the first.
    best_validation : float
        Their validation bound, nats per sample.
    history : list of dict
        One record per epoch.
    """

    data: int
    epoch: int = 0
    best_epoch: int = 0
    best_validation: float = -float("inf")
    history: History = field(default_factory=list)

    def add(self, figures: dict[str, float]) -> bool:
        """Note the figures of one more epoch; whether its validation bound is the best so far."""
        self.epoch += 1
        self.history.append({"epoch": self.epoch, **figures})
        best = figures["validation_bound"] > self.best_validation
        if best:
            self.best_epoch, self.best_validation = self.epoch, figures["validation_bound"]
        return best

    def is_over(self, config: TrainConfig) -> bool:
        """Whether training goes no further; no patience is lost before the divergence has its full weight."""
        return self.epoch >= config.epochs or self.epoch - max(self.best_epoch, config.warmup) >= config.patience


def snapshot(module: nn.Module) -> dict[str, Tensor]:
    """A copy of a module's weights on the CPU."""
    return {name: tensor.detach().to("cpu", copy=True) for name, tensor in module.state_dict().items()}


def write_tensors(path: Path, groups: dict[str, dict[str, Tensor]], **meta: Any) -> None:
    """Write groups of tensors and JSON values as one safetensors file."""
    tensors = {f"{group}/{name}": t.contiguous() for group, part in groups.items() for name, t in part.items()}
    # safetensors' own file writer maps the file into memory, where a full disk is a crash rather than an error.
    # One key, because the order of several is not the same at every call.
    write_bytes(path, dump_tensors(tensors, {HEADER: json.dumps({"format": FORMAT, **meta})}))


def read_tensors(path: Path) -> tuple[dict[str, dict[str, Tensor]], dict[str, Any]]:
    """Read what :func:`write_tensors` wrote.

    Raises
    ------
    CheckpointError
        If the file is missing, damaged or of another format.
    """
    try:
        raw = path.read_bytes()
        tensors = parse_tensors(raw)
        header = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])
        meta = json.loads(header["__metadata__"][HEADER])
        found = meta.pop("format")
    except FileNotFoundError as error:
        raise CheckpointError(f"{path.parent} is not a trained model: it has no {path.name}") from error
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{path} is damaged, or not a file of this project: {error}") from error
    if found != FORMAT:
        raise CheckpointError(f"{path} has format {found}; this version reads format {FORMAT}")
    groups: dict[str, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        group, _, name = key.partition("/")
        groups.setdefault(group, {})[name] = tensor
    return groups, meta


def load_weights(module: nn.Module, weights: dict[str, Tensor], what: Path) -> None:
    """Copy weights into a module, refusing those of another network."""
    try:
        module.load_state_dict(weights)
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        raise CheckpointError(f"{what} does not hold the weights that its config.yaml describes: {reason}") from error


def optimiser_tensors(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """A copy of an optimiser's state on the CPU, by parameter and name."""
    state = optimiser.state_dict()["state"]
    return {f"{i}.{key}": value.to("cpu", copy=True) for i, slot in state.items() for key, value in slot.items()}


def load_optimiser(optimiser: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Restore what :func:`optimiser_tensors` returned."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        index, _, name = key.partition(".")
        state.setdefault(int(index), {})[name] = tensor
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


class RunFolder:
    """The files of one run under ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def start(self, config: TrainConfig) -> None:
        """Claim the folder for a run, or recognise the run that it holds.

        Raises
        ------
        CheckpointError
            If it holds a run of other settings, or a model without settings.
        OutputError
            If it cannot be written.
        """
        if (self.path / CONFIG).exists():
            if change := config.difference(TrainConfig.load(self.path / CONFIG)):
                raise CheckpointError(f"{self.path} holds another run ({change}); choose another folder or remove it")
        elif (self.path / MODEL).exists() or (self.path / CHECKPOINT).exists():
            raise CheckpointError(f"{self.path} holds a model without its {CONFIG}; choose another folder or remove it")
        else:
            header = "A VAE of AutoVAE {}, Torch {}\nRepeat it: python -m vae.train --config THIS_FILE --out DIR"
            config.save(self.path / CONFIG, header.format(version("autovae"), torch.__version__))

    @property
    def finished(self) -> bool:
        """Whether training came to its end."""
        return (self.path / METRICS).exists()

    def save_progress(
        self, progress: Progress, model: nn.Module, optimiser: torch.optim.Optimizer, best: dict[str, Tensor]
    ) -> None:
        """Write the checkpoint: all that the next epoch depends on, and the best weights so far."""
        self.save_state(progress, snapshot(model), optimiser_tensors(optimiser), best)

    def save_state(
        self, progress: Progress, model: dict[str, Tensor], optimiser: dict[str, Tensor], best: dict[str, Tensor]
    ) -> None:
        """Write the checkpoint of tensors by name, as :func:`snapshot` and :func:`optimiser_tensors` give them."""
        groups = {"model": model, "optimiser": optimiser, "best": best}
        write_tensors(self.path / CHECKPOINT, groups, progress=vars(progress))

    def load_progress(
        self, data: int, model: nn.Module, optimiser: torch.optim.Optimizer
    ) -> tuple[Progress, dict[str, Tensor]] | None:
        """Continue from the checkpoint, if there is one: progress and the best weights so far."""
        if (state := self.load_state(data, model)) is None:
            return None
        progress, optimiser_state, best = state
        load_optimiser(optimiser, optimiser_state)
        return progress, best

    def load_state(self, data: int, model: nn.Module) -> tuple[Progress, dict[str, Tensor], dict[str, Tensor]] | None:
        """Load the model of the checkpoint, if there is one; return what else :meth:`save_state` was given."""
        path = self.path / CHECKPOINT
        if not path.exists():
            return None
        groups, meta = read_tensors(path)
        try:
            progress = Progress(**meta["progress"])
            weights, optimiser_state, best = groups["model"], groups["optimiser"], groups["best"]
        except (KeyError, TypeError) as error:
            raise CheckpointError(f"{path} is not a checkpoint: {error}") from error
        if progress.data != data:
            raise CheckpointError(f"the data changed since {path} was written; remove {self.path} to start again")
        load_weights(model, weights, path)
        return progress, optimiser_state, best

    def finish(self, model: VAE, progress: Progress) -> None:
        """Write the finished model and remove the checkpoint; ``model`` holds the best weights."""
        write_tensors(self.path / MODEL, {"model": snapshot(model)}, shape=model.shape)
        summary = {
            "best_epoch": progress.best_epoch,
            "best_validation": progress.best_validation,
            "epochs": progress.epoch,
            "objective": model.config.objective,
            "data_crc32": progress.data,
            "versions": {"autovae": version("autovae"), "torch": str(torch.__version__)},
        }
        write_json(self.path / METRICS, {**summary, "history": progress.history})
        self.clean()

    def clean(self) -> None:
        """Remove what a finished run no longer needs."""
        (self.path / CHECKPOINT).unlink(missing_ok=True)
        remove_leftovers(self.path)

    def metrics(self) -> dict[str, Any]:
        """Contents of metrics.json."""
        path = self.path / METRICS
        try:
            content = json.loads(path.read_bytes())
        except FileNotFoundError as error:
            raise CheckpointError(f"{self.path} is not a trained model: it has no {METRICS}") from error
        except (OSError, ValueError) as error:
            raise CheckpointError(f"{path} cannot be read: {error}") from error
        if not isinstance(content, dict) or "history" not in content:
            raise CheckpointError(f"{path} is not the metrics of a model")
        return content


def load(path: str | Path) -> VAE:
    """Load a trained model.

    Parameters
    ----------
    path : str or pathlib.Path
        A folder that ``python -m vae.train --out`` or :func:`vae.training.fit` left behind.

    Raises
    ------
    CheckpointError
        If the folder is no such model, is damaged, or belongs to another version.
    """
    if not isinstance(path, (str, PathLike)):
        raise CheckpointError(f"{path!r} is not a trained model: expected the path of a folder")
    folder = Path(path).expanduser()
    if not folder.is_dir():
        raise CheckpointError(f"{folder} is not a trained model: there is no such folder")
    config = TrainConfig.load(folder / CONFIG)
    groups, meta = read_tensors(folder / MODEL)
    try:
        c, h, w = (int(n) for n in meta["shape"])
        weights = groups["model"]
    except (KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{folder / MODEL} lacks the weights or the shape of an image") from error
    model = VAE(config, (c, h, w)).to(next(iter(weights.values())).dtype)
    load_weights(model, weights, folder / MODEL)
    return model.eval()
