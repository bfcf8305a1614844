"""Learning-rate decay: the catalogue of schedules.

A run has the steps t = 0 .. T-1. What falls "to `end`" has fallen to it after T steps, as in torch, so the last step, T-1, still has a
little more: linear end + (1 - end)/T, cosine end + (1 - end) (1 - cos(pi/T))/2, polynomial end + (1 - end)/T^power. Only one-cycle takes
its lowest factor in the last step itself, as torch's does.
"""

from __future__ import annotations

import sys

from optimizers.schedule import Schedule
from parameters import Catalogue, Param

_END = Param(
    "end",
    0.0,
    0.0,
    1.0,
    symbol="f",
    help="The share of the learning rate that it falls to: it is there after the last step, which still has a little more.",
)
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
    parameters=[Param("every", 10, 1, 100_000, slider=(1, 200), symbol="n", unit="steps", help="Steps after which it has fallen to 71%.")],
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

polynomial = Schedule(
    "Polynomial",
    formula="factor = end + (1 - end)*max(1 - t/T, 0)**power",
    parameters=[
        Param("power", 2.0, 0.1, 10.0, symbol="p", help="1 falls evenly, more falls soon, less falls late."),
        _END,
    ],
    source="Chen et al. 2018, arXiv:1606.00915 (there with power 0.9)",
    about="Falls to the end like a power of the steps that are left.",
)

multi_step = Schedule(
    "Multi-step",
    formula="""
        drops = choose(t + 0.5 - first, 1, 0) + choose(t + 0.5 - second, 1, 0) + choose(t + 0.5 - third, 1, 0)
        factor = drop**drops
    """,
    parameters=[
        Param("drop", 0.1, 0.0, 1.0, symbol=r"\gamma", help="What the learning rate is multiplied by each time."),
        *(
            Param(name, default, 1, 100_000, slider=(1, 1000), symbol=rf"n_{number}", unit="steps", help=f"Steps before the {name} drop.")
            for number, (name, default) in enumerate((("first", 100), ("second", 150), ("third", 180)), start=1)
        ),
    ],
    source="He et al. 2016, arXiv:1512.03385",
    about="Drops after steps of your choice; a drop after the last step does not come.",
)

warm_up_stable_decay = Schedule(
    "Warm-up-stable-decay",
    formula="""
        start = (1 - decay)*T
        done = min(max(t - start, 0)/(decay*T), 1)
        factor = end + (1 - end)*(1 - done**shape)
    """,
    parameters=[
        Param("decay", 0.2, 0.01, 1.0, symbol="d", help="The share of the run, at its end, in which it falls."),
        Param("shape", 1.0, 0.1, 4.0, symbol="p", help="How it falls: 1 evenly, 0.5 like one minus a square root, soon at first."),
        _END,
    ],
    source="Hu et al. 2024, arXiv:2404.06395; one minus a square root: Hägele et al. 2024, arXiv:2405.18392",
    about="Keeps its full value, so that the run could go on for ever, and falls in the last part only. Warm-up is set for any schedule.",
)

cyclic = Schedule(
    "Cyclic",
    formula="""
        cycle = floor(t/(2*climb))
        height = 1 - abs(t/climb - 2*cycle - 1)
        factor = low + (1 - low)*height*shrink**cycle
    """,
    parameters=[
        Param("climb", 25, 1, 100_000, slider=(1, 250), symbol="n", unit="steps", help="Steps from the lowest value to the highest."),
        Param("low", 0.1, 0.0, 1.0, symbol="f", help="The lowest value, as a share of the learning rate."),
        Param("shrink", 1.0, 0.0, 1.0, symbol=r"\gamma", help="What is left of the height in each cycle; 0.5 halves it."),
    ],
    source="Smith 2017, arXiv:1506.01186 (shrink 1 is its triangular, 0.5 its triangular2 policy)",
    about="Rises and falls between two values, again and again, perhaps less high each time.",
)

cosine_with_warm_restarts = Schedule(
    "Cosine with warm restarts",
    formula="""
        n = choose(stretch - 1, floor(log(1 + t*(stretch - 1)/period)/log(stretch) + 1e-9), floor(t/period))
        start = choose(stretch - 1, period*(stretch**n - 1)/(stretch - 1), n*period)
        peak = max(fade**n, end)
        factor = end + (peak - end)*(1 + cos(pi*(t - start)/(period*stretch**n)))/2
    """,
    parameters=[
        Param("period", 50, 1, 100_000, slider=(5, 500), symbol="p", unit="steps", help="Steps until the first restart."),
        Param("stretch", 1, 1, 10, symbol="s", help="How many times longer each period is than the one before."),
        Param("fade", 1.0, 0.0, 1.0, symbol=r"\gamma", help="What is left of the height at each restart; 1 is all of it."),
        _END,
    ],
    source="Loshchilov and Hutter 2017, arXiv:1608.03983, equation 5; restarts that decay as in its section 3",
    about="Falls like a cosine and jumps back, again and again: a chance to leave a poor minimum.",
)

one_cycle = Schedule(
    "One-cycle",
    formula="""
        peak = rise*T - 1
        low = 1/start_division
        up = low + (1 - low)*(1 - cos(pi*t/max(peak, 1e-9)))/2
        last = low/end_division
        down = last + (1 - last)*(1 + cos(pi*(t - peak)/(T - 1 - peak)))/2
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
            "end_division",
            1e4,
            1.0,
            1e9,
            log=True,
            slider=(1.0, 1e6),
            symbol="d_T",
            help="In the last step it is so many times lower still.",
        ),
    ],
    source="Smith and Topin 2019, arXiv:1708.07120, with cosine flanks as in the common implementations",
    about="Rises to the full learning rate and falls far below where it began. The top may lie between two steps.",
)

_CATALOGUE = Catalogue("schedule", Schedule, sys.modules[__name__])
names, get = _CATALOGUE.names, _CATALOGUE.get
