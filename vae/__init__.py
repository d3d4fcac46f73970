"""Variational autoencoders with any posterior-prior pairing."""

from vae.checkpoint import load
from vae.config import TrainConfig
from vae.data import DataSplits, load_dataset
from vae.errors import CheckpointError, ConfigError, DataError, OutputError, TrainingError, VAEError
from vae.latent_layer import LatentLayer
from vae.model import VAE
from vae.presets import preset
from vae.training import FitResult, fit

__all__ = [
    "VAE",
    "CheckpointError",
    "ConfigError",
    "DataError",
    "DataSplits",
    "FitResult",
    "LatentLayer",
    "OutputError",
    "TrainConfig",
    "TrainingError",
    "VAEError",
    "fit",
    "load",
    "load_dataset",
    "preset",
]
