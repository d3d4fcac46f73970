import math

import pytest
import torch
from matplotlib.image import imread
from torch import distributions as statistics

from divergences.ops import Pairing
from vae import VAE, ConfigError, OutputError, TrainConfig, fit
from vae.evaluation import evaluate
from vae.importance import draw, estimate
from vae.landscape import landscape
from vae.landscape import main as landscape_main
from vae.plots import kl_bars, reconstructions, sample_grid, save_figure, save_model_pictures, tile
from vae.plots_importance import reweighted, weight_histogram
from vae.plots_latents import manifold, most_active, traversals


@pytest.fixture(scope="module")
def model(few, small) -> VAE:
    return VAE(small, few.shape, few.train)


def test_tiles_lie_row_by_row():
    images = torch.arange(5.0).div(5)[:, None, None, None].expand(5, 1, 2, 3)
    canvas = tile(images, columns=2, gap=1)
    assert canvas.shape == (8, 7)
    assert canvas[0, 0] == 0
    assert canvas[0, 4] == pytest.approx(0.2)
    assert canvas[3, 0] == pytest.approx(0.4)
    assert canvas[7, 6] == 1, "what is left of the last row is white"
    assert tile(torch.rand(4, 3, 2, 3), columns=2).shape == (6, 8, 3)


def test_pictures_are_written_whole(model, few, tmp_path):
    figures = {
        "samples": sample_grid(model, 9),
        "reconstructions": reconstructions(model, few.validation[:25]),
        "kl": kl_bars(evaluate(model, few.validation, metrics=["kl_per_latent"])),
    }
    for name, figure in figures.items():
        save_figure(figure, tmp_path / f"{name}.png")
        assert imread(tmp_path / f"{name}.png").std() > 0.05, "a picture of something"
    assert len(list(tmp_path.iterdir())) == 3


def test_a_picture_shows_images_above_their_reconstructions(model, few):
    x = few.validation[:3]
    canvas = reconstructions(model, x, columns=5).axes[0].images[0].get_array()
    assert canvas.shape == (2 * 28 + 2, 5 * 28 + 4 * 2)
    torch.testing.assert_close(torch.tensor(canvas[:28, :28]), x[0].reshape(28, 28))
    again = model.decode(model.latents.median(*model.encode(x)))[0, 0].detach()
    torch.testing.assert_close(torch.tensor(canvas[30:58, :28]), again)


def test_pictures_of_a_model_are_drawn_once(model, few, tmp_path):
    save_model_pictures(model, few.validation, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["reconstructions.png", "samples.png"]
    (tmp_path / "samples.png").write_bytes(b"mine")
    save_model_pictures(model, few.validation, tmp_path)
    assert (tmp_path / "samples.png").read_bytes() == b"mine"


def test_a_folder_that_cannot_be_written(model, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        save_figure(sample_grid(model, 4), tmp_path / "file" / "a.png")


@pytest.fixture(scope="module")
def trained(few) -> VAE:
    return fit(TrainConfig(pairing="N/N:2,C/C:1,U/U:1", hidden=32, epochs=8, batch_size=10), few).model


def canvases(figure) -> list[torch.Tensor]:
    return [torch.tensor(axes.images[0].get_array()) for axes in figure.axes if axes.images]


def test_real_and_sampled_stand_beside_each_other(trained, few):
    figure = reweighted(trained, few.validation[:7], samples=20, columns=3)
    assert [axes.get_title() for axes in figure.axes] == ["real", "sample of q(z|x)", "sample of q_EW(z|x), K = 20"]
    real, plain, weighted = canvases(figure)
    torch.testing.assert_close(real[:28, :28], few.validation[0].reshape(28, 28))
    assert real.shape == plain.shape == weighted.shape
    assert not torch.equal(plain, weighted)
    assert torch.equal(canvases(reweighted(trained, few.validation[:7], 20, 3))[2], weighted), "the same at every call"


def test_reweighting_prefers_what_explains_the_image(trained, few):
    """Over many images, p(x, z)/q(z|x) of what q_EW takes is larger than of what q takes."""
    z, log_weights = draw(trained, few.validation, 50, 0)
    assert z.shape == (50, 100, 4)
    shares = log_weights.softmax(0)
    assert (shares * log_weights).sum(0).mean() > log_weights.mean() + 1
    with torch.no_grad():
        expected = estimate(trained, few.validation, 50, 0)
    torch.testing.assert_close(log_weights.logsumexp(0) - math.log(50), expected.weighted)


def test_the_histogram_counts_every_weight_and_image(trained, few):
    left, right = weight_histogram(trained, few.validation, samples=30).axes
    assert sum(bar.get_height() for bar in left.patches) == 30 * 100
    assert sum(bar.get_height() for bar in right.patches) == 100


def test_traversals_go_through_each_priors_own_quantiles(trained, few):
    seen = []
    hook = trained.decoder.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    figure = traversals(trained, few.validation, latents=3, columns=5)
    hook.remove()
    z = seen[-1].reshape(3, 5, 4)
    chosen = most_active(trained, few.validation, 3)
    code = trained.latents.median(*trained.encode(few.validation[:1]))[0]
    priors = [statistics.Normal(0, 1), statistics.Normal(0, 1), statistics.Cauchy(0, 1), statistics.Uniform(-1, 1)]
    for row, latent in zip(z, chosen, strict=True):
        expected = priors[latent].icdf(torch.linspace(0.02, 0.98, 5))
        torch.testing.assert_close(row[:, latent], expected, rtol=1e-4, atol=1e-4)
        others = [i for i in range(4) if i != latent]
        torch.testing.assert_close(row[:, others], code[others].expand(5, 3))
    assert [text.get_text().split()[1] for text in figure.axes[0].texts] == [trained.pairing.labels[i] for i in chosen]


def test_the_manifold_lies_over_the_two_most_active_latents(trained, few):
    seen = []
    hook = trained.decoder.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0]))
    figure = manifold(trained, few.validation, side=4)
    hook.remove()
    z = seen[-1].reshape(4, 4, 4)
    across, down = most_active(trained, few.validation, 2)
    assert (z[:, 1:, across] > z[:, :-1, across]).all(), "grows to the right"
    assert (z[:-1, :, down] > z[1:, :, down]).all(), "and upwards"
    others = [i for i in range(4) if i not in (across, down)]
    assert float(z[..., others].abs().max()) < 1e-6, "the medians of these priors"
    assert canvases(figure)[0].shape == (4 * 28, 4 * 28)
    with pytest.raises(ConfigError, match="at least 2 latents"):
        manifold(VAE(TrainConfig(pairing="N/N:1", hidden=4), few.shape), few.validation)


@pytest.mark.parametrize("pair", ["La/N", "La/G", "U/E", "E/E", "U/U", "G/Lo"])
def test_landscapes_show_the_floor(pair, tmp_path):
    figure = landscape(pair)
    floor = Pairing.homogeneous(pair, 1).floors()[0]
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels[0] == f"minimum {floor:.3f} nats"
    assert ("infinite" in labels) == (pair in ("La/G", "U/E", "U/U"))
    save_figure(figure, tmp_path / "a.png")
    assert imread(tmp_path / "a.png").std() > 0.05


def test_the_landscape_command(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert landscape_main(["La/N", "--out", "a.svg"]) == 0
    assert (tmp_path / "a.svg").read_text().startswith("<?xml")
    assert landscape_main(["La/N"]) == 0
    assert (tmp_path / "landscape_La_N.png").exists()
    capsys.readouterr()
    for arguments, message in (
        (["C/N"], "C/N is infinite"),
        (["X/N"], "unknown family 'X'"),
        (["La/N", "--kind", "wasserstein"], "unknown divergence 'wasserstein'"),
        (["La/N", "--alpha", "2"], "takes no alpha"),
        (["La/N", "--out", "a.txt"], "a.txt; expected a file that ends in .png"),
    ):
        assert landscape_main(arguments) == 2
        assert message in capsys.readouterr().err


def test_pictures_on_request(trained, few, tmp_path):
    save_model_pictures(trained, few.validation, tmp_path, ("traversals", "weights"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["traversals.png", "weights.png"]
    with pytest.raises(ConfigError, match="unknown picture 'cats'; known are samples"):
        save_model_pictures(trained, few.validation, tmp_path, ("cats",))
