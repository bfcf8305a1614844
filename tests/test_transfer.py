"""What is learned in advance: which layers are taken over, that no example of the small task is among it, and what it is good for."""

from __future__ import annotations

import numpy as np
import pytest

import optimizers
from networks import Dataset, Network, datasets, train, transfer
from networks.training.transfer import SourceTask
from parameters import Array

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


def right(net: Network, sets: list[Dataset], task: SourceTask) -> dict[str, float]:
    """The mean share of right test examples, of networks that begin and learn in four ways."""
    both = (net.initial("he", 1, seed) for seed in range(len(sets))), (task.weights(net, "he", 1, seed) for seed in range(len(sets)))
    fresh, learned = (np.concatenate(list(each)) for each in both)

    def mean(weights: Array, frozen: tuple[int, ...]) -> float:
        return float(train(net, sets, optimizers.get("adam", lr=0.01), weights, 100, frozen=frozen, keep="last").test_accuracies.mean())

    ways = {"scratch": (fresh, ()), "frozen": (learned, (0, 1)), "random": (fresh, (0, 1)), "tuned": (learned, ())}
    return {name: mean(weights, frozen) for name, (weights, frozen) in ways.items()}


def test_what_was_learned_helps_where_it_answers_the_new_question() -> None:
    """Six arms answer which of two, and clean digits noisy ones; digits 0 to 4 do not answer 5 to 9."""
    arms = right(SPIRALS, [datasets.get("spirals", n=10, seed=seed) for seed in range(3)], ARMS)
    assert arms["frozen"] > arms["tuned"] > arms["scratch"]
    assert arms["frozen"] > arms["random"] + 0.1
    noisy = Network((64, 32, 32, 10), "relu", loss="softmax")
    few = right(noisy, [datasets.get("noisy_digits", n=10, seed=seed) for seed in range(2)], DIGITS)
    assert few["frozen"] > few["tuned"] > few["scratch"] + 0.2
    more = right(noisy, [datasets.get("noisy_digits", n=100, seed=seed) for seed in range(2)], DIGITS)
    assert more["tuned"] > more["frozen"]
    exception = right(
        Network((64, 32, 32, 5), "relu", loss="softmax"), [datasets.get("digits_5_to_9", n=25, seed=seed) for seed in range(2)], LOW
    )
    assert exception["scratch"] > exception["frozen"] + 0.1
