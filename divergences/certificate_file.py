"""The file of certificates, ``generated/certificates.json``: read, and written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from divergences.certificates import Cell, Certificate
from divergences.store import PACKAGE

PATH = PACKAGE.parent / "generated" / "certificates.json"
FORMAT = 1
COLUMNS = ("mu", "sigma", "alpha", "midpoint", "radius", "engine", "bits", "closed")
ABOUT = (
    "Every row encloses D(Q(mu, sigma) || Pi(0, 1)) in nats by midpoint +- radius, all numbers exact decimals. engine: "
    "balls, a rigorous enclosure of the integral or supremum by python-flint; mpmath, two agreeing searches for a "
    "supremum that is approached too slowly for that; leading terms, what decides that it is infinite; definition, "
    "where nothing need be integrated. bits: the working precision. closed: how the closed form was evaluated that "
    "lies inside, null where there is none or it cancels too much. beyond: points at which no engine encloses it."
)


class CertificateError(ValueError):
    """A file of certificates that cannot be read or written."""


def load(path: Path = PATH) -> dict[tuple[str, str, str], Cell]:
    """The certificates of a file by kind, posterior and prior; none if there is no file.

    Raises
    ------
    CertificateError
        If the file cannot be read, or is of another format.
    """
    try:
        content = json.loads(path.read_text())
        if content["format"] != FORMAT:
            raise CertificateError(f"{path} has format {content['format']}; this version reads {FORMAT}")
        cells = [_cell(name, cell) for name, cell in content["cells"].items()]
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise CertificateError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, CertificateError):
            raise
        raise CertificateError(f"{path} holds no certificates: {type(error).__name__}: {error}") from None
    return {cell.name: cell for cell in cells}


def _cell(name: str, content: Mapping[str, Any]) -> Cell:
    kind, posterior, prior = name.split()
    return Cell(
        kind, posterior, prior, content["status"], content["finite"], content["reason"], content["digest"],
        content["made_with"], rows=tuple(Certificate(*row) for row in content["rows"]),
        beyond=tuple((m, s, a) for m, s, a in content["beyond"]),
    )  # fmt: skip


def dump(cells: Iterable[Cell]) -> str:
    """The file's text: sorted, one row a line."""
    lines = ["{", f' "format": {FORMAT},', f' "about": {json.dumps(ABOUT)},', f' "columns": {json.dumps(COLUMNS)},']
    blocks = []
    for cell in sorted(cells, key=lambda cell: cell.name):
        facts = {"status": cell.status, "finite": cell.finite, "reason": cell.reason, "digest": cell.digest,
                 "made_with": cell.made_with, "beyond": cell.beyond}  # fmt: skip
        head = ",\n".join(f"   {json.dumps(key)}: {json.dumps(value)}" for key, value in facts.items())
        rows = ",\n".join("    " + json.dumps(_row(row), separators=(",", ":")) for row in cell.rows)
        blocks.append(f'  "{" ".join(cell.name)}": {{\n{head},\n   "rows": [\n{rows}\n   ]\n  }}')
    return "\n".join([*lines, ' "cells": {', ",\n".join(blocks), " }", "}"]) + "\n"


def _row(row: Certificate) -> list[Any]:
    return [*row.point, row.midpoint, row.radius, row.engine, row.bits, row.closed]


def save(cells: Iterable[Cell], path: Path = PATH) -> None:
    """Write certificates beside the file and rename, so that a file is whole at any moment.

    Raises
    ------
    CertificateError
        If the file cannot be written.
    """
    _write(path, dump(cells), keep=True)


def check_writable(path: Path) -> None:
    """Raise a :class:`CertificateError` at once if a file could not be written at the end."""
    if path.is_dir():
        raise CertificateError(f"cannot write {path}: it is a folder")
    _write(path, "", keep=False)


def _write(path: Path, text: str, keep: bool) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            beside.write_text(text)
            if keep:
                beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise CertificateError(f"cannot write {path}: {error.strerror}") from None
