import json

from search.finish import _job
from search.retraining import train_ahead
from search.space import Point
from vae.training import fit


def test_models_trained_ahead_are_those_that_are_trained_alone(make_config, data, quiet, monkeypatch):
    """On all cores as one after another: the same files, and nothing is trained twice."""
    monkeypatch.setattr("search.retraining.cores", lambda: 2)
    config = make_config(final_epochs=2, final_seeds=2)
    jobs = [_job(config, Point(pairing, hidden=40), index) for pairing in ("N/N:20", "La/N:20") for index in (0, 1)]
    train_ahead(config, data, [(settings, config.folder / folder) for settings, folder in jobs], quiet)
    for settings, folder in jobs:
        ahead = fit(settings, data, out=config.folder / folder)
        assert ahead.resumed == 2
        assert ahead.history == fit(settings, data).history
    assert len({json.dumps(fit(s, data, out=config.folder / f).history) for s, f in jobs}) == 4
