"""Speed of the divergences, every provider in turn in one process.

``python benchmarks/speed.py [--pairs La/N N/La] [--threads 2] [--no-compile]`` times element-wise divergences and
latent layers and writes ``benchmarks/speed.csv``; ``python benchmarks/speed_plot.py`` draws it and prints the table.
``--prepare`` compiles beforehand what ``torch.compile`` is to be timed with, into its cache on disk, and times nothing:
that takes most of an hour, the timings then some ten minutes. ``--resume`` leaves out what the file has already.

``--device cuda`` measures on a GPU and writes ``benchmarks/speed_cuda.csv``.

Providers: ``cpp``, ``triton`` and ``torch`` are our backends, ``compiled`` is ``torch.compile`` of the last,
``distributions`` is ``torch.distributions`` where it has the pair (slice by slice for a layer), ``floor`` a copy that
moves the bytes which one pass forward and one backward have to: five tensors read, three written, and ``arithmetic``
what the operations of an elementary pair take at least without any memory (``benchmarks/arithmetic.py``). Layers begin
with one matrix of locations and log scales and draw their samples; ours take the matrix, its two halves in the mode
``halves``, and noise that is there in the mode ``given``; in the mode ``in turn`` the layers themselves are what is
timed in turn. Times are of one call, in microseconds, at the 20 %, 50 % and 80 % quantile.
"""

import argparse
import csv
import platform
import time
from collections.abc import Callable
from functools import partial
from importlib import metadata
from pathlib import Path

import torch
from torch import Tensor
from torch import distributions as td

# Torch's own divergences, before ours stand beside them.
NATIVE = set(td.kl._KL_REGISTRY)

from arithmetic import Arithmetic, elementary  # noqa: E402

from divergences.ops import Pairing, divergence, latent, latent_packed, standard_noise  # noqa: E402
from divergences.ops.native.compiler import find_compiler  # noqa: E402
from divergences.ops.table import Cell, cell, families  # noqa: E402

SHAPES = {"cpu": ((1000, 20), (65536, 20)), "cuda": ((1000, 20), (65536, 20), (2**20, 16))}
FUSED = {"cpu": "cpp", "cuda": "triton"}
MODES = ("forward", "backward", "full")
FIELDS = ("kernel", "provider", "mode", "shape", "dtype", "q20_us", "q50_us", "q80_us", "hardware", "versions")
LAYERS = ("Lo/N:10,La/N:6,La/La:4", "Lo/N:20", "La/N:20", "La/La:20")
"""An irregular layer and its three pairs alone."""

CONSTRUCTORS: dict[str, Callable[[Tensor, Tensor], td.Distribution]] = {
    "normal": td.Normal,
    "laplace": td.Laplace,
    "cauchy": td.Cauchy,
    "gumbel": td.Gumbel,
    "uniform": lambda loc, scale: td.Uniform(loc - scale, loc + scale),
    "exponential": lambda loc, scale: td.Exponential(1 / scale),
}
Call = Callable[[], object]


def hardware(device: str, threads: int) -> str:
    """Processor, vector instructions and threads, or the GPU."""
    if device == "cuda":
        return torch.cuda.get_device_name()
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{model}, {torch.backends.cpu.get_cpu_capability()}, {threads} threads"


def versions(device: str) -> str:
    """Torch and the compiler of the fused kernels."""
    if device == "cuda":
        return f"torch {torch.__version__}; triton {metadata.version('triton')}"
    return f"torch {torch.__version__}; {find_compiler().version.splitlines()[0]}"


def quantiles(calls: dict[str, Call], device: str, seconds: float) -> dict[str, list[float]]:
    """Times of each call in microseconds, taken in turn, sorted; a GPU's from launch to end."""
    finish = torch.cuda.synchronize if device == "cuda" else lambda: None
    for call in calls.values():
        start = time.perf_counter()
        for _ in range(3):
            call()
            if time.perf_counter() - start > 1:
                break
    finish()
    times: dict[str, list[float]] = {name: [] for name in calls}
    end = time.perf_counter() + seconds * len(calls)
    while time.perf_counter() < end or len(next(iter(times.values()))) < 5:
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            finish()
            times[name].append(1e6 * (time.perf_counter() - start))
    return {name: sorted(found) for name, found in times.items()}


def columns(times: list[float]) -> dict[str, str]:
    """Quantiles of sorted times as the file has them."""
    return {f"q{q}_us": f"{times[int(len(times) * q / 100)]:.1f}" for q in (20, 50, 80)}


def operands(c: Cell | None, shape: tuple[int, int], device: str) -> tuple[Tensor, Tensor, Tensor]:
    """Inside of every condition, so that nobody computes infinities."""
    loc = 0.2 * torch.randn(shape, device=device)
    if c is not None and "exponential" in (c.posterior, c.prior):
        loc = loc.abs() + 0.5 if c.posterior != "exponential" else torch.zeros_like(loc)
    log_scale = 0.3 * torch.randn(shape, device=device).clamp(-2, 2) - 1.0
    return loc.requires_grad_(), log_scale.requires_grad_(), torch.randn(shape, device=device)


def distributions(c: Cell) -> Callable[[Tensor, Tensor], Tensor] | None:
    """The pair by ``torch.distributions``, if it has it."""
    q, p = CONSTRUCTORS.get(c.posterior), CONSTRUCTORS.get(c.prior)
    zero, one = torch.zeros(()), torch.ones(())
    if q is None or p is None or (type(q(zero, one)), type(p(zero, one))) not in NATIVE:
        return None
    prior = p(zero, one)
    return lambda loc, log_scale: td.kl_divergence(q(loc, log_scale.exp()), prior)


def elementwise(
    c: Cell, shape: tuple[int, int], device: str, compiling: bool, seconds: float
) -> dict[tuple[str, str], list[float]]:
    """Times by provider and mode."""

    def ours(backend: str) -> Callable[[Tensor, Tensor], Tensor]:
        return lambda loc, log_scale: divergence("kld", c.posterior, c.prior, loc, log_scale, backend=backend)

    providers = {backend: ours(backend) for backend in (FUSED[device], "torch")}
    if compiling:
        providers["compiled"] = torch.compile(ours("torch"), dynamic=False)
    theirs = distributions(c)
    if theirs is not None:
        providers["distributions"] = theirs
    loc, log_scale, upstream = operands(c, shape, device)
    fixed = loc.detach(), log_scale.detach()
    source = torch.randn(4, *shape, device=device)
    target = torch.empty_like(source)

    def gradient(value: Tensor, retain_graph: bool = False) -> object:
        # an exponential of torch.distributions has no location
        return torch.autograd.grad(value, (loc, log_scale), upstream, retain_graph, allow_unused=True)

    found = {}
    for mode in MODES:
        calls: dict[str, Call] = {}
        for name, function in providers.items():
            if mode == "forward":
                calls[name] = lambda f=function: f(*fixed)
            elif mode == "full":
                calls[name] = lambda f=function: torch.autograd.grad(
                    f(loc, log_scale), (loc, log_scale), upstream, allow_unused=True
                )
            else:
                value = function(loc, log_scale)
                calls[name] = lambda v=value: torch.autograd.grad(
                    v, (loc, log_scale), upstream, retain_graph=True, allow_unused=True
                )
        if mode == "full":
            calls["floor"] = lambda: target.copy_(source)
        for name, times in quantiles(calls, device, seconds).items():
            found[name, mode] = times
    return found


def by_slices(pairing: Pairing, loc: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor]:
    """A latent layer as one writes it with ``torch.distributions``, pairs that Torch lacks by their log-densities."""
    samples, nats = [], []
    for s in pairing.segments:
        m, scale = loc[:, s.start : s.stop], log_scale[:, s.start : s.stop].exp()
        posterior, prior = member(s.posterior, m, scale), member(s.prior, torch.zeros(()), torch.ones(()))
        z = posterior.rsample()
        samples.append(z)
        if (type(posterior), type(prior)) in NATIVE:
            nats.append(td.kl_divergence(posterior, prior).sum(-1))
        else:
            nats.append((posterior.log_prob(z) - prior.log_prob(z)).sum(-1))
    return torch.cat(samples, -1), sum(nats[1:], nats[0])


def member(family: str, loc: Tensor, scale: Tensor) -> td.Distribution:
    if family == "logistic":  # Torch has none: as its documentation builds one
        base = td.Uniform(torch.zeros_like(loc), torch.ones_like(loc))
        return td.TransformedDistribution(base, [td.SigmoidTransform().inv, td.AffineTransform(loc, scale)])
    return CONSTRUCTORS[family](loc, scale)


def layer(text: str, shape: tuple[int, int], device: str, seconds: float) -> dict[tuple[str, str], list[float]]:
    """Times of a latent layer: sample and divergence, and the gradient of both."""
    pairing = Pairing.parse(text)
    matrix = (0.3 * torch.randn(shape[0], 2 * shape[1], device=device) - 0.5).requires_grad_()
    noise = standard_noise(pairing, (shape[0],), device=device)
    weights = torch.randn(shape, device=device), torch.randn(shape[0], device=device)

    def step(function: Callable[[Tensor], tuple[Tensor, Tensor]]) -> object:
        return torch.autograd.grad(function(matrix), matrix, weights)

    def given(x: Tensor) -> tuple[Tensor, Tensor]:
        return latent_packed(pairing, x, noise, backend=ours)

    def halves(x: Tensor, backend: str) -> tuple[Tensor, Tensor]:
        return latent(pairing, *x.chunk(2, -1), backend=backend)

    ours = FUSED[device]
    # one after another, so that none of ours finds its code in the caches
    calls: dict[str, Call] = {
        ours: lambda: step(lambda x: latent_packed(pairing, x, backend=ours)),
        "torch": lambda: step(lambda x: halves(x, "torch")),
        "halves": lambda: step(lambda x: halves(x, ours)),
        "distributions": lambda: step(lambda x: by_slices(pairing, *x.chunk(2, -1))),
    }
    found = {(name, "full"): times for name, times in quantiles(calls, device, seconds).items()}
    found[ours, "halves"] = found.pop(("halves", "full"))
    again = quantiles({"given": lambda: step(given), "distributions": calls["distributions"]}, device, seconds)
    return found | {(ours, "given"): again["given"]}


def layers_in_turn(shape: tuple[int, int], device: str, seconds: float) -> dict[str, list[float]]:
    """Times of our layers, which all find the processor's caches alike."""

    def step(pairing: Pairing, matrix: Tensor, weights: tuple[Tensor, Tensor]) -> object:
        return torch.autograd.grad(latent_packed(pairing, matrix, backend=FUSED[device]), matrix, weights)

    calls: dict[str, Call] = {}
    for text in LAYERS:
        matrix = (0.3 * torch.randn(shape[0], 2 * shape[1], device=device) - 0.5).requires_grad_()
        weights = torch.randn(shape, device=device), torch.randn(shape[0], device=device)
        calls[text] = partial(step, Pairing.parse(text), matrix, weights)
    return quantiles(calls, device, seconds)


def prepare(c: Cell, shape: tuple[int, int], device: str) -> None:
    """Let ``torch.compile`` fill its cache with what :func:`elementwise` times."""
    loc, log_scale, upstream = operands(c, shape, device)
    compiled = torch.compile(
        lambda loc, log_scale: divergence("kld", c.posterior, c.prior, loc, log_scale, backend="torch"), dynamic=False
    )
    compiled(loc.detach(), log_scale.detach())
    torch.autograd.grad(compiled(loc, log_scale), (loc, log_scale), upstream, allow_unused=True)


def measured(path: Path, common: dict[str, str]) -> list[dict[str, str]]:
    """Rows of a file that were measured under the same conditions."""
    if not path.is_file():
        return []
    with path.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["mode"] != "in turn"]  # of all layers, or none
    return [row for row in rows if all(row[k] == value for k, value in common.items())]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", nargs="*", help="pairs such as La/N; by default all with a closed form, and layers")
    parser.add_argument("--layers", action="store_true", help="latent layers alone")
    parser.add_argument("--device", choices=tuple(FUSED), default="cpu")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--seconds", type=float, default=0.2, help="for each provider, mode and shape")
    parser.add_argument("--no-compile", action="store_true", help="leave torch.compile out, which takes minutes")
    parser.add_argument("--prepare", action="store_true", help="only compile ahead, into the cache of torch.compile")
    parser.add_argument("--resume", action="store_true", help="keep the file's rows and measure what it lacks")
    parser.add_argument("--out", type=Path, help="by default speed.csv or speed_cuda.csv beside this script")
    options = parser.parse_args()
    if options.device == "cuda" and not torch.cuda.is_available():
        parser.error("this Torch sees no GPU; --device cpu measures on the processor")
    out = options.out or Path(__file__).with_name("speed.csv" if options.device == "cpu" else "speed_cuda.csv")
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    known = [cell("kld", q, p) for q in families() for p in families()]
    cells = [c for c in known if (c.pair in options.pairs if options.pairs else c.status == "closed")]
    common = {"dtype": "float32", "hardware": hardware(options.device, options.threads)}
    common["versions"] = versions(options.device)
    if options.prepare:
        for c in cells:
            torch._dynamo.reset()
            for shape in SHAPES[options.device]:
                start = time.perf_counter()
                prepare(c, shape, options.device)
                print(f"{c.pair:24} {shape[0]}x{shape[1]}: {time.perf_counter() - start:.0f} s", flush=True)
        return
    arithmetic = Arithmetic(options.threads) if options.device == "cpu" and not options.layers else None
    kept = measured(out, common) if options.resume else []
    done = {(row["kernel"], row["shape"]) for row in kept}
    with out.open("w", newline="") as file:
        rows = csv.DictWriter(file, FIELDS, lineterminator="\n")
        rows.writeheader()
        rows.writerows(kept)

        def write(kernel: str, shape: tuple[int, int], found: dict[tuple[str, str], list[float]]) -> None:
            size = f"{shape[0]}x{shape[1]}"
            for (provider, mode), times in found.items():
                row = {"kernel": kernel, "provider": provider, "mode": mode, "shape": size, **common}
                rows.writerow(row | columns(times))
            file.flush()
            full = {p: times[len(times) // 5] for (p, mode), times in found.items() if mode in {"full", "in turn"}}
            print(f"{kernel:24} {size:9} " + "  ".join(f"{name} {t:8.1f}" for name, t in full.items()), flush=True)

        for c in () if options.layers else cells:
            torch._dynamo.reset()
            for shape in SHAPES[options.device]:
                if (c.pair, f"{shape[0]}x{shape[1]}") not in done:
                    found = elementwise(c, shape, options.device, not options.no_compile, options.seconds)
                    if arithmetic is not None and elementary(c.pair):
                        found["arithmetic", "full"] = [arithmetic.time(c, shape[0] * shape[1])]
                    write(c.pair, shape, found)
        for text in LAYERS if not options.pairs else ():
            for shape in SHAPES[options.device][:2]:
                if (text, f"{shape[0]}x{shape[1]}") not in done:
                    write(text, shape, layer(text, shape, options.device, options.seconds))
        for shape in SHAPES[options.device][:2] if not options.pairs else ():
            for text, times in layers_in_turn(shape, options.device, 5 * options.seconds).items():
                write(text, shape, {(FUSED[options.device], "in turn"): times})


if __name__ == "__main__":
    main()
