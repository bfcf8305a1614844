"""Methods that only look at the gradient's sign."""

from optimizers.common import decay_rate, learning_rate, momentum, weight_decay
from optimizers.optimizer import Optimizer
from parameters import Param

FAMILY = "Sign-based"

rprop = Optimizer(
    "Rprop",
    family=FAMILY,
    parameters=[
        learning_rate(0.05, "The length of the first step along each axis.", on_networks=0.01),
        Param("shrink", 0.5, 0.01, 0.99, symbol=r"\eta^{-}", help="Factor on an axis' step after its slope changed sign."),
        Param("grow", 1.2, 1.01, 5.0, symbol=r"\eta^{+}", help="Factor on an axis' step while its slope keeps its sign."),
        Param("shortest", 1e-6, 0.0, 1.0, log=True, slider=(1e-12, 0.1), symbol=r"\Delta_{\min}", help="No step along an axis is shorter."),
        Param("longest", 50.0, 0.0, 1e6, log=True, slider=(0.01, 100.0), symbol=r"\Delta_{\max}", help="No step along an axis is longer."),
    ],
    state={"d": "lr", "g_old": "0"},
    step="""
        g = gradient(x)                                                             # the slope here
        a = sign(g*g_old)                                                           # did it keep its sign?
        d = min(max(d*choose(a, grow, choose(-a, shrink, 1)), shortest), longest)   # longer steps if so, shorter if not
        h = choose(-a, 0, g)                                                        # after a change of sign, wait a step
        x = x - sign(h)*d                                                           # the slope's size does not matter
        g_old = h                                                                   # remembered for the next step
    """,
    source="Riedmiller and Braun 1993, doi:10.1109/ICNN.1993.298623; the variant without weight-backtracking (Igel and Hüsken 2000)",
    about="Each axis finds its own step length. Excellent without noise, lost with it. A schedule does not reach it.",
    torch="Rprop(lr={lr}, etas=({shrink}, {grow}), step_sizes=({shortest}, {longest}))",
)

signum = Optimizer(
    "Signum",
    family=FAMILY,
    parameters=[learning_rate(0.02, on_networks=0.01), momentum()],
    state={"m": "0"},
    step="""
        g = gradient(x)                             # the slope here
        m = momentum*m + (1 - momentum)*g           # a running mean of slopes
        x = x - lr*sign(m)                          # a step of exactly the learning rate along each axis
    """,
    source="Bernstein et al. 2018, arXiv:1802.04434, Algorithm 2",
    about="Every step is as long as every other: steady on plateaus, and never at rest.",
)

lion = Optimizer(
    "Lion",
    family=FAMILY,
    parameters=[
        learning_rate(0.02, on_networks=0.01),
        decay_rate("beta1", 0.9, "Share of the past in the direction of this step."),
        decay_rate("beta2", 0.99, "Memory of the mean of gradients."),
        weight_decay(decoupled=True),
    ],
    state={"m": "0"},
    step="""
        g = gradient(x)                             # the slope here
        u = sign(beta1*m + (1 - beta1)*g)           # the sign of a mean in which this slope counts more
        x = x - lr*(u + weight_decay*x)             # a step of exactly the learning rate along each axis
        m = beta2*m + (1 - beta2)*g                 # a running mean of slopes
    """,
    source="Chen et al. 2023, arXiv:2302.06675, Algorithm 2",
    about="Found by a program search: the sign of momentum, with a longer memory than it steps by.",
)
