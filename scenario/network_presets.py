"""Experiments worth showing, each with what there is to see in it."""

from __future__ import annotations

from typing import Any

from scenario.choice import Choice
from scenario.experiment import Experiment
from scenario.presets import Preset
from scenario.transfers import TRANSFERS
from scenario.variants import SCRATCH

Entry = tuple[str, dict[str, float]]
_SCALES: list[Entry] = [("xavier", {"scale": 0.1}), ("xavier", {}), ("xavier", {"scale": 10.0})]


def experiment(data: str, settings: dict[str, float], initials: list[Entry], entrants: list[Entry], **fields: Any) -> Experiment:
    """An experiment from data with its settings, and from initializations and optimizers with theirs; the activation by its name."""
    begun, chosen = (tuple(Choice.of(name, **values) for name, values in entries) for entries in (initials, entrants))
    activation = Choice(fields.pop("activation", "tanh"))
    return Experiment(data=Choice.of(data, **settings), initials=begun, optimizers=chosen, activation=activation, **fields)


def _over_fitted(steps: int, *variants: dict[str, float]) -> Experiment:
    """Far too large a network for forty noisy examples, trained for long in some ways."""
    return experiment(
        "moons",
        {"n": 40, "noise": 0.35},
        [("xavier", {})],
        [("adamw", {"lr": 0.01, "weight_decay": 0.0})],
        widths=(32, 32),
        steps=steps,
        variants=tuple(Choice.of(SCRATCH, **settings) for settings in variants),
    )


NETWORK_PRESETS = {
    "scales": Preset(
        "Too small, just right, too big",
        "Only the scale of the first weights differs. Too small: no signal passes. Too big: the units saturate. Just right: it learns.",
        experiment("circles", {}, _SCALES, [("sgd", {"lr": 0.2})]),
    ),
    "normalized": Preset(
        "Batch normalization forgives the scale",
        "The same three networks, with batch normalization: whatever the scale of the weights, all three learn.",
        experiment("circles", {}, _SCALES, [("sgd", {"lr": 0.2})], batch_norm=True),
    ),
    "zeros": Preset(
        "Zeros never learn",
        "From zeros no slope reaches a hidden weight; from equal weights the units of a layer stay equal, as if there were one.",
        experiment("circles", {}, [("zeros", {}), ("constant", {}), ("xavier", {})], [("sgd", {"lr": 0.5})], widths=(8, 8)),
    ),
    "optimizers": Preset(
        "Four optimizers on spirals",
        "From the same weights: Adam winds the boundary around first, then RMSProp and momentum. SGD is still at it.",
        experiment(
            "spirals",
            {},
            [("xavier", {})],
            [("sgd", {"lr": 0.2}), ("momentum", {"lr": 0.1}), ("rmsprop", {"lr": 0.01}), ("adam", {"lr": 0.02})],
            widths=(16, 16),
        ),
    ),
    "dying": Preset(
        "Dying ReLUs",
        "The largest rate throws units to where they are negative for every example. They get no slope there: more than half are dead.",
        experiment(
            "spirals", {}, [("he", {})], [("sgd", {"lr": rate}) for rate in (0.1, 1.0, 3.0)], widths=(32, 32, 32), activation="relu"
        ),
    ),
    "deep": Preset(
        "Twelve layers of ReLU",
        "LeCun's weights halve the signal's power at each layer: it fades. He's keep it. Half as large again, they overflow at once.",
        experiment(
            "spirals",
            {},
            [("lecun", {}), ("he", {}), ("he", {"scale": 1.5})],
            [("sgd", {"lr": 0.1})],
            widths=(16,) * 12,
            activation="relu",
        ),
    ),
    "sigmoids": Preset(
        "Sigmoids want larger weights",
        "A sigmoid's slope is a quarter at most: through five layers hardly anything comes back. Weights four times as large learn.",
        experiment(
            "circles",
            {},
            [("xavier", {}), ("xavier", {"scale": 4.0})],
            [("sgd", {"lr": 0.5})],
            activation="sigmoid",
            steps=400,
        ),
    ),
    "xor": Preset(
        "XOR needs a hidden layer",
        "Without hidden layers a network draws a straight line, and no line parts these clouds: it guesses. Add a layer of four units.",
        experiment("xor", {}, [("xavier", {})], [("sgd", {"lr": 0.5})], widths=(), steps=200),
    ),
    "regularizers": Preset(
        "Five ways against over-fitting",
        "1,185 weights get all of forty noisy examples right, and the test loss rises to 1.8. Each of the five others keeps it below 0.5.",
        _over_fitted(1500, {}, {"l2": 0.01}, {"l1": 0.01}, {"weight_decay": 1.0}, {"dropout": 0.5}, {"stop": 60}),
        ("boundary", "loss", "accuracy"),
    ),
    "strengths": Preset(
        "L2, weaker and stronger",
        "Each strength of L2 leaves more of the training loss, and the weights shorter. The test loss is lowest in between, at 0.01.",
        _over_fitted(600, {}, {"l2": 0.003}, {"l2": 0.01}, {"l2": 0.03}),
        ("boundary", "loss", "accuracy"),
    ),
    "transfer": Preset(
        "Learned in advance",
        "Five examples of each arm, and six arms learned in advance: frozen layers serve best. Random ones that are frozen do not.",
        TRANSFERS["arms"].compared(5),
        ("landscape", "boundary", "accuracy"),
    ),
    "batches": Preset(
        "Small batches",
        "Eight examples at a time: the loss on all of them jumps. The larger rate is ahead in the end, and jumps far more.",
        experiment("moons", {}, [("xavier", {})], [("sgd", {"lr": 3.0}), ("sgd", {"lr": 0.3})], widths=(16,), batch=8, steps=400),
    ),
    "curve": Preset(
        "A curve through noisy points",
        "A regression: the network fits a function. Adam bends it within a hundred steps, SGD takes several times as long.",
        experiment("sine", {}, [("xavier", {})], [("sgd", {"lr": 0.1}), ("adam", {"lr": 0.01})], widths=(16, 16), steps=500),
    ),
    "edge": Preset(
        "Edge of stability",
        "Gradient descent sharpens its landscape up to the limit of its rate, 2/lr, and goes on along that edge. The largest overflows.",
        experiment(
            "sine",
            {"n": 64, "noise": 0.1},
            [("lecun", {})],
            [("sgd", {"lr": rate}) for rate in (0.025, 0.05, 0.1, 0.2, 0.4)],
            widths=(16, 16),
            steps=2000,
        ),
        ("loss", "sharpness"),
    ),
    "digits": Preset(
        "Handwritten digits",
        "64 pixels in, ten classes out, 64 digits a step: after 200 steps more than nine in ten that it has never seen are right.",
        experiment(
            "digits",
            {},
            [("xavier", {})],
            [("sgd", {"lr": 0.1}), ("adam", {"lr": 0.01})],
            widths=(32,),
            activation="relu",
            batch=64,
            steps=200,
        ),
    ),
}
"""Every preset by name, in the order of the list."""
OPENING_EXPERIMENT = NETWORK_PRESETS["scales"]
"""What the page of networks opens with, where its address says nothing."""
OPENING_FAIR = Preset(
    "Four optimizers on spirals, fairly",
    "Within sixty steps Adam is ahead, however well the others are tuned.",
    NETWORK_PRESETS["optimizers"].scenario.replace(widths=(8, 8), steps=60),
)
"""What a fair race and a tournament of networks open with."""
