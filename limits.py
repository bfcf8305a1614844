"""What one link, one session and the whole server may ask for: one declaration of each limit, which an operator can set.

A limit is set by an environment variable before the app is started, `DESCENT_RACE_POINTS=3000000` say. What a number means by itself, the
range of a learning rate say, is no matter of the server: it stands with the number (`parameters.Param`).
"""

from __future__ import annotations

import os
from dataclasses import dataclass

_PREFIX = "DESCENT_"


@dataclass(frozen=True)
class Limit:
    """One limit.

    Args:
        name: in words; the environment variable is made of it.
        default: what holds where nobody sets it.
        unit: what is counted.
        help: what it keeps from happening.
        least: the smallest value that can be set.
    """

    name: str
    default: int
    unit: str
    help: str
    least: int = 1

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return _PREFIX + self.name.upper().replace(" ", "_")

    @property
    def value(self) -> int:
        """What holds.

        Raises:
            ValueError: what the environment says is no whole number, or too small.
        """
        text = os.environ.get(self.variable, "").strip().replace("_", "").replace(",", "")
        if not text:
            return self.default
        if not text.isdecimal() or int(text) < self.least:
            raise ValueError(f"{self.variable} is {text!r}; it has to be a whole number from {self.least} on, in {self.unit}")
        return int(text)


# ---- what one link may ask for

RACE_POINTS = Limit(
    "race points",
    12_000_000,
    "points",
    "Optimizers times starts times steps of a race that is shown: all of them are kept, and sent to the browser.",
)
NETWORK_WEIGHTS = Limit("network weights", 400_000, "weights", "Of all networks of a comparison together: they are sent to the browser.")
TRAINING_SECONDS = Limit("training seconds", 180, "seconds", "How long the training of the networks of a page may be expected to take.")
LAB_STEPS = Limit(
    "lab steps",
    20_000_000_000,
    "steps",
    "Steps of all trajectories of a sweep, a fair race or a tournament together.",
)
LAB_TRAJECTORIES = Limit("lab trajectories", 8_000_000, "trajectories", "Of a sweep, a fair race or a tournament: their ends are kept.")
BASIN_STEPS = Limit("basin steps", 100_000_000_000, "steps", "Steps of all trajectories of the maps of basins together.")
RAISED_STEPS = Limit(
    "raised steps",
    400_000_000,
    "steps",
    "Up to which a fair race or a tournament takes more seeds by itself, while nobody waits; beyond it offers them.",
    least=0,
)
NETWORK_SWEEP_STEPS = Limit(
    "network sweep steps",
    4_000_000_000,
    "steps",
    "Of a sweep, a fair race or a tournament of networks, counted in steps of one trajectory on a landscape.",
)
FILM_FRAMES = Limit("film frames", 300, "pictures", "Of a film; a longer race shows every second, third, ... step.", least=2)
FILM_MEGAPIXELS = Limit("film megapixels", 2600, "million pixels", "Of all frames of a film together.")
JOB_MINUTES = Limit("job minutes", 30, "minutes", "How long anything that runs in a worker process may take; then it is given up.")

# ---- what one session may ask for

JOBS_PER_SESSION = Limit("jobs per session", 1, "jobs", "Of the lab, that run at a time; the others wait.")
WAITING_PER_SESSION = Limit("waiting per session", 8, "jobs", "Of the lab, that wait.")

# ---- what the server does altogether

SESSIONS = Limit("sessions", 300, "tabs", "That have the app open at a time, with about 1.5 MB each; one more waits, and is told so.")
WORKERS = Limit(
    "workers",
    os.cpu_count() or 1,
    "processes",
    "Worker processes of the lab: so many jobs run at a time. By default as many as there are processors; with 0 they run in the server's "
    "own process and hold up what others do.",
    least=0,
)
WORKER_MEGABYTES = Limit("worker megabytes", 2048, "megabytes", "Memory of one worker process, where the system sees to it (Linux).", 256)
WAITING = Limit("waiting", 100, "jobs", "Of the lab, that wait, of all sessions together.")
LARGE_MEGABYTES = Limit(
    "large megabytes",
    1000,
    "megabytes",
    "Memory in which large races are run and drawn: pages that show some take turns. A race takes 60 bytes a point.",
)
RACE_MEGABYTES = Limit("race megabytes", 256, "megabytes", "Memory of races and networks that are kept for who asks for them again.")
RESULT_MEGABYTES = Limit("result megabytes", 256, "megabytes", "Memory of results of the lab that are kept for who asks for them again.")
ROOMS = Limit("rooms", 200, "rooms", "In which classes answer by phone, at a time; each lives for two hours.")
ROOM_DEVICES = Limit("room devices", 1_000, "devices", "That enter one room.")
WRONG_CODES_OF_ONE = Limit("wrong codes of one", 20, "a minute", "Wrong codes of rooms from one address; a class behind a router has one.")
WRONG_CODES = Limit("wrong codes", 300, "a minute", "Wrong codes of rooms from all together.")

LIMITS = tuple(value for value in list(globals().values()) if isinstance(value, Limit))
"""All of them, in the order of the documentation."""
