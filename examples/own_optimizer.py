"""An optimizer of one's own, written as its equations, against momentum on Rosenbrock's valley."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np

import landscapes
import optimizers
import simulation
from optimizers.common import learning_rate, momentum
from optimizers.optimizer import Optimizer

heavy_sign = Optimizer(
    "Heavy sign",
    family="My own",
    parameters=[learning_rate(0.002), momentum()],
    state={"v": "0"},
    step="""
        g = gradient(x)                 # the slope here
        v = momentum*v + sign(g)        # the velocity gains only the slope's direction
        x = x - lr*v                    # move along the velocity
    """,
    source="Made up for this example",
    about="Momentum that does not see how steep it is.",
)

landscape = landscapes.get("rosenbrock")
starts = simulation.starts.cloud(landscape.start, 0.2, 500, seed=1)
for optimizer in (heavy_sign, optimizers.get("momentum", lr=0.0005)):
    run = simulation.run(landscape, optimizer, starts, steps=500)
    print(f"{optimizer.name:12} median loss after {run.steps} steps: {np.nanmedian(run.losses[-1]):.2g}")
