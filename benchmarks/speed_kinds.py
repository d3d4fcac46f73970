"""Speed of what is not a Kullback-Leibler divergence: other divergences, log-ratios, likelihoods.

``python benchmarks/speed_kinds.py [--threads 2] [--only renyi]`` times them as ``benchmarks/speed.py`` does, every
provider in turn in one process, and writes ``benchmarks/speed_kinds.csv`` with the same columns. Providers: ``cpp`` and
``torch`` are our backends, ``torch.nn`` and ``distributions`` what Torch has, ``floor`` a copy of the bytes that one
pass each way moves. Divergences that are computed by quadrature are far from that floor: their arithmetic is the cost.
"""

import argparse
import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from speed import FIELDS, Call, columns, hardware, member, quantiles, versions
from torch import Tensor
from torch import distributions as td
from torch.nn import functional as F

from divergences.ops import Pairing, divergence, latent, log_ratio, negative_log_likelihood, standard_noise
from divergences.ops.likelihoods import LIKELIHOODS, TERMS
from divergences.ops.table import cell

SHAPE = (100, 20)
PAIRS = (
    ("normal", "normal"),
    ("laplace", "normal"),
    ("logistic", "normal"),
    ("laplace", "laplace"),
    ("gumbel", "gumbel"),
)
KINDS = (("renyi", 0.5), ("renyi", 2.0), ("hellinger", None), ("chi2", None), ("beta", 0.5), ("gamma", 0.5),
         ("reverse_kld", None), ("jeffreys", None))  # fmt: skip
PIXELS = (1000, 784)
LAYER, SAMPLES = "Lo/N:10,La/N:6,La/La:4", 50
Timed = tuple[str, tuple[int, ...], dict[str, Call]]


def with_gradient(function: Callable[..., Tensor], *inputs: Tensor) -> Call:
    """A call of a function and its gradient."""
    upstream = torch.randn_like(function(*inputs))
    return lambda: torch.autograd.grad(function(*inputs), inputs, upstream)


def copy(elements: int) -> Call:
    """Moves that many elements from one place to another."""
    source, target = torch.randn(elements), torch.empty(elements)
    return lambda: target.copy_(source)


def divergences() -> Iterator[Timed]:
    """Other kinds than the KLD, element by element."""
    loc = (0.2 * torch.randn(SHAPE)).requires_grad_()
    log_scale = (0.3 * torch.randn(SHAPE).clamp(-2, 2) - 1.0).requires_grad_()
    for kind, alpha in KINDS:
        for q, p in PAIRS:
            if not cell(kind, q, p).is_finite(alpha):
                continue

            def ours(m: Tensor, s: Tensor, backend: str, kind=kind, q=q, p=p, alpha=alpha) -> Tensor:
                return divergence(kind, q, p, m, s, alpha=alpha, backend=backend)

            calls = {b: with_gradient(lambda m, s, b=b, f=ours: f(m, s, b), loc, log_scale) for b in ("cpp", "torch")}
            order = "" if alpha is None else f" {alpha:g}"
            yield f"{kind}{order}:{q}/{p}", SHAPE, calls | {"floor": copy(4 * loc.numel())}


def ratios() -> Iterator[Timed]:
    """log π(z) − log q(z|x) of K samples, and their sampling."""
    pairing = Pairing.parse(LAYER)
    rows, width = 100, 20
    loc = (0.3 * torch.randn(rows, width)).requires_grad_()
    log_scale = (0.3 * torch.randn(rows, width) - 0.5).requires_grad_()

    def ours(m: Tensor, s: Tensor, backend: str) -> Tensor:
        z, _ = latent(pairing, m, s, standard_noise(pairing, (SAMPLES, rows)), backend=backend)
        return log_ratio(pairing, z, m, s, backend=backend)

    def theirs(m: Tensor, s: Tensor) -> Tensor:
        total = torch.zeros(())
        for part in pairing.segments:
            here = slice(part.start, part.stop)
            posterior = member(part.posterior, m[:, here], s[:, here].exp())
            prior = member(part.prior, torch.zeros(()), torch.ones(()))
            z = posterior.rsample((SAMPLES,))
            total = total + (prior.log_prob(z) - posterior.log_prob(z)).sum(-1)
        return total

    calls = {b: with_gradient(lambda m, s, b=b: ours(m, s, b), loc, log_scale) for b in ("cpp", "torch")}
    calls["distributions"] = with_gradient(theirs, loc, log_scale)
    yield f"log_ratio:{LAYER}", (SAMPLES, rows, width), calls


def likelihoods() -> Iterator[Timed]:
    """Negative log-likelihoods, summed over pixels."""
    x = torch.rand(PIXELS)
    theirs: dict[str, Callable[[Tensor], Tensor]] = {
        "bernoulli": lambda y: F.binary_cross_entropy_with_logits(y, x, reduction="none").sum(-1),
        "continuous_bernoulli": lambda y: -td.ContinuousBernoulli(logits=y, validate_args=False).log_prob(x).sum(-1),
        "mse": lambda y: 0.5 * F.mse_loss(y.sigmoid(), x, reduction="none").sum(-1),
        "mae": lambda y: F.l1_loss(y.sigmoid(), x, reduction="none").sum(-1),
    }
    for name in LIKELIHOODS:
        outputs = torch.randn(PIXELS[0], TERMS[name].outputs * PIXELS[1]).requires_grad_()
        calls = {
            b: with_gradient(lambda y, b=b, name=name: negative_log_likelihood(name, x, y, backend=b), outputs)
            for b in ("cpp", "torch")
        }
        if name in theirs:
            calls["torch.nn"] = with_gradient(theirs[name], outputs)
        # Read: targets and outputs, forward and again backward; written: the gradient; a copy reads and writes.
        yield f"nll:{name}", PIXELS, calls | {"floor": copy((2 * x.numel() + 3 * outputs.numel()) // 2)}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=0.2, help="for each provider")
    parser.add_argument("--only", default="", help="kernels whose name begins so")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".csv"))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    common = {"mode": "full", "dtype": "float32", "hardware": hardware("cpu", options.threads)}
    common["versions"] = versions("cpu")
    with options.out.open("w", newline="") as file:
        rows = csv.DictWriter(file, FIELDS, lineterminator="\n")
        rows.writeheader()
        for timed in (divergences(), ratios(), likelihoods()):
            for kernel, shape, calls in timed:
                if not kernel.startswith(options.only):
                    continue
                found = quantiles(calls, "cpu", options.seconds)
                for provider, times in found.items():
                    size = "x".join(map(str, shape))
                    rows.writerow({"kernel": kernel, "provider": provider, "shape": size, **common, **columns(times)})
                file.flush()
                middle = "  ".join(f"{name} {times[len(times) // 2]:9.1f}" for name, times in found.items())
                print(f"{kernel:32} {middle}", flush=True)


if __name__ == "__main__":
    main()
