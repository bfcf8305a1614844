"""Methods that find the length of their steps by themselves."""

from optimizers.common import decay_rate, epsilon, learning_rate, weight_decay
from optimizers.optimizer import Optimizer
from parameters import Param

FAMILY = "Finds its own rate"

polyak = Optimizer(
    "Polyak step size",
    family=FAMILY,
    parameters=[
        learning_rate(1.0, "The share of Polyak's step that is taken; from 2 on it no longer has to come nearer.", on_networks=0.5),
        Param(
            "lowest",
            0.0,
            -1e6,
            1e6,
            slider=(-10.0, 10.0),
            symbol="f^{*}",
            help="The lowest loss there is. A method sees losses and slopes on its way only, so it has to be told; "
            "on a map, point at a lowest minimum to read it.",
        ),
    ],
    step="""
        g = gradient(x)                                     # the slope here
        gap = max(loss(x) - lowest, 0)                      # how far there is to fall
        x = x - lr*gap/max(dot(g, g), 1e-300)*g             # to where a straight slope would be down
    """,
    source="Polyak 1987, Introduction to Optimization, section 5.3; Hazan and Kakade 2019, arXiv:1905.00313",
    about="Needs no learning rate but the lowest loss instead, which no method can see on its way: it has to be told. "
    "With a value too low it keeps jumping, with one too high it stops early.",
)

prodigy = Optimizer(
    "Prodigy",
    family=FAMILY,
    parameters=[
        learning_rate(1.0, "What the rate that it finds is multiplied by; 1 trusts it."),
        decay_rate("beta1", 0.9, "Memory of the mean of gradients.", search=(0.0, 0.99)),
        decay_rate("beta2", 0.999, "Memory of the mean of squared gradients.", search=(0.9, 0.9999)),
        Param(
            "d0",
            1e-6,
            1e-12,
            1.0,
            log=True,
            symbol="d_0",
            help="The distance from the solution that it assumes at first.",
            words="first distance",
        ),
        epsilon(1e-8),
        weight_decay(decoupled=True),
    ],
    state={"start": "x", "d": "d0", "m": "0", "v": "0", "r": "0", "s": "0"},
    step="""
        g = gradient(x)                                                                         # the slope here
        m = beta1*m + (1 - beta1)*(d*g)                                                         # a running mean of slopes
        v = beta2*v + (1 - beta2)*(d*g)**2                                                      # a running mean of squared slopes
        r = sqrt(beta2)*r + (1 - sqrt(beta2))*(lr*d**2*dot(g, start - x))                       # how far down the way from the start led
        s = sqrt(beta2)*s + (1 - sqrt(beta2))*(lr*d**2*g)                                       # the slopes on that way
        x = x - lr*d*(m/(sqrt(v) + d*eps) + weight_decay*x)                                     # Adam's step, for that distance
        d = max(d, r/max(dot(s, sign(s)), 1e-300))                                              # the solution is at least so far away
        start = start                                                                           # remembered
    """,
    source="Mishchenko and Defazio 2024, arXiv:2306.06101, Algorithm 4",
    about="Adam that estimates how far away the solution is and steps accordingly: it starts with tiny steps and speeds up.",
)
