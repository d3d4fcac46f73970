"""The table and the picture of ``benchmarks/speed.csv``.

``python benchmarks/speed_plot.py`` prints a Markdown table of medians over the pairs and draws
``benchmarks/speed.svg``: how many times longer than the C++ kernels each provider takes, forward and backward. Pairs
are elementary whose formula has no functions but those in ``arithmetic.ELEMENTARY``.
"""

import argparse
import csv
from pathlib import Path
from statistics import median

from arithmetic import elementary
from matplotlib import pyplot as plt

PROVIDERS = {"torch": "eager", "compiled": "torch.compile", "distributions": "torch.distributions"}


def total(pairing: str) -> int:
    """Number of latents."""
    return sum(int(part.split(":")[1]) for part in pairing.split(","))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quantile", choices=("q20_us", "q50_us", "q80_us"), default="q50_us")
    parser.add_argument("--csv", type=Path, default=Path(__file__).with_name("speed.csv"))
    options = parser.parse_args()
    with options.csv.open(newline="") as file:
        every = list(csv.DictReader(file))
    rows = [row for row in every if row["mode"] == "full"]
    times = {(r["kernel"], r["shape"], r["provider"]): float(r[options.quantile]) for r in rows}
    in_turn = {(r["kernel"], r["shape"]): float(r[options.quantile]) for r in every if r["mode"] == "in turn"}
    shapes = list(dict.fromkeys(r["shape"] for r in rows))
    pairs = list(dict.fromkeys(r["kernel"] for r in rows if ":" not in r["kernel"]))
    layers = list(dict.fromkeys(r["kernel"] for r in rows if ":" in r["kernel"]))

    def ratios(shape: str, provider: str, kernels: list[str]) -> dict[str, float]:
        found = {k: (times.get((k, shape, provider)), times.get((k, shape, "cpp"))) for k in kernels}
        return {k: other / ours for k, (other, ours) in found.items() if other and ours}

    print(f"{rows[0]['hardware']}; {rows[0]['versions']}\n")
    print("| forward + backward, float32 | " + " | ".join(shapes) + " |")
    print("|---|" + "---|" * len(shapes))
    for provider, title in (*PROVIDERS.items(), ("floor", "a copy of the same bytes")):
        cells = []
        for shape in shapes:
            found = ratios(shape, provider, pairs)
            cells.append(f"{median(found.values()):.2g} ({min(found.values()):.2g})" if found else "–")
        print(f"| {title}: times as long, median over pairs (least) | " + " | ".join(cells) + " |")
    simple = [k for k in pairs if elementary(k)]
    copies, floors = [], []
    for shape in shapes:
        copied, computed = (ratios(shape, provider, simple) for provider in ("floor", "arithmetic"))
        longest = {k: max(copied[k], computed[k]) for k in copied.keys() & computed.keys()}
        for cells, found in ((copies, copied), (floors, longest)):
            longer = [1 / x for x in found.values()]
            cells.append(f"{median(longer):.2g} ({max(longer):.2g})" if longer else "–")
    print(f"| {len(simple)} elementary pairs: times a copy, median (most) | " + " | ".join(copies) + " |")
    print("| the same: times the longer of a copy and the arithmetic | " + " | ".join(floors) + " |")
    for kernel in layers:
        cells = [f"{ratios(s, 'distributions', [kernel]).get(kernel, float('nan')):.2g}" for s in shapes]
        print(f"| layer {kernel}, torch.distributions: times as long | " + " | ".join(cells) + " |")
    for kernel in (k for k in layers if "," in k):
        cells = []
        for shape in shapes:
            parts = [part.split(":") for part in kernel.split(",")]
            alone = sum(int(n) * in_turn.get((f"{pair}:{total(kernel)}", shape), float("nan")) for pair, n in parts)
            cells.append(f"{total(kernel) * in_turn.get((kernel, shape), float('nan')) / alone:.2f}")
        print(f"| layer {kernel}: times as long as its pairs alone | " + " | ".join(cells) + " |")

    figure, axes = plt.subplots(len(shapes), 1, figsize=(10, 3 * len(shapes)), layout="constrained", squeeze=False)
    for axis, shape in zip(axes[:, 0], shapes, strict=True):
        timed = [(p, title) for p, title in PROVIDERS.items() if ratios(shape, p, pairs)]
        for offset, (provider, title) in enumerate(timed):
            found = ratios(shape, provider, pairs)
            places = [pairs.index(k) + 0.25 * (offset - 1) for k in found]
            axis.bar(places, found.values(), width=0.25, label=title)
        axis.axhline(1.0, color="black", linewidth=0.8)
        axis.set(yscale="log", ylabel="time / C++ kernel", title=f"{shape}, forward + backward, float32")
        axis.set_xticks(range(len(pairs)), pairs, rotation=60)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=3, frameon=False)
    figure.savefig(options.csv.with_suffix(".svg"), metadata={"Date": None})


if __name__ == "__main__":
    main()
