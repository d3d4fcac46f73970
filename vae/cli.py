"""What the command lines share: typed options, and one line and exit code 2 for whatever is wrong with a request."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentError
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Protocol

from jsonargparse import ArgumentParser, Namespace

from divergences.ops import DivergenceError
from vae.errors import VAEError


class Entry(Protocol):
    """A command: takes its arguments, those of the process by default, and returns its exit code."""

    def __call__(self, argv: Sequence[str] | None = None) -> int: ...


def command(resume: str = "") -> Callable[[Callable[[Sequence[str] | None], None]], Entry]:
    """Turn ``main(argv)`` into one that returns an exit code.

    0 if all went well, 2 with one line on standard error if the request cannot be served, 130 after Ctrl-C, with
    ``resume`` to say what becomes of the work.
    """

    def decorate(main: Callable[[Sequence[str] | None], None]) -> Entry:
        @wraps(main)
        def guarded(argv: Sequence[str] | None = None) -> int:
            try:
                main(argv)
            except (VAEError, DivergenceError, ArgumentError) as error:
                message = error.message if isinstance(error, ArgumentError) else str(error)
                print(f"error: {_plain(' '.join(message.split()))}", file=sys.stderr)
                return 2
            except KeyboardInterrupt:
                print(f"\nstopped{'; ' if resume else ''}{resume}", file=sys.stderr)
                return 130
            return 0

        return guarded

    return decorate


def parse(parser: ArgumentParser, argv: Sequence[str] | None) -> Namespace:
    """Parse, and raise what is wrong as an ``ArgumentError``; ``--data-root`` is ``--data_root``."""
    return parser.parse_args([_underscored(argument) for argument in (sys.argv[1:] if argv is None else argv)])


_WRONG_TYPE = re.compile(
    r'Parser key "([\w.]+)": (?:Expected a|Does not .* Subtypes:) (.+?)(?:\.| Errors:.*) (?:Got|Given) value: (.*)'
)
_TYPES = {"int": "a whole number", "float": "a number", "bool": "true or false", "str": "text", "NoneType": "null"}


def _plain(message: str) -> str:
    """What jsonargparse says about a value of a wrong type, without the names of Python's types."""
    match = _WRONG_TYPE.fullmatch(message)
    if match is None:
        return message
    name, types, value = match.groups()
    words = re.findall(r"<class '(\w+)'>|Literal\[(.*?)\]", types)
    accepted = " or ".join(_TYPES.get(word, word) or literal.replace("'", "") for word, literal in words)
    return f"{name} is {value}; expected {accepted}" if accepted else message


def _underscored(argument: str) -> str:
    name, equals, value = argument.partition("=")
    return "--" + name[2:].replace("-", "_") + equals + value if name.startswith("--") else argument
