"""The discrepancies: how the catalog's entry for a pair is built from two family records, one module each."""

from divergences.discrepancies import (
    beta,
    chi2,
    fisher,
    gamma,
    hellinger,
    jeffreys,
    kld,
    renyi,
    reverse_kld,
    support_overlap,
    worst_case,
)

BUILDERS = {
    "kld": kld.build,
    "reverse_kld": reverse_kld.build,
    "jeffreys": jeffreys.build,
    "hellinger": hellinger.build,
    "chi2": chi2.build,
    "fisher": fisher.build,
    "support_overlap": support_overlap.build,
    "worst_case": worst_case.build,
    "renyi": renyi.build,
    "beta": beta.build,
    "gamma": gamma.build,
}
"""Builder of every discrepancy, by its public name."""
