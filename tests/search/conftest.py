import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from search.config import SearchConfig
from search.progress import Progress
from search.storage.store import Store, open_study
from search.trials import sealed
from vae import load_dataset

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def digits_file(tmp_path_factory) -> Path:
    """A user's own file: real digits, small and few, so that an epoch takes a blink."""
    images = load_dataset("mnist-5k").train[:200].reshape(-1, 28, 28)[:, ::2, ::2]
    path = tmp_path_factory.mktemp("data") / "digits.npz"
    np.savez(path, x=(255 * images.numpy()).astype(np.uint8))
    return path


@pytest.fixture
def make_config(digits_file, tmp_path) -> Callable[..., SearchConfig]:
    def make(**changes) -> SearchConfig:
        settings = {"dataset": str(digits_file), "out": str(tmp_path / "out of? 100%"), "pairs": "N/N,La/N,Lo/N,La/La"}
        settings |= {"trials": 4, "epochs": 2, "final_epochs": 1, "final_seeds": 1, "batch_size": 50}
        settings |= {"finalists": 1, "baselines": "normal"}
        config = SearchConfig(**(settings | changes))
        config.folder.mkdir(parents=True, exist_ok=True)
        return config

    return make


@pytest.fixture
def data(make_config):
    return sealed(make_config().load_data())


@pytest.fixture
def store(make_config, data) -> Iterator[Store]:
    with open_study(make_config(), data) as opened:
        yield opened


@pytest.fixture
def quiet(make_config) -> Progress:
    return Progress(make_config(), Console(quiet=True))


@pytest.fixture
def flags() -> Callable[[SearchConfig], list[str]]:
    """The command line's words for a configuration."""
    return lambda config: shlex.split(config.command())[3:]


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start Python processes in the project's root; none of them outlives the test."""
    processes: list[subprocess.Popen[str]] = []

    def popen(*words: str) -> subprocess.Popen[str]:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        # a shell's background job ignores SIGINT, and its children inherit that; here Ctrl-C must arrive
        code = "import os, signal, sys; signal.signal(2, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
        command = [sys.executable, "-c", code, sys.executable, *words]
        processes.append(subprocess.Popen(command, cwd=ROOT, **pipes))
        return processes[-1]

    yield popen
    for process in processes:
        process.kill()
        process.communicate()
