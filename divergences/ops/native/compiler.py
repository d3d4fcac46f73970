"""The C++ compiler, and what it is told: all flags are here."""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch

CANDIDATES = ("g++", "c++", "clang++")
"""Compilers looked for on the PATH where CXX names none."""


class NativeBuildError(RuntimeError):
    """Why there are no C++ kernels, in one sentence."""


@dataclass(frozen=True)
class Compiler:
    """A compiler's command and what it calls itself."""

    command: tuple[str, ...]
    version: str

    def compile(self, source: Path, target: Path) -> list[str]:
        """The command that makes an object file."""
        flags = _library_flags() if source.stem == "library" else ["-O2"]
        return [*self.command, *_FLAGS, *_machine_flags(), *flags, "-c", str(source), "-o", str(target)]

    def link(self, objects: Iterable[Path], target: Path) -> list[str]:
        """The command that makes the shared library."""
        folder = str(_torch_folder() / "lib")
        libraries = [f"-L{folder}", f"-Wl,-rpath,{folder}", "-ltorch", "-ltorch_cpu", "-lc10"]
        return [*self.command, "-shared", "-fopenmp", *map(str, objects), "-o", str(target), *libraries]

    def fingerprint(self) -> str:
        """What the code that it makes depends on besides the sources: itself, its flags, Torch, the processor."""
        parts = (*self.command, self.version, *_FLAGS, *_machine_flags(), *_library_flags(), torch.__version__)
        return hashlib.sha256("\0".join((*parts, processor())).encode()).hexdigest()


# Vectors stay in registers, so that their calling convention does not matter; errno and floating-point traps are not
# looked at, and nothing lets the compiler change results.
_FLAGS = (
    *("-std=c++20", "-fPIC", "-fopenmp", "-DNDEBUG", "-Wno-psabi"),
    *("-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off"),
)


def _machine_flags() -> list[str]:
    return ["-mcpu=native" if platform.machine().lower() in {"aarch64", "arm64"} else "-march=native"]


def _library_flags() -> list[str]:
    include = _torch_folder() / "include"
    return [
        "-O3",
        "-isystem",
        str(include),
        "-isystem",
        str(include / "torch" / "csrc" / "api" / "include"),
        f"-D_GLIBCXX_USE_CXX11_ABI={int(torch.compiled_with_cxx11_abi())}",
    ]


def _torch_folder() -> Path:
    return Path(torch.__file__).parent


@cache
def processor() -> str:
    """What the machine's processor can do, as it says itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    keys = ("model name", "flags", "Features", "CPU part")
    return "\n".join(sorted({line for line in lines if line.startswith(keys)}))


def find_compiler() -> Compiler:
    """The compiler that CXX names, else the first of :data:`CANDIDATES` on the PATH.

    Raises
    ------
    NativeBuildError
        If there is none, or it does not run.
    """
    named = os.environ.get("CXX", "").strip()
    command = shlex.split(named) if named else next(([c] for c in CANDIDATES if shutil.which(c)), None)
    if command is None:
        raise NativeBuildError(f"there is no C++ compiler: none of {', '.join(CANDIDATES)} is on the PATH")
    try:
        done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NativeBuildError(f"the C++ compiler {shlex.join(command)!r} does not run: {error}") from None
    return Compiler(tuple(command), done.stdout)
