"""Methods whose steps are a share of the point's distance from the origin, as suits a layer's weights.

Adafactor's factored second moment, its row and column means of a weight matrix, degenerates for a point of two coordinates: a vector has
no columns, and a 2 x 1 matrix gives back what went in. What is declared here is what the paper and torch do for vectors, the full second
moment, with all the rest: relative steps, update clipping and the rising memory.
"""

from optimizers.common import BETA1, BETA2, epsilon, learning_rate, momentum, weight_decay
from optimizers.optimizer import Optimizer
from parameters import Param

FAMILY = "Steps in proportion to the point"

lars = Optimizer(
    "LARS",
    family=FAMILY,
    parameters=[
        learning_rate(1.0, on_networks=5.0),
        momentum(),
        Param("trust", 1e-3, 0.0, 10.0, log=True, slider=(1e-5, 1.0), symbol=r"\kappa", help="A step as a share of the distance from 0."),
        weight_decay(),
    ],
    state={"v": "0"},
    step="""
        g = gradient(x)                                                     # the slope here
        size = norm(g) + weight_decay*norm(x)                               # its length, weight decay included
        local = choose(norm(x)*size, trust*norm(x)/max(size, 1e-300), 1)    # turns it into a share of the distance from the origin
        v = momentum*v + lr*local*(g + weight_decay*x)                      # the velocity keeps most of its past and gains that step
        x = x - v                                                           # move along the velocity
    """,
    source="You, Gitman and Ginsburg 2017, arXiv:1708.03888, Algorithm 1",
    about="Every step is a share of the distance from the origin, however steep it is. Made for layers of weights; it never settles.",
)

lamb = Optimizer(
    "LAMB",
    family=FAMILY,
    parameters=[learning_rate(0.01), BETA1, BETA2, epsilon(1e-6), weight_decay(decoupled=True)],
    state={"m": "0", "v": "0"},
    step="""
        g = gradient(x)                                                 # the slope here
        m = beta1*m + (1 - beta1)*g                                     # a running mean of slopes
        v = beta2*v + (1 - beta2)*g**2                                  # a running mean of squared slopes
        m_hat = m/(1 - beta1**t)                                        # corrected for having started at zero
        v_hat = v/(1 - beta2**t)                                        # corrected likewise
        u = m_hat/(sqrt(v_hat) + eps) + weight_decay*x                  # Adam's step
        trust = choose(norm(x)*norm(u), norm(x)/max(norm(u), 1e-300), 1)    # makes it as long as the way from the origin
        x = x - lr*trust*u                                              # a share of that
    """,
    source="You et al. 2020, arXiv:1904.00962, Algorithm 2, with Adam's bias corrections and no bounds on the norm",
    about="Adam's direction, with steps that are a share of the distance from the origin. Made for layers of weights; it never settles.",
)

adafactor = Optimizer(
    "Adafactor",
    family=FAMILY,
    parameters=[
        learning_rate(0.05),
        Param("decay", -0.8, -1.0, 0.0, symbol="c", help="How soon the memory grows: a step counts for t to this power."),
        Param(
            "eps1",
            1e-15,
            0.0,
            1.0,
            log=True,
            slider=(1e-16, 0.1),
            symbol=r"\epsilon_1",
            help="No slope counts as smaller than this.",
            words="least size of a slope",
        ),
        Param(
            "eps2",
            1e-3,
            0.0,
            10.0,
            log=True,
            slider=(1e-6, 1.0),
            symbol=r"\epsilon_2",
            help="The point counts as no smaller than this.",
            words="least size of the point",
        ),
        Param(
            "d",
            1.0,
            1.0,
            100.0,
            log=True,
            slider=(1.0, 10.0),
            help="A scaled slope that is larger than this is shortened to it.",
            words="largest scaled slope",
        ),
        weight_decay(decoupled=True),
    ],
    state={"v": "0"},
    step="""
        g = gradient(x)                                 # the slope here
        share = t**decay                                # what this slope counts for: 1 at first, then less and less
        v = (1 - share)*v + share*g**2                  # a mean of squared slopes; for matrices it would be factored
        u = g/sqrt(max(v, eps1**2))                     # the slope in units of its usual size
        rate = max(eps2, rms(x))*min(lr, 1/sqrt(t))     # the step's length: relative to the point's size
        y = x - lr*weight_decay*x                       # shrink towards the origin
        x = y - rate*u/max(1, rms(u)/d)                 # move, by no more than usual
    """,
    source="Shazeer and Stern 2018, arXiv:1804.04235, Algorithms 4 to 6 (the second moment is not factored: see the module)",
    about="Adam for little memory. A point has no matrix to factor, so what is left are its relative steps and its rising memory.",
    torch="Adafactor(lr={lr}, beta2_decay={decay}, eps=({eps1}, {eps2}), d={d}, weight_decay={weight_decay})",
)
