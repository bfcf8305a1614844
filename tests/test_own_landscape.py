"""Paths over a plane through the weights of anything: a page of their own, without one of Descent's networks."""

from __future__ import annotations

import json

import numpy as np
import pytest

import player
from networks import planes
from parameters import Array
from player.path_payload import path_bytes, path_scoreboard
from tests.player_page import PlayerPage
from tests.screen import PLAYER, pixel
from tests.test_relief_player import told
from tests.test_training_payload import fields

BENDS = np.array([1.0, 4.0, 0.2, 2.0, 8.0])
START = np.array([2.0, -1.0, 1.5, 0.5, 1.0])


def bowl(weights: Array) -> float:
    """A bowl in five dimensions."""
    return float(0.5 * (BENDS * weights**2).sum())


def descent(rate: float) -> Array:
    """Its path down the slope."""
    points = [START]
    for _ in range(20):
        points.append(points[-1] * (1 - rate * BENDS))
    return np.array(points)


PATHS = [descent(0.05), descent(0.2)]
RELIEF = planes.relief(planes.landscape_of(planes.pca(np.concatenate(PATHS)), bowl, name="A bowl"), PATHS, 33)
LABELS = ("SGD", "A faster one")


def test_paths_are_sent_as_those_of_networks_are() -> None:
    block = path_bytes(RELIEF, LABELS, steps=range(0, 210, 10), title="<Mine>")
    place = 4 + int.from_bytes(block[:4], "little")
    header = json.loads(block[4:place])
    assert set(header) == fields("TrainingBlock")
    assert (header["title"], header["steps"], header["window"]) == ("<Mine>", 200, [list(side) for side in RELIEF.window])
    assert [run["verdicts"] for run in header["runs"]] == [["lowest at its end"]] * 2
    first, second = header["runs"]
    assert first["colour"] != second["colour"]
    sizes = {name: size for name, _, size in header["arrays"]}
    assert sizes["0 x"] == sizes["1 top"] == 21
    assert sizes["origin"] < 5, "no weights are sent, however many there are"
    assert "&lt;Mine&gt;" in player.relief_page(RELIEF, LABELS, title="<Mine>")
    assert f"<td>{RELIEF.true_losses[0][-1]:.3g}</td>" in path_scoreboard(RELIEF, LABELS)
    lost = [np.where(np.arange(21)[:, None] > 4, np.nan, PATHS[0]), PATHS[1]]
    block = path_bytes(planes.relief(RELIEF.landscape, lost, 4), LABELS)
    assert b"diverged at step 5" in block


def test_what_cannot_be_played_is_refused() -> None:
    with pytest.raises(ValueError, match="there are 2 paths and 1 labels; give at least one path, and a label for each"):
        player.relief_page(RELIEF, LABELS[:1])
    with pytest.raises(ValueError, match="the paths have 9, 21 points; to play on one clock all need as many"):
        player.relief_page(planes.relief(RELIEF.landscape, [PATHS[0], PATHS[1][:9]], 4), LABELS)
    with pytest.raises(ValueError, match=r"a path of one point does not move, .*; give two at least"):
        player.relief_page(planes.relief(RELIEF.landscape, [path[:1] for path in PATHS], 4), LABELS)
    for steps in (range(20), range(1, 22), [0] * 21, np.linspace(0, 1, 21)):
        with pytest.raises(ValueError, match="steps must be 21 whole numbers that rise from 0"):
            player.relief_page(RELIEF, LABELS, steps=steps)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="there is no panel 'boundary' without a network; there are landscape, surface, loss"):
        player.relief_page(RELIEF, LABELS, panels=("boundary",))


def test_the_page_plays_paths_and_tells_the_loss_under_the_pointer(player_page: PlayerPage) -> None:
    player_page.show("showTrainer", "train", path_bytes(RELIEF, LABELS), "descent-root")
    page = player_page.settled(20)
    assert page.locator(".board tbody tr").count() == 2
    assert [name for name in page.locator(".board thead th").all_inner_texts() if name] == ["Network", "Loss", "Plane", "How it goes"]
    heads = page.evaluate(f"{PLAYER}.race.runs.map((run) => [run.x.at(-1), run.y.at(-1)])")
    assert np.array(heads) == pytest.approx(np.array([path[-1] for path in RELIEF.coordinates]), abs=1e-5)
    (a0, a1), (b0, b1) = RELIEF.window
    page.mouse.move(*pixel(page, 0.7 * a0 + 0.3 * a1, 0.4 * b0 + 0.6 * b1, "landscape"))
    tooltip = page.locator("[data-panel=landscape] .tooltip")
    tooltip.wait_for()
    x, y = page.evaluate(f"{PLAYER}.probe.at")
    assert float(told(page)["loss"]) == pytest.approx(float(RELIEF.landscape.value([[x], [y]])[0]), rel=0.03)
    assert tooltip.locator("canvas").count() == 0, "there is no network whose answer could be drawn"
