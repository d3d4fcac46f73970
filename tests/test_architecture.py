"""No import runs back, neither side loads the other's library, and ARCHITECTURE.md describes what is there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("divergences", "codegen", "generated", "vae", "search")


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command as main; main(['--no-logo', '--no-cache'])"
    return subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)


def loaded_by(*imports: str) -> set[str]:
    """Names of the modules that a fresh interpreter holds after these imports."""
    code = f"import sys, {', '.join(imports)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def modules(package: str) -> list[str]:
    """Paths, from the root, of a package's modules that say something."""
    return [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / package).rglob("*.py"))
        if path.read_text(encoding="utf-8").strip()
    ]


def test_no_import_runs_back():
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "statement"),
    [
        ("divergences/families.py", "import torch"),
        ("divergences/families.py", "from divergences.catalog import catalog"),
        ("divergences/catalog.py", "import divergences.ops"),
        ("codegen/build.py", "import divergences.ops"),
        ("divergences/ops/__init__.py", "import sympy"),
        ("divergences/ops/__init__.py", "from divergences import catalog"),
        ("divergences/ops/__init__.py", "import vae"),
        ("generated/__init__.py", "import divergences.ops"),
        ("vae/__init__.py", "import search"),
        ("vae/__init__.py", "import generated.table"),
        ("vae/__init__.py", "import codegen"),
        ("search/__init__.py", "import divergences.families"),
    ],
)
def test_an_import_that_runs_back_is_found(module, statement, tmp_path):
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / module).open("a") as file:
        file.write(f"\n{statement}\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


def test_tensor_operations_load_no_sympy():
    assert not loaded_by("divergences.ops") & {"sympy", "mpmath", "flint"}


def test_vae_and_search_load_nothing_symbolic():
    # SymPy itself may be there: Torch's compiler brings it along for Lightning Fabric.
    symbolic = [path.removesuffix(".py").replace("/", ".") for path in modules("divergences") + modules("codegen")]
    held = loaded_by("vae", "vae.train", "vae.evaluate", "search", "search.run")
    assert {name for name in held & set(symbolic) if not name.startswith("divergences.ops")} == set()


def test_mathematics_loads_no_torch():
    assert not loaded_by("divergences.catalog", "divergences.verify") & {"torch", "generated"}


def test_compiler_loads_nothing_it_wrote():
    assert not loaded_by("codegen.build") & {"generated", "divergences.ops"}


def test_architecture_has_a_line_for_every_module():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    described = set(re.findall(rf"(?:{'|'.join(PACKAGES)})/[\w/]+\.py", text))
    # What the compiler wrote is described as a whole.
    written_by_hand = {path for package in PACKAGES if package != "generated" for path in modules(package)}
    assert written_by_hand - described == set(), "not in ARCHITECTURE.md"
    assert {path for path in described if not (ROOT / path).is_file()} == set(), "in ARCHITECTURE.md, but not there"


def test_tests_are_no_packages():
    """An __init__.py under tests would let tests/vae stand in for vae on the module path."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []
