"""Plain gradient descent and what velocity adds to it."""

from optimizers.common import learning_rate, momentum, weight_decay
from optimizers.optimizer import Optimizer
from optimizers.quadratics import Quadratics

FAMILY = "Descent and momentum"

sgd = Optimizer(
    "SGD",
    family=FAMILY,
    parameters=[learning_rate(0.05, on_networks=0.2), weight_decay()],
    step="""
        g = gradient(x) + weight_decay*x    # the slope here
        x = x - lr*g                        # a step downhill, as long as the slope is steep
    """,
    source="Robbins and Monro 1951, doi:10.1214/aoms/1177729586",
    about="Follows the slope. Jitters across a ravine, crawls along it, and stalls where the gradient vanishes.",
    torch="SGD(lr={lr}, weight_decay={weight_decay})",
    on_quadratics=Quadratics(
        limit="2/L",
        best={"lr": "2/(L + m)"},
        rate="(L - m)/(L + m)",
        source="Polyak 1963, doi:10.1016/0041-5553(63)90382-3",
    ),
)

momentum_sgd = Optimizer(
    "Momentum",
    family=FAMILY,
    parameters=[learning_rate(0.02, on_networks=0.1), momentum(), weight_decay()],
    state={"v": "0"},
    step="""
        g = gradient(x) + weight_decay*x    # the slope here
        v = momentum*v + g                  # the velocity keeps most of its past and gains the slope
        x = x - lr*v                        # move along the velocity
    """,
    source="Polyak 1964, doi:10.1016/0041-5553(64)90137-5; in the form of Sutskever et al. 2013 without the learning rate inside v",
    about="A ball with friction: jitter cancels out, steady slopes add up, and it overshoots.",
    torch="SGD(lr={lr}, momentum={momentum}, weight_decay={weight_decay})",
    on_quadratics=Quadratics(
        limit="(2 + 2*momentum)/L",
        best={"lr": "4/(sqrt(L) + sqrt(m))**2", "momentum": "((sqrt(L) - sqrt(m))/(sqrt(L) + sqrt(m)))**2"},
        rate="(sqrt(L) - sqrt(m))/(sqrt(L) + sqrt(m))",
        source="Polyak 1964, doi:10.1016/0041-5553(64)90137-5",
    ),
)

nesterov = Optimizer(
    "Nesterov",
    family=FAMILY,
    parameters=[learning_rate(0.02, on_networks=0.1), momentum(), weight_decay()],
    state={"v": "0"},
    step="""
        y = x + momentum*v                  # look ahead to where the velocity alone would lead
        g = gradient(y) + weight_decay*y    # the slope there
        v = momentum*v - lr*g               # the velocity, corrected before the mistake is made
        x = x + v                           # move along the velocity
    """,
    source="Nesterov 1983; Sutskever et al. 2013, proceedings.mlr.press/v28/sutskever13",
    about="Momentum that looks ahead: brakes before the wall instead of after it, so it overshoots less.",
    torch="SGD(lr={lr}, momentum={momentum}, weight_decay={weight_decay}, nesterov=True)",
    torch_point="x + momentum*v",
    torch_refuses={"momentum": 0.0},
    on_quadratics=Quadratics(
        limit="(2 + 2*momentum)/((1 + 2*momentum)*L)",
        best={"lr": "4/(3*L + m)", "momentum": "(sqrt(3*L/m + 1) - 2)/(sqrt(3*L/m + 1) + 2)"},
        rate="1 - 2/sqrt(3*L/m + 1)",
        source="Lessard, Recht and Packard 2016, doi:10.1137/15M1009597, table 1; the limit where a root of their proposition 1 is -1",
    ),
)
