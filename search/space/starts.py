"""A starting point of the user's own: a pairing, or the proposal of a one-shot search."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from search.errors import SearchError
from search.space.space import Point, Space


def own_start(text: str, space: Space) -> Point:
    """The point of a space that a pairing, or the path of a ``proposal.json``, names.

    The rest of the point is that of the space's first starting point.

    Raises
    ------
    SearchError
        If the file cannot be read or is no proposal, or the pairing is not in the space.
    divergences.ops.DivergenceError
        If the text is no pairing.
    """
    pairing = read_pairing(text) if Path(text).suffix == ".json" else text
    return replace(next(space.starting_points()), pairing=space.pairing(space.counts(pairing)))


def read_pairing(path: str | Path) -> str:
    """The pairing that a ``proposal.json`` proposes.

    Raises
    ------
    SearchError
        If the file cannot be read or is no proposal.
    """
    try:
        pairing = json.loads(Path(path).expanduser().read_bytes())["pairing"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SearchError(f"{path} is not a proposal of python -m search.oneshot: {error!r}") from None
    return str(pairing)
