"""Make `.venv` hold this project: ``python tools/environment.py [EXTRA ...]``, called by the Makefile.

Needs nothing but a Python 3.11 with `venv`. A call that finds everything in place returns at once; a killed call leaves
no stamp, so that the next one completes it; two calls at the same time take turns.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "pyproject.toml"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "autovae.json"


def stop(sentence: str) -> None:
    """End with exit code 2 and one sentence on standard error."""
    print(f"error: {sentence}", file=sys.stderr)
    sys.exit(2)


def check_interpreter() -> None:
    """Refuse a Python that cannot make virtual environments, as Debian's without the package python3-venv."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        stop(
            f"{sys.executable} cannot make virtual environments: install its venv module (Debian, Ubuntu: the package "
            "python3-venv) or name another Python with `make PYTHON=/path/to/it`"
        )


def call(*command: object) -> None:
    """Run a command; when it fails it has said why, and this program ends."""
    words = list(map(str, command))
    if subprocess.run(words, cwd=ROOT, check=False).returncode:
        stop(f"`{' '.join(words)}` failed for the reason above; once that is mended the same make command goes on")


def works(code: str) -> bool:
    """Whether the environment's Python exists and runs a line of code."""
    try:
        return subprocess.run([str(PYTHON), "-c", code], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def current_key() -> str:
    """Return what an installation depends on: the project file, this folder (editable), the environment's Python."""
    return hashlib.sha256(PROJECT.read_bytes() + os.fsencode(ROOT) + os.fsencode(PYTHON.resolve())).hexdigest()


def installed_extras() -> set[str] | None:
    """Return the extras that the environment holds; None when the project must be installed, or installed anew."""
    try:
        stamp = json.loads(STAMP.read_text())
        return set(stamp["extras"]) if PYTHON.exists() and stamp["key"] == current_key() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def install(extras: set[str]) -> None:
    """Make the environment unless there is one that works, install the project, stamp it last."""
    print(f"Installing into {VENV}; this takes minutes the first time ...", file=sys.stderr)
    if not works("import sys; sys.exit(sys.version_info < (3, 11) or sys.prefix == sys.base_prefix)"):
        check_interpreter()
        call(sys.executable, "-m", "venv", "--clear", VENV)
    STAMP.unlink(missing_ok=True)
    if not works("import pip"):
        call(PYTHON, "-m", "ensurepip")
    target = f".[{','.join(sorted(extras))}]" if extras else "."
    call(PYTHON, "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check", "--editable", target)
    beside = STAMP.with_suffix(".tmp")
    beside.write_text(json.dumps({"key": current_key(), "extras": sorted(extras)}))
    beside.replace(STAMP)


def main(extras: set[str]) -> None:
    """Bring the environment up to date."""
    with PROJECT.open("r+") as lock:  # never written; network file systems lock only what is open for writing
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another installation into this folder to finish ...", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        present = installed_extras()
        if present is None or not extras <= present:
            install(extras | (present or set()))


if __name__ == "__main__":
    main(set(sys.argv[1:]))
