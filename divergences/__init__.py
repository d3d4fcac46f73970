"""Divergences between distributions of different location-scale families.

The symbolic side (``FAMILIES``, ``catalog``) imports SymPy and is loaded on first use, so that the tensor side,
:mod:`divergences.ops`, starts without it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from divergences.catalog import catalog as catalog
    from divergences.families import FAMILIES as FAMILIES

__all__ = ["FAMILIES", "catalog"]


def __getattr__(name: str) -> Any:
    if name == "FAMILIES":
        from divergences.families import FAMILIES

        return FAMILIES
    if name == "catalog":
        import importlib

        return importlib.import_module("divergences.catalog")  # a module that can be called
    raise AttributeError(f"module 'divergences' has no attribute {name!r}")
