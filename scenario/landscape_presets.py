"""Landscapes of real networks worth showing, each with what there is to see in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenario.choice import Choice
from scenario.experiment import Experiment
from scenario.network_presets import Entry, experiment
from scenario.presets import Preset

LANDSCAPE_PANELS = ("landscape", "surface")
"""The panels that show a network's landscape, flat and in three dimensions."""
SHOWN = (*LANDSCAPE_PANELS, "boundary", "loss")
"""What a real landscape is looked at in."""
_THREE: list[Entry] = [("sgd", {"lr": 0.3}), ("momentum", {"lr": 0.1}), ("adam", {"lr": 0.05})]


def _preset(
    title: str, about: str, entrants: list[Entry], data: str = "moons", widths: Sequence[int] = (4,), **fields: Any
) -> Preset[Experiment]:
    shown = experiment(data, {}, [("xavier", {})], entrants, widths=tuple(widths), **fields)
    return Preset(title, about, shown, SHOWN)


LANDSCAPE_PRESETS = {
    "three": _preset(
        "Three optimizers in a real landscape",
        "17 weights learn two moons. From one start Adam and momentum find different valleys, and SGD is still on its way into momentum's.",
        _THREE,
        seed=8,
    ),
    "moving": _preset(
        "The ground moves with the head",
        "The same three runs, on a slice that always goes through Adam's weights: there the picture is exact, at every step.",
        _THREE,
        seed=8,
        plane=Choice.of("moving", network=3),
    ),
    "local": _preset(
        "A local minimum that is real",
        "XOR with two hidden units: SGD and momentum get down. Adam, the quickest, ends in a higher valley, and a fourth stays wrong.",
        [("sgd", {"lr": 0.5}), ("momentum", {"lr": 0.1}), ("adam", {"lr": 0.05})],
        data="xor",
        widths=(2,),
        seed=4,
    ),
    "batches": _preset(
        "Batches of 4, 16, 64 and all",
        "One optimizer, one start. The smaller the batch, the more its path trembles; batches of 4 never settle and end highest.",
        [("sgd", {"lr": 1.0})],
        variants=tuple(Choice.of("scratch", batch=size) for size in (4, 16, 64, 0)),
        steps=200,
        seed=2,
    ),
    "wall": _preset(
        "A wall between two solutions",
        "A plane through the start and both ends, exact there. Both have learned; the line between them climbs to eight times their loss.",
        [("sgd", {"lr": 1.0}), ("adam", {"lr": 0.05})],
        seed=2,
        plane=Choice("ends"),
    ),
    "deceives": _preset(
        "A picture that deceives",
        "337 weights learn spirals. The plane holds 95% of how they move, and yet Adam's loss is five times lower than it shows.",
        [("sgd", {"lr": 0.2}), ("momentum", {"lr": 0.1}), ("adam", {"lr": 0.02})],
        data="spirals",
        widths=(16, 16),
    ),
}
"""Every preset by name, in the order of the list."""
OPENING_LANDSCAPE = LANDSCAPE_PRESETS["three"]
"""What the page of real landscapes opens with, where its address says nothing."""
