"""Networks in training as a PyTorch script to paste: the examples, the network, its first weights, and the optimizers."""

from __future__ import annotations

import base64
import textwrap
import zlib

import numpy as np
import numpy.typing as npt

from exports.network_torch_ways import Ways
from exports.script import docstring_of
from exports.torch_optimizers import Entrants, is_constant, rate_factor
from networks import Network
from optimizers import Optimizer
from parameters import Array
from scenario import Experiment
from scenario.setup import labels_of
from version import PROGRAM

MOST_NUMBERS = 300_000
"""Examples, weights and batches together; more are too many to paste."""
_WIDTH = 116

_SCRIPT = '''"""{title} in PyTorch, with the settings and conventions of {program}.

{told}

The losses are the same as there{but}, as long as rounding does not decide them.
"""

import base64
import math
import zlib

import numpy as np
import torch
from torch import nn, optim

torch.set_default_dtype(torch.float64)  # single precision soon goes a way of its own
{seed}
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
{variants}

def network({dropout}):
    return nn.Sequential(
{layers}
    )


def loss(model, x, y):
    return nn.{loss}(model(x){squeezed}, y)

{schedule}
OPTIMIZERS = {{
{entrants}


def train(name, make, weights{way}):
    """The trained network, and its loss on all examples before the first step and after each."""
    model = network({dropouts})
    nn.utils.vector_to_parameters(weights.clone(), model.parameters())
{frozen}    optimizer = make(model.parameters())
{decay}{scheduler}    losses = [loss({tested}, X, Y).item()]
    for step in range({until}):

        def closure():
            optimizer.zero_grad()
            value = loss({trained}, {batch}){penalty}
            value.backward()
{noise}            return value

        optimizer.step(closure)
{advance}        losses.append(loss({tested}, X, Y).item())
{held}    return model, losses


losses = {{}}  # by the optimizer{by_variant} and the initialization
for name, make in OPTIMIZERS.items():
{runs}'''
_RUNS = """\
for start, weights in WEIGHTS{of_source}.items():
    model, losses[name, {key}start] = train(name, make, weights{given})
    test = loss({used}, TEST_X, TEST_Y).item()
    print(f"{{name}}{told} from {{start}}: loss {{losses[name, {key}start][-1]:.6g}}, on the test {{test:.6g}} after {{STEPS}} steps")
"""
_DROPPING = '''

def dropping(model, drops):
    """The model, with dropout switched on or off; batch normalization always takes the batch as it is."""
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.train(drops)
    return model
'''


_USED = '''

def used(model):
    """The model as it is used: batch normalization reckons with the means and variances of all examples to learn from."""
    layers = [module for module in model.modules() if isinstance(module, nn.BatchNorm1d)]
    for layer in layers:
        layer.momentum = 1.0
    model(X)
    for layer in layers:
        layer.running_var *= 1 - 1 / len(X)  # PyTorch keeps n/(n - 1) times the variance
    return model.eval()
'''


def network_torch_script(experiment: Experiment, link: str = "") -> str:
    """The script. A method that torch.optim has not, or not with the same losses, is written down as a class; what no short class can do is
    named in a comment that says why.

    Args:
        experiment: what to write down.
        link: the whole address that opens it in the app, where that is known.

    Raises:
        ValueError: none of its optimizers can be written (the message says why of each), or it has too many numbers to paste, or PyTorch
            does not normalize its batches.
    """
    network, data, schedule = experiment.build_network(), experiment.build_data(), experiment.build_schedule()
    ways = Ways(experiment)
    starts = len(experiment.initials) * len(ways.sources) + len(experiment.points)
    count = starts * network.size + (len(data.x) + len(data.test_x)) * data.inputs + experiment.steps * sum(ways.batches)
    if count > MOST_NUMBERS:
        raise ValueError(
            f"the code would hold {count:,} numbers, examples, weights and batches together, and at most {MOST_NUMBERS:,} can be pasted; "
            "choose a smaller network, fewer examples or fewer steps"
        )
    normalized = network.batch_norm and bool(experiment.widths)
    if normalized and 1 in ways.batches:
        raise ValueError("PyTorch refuses to normalize a batch of one example, which has no variance; choose batches of at least 2")
    decays = not is_constant(schedule)
    entrants = Entrants(experiment.build_optimizers(), labels_of(experiment.build_optimizers()), decays, _why_not)
    scheduled = decays or bool(entrants.changes)
    kind = "float64" if data.task == "regression" or network.measure.name == "logistic" else "int64"
    drops = ways.some("dropout")
    tested = "dropping(model, False)" if drops else "model"
    used = f"used({tested})" if normalized else tested
    squeezed = ".squeeze(1)" if network.measure.name == "logistic" else ""
    return _SCRIPT.format(
        title=experiment.title,
        program=PROGRAM,
        told=docstring_of(experiment, link),
        but=ways.but,
        seed=f"torch.manual_seed({experiment.seed})  # chooses{ways.but.removeprefix(', but for')}\n" if ways.but else "",
        steps=experiment.steps,
        examples=f"{data.name}: {len(data.x):,} examples to learn from and {len(data.test_x):,} to be tested on, a row each",
        x=_numbers(data.x, "float64"),
        y=_numbers(data.y, kind),
        test_x=_numbers(data.test_x, "float64"),
        test_y=_numbers(data.test_y, kind),
        batches=_batches(experiment, ways),
        scales=", with batch normalization its scales and shifts" if network.batch_norm else "",
        weights=_weights(experiment, ways),
        variants=ways.table,
        dropout="dropout" if ways.differ("dropout") else "",
        layers=textwrap.indent("\n".join(_layers(network, ways)), " " * 8),
        loss=network.measure.torch,
        squeezed=squeezed,
        schedule=(rate_factor(schedule) if decays else "")
        + (_DROPPING if drops else "")
        + (_USED if normalized else "")
        + entrants.classes,
        entrants=entrants.table(scheduled),
        way=", way" if ways.several else "",
        dropouts=ways.value("dropout") if ways.differ("dropout") else "",
        frozen=ways.freezing(2 + network.batch_norm + drops),
        decay=ways.decay,
        scheduler=f"    scheduler = {entrants.scheduler(decays)}\n" if scheduled else "",
        tested=tested,
        until=ways.until,
        trained="dropping(model, True)" if drops else "model",
        batch=ways.batch,
        penalty=ways.penalty,
        noise=ways.noise,
        advance="        scheduler.step()\n" if scheduled else "",
        held=ways.held,
        by_variant=", the variant" if ways.several else "",
        runs=_runs(ways, used),
    )


def _why_not(optimizer: Optimizer) -> str:
    """Why torch.optim's method gives other losses; "" where it does not."""
    if optimizer.couples:
        return "It looks at many weights at once: in PyTorch at those of each tensor, in Descent at all of the network."
    if optimizer.torch_point:
        return f"torch.optim keeps y = {optimizer.torch_point} in place of x, and its losses are those of y."
    return ""


def _numbers(values: npt.NDArray[np.generic], kind: str) -> str:
    """An array as a call of the script's `numbers`, in lines that can be read past."""
    content = base64.b64encode(zlib.compress(np.ascontiguousarray(values, dtype=kind).tobytes(), 9)).decode()
    shape = ", ".join(map(str, values.shape))
    if len(content) <= _WIDTH - 30:
        return f'numbers("{content}", np.{kind}, {shape})'
    return f'numbers("""\n{textwrap.fill(content, _WIDTH, break_on_hyphens=False)}""", np.{kind}, {shape})'


def _batches(experiment: Experiment, ways: Ways) -> str:
    """The examples of each step's batch; "" where it is all of them."""
    drawn = {size: _numbers(experiment.batches(size), "int64") for size in ways.batches}
    if not drawn:
        return ""
    if not ways.differ("batch"):
        return f"BATCHES = {next(iter(drawn.values()))}  # which examples each step looks at\n"
    rows = "".join(f"    {size}: {numbers},\n" for size, numbers in drawn.items())
    return f"BATCHES = {{  # which examples each step looks at, by the size of the batch\n{rows}}}\n{ways.BATCH}"


def _weights(experiment: Experiment, ways: Ways) -> str:
    """The first weights by the initialization, and where variants begin with other ones by what these were learned on."""
    names = [*labels_of(experiment.build_initials()), *(f"start {number + 1}" for number in range(len(experiment.points)))]
    points = experiment.point_weights()
    tables = {way.source: _table(names, [*experiment.first_weights(way), *points]) for way in ways.sources}
    if len(tables) == 1:
        return next(iter(tables.values()))
    return "\n".join(f"    {source!r}: {{\n{textwrap.indent(table, ' ' * 4, _is_code)}\n    }}," for source, table in tables.items())


def _is_code(line: str) -> bool:
    return line.startswith("    ")


def _table(names: list[str], weights: list[Array]) -> str:
    rows = zip(names, weights, strict=True)
    return "\n".join(f"    # {name}\n    {name!r}: {_numbers(each, 'float64')}," for name, each in rows)


def _layers(network: Network, ways: Ways) -> list[str]:
    """The modules of the network, a line each layer."""
    lines = []
    for layer in network.layers:
        parts = [f"nn.Linear({layer.inputs}, {layer.outputs})"]
        if layer is not network.layers[-1]:
            values = {name: repr(float(value)) for name, value in network.activation.values.items()}
            parts += [f"nn.BatchNorm1d({layer.outputs}, eps={network.eps!r})"] * network.batch_norm
            parts += [f"nn.{network.activation.torch.format(**values)}"]
            parts += [f"nn.Dropout({'dropout' if ways.differ('dropout') else ways.value('dropout')})"] * ways.some("dropout")
        lines.append(", ".join(parts) + ",")
    return lines


def _runs(ways: Ways, used: str) -> str:
    """The loops that train."""
    of_source = '[way["source"]]' if len(ways.sources) > 1 else ""
    told = {"key": "variant, ", "given": ", way", "told": ", {variant}"} if ways.several else {"key": "", "given": "", "told": ""}
    loops = _RUNS.format(of_source=of_source, used=used, **told)
    if not ways.several:
        return textwrap.indent(loops, " " * 4)
    return f"    for variant, way in VARIANTS.items():\n{textwrap.indent(loops, ' ' * 8)}"
