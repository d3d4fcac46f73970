from dataclasses import replace

import pytest
import torch

import vae
from vae import ConfigError, TrainConfig, TrainingError, fit
from vae.checkpoint import CHECKPOINT
from vae.ensemble import fit_many, train_side_by_side
from vae.evaluation import evaluate

MIXED = [
    {"pairing": "Lo/N:10,La/N:6,La/La:4", "learning_rate": 1e-3, "seed": 0},
    {"pairing": "N/N:20", "learning_rate": 3e-3, "seed": 1},
    {"pairing": "La/N:5,G/G:5,E/N:5,U/U:5", "learning_rate": 5e-4, "seed": 2},
]


def several(config: TrainConfig, **changes) -> list[TrainConfig]:
    return [replace(config, **each, **changes) for each in MIXED]


def assert_same(together, alone, rel=1e-4):
    assert together.model.config.pairing == alone.model.config.pairing
    assert together.best_epoch == alone.best_epoch
    assert [list(record) for record in together.history] == [list(record) for record in alone.history]
    for a, b in zip(together.history, alone.history, strict=True):
        assert a == pytest.approx(b, rel=rel, abs=1e-3)
    states = together.model.state_dict(), alone.model.state_dict()
    assert states[0].keys() == states[1].keys()
    for name, weight in states[1].items():
        torch.testing.assert_close(states[0][name], weight, atol=2e-3, rtol=2e-3, msg=name)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"warmup": 2, "beta": 3.0, "schedule": "burda"},
        {"objective": "gvi", "discrepancy": "renyi", "alpha": 0.5, "samples": 2},
        {"objective": "vr", "alpha": 0.5, "samples": 3, "likelihood": "normal"},
        {"objective": "gibbs", "likelihood": "huber", "inverse_temperature": 5.0, "activation": "tanh", "depth": 1},
        {"binarise": "dynamic", "initialisation": "xavier", "epsilon": 1e-4},
    ],
    ids=lambda settings: settings.get("objective", next(iter(settings), "elbo")),
)
def test_each_model_becomes_what_it_becomes_alone(few, small, settings):
    # A batch that is left over, and different divergences, orders, noise and steps for each.
    configs = several(small, **({"epochs": 2, "batch_size": 70} | settings))
    if settings.get("objective") in ("gvi", "vr"):  # without pairs that are refused there
        configs = [
            replace(config, pairing="La/N:5,G/G:5,N/N:10") if i == 2 else config for i, config in enumerate(configs)
        ]
    for together, config in zip(fit_many(configs, few), configs, strict=True):
        assert_same(together, fit(config, few))


def test_models_that_end_make_room_and_the_rest_goes_on_as_before(few, small):
    configs = [*several(small, epochs=4), *several(small, epochs=4)[:2]]
    told = []

    def on_epoch(index: int, epoch: int, record: dict) -> bool:
        told.append((index, epoch))
        return (index, epoch) in [(1, 1), (0, 3)]

    results = fit_many(configs, few, side_by_side=2, on_epoch=on_epoch)
    # Model 1 ends after its first epoch, and 2 takes its place while 0 goes on.
    assert told[:6] == [(0, 1), (1, 1), (0, 2), (2, 1), (0, 3), (2, 2)]
    assert [len(result.history) for result in results] == [3, 1, 4, 4, 4]
    for result, config, epochs in zip(results, configs, (3, 1, 4, 4, 4), strict=True):
        assert_same(result, fit(replace(config, epochs=epochs), few))


def test_each_has_its_own_patience(few, small):
    # So large a learning rate gains nothing after a while.
    configs = [replace(small, patience=1, epochs=6, learning_rate=rate, hidden=16) for rate in (1e-3, 0.1)]
    results = fit_many(configs, few)
    for result, config in zip(results, configs, strict=True):
        assert len(result.history) == len(fit(config, few).history)


def test_a_model_that_leaves_the_finite_numbers_does_not_touch_the_others(few, small, monkeypatch):
    configs = several(small, epochs=2)
    alone = fit(configs[0], few)
    build = vae.pool.VAE

    def broken(config, *rest):
        model = build(config, *rest)
        if config.seed == 1:
            model.encoder[0].weight.data[0, 0] = float("nan")
        return model

    monkeypatch.setattr(vae.pool, "VAE", broken)
    results = dict(train_side_by_side(configs, few, slots=3))
    assert isinstance(results[1], TrainingError)
    assert str(results[1]) == (
        "training with N/N:20 left the finite numbers in epoch 1, batch 1; a learning_rate below 0.003 may help"
    )
    assert_same(results[0], alone)
    assert len(results[2].history) == 2
    with pytest.raises(TrainingError, match="epoch 1"):
        fit_many(configs, few)


def test_the_trained_models_are_ordinary_ones(few, small):
    result = fit_many(several(small), few)[2]
    figures = evaluate(result.model, few.validation, samples=20)
    assert figures["kl"] == pytest.approx(result.history[result.best_epoch - 1]["validation_kl"], rel=1e-3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"hidden": 65},
            "hidden is 64 and 65; models that train side by side differ in pairing, learning_rate, seed alone",
        ),
        ({"pairing": "N/N:19", "latents": 19}, "latents is 20 and 19"),
        ({"gradient": "stl"}, "gradient is 'stl'; models that train side by side take 'reparam'"),
        ({"flow": 1}, "flow is 1"),
        ({"precision": "bf16-mixed"}, "precision is 'bf16-mixed'"),
    ],
)
def test_what_cannot_train_side_by_side_is_refused(few, small, change, message):
    with pytest.raises(ConfigError, match=message):
        fit_many([small, replace(small, **change)], few)


def test_none_are_none(few, small):
    assert fit_many([], few) == []
    with pytest.raises(ConfigError, match="side_by_side is -1"):
        fit_many([small], few, side_by_side=-1)


class Stop(Exception):
    pass


def stop_after(last: int):
    def told(index: int, epoch: int, record: dict) -> None:
        if epoch == last and index == 2:
            raise Stop

    return told


def test_models_go_on_from_their_checkpoints_to_the_same_bits(few, small, tmp_path):
    configs = several(small, epochs=4)
    folder = lambda index: tmp_path / str(index)  # noqa: E731
    whole = fit_many(configs, few)
    with pytest.raises(Stop):
        fit_many(configs, few, out=folder, on_epoch=stop_after(2))
    assert all((folder(index) / CHECKPOINT).exists() for index in range(3))
    told = []
    again = fit_many(configs, few, out=folder, on_epoch=lambda index, *_: told.append(index))
    assert [result.resumed for result in again] == [2, 2, 2]
    assert told == [0, 1, 2, 0, 1, 2]
    for result, unbroken in zip(again, whole, strict=True):
        assert result.history == unbroken.history
        weights = result.model.state_dict()
        assert all(torch.equal(w, weights[name]) for name, w in unbroken.model.state_dict().items())
    assert not list(tmp_path.rglob(CHECKPOINT))


def test_one_whose_end_was_not_written_any_more_is_finished(few, small, tmp_path):
    config = replace(small, epochs=2)
    with pytest.raises(Stop):
        fit_many([config] * 3, few, out=lambda index: tmp_path / str(index), on_epoch=stop_after(2))
    (result,) = fit_many([config], few, out=lambda index: tmp_path / "2")
    assert (result.resumed, len(result.history)) == (2, 2)
    assert vae.load(tmp_path / "2").config == result.model.config
    (again,) = fit_many([config], few, out=lambda index: tmp_path / "2")
    assert again.history == result.history


def test_what_was_begun_side_by_side_can_be_gone_on_with_alone(few, small, tmp_path):
    configs = several(small, epochs=3)
    with pytest.raises(Stop):
        fit_many(configs, few, out=lambda index: tmp_path / str(index), on_epoch=stop_after(2))
    for index, config in enumerate(configs):
        result = fit(config, few, out=tmp_path / str(index))
        assert result.resumed == 2
        assert_same(result, fit(config, few))
