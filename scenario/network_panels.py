"""The panels in which the training of networks can be looked at."""

from __future__ import annotations

from scenario.panels import Panel

NETWORK_PANELS = {
    "landscape": Panel("Landscape", "picture"),
    "surface": Panel("Landscape in 3-D", "picture"),
    "boundary": Panel("Boundary", "picture"),
    "activations": Panel("Activations", "picture"),
    "network": Panel("Network", "picture"),
    "depth": Panel("Signal through depth", "picture"),
    "loss": Panel("Loss", "curve"),
    "accuracy": Panel("Accuracy", "curve"),
    "gradient": Panel("Gradient", "curve"),
    "updates": Panel("Updates", "curve"),
    "sharpness": Panel("Sharpness", "curve"),
}
"""Every panel by the name that links and files have for it, in the order in which they are listed and laid out."""
DEFAULT_NETWORK_PANELS = ("boundary", "activations", "loss")
"""What an experiment is looked at in where nothing is said."""
PANELS_WITHOUT_PLANE = ("activations", "network", "loss")
"""Likewise where the inputs are more than two, as of digits."""
