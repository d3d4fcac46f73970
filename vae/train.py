"""Train a VAE: ``python -m vae.train --pairing Lo/N:10,La/N:6,La/La:4 --out DIR``.

The folder holds ``config.yaml``, ``model.safetensors``, ``metrics.json`` and two pictures when training is finished;
before that, a checkpoint from which the same command goes on.
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from jsonargparse import ArgumentParser

from vae.cli import command, parse
from vae.config import TrainConfig
from vae.data import greyscale, load_dataset
from vae.evaluation import constant_image_bound
from vae.training import fit

RUNS = Path("runs")


def default_folder(config: TrainConfig) -> Path:
    """A folder named after what is trained, such as ``runs/mnist-5k/Lo-N10_La-N6_La-La4``."""
    pairing = config.pairing.replace("/", "-").replace(":", "").replace(",", "_")
    return RUNS / re.sub(r"[^\w.-]+", "_", Path(config.dataset).stem) / pairing


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m vae.train", description=__doc__, exit_on_error=False)
    parser.add_argument("--config", action="config", help="YAML with any of these settings, such as a config.yaml")
    parser.add_class_arguments(TrainConfig, nested_key=None)
    parser.add_argument("--out", type=Path | None, default=None, help="folder of the run (default: in runs/)")
    return parser


@command(resume="the same command goes on from the last epoch")
def main(argv: Sequence[str] | None = None) -> None:
    """Train, or continue, or report that it is done."""
    settings = parse(_parser(), argv).as_dict()
    out, _ = settings.pop("out"), settings.pop("config")
    config = TrainConfig(**settings)
    out = (out or default_folder(config)).expanduser()
    # Matplotlib takes a while to load: not before the settings are known to be right.
    from vae.plots import save_model_pictures

    data = load_dataset(config.dataset, config.data_root, config.split_seed)
    data = greyscale(data) if config.greyscale else data
    result = fit(config, data, out=out, progress=True)
    save_model_pictures(result.model, data.validation, out)
    constant = constant_image_bound(result.model, data.train, data.validation)
    state = "was already finished" if result.resumed >= len(result.history) else "is finished"
    print(
        f"{config.pairing} on {data.name} {state}: validation bound {result.best_validation:.2f} nats per image "
        f"({config.objective}, {config.likelihood}) in epoch {result.best_epoch} of {len(result.history)}; "
        f"a constant image reaches {constant:.2f}\n"
        f"model and pictures: {out}\n"
        f"next: python -m vae.evaluate {shlex.quote(str(out))}"
    )


if __name__ == "__main__":
    sys.exit(main())
