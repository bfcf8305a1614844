"""Methods that average the points of the path, or take the gradient at the worst point nearby."""

from optimizers.common import decay_rate, epsilon, learning_rate, momentum, weight_decay
from optimizers.optimizer import Optimizer
from parameters import Param

FAMILY = "Averaging and flatness"

schedule_free_sgd = Optimizer(
    "Schedule-free SGD",
    family=FAMILY,
    parameters=[learning_rate(0.05), momentum(), weight_decay()],
    state={"z": "x", "total": "0"},
    step="""
        y = (1 - momentum)*z + momentum*x       # between the fast point and the average
        g = gradient(y) + weight_decay*y        # the slope there
        z = z - lr*g                            # the fast point takes a plain step
        total = total + lr**2                   # the weights given out so far
        c = lr**2/max(total, 1e-300)                    # the weight of this step
        x = (1 - c)*x + c*z                     # the average of all fast points: what counts
    """,
    source="Defazio et al. 2024, arXiv:2405.15682, with the weights of its Algorithm 1 (all fast points after the start)",
    about="Replaces a decaying learning rate by an average of the whole path; the average is what is shown.",
)

schedule_free_adamw = Optimizer(
    "Schedule-free AdamW",
    family=FAMILY,
    parameters=[
        learning_rate(0.1),
        decay_rate("beta1", 0.9, "Where the gradient is taken: 1 at the average, 0 at the fast point."),
        decay_rate("beta2", 0.999, "Memory of the mean of squared gradients."),
        epsilon(1e-8),
        weight_decay(decoupled=True),
    ],
    state={"z": "x", "v": "0", "total": "0"},
    step="""
        y = (1 - beta1)*z + beta1*x                         # between the fast point and the average
        g = gradient(y)                                     # the slope there
        v = beta2*v + (1 - beta2)*g**2                      # a running mean of squared slopes
        rate = lr*sqrt(1 - beta2**t)                        # the learning rate with the bias correction
        z = z - rate*g/(sqrt(v) + eps) - rate*weight_decay*y    # the fast point takes an AdamW step
        total = total + rate**2                             # the weights given out so far
        c = rate**2/max(total, 1e-300)                              # the weight of this step
        x = (1 - c)*x + c*z                                 # the average of all fast points: what counts
    """,
    source="Defazio et al. 2024, arXiv:2405.15682, Algorithm 1",
    about="AdamW whose average settles down by itself, without a schedule.",
)

sam = Optimizer(
    "SAM",
    family=FAMILY,
    parameters=[
        learning_rate(0.05),
        Param(
            "rho",
            0.05,
            0.0,
            10.0,
            log=True,
            slider=(1e-3, 2.0),
            search=(0.01, 0.5),  # as Foret et al. searched it
            symbol=r"\rho",
            help="How far it climbs before it takes the gradient.",
        ),
        weight_decay(),
    ],
    step="""
        g = gradient(x)                             # the slope here
        climb = rho*g/(norm(g) + 1e-12)             # uphill, to the worst point nearby
        h = gradient(x + climb) + weight_decay*x    # the slope up there
        x = x - lr*h                                # a step downhill from here, by the slope up there
    """,
    source="Foret et al. 2021, arXiv:2010.01412, Algorithm 1, on SGD",
    about="Sharpness-aware: avoids minima that are only good at one point. Two gradients a step.",
)
