"""The numbers of a race as a CSV table and as NumPy arrays, each with a header that explains its columns or arrays."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import numpy as np

from exports.caption import caption_of
from landscapes import Landscape
from scenario import Race
from scenario.scenario import check_race
from scenario.setup import Setup
from simulation.progress import Progress
from version import PROGRAM

MOST_ROWS = 1_000_000
"""A table of more rows than this opens in no spreadsheet and takes too long to write."""
_COLUMNS = ("optimizer", "trajectory", "step", "x", "y", "loss")


def to_csv(race: Race, progress: Progress | None = None, link: str = "") -> str:
    """The race as a table with a row for each point of each trajectory.

    The lines before it start with "#". Numbers are written such that they read back exactly as they are; "nan" stands where a trajectory
    has diverged.

    Args:
        race: what to write down.
        progress: called now and then with the fraction done.
        link: the whole address that opens the race in the app, where that is known.

    Raises:
        ValueError: it has more than `MOST_ROWS` points.
    """
    check_race(race)
    rows = len(race.runs) * race.runs[0].losses.size
    if rows > MOST_ROWS:
        raise ValueError(f"the table would have {rows:,} rows, and a table has at most {MOST_ROWS:,}; take the arrays (NPZ)")
    parts = [head(_about(race, _TABLE, link), _COLUMNS)]
    for index, (run, label) in enumerate(zip(race.runs, race.labels, strict=True)):
        name = quoted(label)
        for n in range(run.count):
            points = zip(*run.positions[:, :, n].T.tolist(), run.losses[:, n].tolist(), strict=True)
            parts += [f"{name},{n + 1},{step},{x!r},{y!r},{loss!r}\n" for step, (x, y, loss) in enumerate(points)]
            if progress and n % 50 == 0:
                progress((index + n / run.count) / len(race.runs))
    return "".join(parts)


def to_npz(race: Race, link: str = "") -> bytes:
    """The race as NumPy arrays in one file; `about` in it says what they hold.

    `positions` has the shape (optimizers, steps + 1, 2, trajectories), `losses` (optimizers, steps + 1, trajectories), `diverged_at`
    and `frozen_at` (optimizers, trajectories); `optimizers` holds their names, `scenario` the scenario as JSON. None of them needs pickle
    to be read. `link` as for `to_csv`.
    """
    check_race(race)
    file = io.BytesIO()
    np.savez(
        file,
        about=np.array(signed(_about(race, _ARRAYS, link))),
        optimizers=np.array(race.labels),
        positions=np.stack([run.positions for run in race.runs]),
        losses=np.stack([run.losses for run in race.runs]),
        diverged_at=np.stack([run.diverged_at for run in race.runs]),
        frozen_at=np.stack([run.frozen_at for run in race.runs]),
        scenario=np.array(race.scenario.to_json()),
    )
    return file.getvalue()


_TABLE = """\
optimizer: its name, with the settings that tell it from others of the same name
trajectory: its number, from 1; trajectories of one number share their start
step: 0 is the start
x, y: where the trajectory is after that step, in {units}
loss: f(x, y) there, with the penalty if there is one; no unit
nan: the trajectory has diverged, and its numbers overflowed
"""
_ARRAYS = """\
optimizers: their names, in the order of the first axis of all other arrays
positions[optimizer, step, axis, trajectory]: step 0 is the start; axis 0 is x and axis 1 is y, in {units}
losses[optimizer, step, trajectory]: f(x, y) there, with the penalty if there is one; no unit
diverged_at[optimizer, trajectory]: the step from which on positions and losses are nan, -1 where there is none
frozen_at[optimizer, trajectory]: the step from which on a squared slope that has overflowed holds x or y, so that it stands still or only
  decays; -1 where there is none
scenario: the race's settings as JSON
"""


def _about(race: Race, columns: str, link: str) -> str:
    landscape = race.landscape
    formula = "" if landscape.formula else f"f(x, y): {landscape.about}\n"
    return f"a race on {landscape.name}\n{formula}{settings_lines(race.scenario, link)}{columns.format(units=units_of(landscape))}"


def units_of(landscape: Landscape) -> str:
    """In what x and y are counted."""
    return "the units of the formula" if landscape.formula else f"the units of its axes, {' and '.join(landscape.axes)}"


def settings_lines(setup: Setup, link: str = "") -> str:
    """The formula, every setting, those at their default too, and the link, a line each.

    Args:
        setup: whose they are.
        link: the whole address that opens it in the app, where that is known.
    """
    return "".join(f"{line}\n" for line in caption_of(setup, link).lines)


def signed(about: str) -> str:
    """What data hold, and which Descent wrote it."""
    return f"{PROGRAM}: {about}"


def head(about: str, columns: Iterable[str]) -> str:
    """What a table begins with: lines after "#" that say what it holds and which Descent wrote it, and the names of its columns."""
    return "".join(f"# {line}\n" for line in signed(about).splitlines()) + ",".join(columns) + "\n"


def quoted(text: str) -> str:
    """A text as one field of a table."""
    field = io.StringIO()
    csv.writer(field, lineterminator="").writerow([text])
    return field.getvalue()
