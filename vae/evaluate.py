"""Evaluate a trained model: ``python -m vae.evaluate DIR --metrics elbo,iw_bound``.

The figures are added to the folder's ``metrics.json`` under the split they belong to, and the pictures are drawn.
Only ``--split test`` looks at the test images.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from jsonargparse import ArgumentParser

from vae.checkpoint import METRICS as METRICS_FILE
from vae.checkpoint import RunFolder, load
from vae.cli import command, parse
from vae.data import greyscale, load_dataset
from vae.errors import ConfigError
from vae.evaluation import FIDELITY, METRICS, ON_REQUEST, evaluate
from vae.files import write_json

PICTURES = ("reweighted", "weights", "traversals", "manifold")
"""Of :mod:`vae.plots`: drawn on request."""


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m vae.evaluate", description=__doc__, exit_on_error=False)
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder of a trained model")
    parser.add_argument(
        "--metrics",
        type=str | None,
        default=None,
        help=f"comma-separated; default {','.join(METRICS)}; on request {','.join(ON_REQUEST + FIDELITY)}",
    )
    parser.add_argument(
        "--pictures",
        type=str,
        default="",
        help=f"beside those drawn anyway, comma-separated, or all: {', '.join(PICTURES)}",
    )
    parser.add_argument("--split", type=Literal["validation", "test"], default="validation", help="which images")
    parser.add_argument("--samples", type=int, default=50, help="posterior samples per image, K")
    parser.add_argument("--seed", type=int, default=0, help="of the samples")
    parser.add_argument("--inception", type=str | None, default=None, help="weights for fid, kid and isc")
    parser.add_argument("--data_root", type=str | None, default=None, help="folder with the files of named data sets")
    return parser


@command()
def main(argv: Sequence[str] | None = None) -> None:
    """Evaluate, write the figures and print them."""
    options = parse(_parser(), argv)
    model = load(options.folder)
    content = RunFolder(options.folder).metrics()
    data = load_dataset(model.config.dataset, options.data_root or model.config.data_root, model.config.split_seed)
    data = greyscale(data) if model.config.greyscale else data
    names = None if options.metrics is None else _words(options.metrics)
    pictures = list(PICTURES) if options.pictures == "all" else _words(options.pictures)
    if unknown := [name for name in pictures if name not in PICTURES]:
        raise ConfigError(f"unknown picture {unknown[0]!r}; known are {', '.join(PICTURES)}, or all")
    x = data.test if options.split == "test" else data.validation
    report = evaluate(model, x, metrics=names, samples=options.samples, seed=options.seed, inception=options.inception)
    content.setdefault("evaluation", {})[options.split] = report
    write_json(options.folder / METRICS_FILE, content)
    # Matplotlib takes a while to load: not before the request is known to be right.
    from vae.plots import DRAWN, kl_bars, save_figure, save_model_pictures

    save_model_pictures(model, data.validation, options.folder, (*DRAWN, *pictures))
    if "kl_per_latent" in report:
        save_figure(kl_bars(report), options.folder / "kl_per_latent.png")
    print(_table(report, options.split))


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _table(report: dict[str, Any], split: str) -> str:
    lines = [f"{report['images']} {split} images, K = {report['samples']} samples each, nats per image"]
    width = max(len(name) for name in report)
    for name, value in report.items():
        if isinstance(value, float):
            lines.append(f"{name:{width}}  {value:10.3f}")
        elif name == "active_units":
            lines.append(f"{name:{width}}  {value:6d}")
        elif value is None:
            lines.append(f"{name:{width}}  {'infinite':>10}")
        elif name in ("iw_bound_of", "objective_label"):
            lines.append(f"{name:{width}}  {value}")
    return "\n".join([*lines, *(f"note: {note}" for note in report["notes"])])


if __name__ == "__main__":
    sys.exit(main())
