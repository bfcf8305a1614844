"""Many small networks at once: data to learn from, activations, initializers, and the networks themselves."""

from networks import activations, datasets, initializers
from networks.activation import Activation
from networks.dataset import Dataset
from networks.initializer import Initializer
from networks.network import Network

__all__ = ["Activation", "Dataset", "Initializer", "Network", "activations", "datasets", "initializers"]
