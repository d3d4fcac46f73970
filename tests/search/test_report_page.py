"""The report at the command line, in every state that a study can be in, and in a real browser."""

import json
from collections.abc import Callable
from functools import cache

import browser
import pytest
from made_up import make_final, make_study

from search.config import SearchConfig
from search.finish import FINAL
from search.recall import recall
from search.report import main
from search.storage.store import open_study
from search.trials import sealed

SPACE = "pairs: [N/N, La/N]\nlatents: 20\nalpha: {low: 0.0, high: 2.0}\nactivation: [gelu, relu]\n"
KINDS = {
    "running": {},
    "finished": {"finalists": 2, "baselines": "all"},
    "several": {"metrics": "elbo,parameters,seconds", "pruner": "none", "sampler": "nsgaii"},
    "orders": {"objective": "vr"},
}


@pytest.fixture(scope="module")
def study(digits_file, tmp_path_factory) -> Callable[[str], SearchConfig]:
    """A study of a kind, made on first use."""

    @cache
    def make(kind: str) -> SearchConfig:
        out = tmp_path_factory.mktemp("studies") / kind
        out.mkdir()
        settings = {"dataset": str(digits_file), "out": str(out), "pairs": "N/N,La/N,Lo/N", "trials": 60, "epochs": 3}
        if kind == "orders":
            (out / "space.yaml").write_text(SPACE)
            settings |= {"space": str(out / "space.yaml"), "pairs": SearchConfig.pairs}
        config = SearchConfig(**(settings | KINDS[kind]))
        data = sealed(config.load_data())
        make_study(config, data, 24)
        if kind == "finished":
            make_final(config, data)
        return config

    return make


def rendered(config: SearchConfig) -> str:
    assert main([str(config.folder)]) == 0
    return (config.folder / "report.html").read_text()


def test_a_study_that_runs_has_a_report(study, capsys):
    text = rendered(study("running"))
    assert "no figures of the finalists, since these are not retrained yet" in capsys.readouterr().out
    for shown in ("Best so far: ", "are not retrained yet", "18 trials trained to their end, 6 pruned, 1 running",
                  "All settings", "PED-ANOVA", "python -m search.reproduce", "on the validation split"):  # fmt: skip
        assert shown in text, shown
    for hidden in ("Side by side", "Pareto", "Rényi", "python -m vae.train"):
        assert hidden not in text, hidden


def test_a_finished_study_shows_every_model(study):
    config = study("finished")
    text = rendered(config)
    table = text[text.index("Side by side") : text.index("Seed by seed")]
    finalists = json.loads((config.folder / FINAL).read_text())["finalists"]
    assert len(finalists) >= 4
    assert table.count('role="img"') == len(finalists)
    assert table.count('class="leads"') == 4  # of the figures in which more or less is better
    assert " minus N/N" in table or "N/N minus " in table


def test_several_objectives_have_a_front(study):
    text = rendered(study("several"))
    assert text.count("Pareto front") >= 2
    assert "ELBO against parameters" in text
    assert "ELBO against training time" in text
    assert text.count("on the front") > 2


def test_orders_are_shown_against_the_value(study):
    text = rendered(study("orders"))
    assert "IW bound, K = 50 against the Rényi order" in text
    assert ">activation<" in text
    assert ">alpha<" in text


def test_the_data_may_be_elsewhere(study, tmp_path, capsys):
    config = study("running")
    with recall(config.folder) as store:
        settings = dict(store.study.user_attrs["settings"])
        store.study.set_user_attr("settings", settings | {"dataset": "/nowhere/digits.npz"})
        try:
            assert main([str(config.folder), "--out", str(tmp_path / "page.html")]) == 0
        finally:
            store.study.set_user_attr("settings", settings)
    assert "no reconstructions, since the data cannot be read" in capsys.readouterr().out
    assert "Validation images" not in (tmp_path / "page.html").read_text()


def test_a_report_by_storage_and_name(study, tmp_path, capsys):
    config = study("running")
    url = config.storage_url
    assert main(["--storage", url, "--study", "autovae", "--out", str(tmp_path / "page.html")]) == 0
    assert (tmp_path / "page.html").is_file()
    assert main(["--storage", url, "--study", "other"]) == 2
    assert "holds no study 'other'; choose --study among autovae" in capsys.readouterr().err


@pytest.mark.parametrize("problem", ["missing", "empty", "damaged", "no trials", "nothing"])
def test_what_cannot_be_reported_is_one_sentence(problem, make_config, data, tmp_path, capsys):
    config = make_config()
    words = [str(config.folder)]
    if problem == "missing":
        words, reason = [str(tmp_path / "nowhere")], "there is no such folder"
    elif problem == "empty":
        reason = "there is no file study.db"
    elif problem == "damaged":
        (config.folder / "study.db").write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 40)
        reason = "cannot be used: "
    elif problem == "no trials":
        with open_study(config, data) as store:
            store.study.ask(config.search_space.distributions)
        reason = "has 1 trials, none of them finished"
    else:
        words, reason = [], "neither a folder nor --storage is given"
    assert main(words) == 2
    errors = capsys.readouterr().err
    assert reason in errors
    assert errors.count("\n") == 1


@pytest.mark.skipif(browser.find() is None, reason="needs Chromium (apt-get install chromium)")
@pytest.mark.parametrize("kind", KINDS)
def test_the_page_in_a_browser(kind, study):
    rendered(study(kind))
    page = study(kind).folder / "report.html"
    with browser.Browser(browser.find()) as chromium:
        for width, dark in ((1280, False), (390, True)):
            chromium.open(page, width, 844, dark=dark)
            assert chromium.evaluate("document.documentElement.scrollWidth") <= width
            sizes = chromium.evaluate("[...document.images].map(i => i.complete ? i.naturalWidth : 0)")
            assert sizes
            assert all(sizes)
            boxes = "[...document.querySelectorAll('figure svg')].map(s => s.getBoundingClientRect().height)"
            assert all(height > 20 for height in chromium.evaluate(boxes))
        chromium.evaluate("document.querySelector('#trials tbody tr:nth-child(3)').click()")
        assert chromium.evaluate("document.getElementById('repeat').textContent").endswith(" 2")
        chromium.evaluate("document.querySelector('#trials th').click()")
        chromium.evaluate("document.querySelector('#trials th').click()")
        numbers = chromium.evaluate("[...document.querySelectorAll('#trials tbody tr')].map(r => +r.dataset.trial)")
        assert numbers == sorted(numbers, reverse=True)
        assert chromium.console == []


def test_the_browser_notices_what_is_wrong(tmp_path):
    if browser.find() is None:
        pytest.skip("needs Chromium (apt-get install chromium)")
    page = tmp_path / "page.html"
    page.write_text('<div style="width: 2000px">x</div><script>console.error("oh"); nothing();</script>')
    with browser.Browser(browser.find()) as chromium:
        chromium.open(page, 390, 844)
        assert chromium.evaluate("document.documentElement.scrollWidth") > 390
        assert len(chromium.console) == 2
