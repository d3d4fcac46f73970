"""The discrepancies: how the catalog's entry for a pair is built from two family records, one module each."""

from divergences.discrepancies import kld, renyi

BUILDERS = {"kld": kld.build, "renyi": renyi.build}
"""Builder of every discrepancy, by its public name."""
