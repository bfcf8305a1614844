"""Records what PyTorch computes of small networks, as reference values for the tests.

    python tests/reference/record_networks.py

writes networks.json beside this file. Only this script needs PyTorch; the tests read the file. The recorded file was made with torch 2.13.0
on Python 3.11, in float64 throughout; JSON keeps every float exactly. Nothing of this project has a part in it: modules, losses and
optimizers are torch's own by torch's names, and all weights are one vector, layer after layer, each layer's matrix row by row, its biases,
and with batch normalization its scale and shift.

- `gradients`: the mean loss of one network and its gradient, for every activation, with and without batch normalization, for every loss;
- `runs`: 50 steps on the whole set with every optimizer, on a tanh network with a logistic loss; where they begin and where they end, and
  how the losses fall. A run that moves by more than 10^-11 when its gradients are nudged by a few units in the last place is refused.
- `running`: the running statistics of batch normalization after ten passes, and the outputs in evaluation mode.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "Tanh()": nn.Tanh,
    "Sigmoid()": nn.Sigmoid,
    "ReLU()": nn.ReLU,
    "LeakyReLU(0.01)": lambda: nn.LeakyReLU(0.01),
    "GELU()": nn.GELU,
    "Identity()": nn.Identity,
}
LOSSES: dict[str, tuple[Callable[[], nn.Module], int]] = {
    "BCEWithLogitsLoss()": (nn.BCEWithLogitsLoss, 1),
    "CrossEntropyLoss()": (nn.CrossEntropyLoss, 3),
    "MSELoss()": (nn.MSELoss, 2),
}
"""By the text of the call: how it is made, and the outputs of the network."""
STEPS = 50
NUDGE, TOLERATED = 1e-15, 1e-11
RUNS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 0.5}),
    ("SGD", {"lr": 0.2, "momentum": 0.9, "weight_decay": 0.01}),
    ("Adagrad", {"lr": 0.1}),
    ("Adadelta", {"lr": 1.0, "rho": 0.9, "eps": 1e-4}),
    ("RMSprop", {"lr": 0.01, "alpha": 0.9, "eps": 1e-3}),
    ("RMSprop", {"lr": 0.01, "alpha": 0.9, "eps": 1e-2, "momentum": 0.5, "centered": True}),
    ("Adam", {"lr": 0.02}),
    ("Adam", {"lr": 0.02, "betas": (0.8, 0.99), "eps": 1e-4, "amsgrad": True, "weight_decay": 0.01}),
    ("AdamW", {"lr": 0.02, "weight_decay": 0.1}),
    ("Adamax", {"lr": 0.02}),
    ("NAdam", {"lr": 0.02}),
    ("RAdam", {"lr": 0.02}),
    ("Rprop", {"lr": 0.01, "step_sizes": (1e-6, 0.03)}),
    ("Adafactor", {"lr": 0.05}),
    ("LBFGS", {"lr": 0.1, "max_iter": 1, "history_size": 5, "tolerance_grad": 0.0, "tolerance_change": 0.0}),
    ("SAM", {"lr": 0.3, "rho": 0.05}),
]
SIZES = (2, 5, 4, 1)
EXAMPLES = 23


def network(sizes: tuple[int, ...], activation: str, norm: bool) -> nn.Sequential:
    """Linear, normalization, activation, for each layer but the last."""
    modules: list[nn.Module] = []
    for index, (inputs, outputs) in enumerate(pairwise(sizes)):
        modules.append(nn.Linear(inputs, outputs))
        if index < len(sizes) - 2:
            if norm:
                modules.append(nn.BatchNorm1d(outputs))
            modules.append(ACTIVATIONS[activation]())
    return nn.Sequential(*modules)


def load(model: nn.Module, weights: torch.Tensor) -> None:
    nn.utils.vector_to_parameters(weights, model.parameters())


def gradient(model: nn.Module, loss: nn.Module, x: torch.Tensor, y: torch.Tensor, weights: torch.Tensor) -> tuple[float, torch.Tensor]:
    load(model, weights.detach().clone())
    model.zero_grad()
    z = model(x)
    value = loss(z[:, 0] if isinstance(loss, nn.BCEWithLogitsLoss) else z, y)
    value.backward()
    return value.item(), torch.cat([parameter.grad.reshape(-1) for parameter in model.parameters()])


def examples(generator: torch.Generator, inputs: int, loss: str, outputs: int) -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.randn(EXAMPLES, inputs, generator=generator)
    if loss.startswith("BCE"):
        return x, (x[:, 0] * x[:, 1] > 0).double()
    if loss.startswith("Cross"):
        return x, torch.randint(outputs, (EXAMPLES,), generator=generator)
    return x, torch.randn(EXAMPLES, outputs, generator=generator)


def start(model: nn.Module, generator: torch.Generator) -> torch.Tensor:
    """All weights, with biases, scales and shifts that are not 0 or 1."""
    vector = nn.utils.parameters_to_vector(model.parameters()).detach()
    return 0.8 * torch.randn(vector.shape, generator=generator)


def recorded_gradient(activation: str, norm: bool, loss: str) -> dict[str, Any]:
    generator = torch.Generator().manual_seed(1)
    make, outputs = LOSSES[loss]
    model = network((2, 4, 3, outputs), activation, norm)
    x, y = examples(generator, 2, loss, outputs)
    weights = start(model, generator)
    value, slopes = gradient(model, make(), x, y, weights)
    given = {"activation": activation, "batch_norm": norm, "loss": loss, "x": x.tolist(), "y": y.tolist()}
    return given | {"weights": weights.tolist(), "value": value, "gradient": slopes.tolist()}


def recorded_run(method: str, arguments: dict[str, Any]) -> dict[str, Any]:
    generator = torch.Generator().manual_seed(2)
    model, loss = network(SIZES, "Tanh()", False), nn.BCEWithLogitsLoss()
    x, y = examples(generator, SIZES[0], "BCE", 1)
    first = start(model, generator)

    def path(of: Callable[[torch.Tensor], torch.Tensor]) -> tuple[torch.Tensor, list[float]]:
        given = dict(arguments)
        rho = given.pop("rho") if method == "SAM" else 0.0
        point = first.clone().requires_grad_()
        optimizer = getattr(torch.optim, "SGD" if method == "SAM" else method)([point], **given)
        losses = []

        def closure() -> torch.Tensor:
            at = of(point.detach())
            value, slopes = gradient(model, loss, x, y, at)
            losses.append(value)
            if rho:
                _, slopes = gradient(model, loss, x, y, at + rho * slopes / (torch.linalg.vector_norm(slopes) + 1e-12))
            point.grad = slopes
            return torch.tensor(value)

        for _ in range(STEPS):
            optimizer.step(closure)
        return point.detach(), losses

    end, losses = path(lambda point: point)
    noise = torch.Generator().manual_seed(0)
    moved, _ = path(lambda point: point * (1 + NUDGE * torch.randn(point.shape, generator=noise)))
    change = (moved - end).abs().max().item()
    if not change <= TOLERATED:
        raise SystemExit(f"{method} {arguments}: rounding decides the run, it moves by {change:.1e}; choose another setting")
    kept = {"weights": first.tolist(), "end": end.tolist(), "losses": losses}
    return {"method": method, "arguments": arguments, "x": x.tolist(), "y": y.tolist(), **kept}


def recorded_running() -> dict[str, Any]:
    """Ten passes in training mode, on the same examples with other weights each time, then one in evaluation mode."""
    generator = torch.Generator().manual_seed(3)
    model = network((2, 4, 3, 1), "Tanh()", True)
    x, _ = examples(generator, 2, "BCE", 1)
    path = [start(model, generator)]
    while len(path) < 10:
        path.append(path[-1] + 0.1 * torch.randn(path[0].shape, generator=generator))
    for weights in path:
        load(model, weights)
        model(x)
    norms = [module for module in model if isinstance(module, nn.BatchNorm1d)]
    statistics = torch.cat([part for module in norms for part in (module.running_mean, module.running_var)])
    model.eval()
    outputs = model(x).detach()
    return {"x": x.tolist(), "weights": torch.stack(path).tolist(), "statistics": statistics.tolist(), "outputs": outputs.tolist()}


def lines(entries: list[dict[str, Any]]) -> str:
    """A JSON list with an entry a line, so that a difference between two recordings can be read."""
    return "[\n" + ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries) + "\n]"


def main() -> None:
    gradients = [recorded_gradient(activation, norm, loss) for activation in ACTIVATIONS for norm in (False, True) for loss in LOSSES]
    parts = {
        "torch": json.dumps(torch.__version__),
        "python": json.dumps(platform.python_version()),
        "sizes": json.dumps(SIZES),
        "gradients": lines(gradients),
        "runs": lines([recorded_run(*run) for run in RUNS]),
        "running": json.dumps(recorded_running(), separators=(",", ":")),
    }
    text = "{\n" + ",\n".join(f'"{name}": {part}' for name, part in parts.items()) + "\n}\n"
    Path(__file__).with_name("networks.json").write_text(text)


if __name__ == "__main__":
    main()
