"""The PyTorch code of networks in training, run by PyTorch: it gives the same losses."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exports.network_torch import MOST_NUMBERS, network_torch_script
from networks import activations
from scenario import Choice, Experiment
from tests.test_docs import blocks

PROBLEMS = [
    Experiment(
        widths=(6, 5),
        steps=25,
        initials=(Choice.of("xavier", scale=0.3), Choice("he")),
        optimizers=(Choice.of("sgd", lr=0.5), Choice.of("adam", lr=0.05), Choice.of("rmsprop", lr=0.01), Choice.of("adadelta", lr=1.0)),
        data=Choice.of("moons", n=30, test=20),
    ),
    Experiment(
        data=Choice.of("blobs", n=40, test=20),
        widths=(6,),
        activation=Choice.of("leaky_relu", leak=0.1),
        batch_norm=True,
        batch=8,
        steps=25,
        l1=0.001,
        l2=0.01,
        schedule=Choice("cosine"),
        optimizers=(Choice.of("momentum", lr=0.05, change_at=10), Choice.of("adamw", lr=0.02, weight_decay=0.1)),
    ),
    Experiment(
        data=Choice.of("xor", n=24, test=20),
        widths=(4, 3),
        batch_norm=True,
        steps=16,
        optimizers=(Choice.of("momentum", lr=0.1), Choice.of("adam", lr=0.05, weight_decay=0.01)),
        variants=(
            Choice("scratch"),
            Choice.of("scratch", batch=6, l2=0.1),
            Choice.of("scratch", batch=4, l1=0.01, stop=9),
            Choice.of("six_arms", frozen=1, weight_decay=0.1),
        ),
    ),
    Experiment(data=Choice.of("moons", n=24, test=20), widths=(3,), steps=14, frozen=1, stop=11, points=((0.5, -0.5), (2.0, 1.0))),
    Experiment(data=Choice("sine"), widths=(), steps=10, optimizers=(Choice.of("adagrad", lr=0.1), Choice("rprop"), Choice("l_bfgs"))),
    Experiment(
        data=Choice.of("xor", n=24, test=20),
        widths=(4, 3),
        frozen=1,
        batch=6,
        steps=10,
        schedule=Choice("linear"),
        optimizers=tuple(map(Choice, ("nesterov", "sam", "lars", "prodigy", "schedule_free_adamw", "adafactor", "lion"))),
    ),
    *(Experiment(data=Choice.of("xor", n=20), widths=(4,), steps=10, activation=Choice(name)) for name in activations.names()),
]


def losses_of(script: str) -> tuple[dict[tuple[str, ...], list[float]], float]:
    """The losses of all networks, and that of the last one on the test."""
    names: dict[str, Any] = {}
    torch = importlib.import_module("torch")
    usual = torch.get_default_dtype()
    try:
        exec(script, names)
    finally:
        torch.set_default_dtype(usual)  # which the script sets for itself
    losses: dict[tuple[str, ...], list[float]] = names["losses"]
    return losses, names["test"]


@pytest.mark.parametrize("experiment", PROBLEMS, ids=lambda experiment: experiment.title)
def test_pytorch_gives_the_same_losses(experiment: Experiment) -> None:
    importlib.import_module("torch") if os.environ.get("DESCENT_TORCH") == "required" else pytest.importorskip("torch")
    losses, tested = losses_of(network_torch_script(experiment))
    runs = [run for run in experiment.train().runs if run.optimizer.key != "l_bfgs"]
    assert len(losses) == len(runs)
    for run, found in zip(runs, losses.values(), strict=True):
        assert np.abs(np.array(found)[run.steps] - run.losses).max() < 1e-9, run.label
    assert tested == pytest.approx(runs[-1].test_losses[-1], abs=1e-9)


def test_the_documented_landscape_of_a_module_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    importlib.import_module("torch") if os.environ.get("DESCENT_TORCH") == "required" else pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    exec("\n".join(blocks("docs/own_network.md")), {})
    told = capsys.readouterr().out.split("\n")
    assert 1 <= float(told[0].split()[0]) < 1.2
    assert "the best plane of a random walk of as many points holds 76%" in told[0]
    assert told[1:] == ["True", "True", "(16, 16)", ""]
    assert "Moons, a module of 17 parameters" in (tmp_path / "landscape.html").read_text(encoding="utf-8")


def test_what_pytorch_has_not_is_named_and_what_cannot_be_pasted_is_refused() -> None:
    text = network_torch_script(Experiment(steps=2, optimizers=(Choice("sgd"), Choice("lion"), Choice("l_bfgs"))))
    assert 'class Lion(VectorOptimizer):\n    """torch.optim has no Lion. Chen' in text
    assert "# L-BFGS is left out. It looks at many weights at once" in text
    compile(text, "script", "exec")
    with pytest.raises(ValueError, match=r"L-BFGS is left out. It looks at many weights"):
        network_torch_script(Experiment(optimizers=(Choice("l_bfgs"),)))
    with pytest.raises(ValueError, match=rf"numbers.* at most {MOST_NUMBERS:,} can be pasted; choose a smaller network"):
        network_torch_script(Experiment(widths=(512, 512, 512)))
    with pytest.raises(ValueError, match=r"a batch of one example, which has no variance; choose batches of at least 2"):
        network_torch_script(Experiment(batch_norm=True, batch=1))
    dropping = network_torch_script(Experiment(dropout=0.2, seed=5))
    assert "but for what drops out" in dropping
    assert "torch.manual_seed(5)" in dropping
    assert "manual_seed" not in text
    several = Experiment(variants=(Choice.of("scratch", dropout=0.2), Choice.of("scratch", noise=0.1)))
    assert "but for what drops out and noise" in network_torch_script(several)
