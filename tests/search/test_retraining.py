import json

import pytest

import search.finish
from search.finish import _job, finish, read_final
from search.records import Record
from search.retraining import train_ahead
from search.space.space import Point
from vae.errors import TrainingError
from vae.training import fit


def test_models_trained_ahead_are_those_that_are_trained_alone(make_config, data, quiet, monkeypatch):
    """On all cores as one after another: the same files, and nothing is trained twice."""
    monkeypatch.setattr("search.retraining.cores", lambda: 2)
    config = make_config(epochs=2, final_epochs=None, final_seeds=2)  # as many epochs as a trial's
    jobs = [_job(config, Point(pairing, hidden=40), index) for pairing in ("N/N:20", "La/N:20") for index in (0, 1)]
    train_ahead(config, data, [(settings, config.folder / folder) for settings, folder in jobs], quiet)
    for settings, folder in jobs:
        ahead = fit(settings, data, out=config.folder / folder)
        assert ahead.resumed == 2
        assert ahead.history == fit(settings, data).history
    assert len({json.dumps(fit(s, data, out=config.folder / f).history) for s, f in jobs}) == 4


def test_what_diverges_in_retraining_is_left_out_and_said(make_config, data, quiet, monkeypatch):
    config = make_config(baselines="all", final_seeds=2)
    records = [
        Record(0, "complete", -50.0, "N/N:20", 40, 1e-3, 2, 1.0),
        Record(1, "complete", -51.0, "La/N:20", 40, 1e-3, 2, 1.0),
    ]

    def diverge(settings, *arguments, **options):
        if settings.pairing.startswith(bad) and settings.seed == 2:
            raise TrainingError(f"training with {settings.pairing} left the finite numbers")
        return fit(settings, *arguments, **options)

    monkeypatch.setattr(search.finish, "fit", diverge)
    bad = "Lo/N"
    final = finish(config, data, data.validation[:10], records, quiet)
    assert {f.pairing for f in final.finalists} == {"N/N:20", "La/N:20", "La/La:20"}
    assert all(len(f.runs) == 2 and f.runs[0].test["elbo"] is not None for f in final.finalists)
    assert final.left_out == ["training with Lo/N:20 left the finite numbers"]
    assert read_final(config.folder) == final

    bad = ""
    with pytest.raises(TrainingError):
        finish(make_config(final_epochs=2, final_seeds=2), data, data.validation[:10], records, quiet)
