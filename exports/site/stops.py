"""What a page's player shows, as the files that the browser plays (`SiteStop` of player/js/types.d.ts)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from exports.site.shelf import Shelf
from figures import THEMES, Theme
from player.live_payload import live_block
from player.network_payload import training_bytes
from player.payload import Prediction, landscape_bytes, picture_bytes, run_bytes
from player.step import step_bytes
from scenario import Experiment, Race, Scenario
from scenario.panels import STEP
from scenario.setup import Setup

Stop = dict[str, Any]


def stop_of(
    shelf: Shelf,
    setup: Setup,
    panels: tuple[str, ...],
    title: str = "",
    claim: str = "",
    board: bool = True,
    ahead: bool = True,
    prediction: Prediction | None = None,
    pictures: Callable[[Theme], list[bytes]] | None = None,
    made: Race | None = None,
) -> Stop:
    """A race or a training, played in some panels.

    Args:
        shelf: takes the files.
        setup: what is played.
        panels: their names.
        title, claim, board, ahead, prediction: as for `player.payload.run_bytes`.
        pictures: PNG files that lie under its maps, one for each run.
        made: the race itself, where it is another than all of the setup's steps give; nothing in it is dragged.
    """
    if isinstance(setup, Experiment):
        comparison = setup.train()
        return {
            "training": shelf.headed(lambda theme: training_bytes(comparison, theme, panels, "", board, ahead, title, claim, prediction))
        }
    assert isinstance(setup, Scenario)
    race = made or setup.race()
    blocks = {theme: landscape_bytes(race.landscape, theme) for theme in THEMES.values()}
    stop: Stop = {
        "landscape": shelf.text(blocks.__getitem__),
        "race": shelf.headed(lambda theme: run_bytes(race, theme, panels, blocks[theme], "", board, ahead, prediction, title, claim)),
    }
    if made is None and (live := live_block(race, STEP in panels)) is not None:
        stop["live"] = shelf.put(live)
    if STEP in panels:
        last_first = range(len(race.runs) - 1, -1, -1)  # the player shows what came last
        stop["steps"] = [shelf.headed(partial(step_bytes, race, index, 0)) for index in last_first]
    if pictures:
        stop["pictures"] = shelf.pictures(lambda theme: picture_bytes(pictures(theme)))
    return stop
