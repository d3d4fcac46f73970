import optuna
import pytest
from optuna.distributions import CategoricalDistribution, IntDistribution
from optuna.trial import TrialState

from search.config import SearchConfig
from search.errors import SearchError
from search.samplers import POPULATION, PRUNERS, STARTUP, make_pruner, make_sampler
from search.space.space import START, Space
from search.yardsticks import METRICS

PAIRS = ("N/N", "La/N", "Lo/N", "La/La", "G/G")
SPACE = Space(PAIRS, 20)
FINITE = Space(
    ("N/N",), 20, hidden=IntDistribution(100, 300, step=100), learning_rate=CategoricalDistribution([1e-3, 2e-3])
)


def value(point) -> float:
    """Best where all latents are La/La, the network is wide, and the learning rate 2e-3."""
    counts = SPACE.counts(point.pairing)
    return counts[3] + point.hidden / 100 - 5 * abs(point.learning_rate - 2e-3) / 2e-3


def run(name: str, trials: int, seed: int = 0, study: optuna.Study | None = None) -> optuna.Study:
    """A search of its own, each trial with a sampler of its own as after a restart."""
    study = study or optuna.create_study(direction="maximize")
    for taken in range(len(study.trials), trials):
        study.sampler = make_sampler(name, seed * 1000 + taken, SPACE)
        trial = study.ask(SPACE.distributions)
        study.tell(trial, value(SPACE.point(trial.params)))
    return study


@pytest.mark.parametrize("name", ["tpe", "cmaes", "nsgaii"])
def test_what_proposes_by_merit_beats_chance(name):
    trials = 120
    luck = max(run("random", trials, seed).best_value for seed in range(3))
    assert min(run(name, trials, seed).best_value for seed in range(3)) > luck


def test_the_gaussian_process_beats_chance():
    assert run("gp", 20).best_value > max(run("random", 20, seed).best_value for seed in range(3))


@pytest.mark.parametrize("name", ["tpe", "cmaes", "random"])  # of NSGA the study knows the parents too
def test_proposals_depend_on_the_trials_and_the_seed_alone(name):
    whole = [t.params for t in run(name, 40).trials]
    half = run(name, 25)
    copy = optuna.create_study(direction="maximize")
    copy.add_trials(half.trials)
    assert [t.params for t in run(name, 40, study=copy).trials] == whole
    assert [t.params for t in run(name, 40, seed=1).trials] != whole


@pytest.mark.parametrize("choices", [False, True])
def test_tpe_proposes_as_optunas_own(choices):
    changed = {"hidden": CategoricalDistribution([200, 400]), "learning_rate": 1e-3} if choices else {}
    space = Space(PAIRS, 20, **changed)

    def proposals(make) -> list[dict]:
        study = optuna.create_study(direction="maximize")
        for taken in range(25):
            study.sampler = make(taken)
            trial = study.ask(space.distributions)
            trial.report(value(space.point(trial.params)), 1)
            ending = {"state": TrialState.PRUNED} if taken % 3 == 2 else {"values": value(space.point(trial.params))}
            study.tell(trial, **ending)
        return [trial.params for trial in study.trials]

    def optunas(seed: int) -> optuna.samplers.BaseSampler:
        return optuna.samplers.TPESampler(multivariate=True, n_startup_trials=STARTUP, seed=seed)

    assert proposals(lambda seed: make_sampler("tpe", seed, space)) == proposals(optunas)


def test_cma_es_starts_from_the_best_starting_point_and_puts_pruned_trials_last():
    study = optuna.create_study(direction="maximize")
    low, high = (dict.fromkeys(SPACE.distributions, 0.1) | {"hidden": h, "learning_rate": 1e-3} for h in (200, 500))
    for params, figure in ((low, 1.0), (high, 2.0)):
        study.enqueue_trial(params, user_attrs={START: 0})
        study.tell(study.ask(SPACE.distributions), figure)
    widths = []
    for seed in range(40):
        study.sampler = make_sampler("cmaes", seed, SPACE)
        trial = study.ask(SPACE.distributions)
        widths.append(trial.params["hidden"])
        study.tell(trial, state=TrialState.FAIL)  # so that all are of the first generation
    assert sum(widths) / 40 > 400

    def after(width_that_is_pruned: int) -> float:
        study = optuna.create_study(direction="maximize")
        for i in range(60):
            study.sampler = make_sampler("cmaes", i, SPACE)
            trial = study.ask(SPACE.distributions)
            if trial.params["hidden"] == width_that_is_pruned:
                trial.report(1e9, 4)  # better than any, but it did not last
                study.tell(trial, state=TrialState.PRUNED)
            else:
                study.tell(trial, 0.0)
        return sum(t.params["hidden"] == width_that_is_pruned for t in study.trials[-20:]) / 20

    assert after(500) < 0.1
    assert after(200) < 0.1


def test_cma_es_sees_the_trials_of_all_brackets():
    """Under Hyperband a study shows only those of one."""
    proposals = []
    for pruner in (make_pruner("hyperband", 12), make_pruner("none", 12)):
        study = optuna.create_study(direction="maximize", pruner=pruner, study_name="brackets")
        for i in range(30):
            study.sampler = make_sampler("cmaes", i, SPACE)
            trial = study.ask(SPACE.distributions)
            trial.report(0.0, 4)
            trial.should_prune()
            study.tell(trial, value(SPACE.point(trial.params)))
        proposals.append([t.params for t in study.trials])
    assert proposals[0] == proposals[1]


def test_brute_force_takes_every_point_once_and_then_does_not_break():
    study = optuna.create_study(direction="maximize", pruner=make_pruner("hyperband", 12))
    for i in range(6):
        study.sampler = make_sampler("brute", i, FINITE)
        trial = study.ask(FINITE.distributions)
        trial.report(0.0, 4)
        trial.should_prune()
        study.tell(trial, 0.0)
    assert len({str(t.params) for t in study.trials}) == 6


@pytest.mark.parametrize("name", ["tpe", "gp", "nsgaii", "nsgaiii", "random"])
def test_several_objectives_at_once(name):
    study = optuna.create_study(directions=["maximize", "minimize"])
    for i in range(POPULATION + 4):
        study.sampler = make_sampler(name, i, SPACE)
        trial = study.ask(SPACE.distributions)
        point = SPACE.point(trial.params)
        study.tell(trial, [value(point), point.hidden])
    assert len(study.best_trials) >= 1


@pytest.mark.parametrize("name", PRUNERS)
def test_pruners_stop_what_lags_and_none_stops_nothing(name):
    study = optuna.create_study(direction="maximize", pruner=make_pruner(name, 12))
    stopped = {}
    for number in range(30):
        trial = study.ask()
        for epoch in range(1, 13):
            trial.report(-float(number), epoch)
            if epoch < 12 and trial.should_prune():
                stopped[number] = epoch
                study.tell(trial, state=TrialState.PRUNED)
                break
        else:
            study.tell(trial, -float(number))
    if name == "none":
        assert not stopped
    else:
        assert len(stopped) >= 10
        assert min(stopped.values()) == 4  # none before the first rung
        assert 0 not in stopped


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"sampler": "cmaes", "space": "per-latent"}, "a pair for each latent is a choice"),
        ({"sampler": "cmaes", "metrics": "elbo,parameters", "pruner": "none"}, "cmaes has one objective"),
        ({"sampler": "brute"}, "weight N/N is any number in a range"),
        ({"sampler": "nsgaiii"}, "with one take nsgaii"),
        ({"sampler": "nsgaii", "trials": 8}, "first generation of 8 at random, and trials is 8"),
        ({"metrics": "elbo,parameters"}, "pruner hyperband needs one objective, and there are 2: elbo, parameters"),
        ({"metrics": "elbo,parameters", "pruner": "median"}, "pruner median needs one objective"),
        ({"yardstick": "kid_efflite0"}, "measured once, at the end of a trial"),
        ({"metrics": "elbo,beauty", "pruner": "none"}, "unknown metric 'beauty'"),
        ({"metrics": "elbo,elbo", "pruner": "none"}, "each of them once"),
        ({"metrics": "elbo", "yardstick": "elbo"}, "accepted is one of the two"),
        ({"sampler": "anneal"}, "unknown sampler 'anneal'; known are tpe, cmaes"),
        ({"pruner": "secateurs"}, "unknown pruner 'secateurs'; known are hyperband"),
        ({"yardstick": "parameters"}, "unknown yardstick 'parameters'"),
    ],
)
def test_what_optuna_cannot_serve_is_refused_with_a_sentence(changes, named):
    with pytest.raises(SearchError) as raised:
        SearchConfig(**changes)
    assert named in str(raised.value)


@pytest.mark.parametrize(
    ("lines", "changes", "named"),
    [
        ("activation: [relu, tanh]", {"sampler": "cmaes"}, "activation (relu or tanh) is a choice"),
        ("pairs: [N/N]\nhidden: 400\nlearning_rate: 1.0e-3", {"sampler": "brute"}, "nothing to search"),
        ("pairs: [N/N]\nlearning_rate: 1.0e-3", {"sampler": "brute"}, "the space has 4 points, and trials is 20"),
        ("likelihood: free", {}, "pruner hyperband looks at every epoch"),
        ("likelihood: free", {"pruner": "none", "yardstick": "elbo"}, "ELBO: bounds of different likelihoods"),
        ("likelihood: free", {"pruner": "none", "metrics": "kid,iw_bound"}, "IW bound, K = 50: bounds of different"),
        ("alpha: [none, 0.5]", {}, "the objective elbo has no order"),
        ("alpha: [none, 0.5]", {"objective": "gvi", "yardstick": "objective"}, "objective: models of different orders"),
        ("alpha: [0.2, 0.5]", {"objective": "vr", "yardstick": "elbo"}, "ELBO: models of different orders"),
        ("hidden: 400", {"objective": "vr"}, "the objective vr has an order, and the space none"),
    ],
)
def test_what_cannot_be_compared_or_searched_is_refused(lines, changes, named, tmp_path):
    path = tmp_path / "space.yaml"
    path.write_text(lines)
    with pytest.raises(SearchError) as raised:
        SearchConfig(space=str(path), **changes)
    assert named in str(raised.value)


@pytest.mark.parametrize(
    ("lines", "changes", "expected"),
    [
        ("hidden: 400", {}, "elbo"),
        ("alpha: 0.5", {"objective": "vr"}, "iw_bound"),
        ("alpha: free", {"objective": "gvi"}, "iw_bound"),
        ("alpha: 0.5", {"objective": "vr", "yardstick": "objective"}, "objective"),
        ("likelihood: free", {"pruner": "none"}, "kid_efflite0"),
        ("likelihood: free\nalpha: free", {"pruner": "none", "objective": "vr"}, "kid_efflite0"),
    ],
)
def test_the_yardstick_follows_from_what_is_searched(lines, changes, expected, tmp_path):
    path = tmp_path / "space.yaml"
    path.write_text(lines)
    assert SearchConfig(space=str(path), **changes).objectives == (METRICS[expected],)
