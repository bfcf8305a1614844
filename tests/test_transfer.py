"""What is learned in advance: which layers are taken over, that no example of the small task is among it, and what curves say of it.

What it is good for, and for what not, lesson 24 claims; its checks hold that.
"""

from __future__ import annotations

import numpy as np
import pytest

import optimizers
from exports.lab_tables import tables_of
from lab.executors import run_task
from lab.transfer import TransferCurves, TransferResult
from networks import Network, datasets, train, transfer
from networks.training.transfer import SourceTask
from scenario.transfers import WAYS

ARMS, DIGITS, LOW = (transfer.get(name) for name in ("six_arms", "ten_digits", "digits_0_to_4"))
SPIRALS = Network((2, 32, 32, 1))


def test_all_layers_but_the_last_are_taken_over() -> None:
    short = ARMS.with_parameters(steps=20)
    begun = short.weights(SPIRALS, "he", runs=2, seed=3)
    learned, fresh = short.pretrained(SPIRALS, "he", runs=2, seed=3), SPIRALS.initial("he", 2, 3)
    shared = SPIRALS.layers[-1].whole.start
    assert np.array_equal(begun[:, :shared], learned[:, :shared])
    assert np.array_equal(begun[:, shared:], fresh[:, shared:])
    assert not (begun[:, :shared] == fresh[:, :shared]).any(axis=0)[SPIRALS.layers[0].weight].any()
    untaught = ARMS.with_parameters(steps=0).weights(SPIRALS, "he", runs=2, seed=3)
    assert np.array_equal(untaught, fresh), "hidden layers begin alike"
    begun[:] = 0.0
    assert short.weights(SPIRALS, "he", runs=2, seed=3).any(), "what is remembered cannot be changed from outside"


@pytest.mark.parametrize(("name", "task"), [("odd_or_even", DIGITS), ("noisy_digits", DIGITS), ("digits_5_to_9", LOW)])
def test_no_image_of_the_small_task_was_learned_in_advance(name: str, task: SourceTask) -> None:
    most = len(task.data.x)
    later = datasets.get(name, n=500, test=390, seed=1, noise=0.0)
    assert len(np.unique(np.concatenate([later.x, later.test_x, task.data.x, task.data.test_x]), axis=0)) >= 890 + most
    assert np.bincount(datasets.get(name, n=10 * later.classes).y).tolist() == [10] * later.classes, "as many of each class"


def test_a_task_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="Ten digits have 64 inputs, and 2-32-32-1 Tanh has 2; choose what is learned in advance among"):
        DIGITS.weights(SPIRALS)
    with pytest.raises(ValueError, match="taken over in hidden layers, and this network has none; give it one"):
        ARMS.weights(Network((2, 1)))
    with pytest.raises(KeyError, match=r"no task to learn in advance is called 'arms' .*there are: six_arms, ten_digits, digits_0_to_4"):
        transfer.get("arms")


def test_a_network_of_the_curves_is_that_of_its_experiment() -> None:
    task = TransferCurves("parity", 3, tuned_from=1, counts=(2,))
    result = run_task(task)
    experiment = task.transfer.with_examples(2, seed=2)
    net, data = experiment.build_network(), experiment.build_data()
    begun = task.transfer.task.weights(net, "he", 1, 2)
    training = train(net, data, optimizers.get("adam", lr=0.01), begun, experiment.steps, frozen=(0,), keep="last")
    assert (result.of("tuned")[0, 2], result.loss[3, 0, 2]) == (training.test_accuracies[-1, 0], training.test_losses[-1, 0])
    runs = task.transfer.compared(2, 2, tuned_from=1).train().runs
    assert [run.test_accuracies[-1] for run in runs] == [result.of(way)[0, 2] for way in WAYS]
    assert [run.label for run in runs] == ["from scratch", "frozen", "frozen random", "fine-tuned from layer 2"]
    table = tables_of(result)["Networks"].make()
    assert table.rows == 4 * 3
    assert list(table.columns["test_accuracy"][-3:]) == result.of("tuned")[0].tolist()
    assert [str(way) for way in dict.fromkeys(table.columns["way"])] == [way.title for way in WAYS.values()]
    assert table.settings["small task"]["optimizers"][0]["settings"]["beta1"] == 0.9


COUNTS = (1, 4, 16)


@pytest.mark.parametrize(
    ("scratch", "frozen", "tuned", "crossover", "told"),
    [
        (
            (0.3, 0.4, 0.9),
            (0.6, 0.6, 0.6),
            (0.4, 0.7, 0.8),
            2.52,
            "Freezing leads up to 1 example of each class, fine-tuning from 4 on; the",
        ),
        (
            (0.3, 0.4, 0.9),
            (0.6, 0.6, 0.6),
            (0.4, 0.7, 0.8),
            2.52,
            "cross at about 2.5. What was learned in advance helps up to 4 examples of",
        ),
        (
            (0.5, 0.5, 0.5),
            (0.5, 0.9, 0.9),
            (0.5, 0.6, 0.9),
            None,
            "Freezing leads at 4 examples of each class; with more they differ by",
        ),
        (
            (0.5, 0.5, 0.5),
            (0.5, 0.9, 0.9),
            (0.5, 0.6, 0.8),
            None,
            "Freezing leads from 4 to 16 examples of each class. What was learned in advance helps",
        ),
        (
            (0.5, 0.8, 0.9),
            (0.4, 0.5, 0.6),
            (0.5, 0.7, 0.8),
            None,
            "Fine-tuning leads from 1 example of each class on, and freezing nowhere.",
        ),
        ((0.5, 0.8, 0.9), (0.4, 0.5, 0.6), (0.5, 0.7, 0.8), None, "Nothing is gained from what was learned in advance"),
        ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), None, "Freezing and fine-tuning differ by no more than chance."),
    ],
)
def test_what_curves_say_is_told(
    scratch: tuple[float, ...], frozen: tuple[float, ...], tuned: tuple[float, ...], crossover: float | None, told: str
) -> None:
    means = np.array([scratch, frozen, frozen, tuned])
    chance = np.array([[-0.01, 0.01, 0.0, 0.02, -0.02], [0.01, -0.01, 0.01, 0.0, -0.01], [0.0] * 5, [-0.01, 0.0, 0.02, -0.01, 0.0]])
    accuracy = means[:, :, None] + chance[:, None]
    result = TransferResult(TransferCurves("noise", 5, counts=COUNTS), accuracy, accuracy)
    assert told in result.told
    assert result.crossover == (None if crossover is None else pytest.approx(crossover, abs=0.01))


def test_curves_that_cannot_be_are_refused() -> None:
    with pytest.raises(KeyError, match="no pair of tasks is called 'legs'; there are: arms, parity, noise, others"):
        TransferCurves("legs")
    with pytest.raises(ValueError, match="1 networks of each kind are asked for; choose 2 to 100"):
        TransferCurves("arms", 1)
    with pytest.raises(ValueError, match="from layer 2 on is asked for; choose 0 to 1"):
        TransferCurves("arms", tuned_from=2)
    assert [TransferCurves("arms").nearest(place) for place in (0, 1.4, 1.5, 3.2, 14.1, 14.2, 1e9)] == [1, 1, 2, 5, 10, 20, 100]
    assert TransferCurves("noise").counts == (1, 2, 5, 10, 20, 50), "there are no 100 images of each digit beside those for testing"
