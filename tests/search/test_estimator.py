import math
import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits, load_wine
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import vae
from divergences.ops import DivergenceError
from search import AutoVAE
from search.errors import SearchError
from search.estimator.units import Units

QUICK = {"budget": (2, 3), "pairs": "N/N,La/N", "random_state": 0}


@pytest.fixture(scope="module")
def wine() -> np.ndarray:
    return load_wine().data


@pytest.fixture(scope="module")
def ink() -> np.ndarray:
    return np.round(load_digits().data[:300] / 16)


@pytest.fixture(scope="module")
def fitted(wine) -> AutoVAE:
    return AutoVAE(3, **QUICK).fit(wine)


def test_it_works_where_scikit_learn_puts_estimators(wine):
    pipeline = make_pipeline(StandardScaler(), AutoVAE(2, **QUICK))
    scores = cross_val_score(pipeline, wine, cv=2)
    assert np.isfinite(scores).all()
    grid = GridSearchCV(pipeline, {"autovae__pairs": ["N/N", "Lo/N"]}, cv=2).fit(wine)
    assert grid.best_estimator_[-1].pairing_ == f"{grid.best_params_['autovae__pairs']}:2"
    assert grid.best_estimator_.transform(wine).shape == (len(wine), 2)
    assert list(grid.best_estimator_.get_feature_names_out()) == ["autovae0", "autovae1"]


def test_scores_are_in_the_units_of_the_data(wine, fitted):
    scale, shift = np.geomspace(1e-3, 1e4, 13), np.linspace(-50, 50, 13)
    other = AutoVAE(3, **QUICK).fit(scale * wine + shift)
    expected = fitted.score_samples(wine) - np.log(scale).sum()
    np.testing.assert_allclose(other.score_samples(scale * wine + shift), expected, atol=1e-3)
    assert other.validation_bound_ == pytest.approx(fitted.validation_bound_ - np.log(scale).sum(), abs=1e-3)


@pytest.mark.parametrize("likelihood", ["normal", "laplace"])
def test_the_density_of_a_column_integrates_to_one(likelihood):
    x = np.random.default_rng(0).gamma(2.0, 30.0, (400, 1)) - 7
    model = AutoVAE(1, likelihood=likelihood, importance_samples=2000, **QUICK).fit(x)
    grid = np.linspace(model.units_.centre - 2 * model.units_.reach, model.units_.centre + 2 * model.units_.reach, 300)
    mass = np.trapezoid(np.exp(model.score_samples(grid)), grid[:, 0])
    assert 0.98 < mass < 1.005  # a lower bound of the density, up to the noise of 2,000 samples


def test_it_learns_what_independent_columns_cannot_say():
    random = np.random.default_rng(0)
    angle = random.uniform(0, 2 * math.pi, 600)
    x = np.column_stack([np.cos(angle), np.sin(angle)]) + 0.1 * random.normal(size=(600, 2))
    model = AutoVAE(2, budget=(1, 60), pairs="N/N", random_state=0).fit(x[:500])
    assert model.score(x[500:]) > PCA(1).fit(x[:500]).score(x[500:]) + 0.2
    radius = np.hypot(*model.sample(500, random_state=1).T)
    assert abs(np.median(radius) - 1) < 0.1
    np.testing.assert_allclose(model.inverse_transform(model.transform(x)), x, atol=0.8)


def test_images_are_taken_as_they_are(ink):
    model = AutoVAE(4, **QUICK).fit(ink)
    assert model.likelihood_ == "bernoulli"
    assert model.vae_.shape == (1, 8, 8)
    assert (model.units_.inside(ink) == ink).all()
    assert set(np.unique(model.sample(5, 0))) == {0.0, 1.0}
    means = model.sample(5, 0, noise=False)
    assert ((means > 0) & (means < 1)).all()
    assert model.score(ink) > -64 * math.log(2)
    with pytest.raises(ValueError, match=r"bernoulli likelihood takes images in \[0, 1\]"):
        model.score(16 * ink)


def test_what_auto_stands_for(wine, ink):
    assert AutoVAE(2, **QUICK).fit(2 * ink).likelihood_ == "normal"
    assert AutoVAE(2, **QUICK).fit(0.9 * ink + 0.05).likelihood_ == "normal"
    assert AutoVAE(2, likelihood="beta", **QUICK).fit(ink).likelihood_ == "beta"
    with pytest.raises(SearchError, match=r"'beta' takes values in \[0, 1\]; X spans \[0.13, 1680\]"):
        AutoVAE(2, likelihood="beta", **QUICK).fit(wine)


def test_samples_repeat(fitted, wine):
    np.testing.assert_array_equal(fitted.sample(7), fitted.sample(7))
    assert not np.array_equal(fitted.sample(7, 1), fitted.sample(7, 2))
    drawn = fitted.sample(2000)
    assert drawn.shape == (2000, 13)
    assert (np.abs(drawn.mean(0) - wine.mean(0)) < wine.std(0)).all()
    with pytest.raises(SearchError, match="n_samples is 0"):
        fitted.sample(0)


def test_a_budget_of_seconds(wine):
    model = AutoVAE(2, budget=0.5, pairs="N/N,La/N", random_state=0).fit(wine)
    complete = [r for r in model.trials_ if r.complete]
    assert complete
    assert len({r.epochs for r in complete}) == 1
    assert max(r.value for r in complete) + model._log_jacobian == model.validation_bound_


def test_a_copy_is_the_same(fitted, wine, tmp_path):
    fitted.save(tmp_path / "model")
    fitted.save(tmp_path / "model")  # takes its own place
    for copy in (pickle.loads(pickle.dumps(fitted)), AutoVAE.load(tmp_path / "model")):  # noqa: S301
        np.testing.assert_array_equal(copy.score_samples(wine), fitted.score_samples(wine))
        np.testing.assert_array_equal(copy.sample(3), fitted.sample(3))
        assert copy.get_params() == fitted.get_params()
        assert (copy.pairing_, copy.trials_, copy.validation_bound_) == (
            fitted.pairing_, fitted.trials_, fitted.validation_bound_,
        )  # fmt: skip
    assert clone(AutoVAE.load(tmp_path / "model")).get_params() == fitted.get_params()
    assert str(vae.load(tmp_path / "model").pairing) == fitted.pairing_
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_column_names_survive(wine, tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(wine, columns=load_wine().feature_names)
    model = AutoVAE(2, **QUICK).set_output(transform="pandas").fit(frame)
    model.save(tmp_path / "model")
    again = AutoVAE.load(tmp_path / "model")
    assert list(again.feature_names_in_) == load_wine().feature_names
    assert list(model.transform(frame).columns) == list(again.get_feature_names_out())


def test_a_folder_that_is_something_else_is_left_alone(fitted, tmp_path):
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(SearchError, match="exists and is no saved estimator"):
        fitted.save(tmp_path)
    with pytest.raises(SearchError, match="is not a saved estimator"):
        AutoVAE.load(tmp_path)
    fitted.save(tmp_path / "model")
    file = tmp_path / "model" / "estimator.json"
    file.write_text(file.read_text().replace('"format": 1', '"format": 9'))
    with pytest.raises(SearchError, match="has format 9"):
        AutoVAE.load(tmp_path / "model")
    file.write_text("{")
    with pytest.raises(SearchError, match="missing or damaged"):
        AutoVAE.load(tmp_path / "model")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"n_latents": 0}, "n_latents is 0"),
        ({"n_latents": 1.5}, "n_latents is 1.5"),
        ({"budget": (3,)}, r"budget is \(3,\); accepted is \(trials, epochs\), or a number of seconds"),
        ({"budget": (0, 3)}, r"budget is \(0, 3\)"),
        ({"budget": -1.0}, "budget is -1.0"),
        ({"budget": float("nan")}, "budget is nan"),
        ({"budget": "long"}, "budget is 'long'"),
        ({"importance_samples": 0}, "importance_samples is 0"),
        ({"likelihood": "mse"}, "likelihood is 'mse'; accepted are auto, normal"),
        ({"validation_fraction": 1}, "validation_fraction is 1"),
        ({"pairs": "C/N"}, "infinite"),
        ({"pairs": []}, "names no pair"),
        ({"pairs": None}, "pairs is None; accepted is a list such as N/N,La/N"),
    ],
)
def test_what_is_refused(params, message, wine):
    with pytest.raises((SearchError, DivergenceError), match=message):
        AutoVAE(**params).fit(wine)


def interrupted(*_):
    raise KeyboardInterrupt


def test_a_fit_that_is_interrupted_leaves_nothing_fitted(wine, monkeypatch):
    model = AutoVAE(3, **QUICK).fit(wine)
    with monkeypatch.context() as patch:
        patch.setattr("search.estimator.estimator.search_in_memory", interrupted)
        with pytest.raises(KeyboardInterrupt):
            model.fit(2 * wine[:, :5])
    with pytest.raises(NotFittedError):
        model.transform(wine[:, :5])
    assert model.fit(wine).transform(wine).shape == (len(wine), 3)


def test_latents_of_another_number_are_refused(fitted):
    with pytest.raises(SearchError, match="X has 2 columns; accepted are the 3 latents"):
        fitted.inverse_transform(np.zeros((1, 2)))


def test_units_of_odd_columns():
    x = np.array([[5.0, 1e8, -1e-9], [5.0, 1e8 + 1e-3, 1e-9]])
    units = Units.of(x)
    np.testing.assert_allclose(units.inside(x), [[0.5, 0.1, 0.1], [0.5, 0.9, 0.9]], atol=1e-4)
    np.testing.assert_allclose(units.outside(units.inside(x)), x, rtol=1e-12)
    with pytest.raises(SearchError, match=r"column 1 reaches 1\.5e\+308"):
        Units.of(np.array([[0.0, 1.5e308], [0.0, -1.5e308]]))


def test_far_away_is_improbable_and_no_error(fitted, wine):
    scores = fitted.score_samples(np.array([wine[0], 1e30 * wine[0], 1e300 * np.sign(wine[0])]))
    assert np.isfinite(scores).all()
    assert scores[0] > -200 > -1e6 > scores[1]
