"""The commands that the pages for readers show exist and take the options shown, examples run, links lead somewhere."""

import functools
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "CONTRIBUTING.md")
# Other people's commands, which need no check here.
FOREIGN = {"cd", "git", "pip", "ruff", "mypy", "pytest", "sudo", "apt-get", "source", ".venv/bin/pre-commit"}


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(text: str) -> list[list[str]]:
    """Return each command of the shell blocks as words, without prompt, variables, comment and what follows a pipe."""
    found = []
    for block in re.findall(r"^ *```(?:sh|bash|shell|console)\n(.*?)^ *```", text, flags=re.DOTALL | re.MULTILINE):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
                words = words[1:]
            words = words[: words.index("|")] if "|" in words else words
            if words:
                found.append(words)
    return found


@functools.cache
def help_of(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *words, "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def check_module(module: str, arguments: list[str]) -> None:
    text = help_of(module)
    subcommands = {name for group in re.findall(r"\{([\w,-]+)\}", text) for name in group.split(",")}
    if arguments and arguments[0] in subcommands:
        text = help_of(module, arguments[0])
    known = set(re.findall(r"--[a-z][a-z-]*", text.replace("_", "-")))
    shown = {word.partition("=")[0] for word in arguments if word.startswith("--")}
    assert shown <= known, f"python -m {module} --help does not know {sorted(shown - known)}"


def check_command(words: list[str]) -> None:
    """Fail unless the command is somebody else's, or is here and takes its options."""
    name, *arguments = words
    if name == "make":
        targets = [word for word in arguments if "=" not in word and not word.startswith("-")]
        listed = set(re.findall(r"^([a-z-]+):.*##", page("Makefile"), flags=re.MULTILINE))
        assert set(targets) <= listed, f"no such make targets: {sorted(set(targets) - listed)}"
    elif Path(name).name in {"python", "python3"} and arguments[0] == "-m":
        if arguments[1].partition(".")[0] in {"divergences", "codegen", "vae", "search"}:
            check_module(arguments[1], arguments[2:])
    elif Path(name).name.startswith("autovae-"):
        scripts = tomllib.loads(page("pyproject.toml"))["project"]["scripts"]
        check_module(scripts[Path(name).name].partition(":")[0], arguments)
    else:
        assert name in FOREIGN, f"neither a command of this project nor a known one: {shlex.join(words)}"


@pytest.mark.parametrize("name", PAGES)
def test_commands_exist(name):
    found = commands(page(name))
    assert found
    for words in found:
        check_command(words)


def test_readme_opens_with_the_two_commands():
    assert [words for words in commands(page("README.md")) if words[0] == "make"][:2] == [
        ["make", "run"],
        ["make", "test"],
    ]


def test_python_examples_run(tmp_path):
    """A block that needs what the reader makes first, as a trained model, says so by opening with ```python no-run."""
    example = "\n".join(re.findall(r"^```python\n(.*?)^```", page("README.md"), flags=re.DOTALL | re.MULTILINE))
    assert example
    done = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", [*PAGES, "ARCHITECTURE.md", "CHANGELOG.md"])
def test_links_lead_to_files(name):
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page(name))
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("words", ["make fly", "python -m divergences show La/N --no-such-option", "autovae"])
def test_a_wrong_command_is_found(words):
    with pytest.raises(AssertionError):
        check_command(words.split())


def test_commands_are_read_from_shell_blocks():
    text = "```sh\n$ A=1 make run ARGS='--x 1'  # a\n\npython -m vae.train \\\n --seed 1 | b\n```\n```python\nx\n```\n"
    assert commands(text) == [["make", "run", "ARGS=--x 1"], ["python", "-m", "vae.train", "--seed", "1"]]
