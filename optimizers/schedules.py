"""Learning-rate decay: the catalogue of schedules."""

from __future__ import annotations

import sys

from optimizers.schedule import Schedule
from parameters import Catalogue, Param

_END = Param("end", 0.0, 0.0, 1.0, symbol="f", help="The share of the learning rate that is left at the end.")
_EVERY = Param("every", 50, 1, 100_000, slider=(1, 500), symbol="n", unit="steps", help="Steps from one drop to the next.")

constant = Schedule("Constant", formula="factor = 1", about="The learning rate stays as it is.")

step = Schedule(
    "Step",
    formula="factor = drop**floor(t/every)",
    parameters=[Param("drop", 0.5, 0.0, 1.0, symbol=r"\gamma", help="What the learning rate is multiplied by each time."), _EVERY],
    source="He et al. 2016, arXiv:1512.03385",
    about="Drops at regular intervals.",
)

exponential = Schedule(
    "Exponential",
    formula="factor = rate**t",
    parameters=[
        Param(
            "rate", 0.99, 0.0, 1.0, one_minus=True, slider=(0.9, 0.9999), symbol=r"\gamma", help="What it is multiplied by at every step."
        )
    ],
    source="cs231n lecture notes (there as exp(-k t): gamma = exp(-k))",
    about="Falls by the same share at every step.",
)

inverse_time = Schedule(
    "Inverse time",
    formula="factor = 1/(1 + k*t)",
    parameters=[Param("k", 0.05, 0.0, 100.0, log=True, slider=(1e-3, 10.0), help="How soon it falls: it is halved after 1/k steps.")],
    source="Robbins and Monro 1951, doi:10.1214/aoms/1177729586; cs231n lecture notes",
    about="Falls quickly at first and slowly later: noise dies out, yet no distance is too far.",
)

inverse_square_root = Schedule(
    "Inverse square root",
    formula="factor = 1/sqrt(1 + t/every)",
    parameters=[Param("every", 10, 1, 100_000, slider=(1, 200), symbol="n", unit="steps", help="Steps after which it has fallen to 71 %.")],
    source="Vaswani et al. 2017, arXiv:1706.03762 (what follows its warm-up)",
    about="Falls like inverse time, but more slowly.",
)

linear = Schedule(
    "Linear", formula="factor = 1 - (1 - end)*t/T", parameters=[_END], source="cs231n lecture slides", about="Falls evenly to the end."
)

cosine = Schedule(
    "Cosine",
    formula="factor = end + (1 - end)*(1 + cos(pi*t/T))/2",
    parameters=[_END],
    source="Loshchilov and Hutter 2017, arXiv:1608.03983, equation 5, one period",
    about="Stays high, falls in the middle, and ends gently.",
)

cosine_with_warm_restarts = Schedule(
    "Cosine with warm restarts",
    formula="""
        n = choose(stretch - 1, floor(log(1 + t*(stretch - 1)/period)/log(stretch) + 1e-9), floor(t/period))
        start = choose(stretch - 1, period*(stretch**n - 1)/(stretch - 1), n*period)
        factor = end + (1 - end)*(1 + cos(pi*(t - start)/(period*stretch**n)))/2
    """,
    parameters=[
        Param("period", 50, 1, 100_000, slider=(5, 500), symbol="p", unit="steps", help="Steps until the first restart."),
        Param("stretch", 1, 1, 10, symbol="s", help="How many times longer each period is than the one before."),
        _END,
    ],
    source="Loshchilov and Hutter 2017, arXiv:1608.03983, equation 5",
    about="Falls like a cosine and jumps back to its full value, again and again: a chance to leave a poor minimum.",
)

one_cycle = Schedule(
    "One-cycle",
    formula="""
        peak = max(rise*T - 1, 0.5)
        low = 1/start_division
        up = low + (1 - low)*(1 - cos(pi*t/peak))/2
        last = low/end_division
        down = last + (1 - last)*(1 + cos(pi*(t - peak)/max(T - 1 - peak, 0.5)))/2
        factor = choose(peak - t, up, down)
    """,
    parameters=[
        Param("rise", 0.3, 0.01, 0.99, symbol="r", help="The share of the run in which it rises."),
        Param(
            "start_division",
            25.0,
            1.0,
            1e6,
            log=True,
            slider=(1.0, 1000.0),
            symbol="d_0",
            help="The learning rate is divided by this at the start.",
        ),
        Param(
            "end_division", 1e4, 1.0, 1e9, log=True, slider=(1.0, 1e6), symbol="d_T", help="At the end it is this many times lower still."
        ),
    ],
    source="Smith and Topin 2019, arXiv:1708.07120, with cosine flanks as in the common implementations",
    about="Rises to the full learning rate and falls far below where it began.",
)

_CATALOGUE = Catalogue("schedule", Schedule, sys.modules[__name__])
names, get = _CATALOGUE.names, _CATALOGUE.get
