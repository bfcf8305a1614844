"""How networks learn: many at once, by any optimizer, batch by batch."""

from networks.training.engine import train, trains
from networks.training.result import Training

__all__ = ["Training", "train", "trains"]
