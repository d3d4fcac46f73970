"""Train a VAE: ``python -m vae.train --pairing Lo/N:10,La/N:6,La/La:4 --out DIR``.

A method by its name: ``python -m vae.train --preset iwae``. Explicit settings win over a preset's.

The folder holds ``config.yaml``, ``model.safetensors``, ``metrics.json`` and two pictures when training is finished;
before that, a checkpoint from which the same command goes on.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jsonargparse import ArgumentParser

from vae.cli import command, parse
from vae.config import TrainConfig
from vae.data import greyscale, load_dataset
from vae.evaluation import constant_image_bound
from vae.presets import preset_settings, presets
from vae.processes import is_leader
from vae.training import fit

RUNS = Path("runs")


def default_folder(config: TrainConfig, preset: str | None = None) -> Path:
    """A folder named after what is trained, such as ``runs/mnist-5k/Lo-N10_La-N6_La-La4``."""
    pairing = config.pairing.replace("/", "-").replace(":", "").replace(",", "_")
    name = f"{preset}_{pairing}" if preset else pairing
    return RUNS / re.sub(r"[^\w.-]+", "_", Path(config.dataset).stem) / name


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m vae.train", description=__doc__, exit_on_error=False)
    parser.add_argument("--preset", type=str | None, default=None, help=f"a method: {', '.join(presets())}")
    parser.add_argument("--config", action="config", help="YAML with any of these settings, such as a config.yaml")
    parser.add_class_arguments(TrainConfig, nested_key=None)
    parser.add_argument("--out", type=Path | None, default=None, help="folder of the run (default: in runs/)")
    return parser


def _parse(argv: Sequence[str] | None) -> dict[str, Any]:
    """Settings of the command line; a preset's are defaults, behind those of a --config file and explicit ones."""
    parser = _parser()
    given = parse(parser, argv).as_dict()
    if given["preset"]:
        # Again, with the preset's settings as defaults, because only the parser knows what was explicit.
        decisive = ("objective", "discrepancy", "flow", "pairing", "gradient")
        explicit = {name: given[name] for name in decisive if _mentions(argv, f"--{name}")}
        parser.set_defaults(preset_settings(given["preset"], **explicit))
        given = parse(parser, argv).as_dict()
    given.pop("config")
    return given


def _mentions(argv: Sequence[str] | None, option: str) -> bool:
    return any(word.partition("=")[0] == option for word in (sys.argv[1:] if argv is None else argv))


@command(resume="the same command goes on from the last epoch")
def main(argv: Sequence[str] | None = None) -> None:
    """Train, or continue, or report that it is done."""
    settings = _parse(argv)
    out, preset = settings.pop("out"), settings.pop("preset")
    config = TrainConfig(**settings)
    out = (out or default_folder(config, preset)).expanduser()
    # Matplotlib takes a while to load: not before the settings are known to be right.
    from vae.plots import save_model_pictures

    data = load_dataset(config.dataset, config.data_root, config.split_seed)
    data = greyscale(data) if config.greyscale else data
    result = fit(config, data, out=out, progress=True)
    if not is_leader():
        return
    save_model_pictures(result.model, data.validation, out)
    constant = constant_image_bound(result.model, data.train, data.validation)
    kind = "objective" if config.objective in ("gvi", "gibbs") else "bound"
    state = "was already finished" if result.resumed >= len(result.history) else "is finished"
    print(
        f"{config.pairing} on {data.name} {state}: validation {kind} {result.best_validation:.2f} nats per image "
        f"({config.objective_label}, {config.likelihood}) in epoch {result.best_epoch} of {len(result.history)}; "
        f"a constant image reaches {constant:.2f}\n"
        f"model and pictures: {out}\n"
        f"next: python -m vae.evaluate {shlex.quote(str(out))}"
    )


if __name__ == "__main__":
    sys.exit(main())
