"""Every preset on the same data and budget: the table of methods in README.md.

``python benchmarks/methods.py [--presets standard,iaf] [--epochs 20] [--dataset mnist-5k] [--seed 0]`` trains each
preset with one thread (5 samples where the objective weighs them), scores the weights of its best validation bound on
the test images with K = 100, compares as many samples (decoder means) with these by features of EfficientNet-Lite0,
writes ``benchmarks/methods.csv`` and prints the table. Rows of presets that are left out stay as they are. A run that
was interrupted goes on where it was, one that is finished is only scored again; delete ``--runs`` to train anew.
"""

import argparse
import csv
from pathlib import Path

import torch

from vae import fit, load_dataset, preset
from vae.evaluation import evaluate
from vae.objectives import OBJECTIVES
from vae.presets import presets

WHAT = {
    "standard": "`N/N`, KLD",
    "mismatched": "`Lo/N`",
    "autovae": "`Lo/N:10,La/N:6,La/La:4`",
    "sparse": "`La/La`",
    "sparse-cauchy": "`C/C`",
    "beta-vae": "4 × KLD, warm-up of 10 epochs",
    "iaf": "two steps of flow on `N/N`, `stl`",
    "iwae": "importance-weighted bound, `dreg`",
    "vr": "VR bound, α = 1/2, `dreg`",
    "vr-max": "the largest weight",
    "gvi": "Rényi's divergence, α = 1/2, analytic",
    "gibbs": "16 × the squared error",
    "cb-vae": "continuous Bernoulli",
}
"""What each preset is, in the table's order."""
TRAINING_SAMPLES, SAMPLES = 5, 100
FIGURES = ("elbo", "iw_bound", "reconstruction", "kl", "active_units", "fid_efflite0", "kid_efflite0")
COLUMNS = (
    "preset", "dataset", "pairing", "likelihood", "objective", "epochs", "best_epoch", "seed", "images", "samples",
    *FIGURES, "kid_efflite0_std", "fidelity_images", "torch",
)  # fmt: skip
OTHER_SCALE = " †"
"""Marks the nats of another likelihood or loss."""


def measure(name: str, dataset: str, epochs: int, seed: int, runs: Path) -> dict[str, object]:
    """Train a preset, or find it trained, and score it."""
    weighted = not OBJECTIVES[presets()[name].get("objective", "elbo")].analytic
    samples = {"samples": TRAINING_SAMPLES} if weighted else {}
    config = preset(name, dataset=dataset, epochs=epochs, patience=epochs, seed=seed, threads=1, **samples)
    data = load_dataset(config.dataset)
    result = fit(config, data, out=runs / f"{name}_{dataset}_{epochs}_{seed}", progress=True)
    report = evaluate(result.model, data.test, metrics=FIGURES, samples=SAMPLES)
    row = {"preset": name, "dataset": dataset, "objective": config.objective_label, "best_epoch": result.best_epoch}
    row |= {key: getattr(config, key) for key in ("pairing", "likelihood", "epochs", "seed")}
    return row | {"torch": torch.__version__} | {key: report[key] for key in COLUMNS if key in report}


def read(path: Path) -> dict[str, dict[str, str]]:
    """Rows by preset, as far as the file is there."""
    if not path.exists():
        return {}
    with path.open(newline="") as file:
        return {row["preset"]: row for row in csv.DictReader(file)}


def write(path: Path, rows: dict[str, dict]) -> None:
    partial = path.with_suffix(".part")
    with partial.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows[name] for name in WHAT if name in rows)
    partial.replace(path)


def table(rows: dict[str, dict]) -> str:
    """The rows as README.md has them."""
    head = ("preset", "what it is", "ELBO", "importance-weighted bound", "reconstruction", "KL", "active units",
            "fid_efflite0", "1000 × kid_efflite0")  # fmt: skip
    lines = [head, ("---",) * len(head)]
    for name in (name for name in WHAT if name in rows):
        row = rows[name]
        mark = "" if row["likelihood"] == "bernoulli" else OTHER_SCALE
        nats = [f"{float(row[key]):.2f}".replace("-", "−") + mark for key in ("elbo", "iw_bound", "reconstruction")]
        kid = f"{1000 * float(row['kid_efflite0']):.1f} ± {1000 * float(row['kid_efflite0_std']):.1f}"
        fid = f"{float(row['fid_efflite0']):.1f}"
        lines.append((f"`{name}`", WHAT[name], *nats, f"{float(row['kl']):.2f}", row["active_units"], fid, kid))
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--presets", default=",".join(WHAT), help="comma-separated; default all but iwae-burda")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--dataset", default="mnist-5k")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--runs", type=Path, default=Path("runs/benchmarks/methods"), help="folder of the models")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".csv"))
    options = parser.parse_args()
    names = options.presets.split(",")
    if unknown := [name for name in names if name not in WHAT]:
        parser.error(f"unknown preset {unknown[0]!r}; known are {', '.join(WHAT)}")
    torch.set_num_threads(1)
    rows: dict[str, dict] = dict(read(options.out))
    for name in names:
        rows[name] = measure(name, options.dataset, options.epochs, options.seed, options.runs)
        write(options.out, rows)
    print(table(rows))


if __name__ == "__main__":
    main()
