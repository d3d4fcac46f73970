"""The compiler: from the catalog to `generated/`, in stages.

===============  ==========================================  =====================================================
stage            in                                          out
===============  ==========================================  =====================================================
catalog          kind, posterior, prior                      ``Entry``: closed form or none, condition, derivation
lower            ``Entry``                                   ``Kernel``: value and gradient in loc and log_scale
  stabilise      closed form in mu, sigma                    equal expression without cancellation or overflow
  numerical      pair without a usable closed form           sums over fixed nodes
panels           ``Entry`` without a kernel of its own       condition and density of panels
schedule         value and gradient                          common subexpressions, straight-line code and loops
emit             schedule                                    source for one target (``backends/{torch,cpp,triton}``)
floors           kernel and its source                       smallest value of the cell, in nats
files            all sources                                 what is on disk, changed only where it differs
===============  ==========================================  =====================================================

``python -m codegen.build`` writes what changed, ``--check`` only compares and fails with a diff, ``--from-scratch``
derives everything again instead of reading the derivations that are kept beside the catalog. Two at once in one tree
take turns.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
from pathlib import Path

import sympy as sp

from codegen import files
from codegen.activations import activation_kernels
from codegen.backends.cpp import emit as cpp
from codegen.backends.cpp.likelihoods import likelihood_sources
from codegen.backends.cpp.measures import Measure, linkable, measure_sources
from codegen.backends.cpp.training import training_sources
from codegen.backends.torch import emit
from codegen.backends.torch.likelihoods import likelihoods_module
from codegen.backends.torch.table import table_module
from codegen.backends.triton import emit as triton
from codegen.backends.triton.likelihoods import likelihoods_module as triton_likelihoods
from codegen.backends.triton.measures import measure_sources as triton_measures
from codegen.densities import lower_density
from codegen.fisher import lower_fisher
from codegen.floors import GeneratedCode, floor
from codegen.likelihoods import likelihood_kernels
from codegen.lower import Kernel, lower
from codegen.panels import lower_panels, orders, panel_rules
from codegen.renyi import lower_renyi
from codegen.support_overlap import lower_support_overlap
from codegen.worst_case import lower_worst_case
from divergences import store
from divergences.catalog import KINDS, derive, table
from divergences.entry import Entry
from divergences.families import FAMILIES

ROOT = Path(__file__).resolve().parent.parent
COMPOSED = ("reverse_kld", "jeffreys", "hellinger", "chi2")
"""The discrepancies that the tensor side makes of others."""
ENGINE = ("renyi", "beta", "gamma", "support_overlap", "worst_case")
"""The discrepancies that quadrature or a search computes where no formula serves."""
FORMULAS = {
    "renyi": lower_renyi,
    "fisher": lower_fisher,
    "support_overlap": lower_support_overlap,
    "worst_case": lower_worst_case,
}
"""Of the discrepancies beside the Kullback-Leibler divergence: a cell by formulas."""
IN_CPP = ("renyi", "beta", "gamma", "support_overlap")
"""The discrepancies whose quadrature C++ has, too."""


def header(source: str, comment: str = "#") -> str:
    """First line of a generated file."""
    made = f"Written by codegen.build (SymPy {sp.__version__}) from {source}"
    return f"{comment} {made}; change the generator, not this file."


def entries(kind: str, *, from_scratch: bool) -> list[Entry]:
    """All cells of a discrepancy, rows first."""
    if from_scratch:
        return [derive(kind, q, prior) for q in FAMILIES.values() for prior in FAMILIES.values()]
    return list(table(kind).values())


def build(*, from_scratch: bool = False) -> dict[Path, str]:
    """Text of every generated file, by path relative to the project."""
    out: dict[Path, str] = {}
    torch_folder = Path("generated/torch")
    special = emit.special_module(header("codegen/coefficients.py"))
    code = GeneratedCode(special)
    out[torch_folder / "special.py"] = special
    densities = [lower_density(family) for family in FAMILIES.values()]
    for density in densities:
        text = emit.family_module(density, header(f"the record of the {density.family.name}"))
        out[torch_folder / "families" / f"{density.family.name}.py"] = text
    out[torch_folder / "panels.py"] = emit.panels_module(panel_rules(), header("codegen/panels.py"))
    out[torch_folder / "suprema.py"] = emit.suprema_module(header("its template"))
    out[torch_folder / "measures.py"] = emit.measures_module(header("its template"))
    likelihoods = likelihood_kernels()
    out[torch_folder / "likelihoods.py"] = likelihoods_module(likelihoods, header("codegen/likelihoods.py"))
    cells = {}
    kernels: list[Kernel] = []
    measures: list[Measure] = []
    for kind in KINDS:
        built = entries(kind, from_scratch=from_scratch)
        out[Path("divergences/derivations") / f"{kind}.json"] = store.dump(kind, built)
        for entry in built:
            name = f"{entry.posterior.name}_{entry.prior.name}"
            source, found = _compile(entry, code, kernels, measures)
            if source is not None:
                out[torch_folder / kind / f"{name}.py"] = source
            cells[kind, entry.posterior.name, entry.prior.name] = {
                "status": entry.status,
                "finite": str(entry.finite),
                "reason": entry.reason,
                **found,
            }
    cpp_files = cpp.sources(kernels, densities, lambda source: header(source, "//"))
    cpp_files |= likelihood_sources(likelihoods, header("codegen/likelihoods.py", "//"))
    cpp_files |= training_sources(activation_kernels(), header("codegen/activations.py", "//"))
    cpp_files |= measure_sources(linkable(measures, kernels), densities, header("the catalog", "//"))
    for path, text in cpp_files.items():
        out[Path("generated/cpp") / path] = text
    triton_files = triton.sources(kernels, header)
    triton_files |= triton_measures(measures, densities, header)
    triton_files["likelihoods.py"] = triton_likelihoods(likelihoods, header("codegen/likelihoods.py"))
    for path, text in triton_files.items():
        out[Path("generated/triton") / path] = text
    out[Path("generated/table.py")] = table_module(FAMILIES.values(), cells, header("the catalog"))
    for folder in (
        Path("generated"),
        torch_folder,
        torch_folder / "families",
        *(torch_folder / kind for kind in KINDS if kind not in COMPOSED),
    ):
        out[folder / "__init__.py"] = header("codegen/build.py") + "\n"
    return out


def _compile(
    entry: Entry, code: GeneratedCode, kernels: list[Kernel], measures: list[Measure]
) -> tuple[str | None, dict[str, object]]:
    """Source of a cell's module, None if it is infinite everywhere, and what the table says about its values.

    What other backends print too is appended to ``kernels`` and ``measures``.
    """
    heading = header(f"the catalog's {entry.kind} {entry.pair}")
    if entry.status == "infinite":
        return None, {"floor": math.inf}
    if entry.kind in COMPOSED:
        measures.append(entry)
        return None, {"floor": 0.0}
    found: dict[str, object] = {"floor": 0.0}
    if entry.has_order:
        found["orders"] = orders(entry)
    if entry.kind in FORMULAS:
        try:
            closed = FORMULAS[entry.kind](entry)
            text = emit.closed_module(closed, heading)
        except NotImplementedError:  # families of one's own may have no formula, or one that no target can write
            if entry.kind not in ENGINE:
                return None, found | {"kernel": False}
        else:
            measures.append(closed)
            return text, found
    if entry.kind in ENGINE:
        panels = lower_panels(entry)
        if entry.kind in IN_CPP:
            measures.append(panels)
        return emit.cell_module(panels, heading), found
    try:
        kernel = lower(entry)
        text = emit.kernel_module(kernel, heading)
    except NotImplementedError:  # families of one's own may have no closed form, or one that no target can write
        return emit.cell_module(lower_panels(entry), heading), found
    kernels.append(kernel)
    return text, {"floor": floor(kernel, code.value(text))}


def main(arguments: list[str] | None = None) -> int:
    """Entry point of ``python -m codegen.build``."""
    parser = argparse.ArgumentParser(prog="python -m codegen.build", description="Regenerate the kernels.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail with a diff if anything differs")
    parser.add_argument("--from-scratch", action="store_true", help="derive everything again")
    parser.add_argument("--compile", action="store_true", help="then compile the C++ kernels for this machine")
    options = parser.parse_args(arguments)
    with files.locked(ROOT, shared=options.check):
        status = _update(from_scratch=options.from_scratch, check=options.check)
    if status == 0 and options.compile and not options.check:
        # The tensor side compiles what it loads; this side only writes it and does not import that one.
        return subprocess.run([sys.executable, "-m", "divergences.ops.native"], cwd=ROOT, check=False).returncode
    return status


def _update(*, from_scratch: bool, check: bool) -> int:
    """Write what changed, or only compare; returns the exit code."""
    built = build(from_scratch=from_scratch)
    owned = [Path("generated"), Path("divergences/derivations")]
    if check:
        differences = files.compare(ROOT, built, owned)
        for difference in differences:
            print(difference)
        print(f"{len(built)} files: {len(differences)} differ" if differences else f"{len(built)} files are up to date")
        return 1 if differences else 0
    try:
        changed = files.write(ROOT, built, owned)
    except OSError as error:
        print(f"error: cannot write {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    for path in changed:
        print(path)
    print(f"{len(built)} files, {len(changed)} written or removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
