"""Pairings: reading, printing, segments, refusals."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from divergences.ops import DivergenceError, InfinitePairError, Pairing, PairingError, UnknownNameError
from divergences.ops.table import families, symbol

NAMES = families()
PARTS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(1, 40)), min_size=1, max_size=8)


@given(PARTS)
def test_printing_and_parsing_are_inverse(parts):
    pairing = Pairing(parts)
    assert Pairing.parse(str(pairing)) == pairing
    assert hash(Pairing.parse(str(pairing))) == hash(pairing)
    assert str(Pairing.parse(str(pairing))) == str(pairing)


@given(PARTS)
def test_segments_cover_the_latents_in_order_and_neighbours_differ(parts):
    pairing = Pairing(parts)
    latent_by_latent = [f"{symbol(q)}/{symbol(p)}" for q, p, count in parts for _ in range(count)]
    assert list(pairing.labels) == latent_by_latent
    assert len(pairing) == len(latent_by_latent) == len(pairing.floors())
    assert [i for s in pairing.segments for i in range(s.start, s.stop)] == list(range(len(pairing)))
    assert all(s.stop - s.start == s.count for s in pairing.segments)
    assert all(a.pair != b.pair for a, b in zip(pairing.segments, pairing.segments[1:], strict=False))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Lo/N:10,La/N:6,La/La:4", "Lo/N:10,La/N:6,La/La:4"),
        ("logistic/NORMAL:10, la/n:6 ,lA/Laplace : 4", "Lo/N:10,La/N:6,La/La:4"),
        ("N/N", "N/N:1"),
        ("N/N,n/normal:3,La/N", "N/N:4,La/N:1"),
        (" U / C : 007 ", "U/C:7"),
        ("N/N:2,La/N,N/N:3", "N/N:2,La/N:1,N/N:3"),
        ("C/N:2", "C/N:2"),
    ],
)
def test_canonical_form(text, canonical):
    assert str(Pairing.parse(text)) == canonical


def test_constructors_agree():
    expected = Pairing.parse("Lo/N:10,La/N:6")
    assert Pairing.from_counts({"Lo/N": 10, "N/N": 0, "laplace/normal": 6}) == expected
    assert Pairing([("Lo", "N", 10), ("La", "N", 2), ("laplace", "NORMAL", 4)]) == expected
    assert Pairing.homogeneous("La/N", 20) == Pairing.parse("La/N:20")


def test_is_a_value():
    pairing = Pairing.parse("Lo/N:10,La/N:6,La/La:4")
    assert copy.deepcopy(pairing) == pairing
    assert repr(pairing) == "Pairing.parse('Lo/N:10,La/N:6,La/La:4')"
    assert {pairing: 1}[Pairing.parse("Lo/N:10,La/N:6,La/La:4")] == 1
    with pytest.raises(AttributeError):
        pairing.segments = ()


@pytest.mark.parametrize(
    "text",
    ["", ",", "N", "N/", "/N", "N/N:", "N/N:0", "N/N:-1", "N/N:1.5", "N/N:x", "N/N:3:4", "N//N", "N/N;La/N", "N/N,",
     "N/N:10 La/N:3", "N/N:9999999999", "N/N:１", "20"],
)  # fmt: skip
def test_unreadable_text_is_named(text):
    with pytest.raises(PairingError) as error:
        Pairing.parse(text)
    assert repr(text) in str(error.value) or "N/N" in str(error.value)
    assert "integer >= 1" in str(error.value) or "Lo/N:10,La/N:6,La/La:4" in str(error.value)


@pytest.mark.parametrize("value", [None, 3, b"N/N", ["N/N"]])
def test_only_text_is_parsed(value):
    with pytest.raises(PairingError, match="Lo/N:10"):
        Pairing.parse(value)


def test_unknown_family_names_itself_the_text_and_the_known_ones():
    with pytest.raises(PairingError, match=r"'N/N:2,Foo/N:3'.*'Foo'.*laplace \(La\)"):
        Pairing.parse("N/N:2,Foo/N:3")
    with pytest.raises(UnknownNameError, match="'t'"):
        Pairing([("N", "t", 1)])


@pytest.mark.parametrize("count", [0, -3, 2.0, True, "3", None])
def test_counts_are_positive_integers(count):
    with pytest.raises(PairingError, match="integer >= 1"):
        Pairing([("N", "N", count)])


@pytest.mark.parametrize("counts", [{"N": 3}, {"N/N:2": 3}, {3: 3}, {}, {"N/N": 0}, {"N/N": -1}])
def test_unusable_counts(counts):
    with pytest.raises(PairingError):
        Pairing.from_counts(counts)


def test_counts_of_numpy_are_integers():
    pairing = Pairing([("N", "N", np.int64(3)), ("N", "N", np.int32(2))])
    assert pairing == Pairing.parse("N/N:5")
    assert type(pairing.segments[0].count) is int


def test_text_in_place_of_parts():
    with pytest.raises(PairingError, match=r"'N/N:20'; Pairing.parse reads text"):
        Pairing("N/N:20")


def test_number_of_latents_is_checked():
    pairing = Pairing.parse("Lo/N:10,La/N:6")
    pairing.check_latents(16)
    with pytest.raises(PairingError, match="'Lo/N:10,La/N:6' has 16 latents, not 20"):
        pairing.check_latents(20)


def test_floors_repeat_the_cells_of_the_segments():
    pairing = Pairing.parse("La/N:2,N/N:3")
    mismatched, matched = pairing.cells()
    assert (mismatched.pair, matched.pair) == ("La/N", "N/N")
    assert pairing.floors() == (mismatched.floor,) * 2 + (0.0,) * 3
    assert mismatched.floor > 0


@pytest.mark.parametrize("pair", ["C/N", "N/U", "La/E", "C/G"])
def test_infinite_pairs_are_refused_with_reason_and_alternatives(pair):
    with pytest.raises(InfinitePairError) as error:
        Pairing.parse(f"N/N:2,{pair}:3").check_finite()
    e = error.value
    assert isinstance(e, DivergenceError)
    assert e.pair == pair
    assert e.pair in str(e)
    assert e.reason
    assert e.reason in str(e)
    assert all(alternative in str(e) for alternative in e.alternatives)
    posterior, prior = pair.split("/")
    assert any(a.startswith(f"{posterior}/") for a in e.alternatives)
    assert any(a.endswith(f"/{prior}") for a in e.alternatives)
    for alternative in e.alternatives:
        Pairing.parse(alternative).check_finite()
    restored = copy.copy(e)  # by way of __reduce__, as on the way back from a worker process
    assert (str(restored), restored.pair, restored.alternatives) == (str(e), e.pair, e.alternatives)


def test_conditional_and_finite_pairs_pass():
    Pairing.parse("N/N:2,La/G:3,U/U:4,C/C").check_finite()


def test_order_is_refused_for_divergences_without_one():
    with pytest.raises(DivergenceError, match="takes no alpha"):
        Pairing.parse("N/N").check_finite("kld", alpha=0.5)
    with pytest.raises(UnknownNameError, match="unknown divergence 'nosuch'"):
        Pairing.parse("N/N").check_finite("nosuch")


def test_copies_are_equal_and_found_in_dictionaries():
    pairing = Pairing.parse("Lo/N:10,La/N:6,La/La:4")
    for other in (pickle.loads(pickle.dumps(pairing)), copy.deepcopy(pairing), Pairing.parse(str(pairing))):  # noqa: S301
        assert other is not pairing
        assert {pairing: 1}[other] == 1
        assert vars(other) == vars(pairing)
    # the hash of a string is another one in another process, and does not travel
    assert str(hash(pairing)).encode() not in pickle.dumps(pairing, protocol=0)
