import importlib
import json
import math
import os
import pickle

import pytest
import torch

from vae import ConfigError, TrainConfig, fit
from vae.evaluation import evaluate
from vae.fidelity import _efflite0, _Images, fidelity


class Images:
    """Real images in the place of a model's samples."""

    def __init__(self, images: torch.Tensor, shape: tuple[int, int, int]) -> None:
        self.images, self.shape = images, shape

    def sample(self, n: int, seed: int) -> torch.Tensor:
        return self.images[:n].unflatten(-1, self.shape)


def test_real_images_are_nearer_than_noise(few):
    names = ["fid_efflite0", "kid_efflite0"]
    x = few.validation[:16]
    real = fidelity(Images(few.test, few.shape), x, names)
    noise = fidelity(Images(torch.rand(16, 784), few.shape), x, names)
    same = fidelity(Images(x, few.shape), x, names)
    assert set(real) == {*names, "kid_efflite0_std", "fidelity_images"}
    assert real["fidelity_images"] == 16
    assert same["fid_efflite0"] == pytest.approx(0, abs=1e-3)
    assert same["fid_efflite0"] < real["fid_efflite0"] < noise["fid_efflite0"] / 2
    assert real["kid_efflite0"] < noise["kid_efflite0"] / 2


def test_the_features_of_real_images_are_computed_once_and_only_for_the_same_images(few, monkeypatch):
    extractor, x = _efflite0(), few.validation[:8]
    seen = []
    forward = type(extractor).forward

    def counted(self, images):
        seen.append(len(images))
        return forward(self, images)

    monkeypatch.setattr(type(extractor), "forward", counted)
    names = ["fid_efflite0", "kid_efflite0"]
    first = fidelity(Images(few.test, few.shape), x, names)
    assert sum(seen) <= 16
    seen.clear()
    assert fidelity(Images(few.test, few.shape), x.clone(), names) == first
    assert sum(seen) == 8, "the model's samples alone"
    assert fidelity(Images(few.test, few.shape), few.validation[8:16], names) != first
    assert sum(seen) == 24


def test_the_distances_are_those_of_torch_fidelity(few):
    """Of the whole program, which knows no cache, with the same extractor under its own name."""
    engine, extractor = importlib.import_module("torch_fidelity"), _efflite0()

    class Registered(type(extractor)):
        def __init__(self, *_, **__):
            super().__init__()

    engine.register_feature_extractor(extractor.get_name(), Registered)
    one, other = few.validation[:12], few.test[:12]
    as_bytes = [_Images(x.unflatten(-1, few.shape)) for x in (one, other)]
    whole = engine.calculate_metrics(
        input1=as_bytes[1], input2=as_bytes[0], fid=True, kid=True, feature_extractor=extractor.get_name(),
        cuda=False, save_cpu_ram=True, cache=False, verbose=False, rng_seed=5, kid_subset_size=6,
    )  # fmt: skip
    ours = fidelity(Images(other, few.shape), one, ["fid_efflite0", "kid_efflite0"], seed=5)
    assert ours["fid_efflite0"] == whole["frechet_inception_distance"]
    assert ours["kid_efflite0"] == whole["kernel_inception_distance_mean"]
    assert ours["kid_efflite0_std"] == whole["kernel_inception_distance_std"]


def test_fidelity_is_computed_on_request_with_seed_and_count(few, small):
    model = fit(TrainConfig(hidden=16, epochs=1), few).model
    assert "fid_efflite0" not in evaluate(model, few.validation[:8], samples=1)
    report = evaluate(model, few.validation[:8], metrics=["fid_efflite0", "kl"], seed=3)
    assert report["fidelity_images"] == 8
    assert report["seed"] == 3
    assert report["fid_efflite0"] > 0
    assert report == evaluate(model, few.validation[:8], metrics=["fid_efflite0", "kl"], seed=3)
    json.dumps(report, allow_nan=False)


def test_too_few_images(few, small):
    with pytest.raises(ConfigError, match="fid_efflite0 of 3 images; expected at least 4"):
        fidelity(Images(few.test, few.shape), few.validation[:3], ["fid_efflite0"])


def test_without_inception_weights_it_says_what_to_do(few, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    for path in (None, tmp_path / "none.pth"):
        with pytest.raises(
            ConfigError, match=r"is not there: name the file .* by --inception, or ask for fid_efflite0"
        ):
            fidelity(Images(few.test, few.shape), few.validation[:8], ["fid"], inception=path)


class Harmful:
    def __reduce__(self):
        return os.mkdir, ("harm",)


FILES = {"empty": b"", "text": b"not weights", "harm": pickle.dumps({"a": Harmful()}, 2), "tensors": None}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_file_that_is_not_the_weights_is_refused_and_runs_nothing(few, tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "weights.pth"
    path.write_bytes(content) if content is not None else torch.save({"a": torch.ones(2)}, path)
    with pytest.raises(ConfigError, match=r"weights\.pth does not hold Inception-v3's weights"):
        fidelity(Images(few.test, few.shape), few.validation[:8], ["kid"], inception=path)
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("package", ["torch_fidelity", "efficientnet_lite_pytorch"])
def test_a_missing_package_is_named(few, monkeypatch, package):
    import vae.fidelity

    vae.fidelity._efflite0.cache_clear()
    found = vae.fidelity.find_spec
    monkeypatch.setattr("vae.fidelity.find_spec", lambda name: None if name == package else found(name))
    with pytest.raises(ConfigError, match=r"pip install 'autovae\[metrics\]'"):
        fidelity(Images(few.test, few.shape), few.validation[:8], ["fid_efflite0"])


@pytest.mark.slow
def test_inception_weights_from_a_file(few, tmp_path, monkeypatch):
    """Random weights in the real file's layout: FID, KID and the inception score of a set with itself."""
    from vae.fidelity import _check_torch_fidelity

    _check_torch_fidelity()
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    with monkeypatch.context() as patch:
        patch.setattr("torch.load", lambda *_, **__: {})
        patch.setattr("torch.nn.Module.load_state_dict", lambda *_, **__: None)
        network = FeatureExtractorInceptionV3("random", ["2048"], feature_extractor_weights_path="any")
    torch.save(network.state_dict(), tmp_path / "weights.pth")
    x = few.validation[:8]
    report = fidelity(Images(x, few.shape), x, ["fid", "kid", "isc"], inception=tmp_path / "weights.pth")
    assert report["fid"] == pytest.approx(0, abs=1e-3)
    assert all(math.isfinite(report[name]) for name in ("kid", "kid_std", "isc", "isc_std"))
    assert report["isc"] >= 1
