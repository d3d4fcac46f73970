import pytest
import torch
from matplotlib.image import imread

from vae import VAE, OutputError
from vae.evaluation import evaluate
from vae.plots import kl_bars, reconstructions, sample_grid, save_figure, save_model_pictures, tile


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
