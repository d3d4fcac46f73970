import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from divergences.ops import DivergenceError, Pairing
from search.errors import SearchError
from search.samplers import make_sampler
from search.space.space import Point, Space, largest_remainder, simplex, weight_name

PAIRS = ("N/N", "La/N", "Lo/N", "La/La", "G/G")
SPACE = Space(PAIRS, 20)

weights = st.lists(st.floats(0, 1), min_size=len(PAIRS), max_size=len(PAIRS))


@st.composite
def compositions(draw, latents: int = 20):
    """Counts that add up: the gaps between sorted cuts."""
    cuts = sorted(draw(st.lists(st.integers(0, latents), min_size=len(PAIRS) - 1, max_size=len(PAIRS) - 1)))
    return [b - a for a, b in zip([0, *cuts], [*cuts, latents], strict=True)]


def params(u) -> dict[str, float]:
    named = {weight_name(pair): w for pair, w in zip(PAIRS, u, strict=True)}
    return named | {"hidden": 400, "learning_rate": 1e-3}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=16), st.integers(1, 200))
def test_counts_add_up_and_are_as_near_as_integers_can_be(u, latents):
    shares = simplex(u)
    counts = largest_remainder(shares, latents)
    assert sum(counts) == latents
    assert all(
        count >= 0 and abs(count - latents * share) < 1 + 1e-9 for count, share in zip(counts, shares, strict=True)
    )


@given(compositions())
def test_every_pairing_can_be_reached(counts):
    point = Point(SPACE.pairing(counts), hidden=300, learning_rate=2e-3)
    assert SPACE.counts(point.pairing) == counts
    assert SPACE.point(SPACE.params(point)) == point


@given(weights)
def test_a_point_is_canonical(u):
    point = SPACE.point(params(u))
    pairing = Pairing.parse(point.pairing)
    counts = [segment.count for segment in pairing.segments]
    assert len(pairing) == 20
    assert str(pairing) == point.pairing
    assert counts == sorted(counts, reverse=True)
    assert len({segment.pair for segment in pairing.segments}) == len(counts)
    assert SPACE.point(SPACE.params(point)) == point


@given(weights, st.permutations(PAIRS))
def test_equal_pairings_are_equal_texts(u, order):
    counts = dict(zip(PAIRS, SPACE.counts(SPACE.point(params(u)).pairing), strict=True))
    shuffled = Pairing.from_counts({pair: counts[pair] for pair in order})
    assert SPACE.pairing(SPACE.counts(str(shuffled))) == SPACE.pairing(list(counts.values()))


@pytest.mark.parametrize("pair", PAIRS)
def test_a_homogeneous_pairing_has_room_around_it(pair):
    """The others round to nothing where one weight leads by far: a sampler can hit that, unlike a corner."""
    u = [1.0 if other == pair else 0.2 for other in PAIRS]
    assert SPACE.point(params(u)).pairing == f"{pair}:20"


def test_random_proposals_hold_homogeneous_and_mixed_pairings():
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    sizes = [
        len(Pairing.parse(SPACE.point(study.ask(SPACE.distributions).params).pairing).segments) for _ in range(300)
    ]
    assert set(sizes) == set(range(1, len(PAIRS) + 1))


def test_the_sampler_follows_what_is_good():
    """TPE on counts alone: the value is the number of latents with the one right pair."""
    study = optuna.create_study(direction="maximize")
    for i in range(60):
        study.sampler = make_sampler("tpe", i, SPACE)
        trial = study.ask(SPACE.distributions)
        study.tell(trial, SPACE.counts(SPACE.point(trial.params).pairing)[3])
    assert study.best_value == 20
    late = [t.value for t in study.trials[-20:]]
    early = [t.value for t in study.trials[:20]]
    assert sum(late) > 2 * sum(early)


def test_starting_points_begin_with_plain_and_end_with_the_slides():
    points = [point.pairing for point in Space.parse("La/La,Lo/N,N/N,La/N", 20).starting_points()]
    assert points == ["N/N:20", "La/La:20", "Lo/N:20", "La/N:20", "Lo/N:10,La/N:6,La/La:4"]
    assert [p.pairing for p in Space.parse("La/N,N/N", 7).starting_points()] == ["N/N:7", "La/N:7"]
    assert [p.pairing for p in Space.parse("Lo/N,La/N,La/La", 10).starting_points()][-1] == "Lo/N:5,La/N:3,La/La:2"


def test_pairs_are_read_in_any_form_and_once():
    assert Space.parse(" normal/normal, La/n ,N/N,", 5).pairs == ("N/N", "La/N")


def test_a_single_pair_needs_no_weight():
    space = Space.parse("La/N", 5)
    assert set(space.distributions) == {"hidden", "learning_rate"}
    point = Point("La/N:5", hidden=200, learning_rate=1e-3)
    assert space.point(space.params(point)) == point


@pytest.mark.parametrize(
    ("pairs", "latents", "named"),
    [
        ("N/N,Q/N", 20, "'Q'"),
        ("N/N,La", 20, "'La'"),
        ("N/N:3", 20, "'N/N:3'"),
        ("", 20, "names no pair"),
        ("N/N,C/N", 20, "C/N"),
        ("N/N", 0, "latents is 0"),
    ],
)
def test_bad_pairs_are_named(pairs, latents, named):
    with pytest.raises((SearchError, DivergenceError), match="(?s)" + named):
        Space.parse(pairs, latents)


def test_an_infinite_pair_is_refused_with_the_nearest_finite_ones():
    with pytest.raises(DivergenceError, match=r"C/N is infinite.*C/C.*N/N"):
        Space.parse("N/N,C/N", 20)


@pytest.mark.parametrize(("pairing", "named"), [("U/N:20", "U/N"), ("N/N:19", "19 latents")])
def test_points_outside_the_space_are_refused(pairing, named):
    with pytest.raises(SearchError, match=named):
        SPACE.params(Point(pairing))
