"""What the browser is sent of networks that were trained."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from figures.networks import data_window
from figures.relief import relief_map
from networks import datasets
from player.network_payload import training_bytes
from player.page import training_page
from scenario import Choice, Experiment
from scenario.network_panels import NETWORK_PANELS
from tests.player_page import comparison_of
from tests.test_payload import JS, declared

TWO = Experiment(
    data=Choice.of("moons", n=40, test=30),
    widths=(5, 4),
    initials=(Choice("xavier"), Choice.of("xavier", scale=0.1)),
    optimizers=(Choice.of("sgd", lr=0.5),),
    batch=16,
    steps=200,
)


def sent(experiment: Experiment, *panels: str) -> tuple[dict[str, Any], dict[str, np.ndarray[Any, Any]]]:
    """The header and the arrays by their names, read as the format says."""
    return read_block(training_bytes(comparison_of(experiment), panels=panels or tuple(NETWORK_PANELS)))


def read_block(block: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray[Any, Any]]]:
    """Those of a block."""
    place = 4 + int.from_bytes(block[:4], "little")
    header, arrays = json.loads(block[4:place]), {}
    for name, kind, size in header["arrays"]:
        arrays[name] = np.frombuffer(block, f"<{kind}", size, place)
        place += arrays[name].nbytes + -arrays[name].nbytes % 4
    assert place == len(block)
    return header, arrays


def test_weights_and_measures_arrive_in_single_precision() -> None:
    comparison = comparison_of(TWO)
    _, arrays = sent(TWO)
    assert np.array_equal(arrays["kept"], comparison.steps)
    assert arrays["train x"].reshape(2, 40) == pytest.approx(comparison.data.x.T)
    for index, run in enumerate(comparison.runs):
        assert arrays[f"{index} weights"].reshape(run.weights.shape) == pytest.approx(run.weights, rel=1e-6)
        assert arrays[f"{index} losses"] == pytest.approx(run.losses, rel=1e-6)
        assert arrays[f"{index} testAccuracies"] == pytest.approx(run.test_accuracies)


def fields(name: str, inherited: bool = True) -> set[str]:
    """The fields of a block that is declared as an extension of another."""
    head = re.search(rf"interface {name} extends (?:Omit<)?(\w+)(.*?)\{{\n(.*?)\n\}}", (JS / "types.d.ts").read_text(), re.DOTALL)
    assert head, f"{name} is not declared"
    own = set(re.findall(r"^  (\w+)\??:", head[3], re.MULTILINE))
    return own | (declared(head[1]) - set(re.findall(r'"(\w+)"', head[2])) if inherited else set())


def test_the_block_is_declared_for_the_browser_as_it_is_sent() -> None:
    header, arrays = sent(TWO)
    assert set(header) == fields("TrainingBlock")
    assert set(header["runs"][0]) == fields("TrainedBlock")
    assert set(header["network"]) == declared("NetworkBlock")
    assert set(header["data"]) == declared("DataBlock")
    assert set(header["signals"]) == declared("SignalsBlock")
    assert set(header["bar"]) == declared("Bar")
    assert set(header["relief"]) == declared("ReliefBlock")
    _, with_statistics = sent(TWO.replace(batch_norm=True))
    of_run = {name.removeprefix("0 ") for name in (*arrays, *with_statistics) if name.startswith("0 ")}
    theory = {f"{name}Theory" for name in ("forward", "backward", "spread", "rms")}
    assert of_run - theory == fields("Trained", inherited=False) - theory | {"x", "y", "z"}


def test_signals_statistics_and_curves_are_sent_only_where_they_are_shown() -> None:
    header, arrays = sent(TWO, "boundary", "loss")
    assert header["signals"] is None
    assert set(header["curves"]) == {"loss"}
    assert not [name for name in arrays if name.endswith(("forward", "statistics"))]
    normalized, more = sent(TWO.replace(batch_norm=True), "boundary")
    assert normalized["network"]["batch_norm"]
    assert more["0 statistics"].size == len(more["kept"]) * 2 * 9


def test_one_that_overflows_and_a_regression_can_be_sent() -> None:
    flown = TWO.replace(data=Choice.of("sine", n=30, test=30), optimizers=(Choice.of("sgd", lr=50.0),), activation=Choice("linear"))
    header, arrays = sent(flown)
    assert any(run.diverged_at >= 0 for run in comparison_of(flown).runs)
    assert np.isnan(arrays["0 losses"]).any()
    assert header["data"]["classes"] == []
    assert len(header["data"]["colours"]) == 2


def test_the_verdict_holds_from_its_step() -> None:
    for told, run in zip(sent(TWO)[0]["runs"], comparison_of(TWO).runs, strict=True):
        assert (told["verdicts"], told["since"]) == ([run.verdict], run.verdict_from)


def test_a_saved_page_names_its_data() -> None:
    text = training_page(comparison_of(TWO), panels=("boundary",), title="<Moons>")
    assert "<title>&lt;Moons&gt;</title>" in text
    assert 'id="block training"' in text
    assert "All measures of the networks" in text


def test_a_landscape_that_was_refined_is_saved_so() -> None:
    """Where it is drawn; what is computed with, the losses on the coarse grid and the paths, stays the same."""
    comparison = comparison_of(TWO)
    finer = comparison.refined(80)
    header, arrays = read_block(training_bytes(comparison, panels=("landscape",), finer=finer))
    plain, same = read_block(training_bytes(comparison, panels=("landscape",)))
    assert header["relief"]["map"] == json.loads(relief_map(finer, compact=True).to_json())
    assert header["relief"] | {name: plain["relief"][name] for name in ("map", "surface", "key")} == plain["relief"]
    assert all(np.array_equal(arrays[name], same[name], equal_nan=True) for name in same)


@pytest.mark.parametrize("name", ["moons", "sine"])
def test_the_picture_of_the_plane_has_room_for_the_examples_of_both_sets(name: str) -> None:
    data = replace(datasets.get(name), test_x=datasets.get(name).test_x + 5.0)
    window = np.array(data_window(data))
    for x in (data.x, data.test_x):
        inside = (x >= window[: x.shape[1], 0]) & (x <= window[: x.shape[1], 1])
        assert inside.all()
