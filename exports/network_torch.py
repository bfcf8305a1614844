"""Networks in training as a PyTorch script to paste: the examples, the network, its first weights, and the optimizers of torch.optim."""

from __future__ import annotations

import base64
import textwrap
import zlib

import numpy as np
import numpy.typing as npt

from exports.python_source import number_source
from exports.torch_optimizers import Entrants, is_constant, rate_factor
from networks import Network
from optimizers import Optimizer
from scenario import Experiment
from scenario.setup import labels_of

MOST_NUMBERS = 300_000
"""Examples, weights and batches together; more are too many to paste."""
_WIDTH = 116

_SCRIPT = '''"""{title} in PyTorch, with the settings and conventions of Descent.

The losses are the same as there{but}, as long as rounding does not decide them.
"""

import base64
import math
import zlib

import numpy as np
import torch
from torch import nn, optim

torch.set_default_dtype(torch.float64)  # single precision soon goes a way of its own

STEPS = {steps}


def numbers(text, kind, *shape):
    """The numbers that a text holds, exactly as Descent has them."""
    return torch.tensor(np.frombuffer(zlib.decompress(base64.b64decode(text)), kind).reshape(shape))


# {examples}
X, Y = {x}, {y}
TEST_X, TEST_Y = {test_x}, {test_y}
{batches}
WEIGHTS = {{  # before the first step: of each layer the matrix, then the biases{scales}
{weights}
}}


def network():
    return nn.Sequential(
{layers}
    )


def loss(model, x, y):
    return nn.{loss}(model(x){squeezed}, y)

{schedule}
OPTIMIZERS = {{
{entrants}


def train(name, make, weights):
    """The trained network, and its loss on all examples before the first step and after each."""
    model = network()
    nn.utils.vector_to_parameters(weights.clone(), model.parameters())
    optimizer = make(model.parameters())
{scheduler}    losses = [loss({tested}, X, Y).item()]
    for step in range(STEPS):

        def closure():
            optimizer.zero_grad()
            value = loss({trained}, {batch}){penalty}
            value.backward()
            return value

        optimizer.step(closure)
{advance}        losses.append(loss({tested}, X, Y).item())
    return model, losses


losses = {{}}  # by the optimizer and the initialization
for name, make in OPTIMIZERS.items():
    for start, weights in WEIGHTS.items():
        model, losses[name, start] = train(name, make, weights)
        test = loss({tested}, TEST_X, TEST_Y).item()
        print(f"{{name}} from {{start}}: loss {{losses[name, start][-1]:.6g}}, on the test {{test:.6g}} after {{STEPS}} steps")
'''
_DROPPING = '''

def dropping(model, drops):
    """The model, with dropout switched on or off; batch normalization always takes the batch as it is."""
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.train(drops)
    return model
'''


def network_torch_script(experiment: Experiment) -> str:
    """The script. A method that torch.optim has not, or not with the same steps, is named in a comment that says why.

    Args:
        experiment: what to write down.

    Raises:
        ValueError: torch.optim has none of its optimizers (the message says why of each), or it has too many numbers to paste.
    """
    network, data, schedule = experiment.build_network(), experiment.build_data(), experiment.build_schedule()
    begun = experiment.build_initials()
    count = len(begun) * network.size + (len(data.x) + len(data.test_x)) * data.inputs + experiment.steps * experiment.batch
    if count > MOST_NUMBERS:
        raise ValueError(
            f"the code would hold {count:,} numbers, examples, weights and batches together, and at most {MOST_NUMBERS:,} can be pasted; "
            "choose a smaller network, fewer examples or fewer steps"
        )
    entrants = Entrants(experiment.build_optimizers(), labels_of(experiment.build_optimizers()), _why_not)
    decays = not is_constant(schedule)
    scheduled = decays or bool(entrants.changes)
    kind = "float64" if data.task == "regression" or network.measure.name == "logistic" else "int64"
    drops = experiment.dropout > 0
    starts = [
        f"    # {label}\n    {label!r}: {_numbers(network.initial(each.initializer, 1, experiment.seed, each.scale)[0], 'float64')},"
        for each, label in zip(begun, labels_of(begun), strict=True)
    ]
    squeezed = ".squeeze(1)" if network.measure.name == "logistic" else ""
    return _SCRIPT.format(
        title=experiment.title,
        but=", but for what drops out" if drops else "",
        steps=experiment.steps,
        examples=f"{data.name}: {len(data.x):,} examples to learn from and {len(data.test_x):,} to be tested on, a row each",
        x=_numbers(data.x, "float64"),
        y=_numbers(data.y, kind),
        test_x=_numbers(data.test_x, "float64"),
        test_y=_numbers(data.test_y, kind),
        batches=_batches(experiment),
        scales=", with batch normalization its scales and shifts" if network.batch_norm else "",
        weights="\n".join(starts),
        layers=textwrap.indent("\n".join(_layers(network)), " " * 8),
        loss=network.measure.torch,
        squeezed=squeezed,
        penalty=_penalty(experiment),
        schedule=(rate_factor(schedule) if decays else "") + (_DROPPING if drops else ""),
        entrants=entrants.table(scheduled),
        scheduler=f"    scheduler = {entrants.scheduler(decays)}\n" if scheduled else "",
        advance="        scheduler.step()\n" if scheduled else "",
        tested="dropping(model, False)" if drops else "model",
        trained="dropping(model, True)" if drops else "model",
        batch="X[BATCHES[step]], Y[BATCHES[step]]" if experiment.batch else "X, Y",
    )


def _why_not(optimizer: Optimizer) -> str:
    """Why a method cannot be compared; "" where it can."""
    if optimizer.couples:
        return "It looks at many weights at once: in PyTorch at those of each tensor, in Descent at all of the network."
    return ""


def _numbers(values: npt.NDArray[np.generic], kind: str) -> str:
    """An array as a call of the script's `numbers`, in lines that can be read past."""
    content = base64.b64encode(zlib.compress(np.ascontiguousarray(values, dtype=kind).tobytes(), 9)).decode()
    shape = ", ".join(map(str, values.shape))
    if len(content) <= _WIDTH - 30:
        return f'numbers("{content}", np.{kind}, {shape})'
    return f'numbers("""\n{textwrap.fill(content, _WIDTH, break_on_hyphens=False)}""", np.{kind}, {shape})'


def _batches(experiment: Experiment) -> str:
    """The examples of each step's batch; "" where it is all of them."""
    if not experiment.batch:
        return ""
    chosen = experiment.batches()
    return f"BATCHES = {_numbers(chosen, 'int64')}  # which examples each step looks at\n"


def _layers(network: Network) -> list[str]:
    """The modules of the network, a line each layer."""
    lines = []
    for layer in network.layers:
        parts = [f"nn.Linear({layer.inputs}, {layer.outputs})"]
        if layer is not network.layers[-1]:
            values = {name: repr(float(value)) for name, value in network.activation.values.items()}
            parts += [f"nn.BatchNorm1d({layer.outputs}, eps={network.eps!r})"] * network.batch_norm
            parts += [f"nn.{network.activation.torch.format(**values)}"]
            parts += [f"nn.Dropout({network.dropout!r})"] * (network.dropout > 0)
        lines.append(", ".join(parts) + ",")
    return lines


def _penalty(experiment: Experiment) -> str:
    """What is added for the penalties on the weights; biases, scales and shifts are not among them."""
    parts = [(experiment.l2 / 2, "(layer.weight**2).sum()"), (experiment.l1, "layer.weight.abs().sum()")]
    layers = "for layer in model if isinstance(layer, nn.Linear)"
    return "".join(f" + {number_source(strength)}*sum({term} {layers})" for strength, term in parts if strength)
