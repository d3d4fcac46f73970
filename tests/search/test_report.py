import base64
import re
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from divergences.ops import Pairing
from search.records import Record
from search.reporting import comparison, figures, pictures
from search.run import main
from search.selection import Finalist, Run

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """Elements, their attributes and text; complains about what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "script"):
            self.text += data


@pytest.fixture(scope="module")
def page(digits_file, tmp_path_factory) -> tuple[str, Page]:
    folder = tmp_path_factory.mktemp("report")
    odd = folder / "<b>&digits.npz"
    odd.write_bytes(digits_file.read_bytes())
    words = ["--dataset", str(odd), "--out", str(folder / "out"), "--pairs", "N/N,La/N,Lo/N,La/La", "--trials", "10"]
    words += ["--epochs", "1", "--final_epochs", "1", "--finalists", "1", "--baselines", "normal"]
    assert main(words) == 0
    text = (folder / "out" / "report.html").read_text()
    return text, Page(text)


def test_the_page_needs_nothing_but_itself(page):
    text, parsed = page
    own = re.sub(r"data:image/png;base64,[\w+/=]+", "", text)
    assert not re.search(r"https?:|@import|url\((?!#)|\b(src|href)=\"//", own)
    for tag, attributes in parsed.elements:
        for name in ("src", "href", "xlink:href", "srcset", "action"):
            if (value := attributes.get(name)) is not None:
                assert value.startswith(("data:image/png;base64,", "#")), (tag, name, value)
    assert len(text) < 2_000_000


def test_the_page_shows_what_it_must(page):
    _, parsed = page
    tags = [tag for tag, _ in parsed.elements]
    assert tags.count("img") == 4  # samples and reconstructions of both
    assert tags.count("svg") >= 4 + 2  # convergence, learning curves, two of KL, and the pairs' pictures
    for text in (
        "Validation ELBO", "Test ELBO", "importance-weighted bound, K = 50", "Test reconstruction loss", "Test KL",
        "N/N", "seed 1", "seed 2", "scored once", "What mattered", "PED-ANOVA", "All settings", "python -m search.run",
        "python -m vae.train", "python -m search.reproduce",
    ):  # fmt: skip
        assert text in parsed.text, text


def test_every_trial_has_its_line(page):
    text, parsed = page
    table = text[text.index('<table class="trials"') :]
    assert table[: table.index("</table>")].count("<tr") == 1 + 10
    assert {attributes.get("data-trial") for _, attributes in parsed.elements} >= {str(i) for i in range(10)}


def test_pictures_are_images_of_the_right_size(page):
    _, parsed = page
    for tag, attributes in parsed.elements:
        if tag == "img":
            image = Image.open(BytesIO(base64.b64decode(attributes["src"].partition(",")[2])))
            assert image.mode == "RGBA"
            assert image.width == 12 * 16 - 2
            assert attributes["alt"]


def test_the_page_is_for_phones_and_for_the_dark(page):
    text, _ = page
    assert 'name="viewport"' in text
    assert "prefers-color-scheme: dark" in text
    assert not any(stand_in in text for stand_in in figures.VARIABLES)


def test_names_that_look_like_markup_stay_text(page):
    text, _ = page
    assert "&lt;b&gt;&amp;digits.npz" in text
    assert "<b>&digits" not in text


def finalist(pairing: str, *bounds: float) -> Finalist:
    runs = [Run(i + 1, f"models/{i}", 9, [b], {"elbo": b}, {"elbo": b - 1}) for i, b in enumerate(bounds)]
    return Finalist(pairing, 400, 1e-3, 5, runs)


@pytest.mark.parametrize(
    ("best", "other", "line"),
    [
        (
            finalist("La/N:12,G/G:8", -99.0, -99.2),
            finalist("N/N:20", -101.0, -101.2),
            "12 La/N + 8 G/G beats plain N/N by 2.00 nats per image",
        ),
        (
            finalist("La/N:20", -99.0, -101.0),
            finalist("N/N:20", -99.5, -101.5),
            "20 La/N beats plain N/N by 0.50 nats per image, less than seeds differ",
        ),
        (
            finalist("N/N:20", -99.0, -99.1),
            finalist("La/N:20", -100.0, -100.1),
            "Plain N/N beats the best other pairing by 1.00 nats per image",
        ),
        (
            finalist("La/N:20", -99.0),
            finalist("N/N:20", -99.5),
            "20 La/N beats plain N/N by 0.50 nats per image, from one seed each",
        ),
    ],
)
def test_the_headline_claims_no_more_than_the_figures(best, other, line):
    assert comparison.headline([best, other]) == line


def test_figures_are_mean_and_sample_standard_deviation():
    assert str(comparison.spread([-101.0, -103.0])) == "−102.00 ± 1.41"
    assert str(comparison.spread([3.0], digits=1)) == "3.0"
    assert comparison.nats(None) == "–"


def trial(number: int, pairing: str, value: float | None, state: str = "complete", hidden: int = 300) -> Record:
    return Record(number, state, value, pairing, hidden, 2e-3, 12, 1.0)


def test_a_bar_for_each_latent_and_a_floor():
    pairing = Pairing.parse("La/N:2,N/N:1")
    svg = figures.kl_per_latent(pairing, [0.5, 1.0, 2.0], figures.colours(["La/N", "N/N"]), 2.0)
    assert svg.count(figures.PALETTE[0]) == 2
    assert svg.count(figures.PALETTE[1]) == 1
    assert "http" not in svg


def test_trials_without_a_value_do_not_break_the_picture():
    svg = figures.convergence(
        [trial(0, "N/N:20", None, "pruned"), trial(1, "N/N:20", -3.0), trial(2, "N/N:20", -900.0)]
    )
    assert "<title>trial 1: -3.00 nats" in svg
    assert "trial 0" not in svg
    assert figures.convergence([trial(0, "N/N:20", None, "pruned")]).startswith("<svg")


@pytest.mark.parametrize("channels", [1, 3])
def test_a_sheet_of_images_is_pixel_for_pixel(channels):
    images = torch.rand(5, channels, 4, 6)
    data = base64.b64decode(pictures.data_url(images, 3).partition(",")[2])
    sheet = np.asarray(Image.open(BytesIO(data)))
    assert sheet.shape == (4 + 2 + 4, 3 * 6 + 2 * 2, 4)
    fourth = (255 * images[3]).expand(3, -1, -1).permute(1, 2, 0).numpy()
    assert np.abs(sheet[6:, :6, :3] - fourth).max() <= 0.5 + 1e-4
    assert set(sheet[6:, :6, 3].ravel()) == {255}
    assert set(sheet[4:6, :, 3].ravel()) == {0}
    assert set(sheet[6:, 16:, 3].ravel()) == {0}
