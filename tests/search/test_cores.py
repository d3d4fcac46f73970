import os

import pytest

from search import cores as module
from search.cores import cores, workers_for
from search.errors import SearchError


@pytest.fixture
def control(tmp_path, monkeypatch):
    """A machine of sixteen cores without a GPU, whose containers' limits are in a folder."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)), raising=False)
    monkeypatch.setattr(module, "CONTROL", tmp_path)
    monkeypatch.setattr(module.torch.cuda, "is_available", lambda: False)
    (tmp_path / "cpu").mkdir()
    return tmp_path


def test_without_a_limit_all_cores_count(control):
    assert cores() == 16
    (control / "cpu.max").write_text("max 100000\n")
    assert cores() == 16


@pytest.mark.parametrize(("limit", "found"), [("250000 100000\n", 2), ("50000 100000\n", 1), ("9900000 100000\n", 16)])
def test_a_containers_limit_counts(control, limit, found):
    (control / "cpu.max").write_text(limit)
    assert cores() == found


@pytest.mark.parametrize(("quota", "found"), [("400000", 4), ("-1", 16)])
def test_so_does_one_of_the_first_version(control, quota, found):
    (control / "cpu" / "cpu.cfs_quota_us").write_text(quota)
    (control / "cpu" / "cpu.cfs_period_us").write_text("100000")
    assert cores() == found


def test_a_worker_for_each_core(control, make_config, monkeypatch):
    assert workers_for(1) == make_config(workers="auto").processes == 16
    assert workers_for(3) == make_config(workers="auto", threads=3).processes == 5
    assert workers_for(99) == 1
    assert make_config(workers=3).processes == 3
    monkeypatch.setattr(module.torch.cuda, "is_available", lambda: True)
    assert make_config(workers="auto").processes == 1


@pytest.mark.parametrize("workers", [0, -1, "all"])
def test_other_numbers_of_workers_are_refused(make_config, workers):
    with pytest.raises(SearchError, match=f"workers is {workers}; accepted is a positive integer, or auto"):
        make_config(workers=workers)
