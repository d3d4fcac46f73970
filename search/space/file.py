"""A space from ``--space``: the name of one that comes with the package, or a YAML file.

Every setting of the file is fixed (``hidden: 400``), free (``hidden: free``, or nothing), bounded
(``hidden: {low: 200, high: 500, step: 100}``; ``log: true`` searches orders of magnitude) or one of a list
(``activation: [gelu, relu]``). Settings that it does not name are those of the command line, or the defaults.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from divergences.ops import InfinitePairError
from divergences.ops.table import families
from search.errors import SearchError
from search.space.settings import Setting, values
from search.space.space import ENCODINGS, HIDDEN, LEARNING_RATE, NETWORK, Space, parse_pairs
from vae.likelihoods import LIKELIHOODS
from vae.networks import ACTIVATIONS

SHIPPED = ("default", "slides", "full")
"""Files in ``search/space/files``."""
FREE = "free"
NO_ORDER = "none"
"""What a file says for the ELBO in place of a Rényi order."""


@dataclass(frozen=True)
class Kind:
    """What values a setting has, what it may be where it is free, and the words for its values."""

    free: Setting
    accepts: Callable[[Any], bool]
    words: str
    real: bool = False
    order: bool = False


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _choice(known: Mapping[str, Any]) -> Kind:
    return Kind(CategoricalDistribution(tuple(known)), known.__contains__, f"one of {', '.join(known)}")


def _positive(value: Any) -> bool:
    return _number(value) and 0 < value < math.inf


def _order(value: Any) -> bool:
    return _number(value) and 0 <= value < math.inf


def _kinds(objective: str) -> dict[str, Kind]:
    whole = (_whole, "a whole number of at least 1")
    # Up to the ELBO: beyond, Rényi's divergence of most mismatched pairs is infinite.
    from_iwae, towards_zero = FloatDistribution(0.0, 1.0), FloatDistribution(0.1, 1.0)
    orders = (
        (towards_zero, _positive, "a number above 0") if objective == "gvi" else (from_iwae, _order, "a number from 0")
    )
    return {
        "latents": Kind(IntDistribution(5, 50), *whole),
        "likelihood": _choice(LIKELIHOODS),
        "alpha": Kind(*orders, real=True, order=True),
        "hidden": Kind(HIDDEN, *whole),
        "depth": Kind(IntDistribution(1, 3), *whole),
        "activation": _choice(ACTIVATIONS),
        "learning_rate": Kind(LEARNING_RATE, lambda v: _positive(v) and v < 1, "a number between 0 and 1", real=True),
        "batch_size": Kind(IntDistribution(32, 256, log=True), *whole),
    }


def make_space(text: str, objective: str, options: Mapping[str, Any], changed: Mapping[str, Any]) -> Space:
    """The space that ``--space`` names.

    Parameters
    ----------
    text : str
        ``counts``, ``per-latent``, one of :data:`SHIPPED`, or a file.
    objective : str
        What is trained: it decides which pairs are infinite, and which orders there are.
    options : mapping
        Settings of the command line: ``pairs`` as text, and others of a :class:`search.space.space.Space`.
    changed : mapping
        Those of them that are not the defaults; they must not be in the file too.

    Raises
    ------
    SearchError
        If the file cannot be read, or anything in it is not a space.
    divergences.ops.DivergenceError
        If a family is unknown, or a pair is infinite for all parameters.
    """
    content = {"encoding": text} if text in ENCODINGS else _read(text)
    known = [field.name for field in fields(Space)]
    for name in content:
        if name not in known:
            raise SearchError(f"{text}: unknown setting {name!r}; known are {', '.join(known)}")
        if name in changed:
            raise SearchError(f"{name} is in {text} and also --{name} {changed[name]}; accepted is one of the two")
    settings: dict[str, Any] = {name: value for name, value in options.items() if name != "pairs"}
    if "encoding" in content:
        settings["encoding"] = content["encoding"]
    kinds = _kinds(objective)
    for name in ("latents", *NETWORK):
        if name in content:
            settings[name] = _setting(f"{text}: {name}", kinds[name], content[name])
    divergences = _divergences(objective, settings.get("alpha"))
    pairs = _pairs(text, content["pairs"], divergences) if "pairs" in content else options["pairs"]
    for kind, order in divergences:
        settings["pairs"] = parse_pairs(pairs, kind, order)
    return Space(**settings)


def _read(text: str) -> dict[str, Any]:
    """The content of a file, or of one that comes with the package."""
    path = files("search.space").joinpath("files", f"{text}.yaml") if text in SHIPPED else Path(text).expanduser()
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else " ".join(str(error).split())
        known = ", ".join((*ENCODINGS, *SHIPPED))
        raise SearchError(f"space {text!r} is neither one of {known} nor a file that can be read: {reason}") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise SearchError(f"{text} holds no settings; accepted are lines such as 'hidden: 400'")
    return content


def _setting(where: str, kind: Kind, value: Any) -> Setting:
    """One setting, held against what it may be."""
    if value in (None, FREE):
        return kind.free
    if isinstance(value, dict):
        return _range(where, kind, value)
    if not isinstance(value, list):
        return _value(where, kind, value)
    choices = [_value(where, kind, each) for each in value]
    if not choices:
        raise SearchError(f"{where}: the list is empty; accepted are one or more values, each {kind.words}")
    if len(set(choices)) < len(choices):
        raise SearchError(f"{where}: {value} has a value twice")
    return CategoricalDistribution(choices) if len(choices) > 1 else choices[0]


def _value(where: str, kind: Kind, value: Any) -> Any:
    if kind.order and value == NO_ORDER:
        return None
    if kind.real and isinstance(value, str):  # YAML reads 1e-3, without a dot, as text
        with suppress(ValueError):
            value = float(value)
    if isinstance(value, list | dict) or not kind.accepts(value):
        also = f", or {NO_ORDER} (the ELBO)" if kind.order else ""
        raise SearchError(f"{where} is {value!r}; accepted is {kind.words}{also}")
    return float(value) if kind.real else value


def _range(where: str, kind: Kind, content: dict[str, Any]) -> Setting:
    if isinstance(kind.free, CategoricalDistribution):
        raise SearchError(f"{where}: {content} is a range; accepted is a list of values, each {kind.words}")
    if odd := content.keys() - {"low", "high", "step", "log"}:
        raise SearchError(f"{where}: unknown {min(map(str, odd))!r}; a range has low, high, step and log")
    if missing := {"low", "high"} - content.keys():
        raise SearchError(f"{where}: {content} has no {min(missing)}; a range has low and high")
    low, high = (_value(f"{where}: {end}", kind, content[end]) for end in ("low", "high"))
    step, log = content.get("step"), content.get("log", False)
    if low is None or high is None:
        raise SearchError(f"{where}: {NO_ORDER} is no end of a range")
    if low > high:
        raise SearchError(f"{where}: low {low} is above high {high}")
    if not isinstance(log, bool):
        raise SearchError(f"{where}: log is {log!r}; accepted is true or false")
    if log and step is not None:
        raise SearchError(f"{where}: step {step} with log; a range has one of the two")
    if log and low <= 0:
        raise SearchError(f"{where}: low is {low} with log; accepted is a number above 0")
    if low == high:
        return low
    if step is not None:
        step = _value(f"{where}: step", replace(kind, accepts=_positive if kind.real else _whole), step)
        if not math.isclose((steps := (high - low) / step), round(steps), abs_tol=1e-9):
            raise SearchError(f"{where}: from low {low} no number of steps {step} leads to high {high}")
    if kind.real:
        return FloatDistribution(low, high, log=log, step=step)
    return IntDistribution(low, high, log=log, step=step or 1)


def _divergences(objective: str, alpha: Setting) -> list[tuple[str, float | None]]:
    """The divergences of posterior from prior that must be finite: what is trained, with and without an order."""
    orders = [order for order in values(alpha) if order is not None]
    if objective != "gvi" or not orders:
        return [("kld", None)]
    # Rényi's divergence does not fall with its order: finite at the highest, it is finite at all.
    return [("renyi", max(orders))] + [("kld", None)] * (len(orders) < len(values(alpha)))


def _pairs(where: str, value: Any, divergences: list[tuple[str, float | None]]) -> str:
    """Pairs of a file as the command line has them; of those that are free, all that are finite."""
    if value in (None, FREE):
        every = [f"{posterior}/{prior}" for posterior in families() for prior in families()]
        return ",".join(pair for pair in every if _finite(pair, divergences))
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ",".join(value)
    if not isinstance(value, str):
        raise SearchError(f"{where}: pairs is {value!r}; accepted is a list such as [N/N, La/N], or {FREE}")
    return value


def _finite(pair: str, divergences: list[tuple[str, float | None]]) -> bool:
    try:
        for kind, order in divergences:
            parse_pairs(pair, kind, order)
    except InfinitePairError:
        return False
    return True
