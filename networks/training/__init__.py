"""How networks learn: many at once, by any optimizer, batch by batch."""

from networks.training import transfer
from networks.training.checks import trains
from networks.training.engine import train
from networks.training.result import Training

__all__ = ["Training", "train", "trains", "transfer"]
