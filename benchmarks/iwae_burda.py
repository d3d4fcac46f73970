"""The recipe of Burda, Grosse & Salakhutdinov (2016), shortened: importance weighting against a plain VAE.

``python benchmarks/iwae_burda.py [--stages 5] [--dataset mnist-5k] [--seed 0]`` trains the preset ``iwae-burda``
(784-200-200-50, tanh, K = 50, batches of 20, Adam with their ε and schedule, images binarised anew in every epoch) and
the same with the ELBO of one sample, for the first stages of the schedule, of 1, 3, 9, ... epochs, and keeps the
weights of the best validation bound. Both are scored on the test images, binarised once, by the importance-weighted
bound with 5,000 samples; rows go to ``benchmarks/iwae_burda.csv``. An interrupted run goes on where it was.
"""

import argparse
import csv
from pathlib import Path

import torch

from vae import fit, load_dataset, preset
from vae.evaluation import evaluate

METHODS = {"iwae": {}, "vae": {"objective": "elbo", "samples": 1}}
SAMPLES = 5000
METRICS = ("iw_bound", "elbo", "reconstruction", "kl", "active_units")
COLUMNS = (
    "method", "dataset", "objective", "epochs", "best_epoch", "seed", "images", "samples", *METRICS,
    "effective_samples", "torch",
)  # fmt: skip


def row(method: str, dataset: str, stages: int, seed: int, folder: Path) -> dict[str, object]:
    """Train a method, or take up where it stopped, and score it."""
    epochs = (3**stages - 1) // 2
    config = preset(
        "iwae-burda", dataset=dataset, epochs=epochs, patience=epochs, seed=seed, threads=1, **METHODS[method]
    )
    data = load_dataset(config.dataset)
    result = fit(config, data, out=folder / f"{dataset}_{method}_{epochs}_{seed}", progress=True)
    report = evaluate(result.model, data.test, metrics=METRICS, samples=SAMPLES)
    return {
        "method": method, "dataset": dataset, "objective": config.objective_label, "epochs": epochs,
        "best_epoch": result.best_epoch, "seed": seed, "torch": torch.__version__,
    } | {name: report[name] for name in ("images", "samples", "effective_samples", *METRICS)}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stages", type=int, default=5, help="of the eight of the whole schedule")
    parser.add_argument("--dataset", default="mnist-5k")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--runs", type=Path, default=Path("runs/benchmarks/iwae_burda"), help="folder of the models")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".csv"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows = [row(method, options.dataset, options.stages, options.seed, options.runs) for method in METHODS]
    with options.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    for each in rows:
        print(f"{each['method']:5} K = {each['samples']}: {each['iw_bound']:.2f} nats, ELBO {each['elbo']:.2f}, "
              f"{each['active_units']} active units")  # fmt: skip


if __name__ == "__main__":
    main()
