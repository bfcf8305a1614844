"""Many small networks at once: data to learn from, activations, initializers, the networks themselves, and their training."""

from networks import activations, datasets, initializers, planes
from networks.activation import Activation
from networks.dataset import Dataset
from networks.initializer import Initializer
from networks.network import Network
from networks.training import Training, train, transfer

__all__ = [
    "Activation",
    "Dataset",
    "Initializer",
    "Network",
    "Training",
    "activations",
    "datasets",
    "initializers",
    "planes",
    "train",
    "transfer",
]
