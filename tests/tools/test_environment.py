"""The set-up behind `make run` and `make test`: installs when needed, never twice, and survives being killed."""

import fcntl
import importlib.util
import sys
import threading
import venv
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "environment.py"


class Killed(BaseException):
    """Stands for the end of the process in the middle of a command."""


class Environment:
    """The script, working in a folder of its own, with a package installer that only takes notes."""

    def __init__(self, root: Path) -> None:
        spec = importlib.util.spec_from_file_location("environment", SCRIPT)
        self.script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.script)
        self.real_call, self.script.call = self.script.call, self.call
        self.kill_in = None
        self.commands = []
        self.place(root)
        self.script.PROJECT.write_text("[project]")

    def place(self, root: Path) -> None:
        script = self.script
        script.ROOT, script.PROJECT, script.VENV = root, root / "pyproject.toml", root / ".venv"
        script.PYTHON, script.STAMP = script.VENV / "bin" / "python", script.VENV / "autovae.json"

    def call(self, *command: object) -> None:
        """Make real environments, without pip; note the rest."""
        module, words = command[2], list(map(str, command[3:]))
        if module == "venv":
            venv.create(self.script.VENV, clear="--clear" in words, symlinks=True, with_pip=False)
        self.commands.append(f"pip {words[-1]}" if module == "pip" else module)
        if self.kill_in == module:
            raise Killed

    def __call__(self, *extras: str) -> list[str]:
        """Run the script, and return what it called."""
        self.commands.clear()
        self.script.main(set(extras))
        return list(self.commands)


@pytest.fixture
def environment(tmp_path):
    (tmp_path / "a folder").mkdir()
    return Environment(tmp_path / "a folder")


def test_second_call_does_nothing(environment):
    assert environment("test") == ["venv", "ensurepip", "pip .[test]"]
    assert environment("test") == environment() == []


def test_extras_add_up(environment):
    assert environment()[-1] == "pip ."
    assert environment("test")[-1] == "pip .[test]"
    assert environment("metrics")[-1] == "pip .[metrics,test]"
    assert environment("test") == []


def test_changed_project_is_installed_anew(environment):
    environment("test")
    environment.script.PROJECT.write_text("[project]\nversion = '2'")
    assert environment("test")[-1:] == ["pip .[test]"]


def test_moved_folder_is_installed_anew(environment):
    environment()
    moved = environment.script.ROOT.rename(environment.script.ROOT.with_name("moved"))
    environment.place(moved)
    assert environment()[-1] == "pip ."


@pytest.mark.parametrize("moment", ["venv", "ensurepip", "pip"])
def test_killed_call_is_completed_by_the_next(environment, moment):
    environment.kill_in = moment
    with pytest.raises(Killed):
        environment("test")
    environment.kill_in = None
    assert environment("test")[-1] == "pip .[test]"
    assert environment("test") == []


def test_environment_whose_python_is_gone_is_made_anew(environment):
    environment()
    environment.script.PYTHON.unlink()
    environment.script.PYTHON.symlink_to("/nowhere/python")
    assert environment() == ["venv", "ensurepip", "pip ."]


def test_environment_of_ones_own_is_kept(environment):
    venv.create(environment.script.VENV, symlinks=True, with_pip=False)
    assert environment() == ["ensurepip", "pip ."]


def test_broken_stamp_counts_as_none(environment):
    environment()
    environment.script.STAMP.write_text('{"key"')
    assert environment()[-1] == "pip ."


def test_two_calls_take_turns(environment):
    with environment.script.PROJECT.open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        other = threading.Thread(target=environment)
        other.start()
        other.join(0.3)
        assert other.is_alive()
        assert environment.commands == []
    other.join(30)
    assert environment.commands[-1] == "pip ."


def test_python_without_venv_gets_one_sentence(environment, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SystemExit) as stopped:
        environment()
    assert stopped.value.code == 2
    assert "python3-venv" in capsys.readouterr().err
    assert environment.commands == []


def test_failing_command_is_named(environment, capfd):
    with pytest.raises(SystemExit) as stopped:
        environment.real_call("false", "--argument")
    assert stopped.value.code == 2
    assert capfd.readouterr().err.startswith("error: `false --argument` failed")
