"""Descendants of Adam that keep other means, or use them otherwise."""

from optimizers.adaptive import FAMILY
from optimizers.common import BETA1, BETA2, decay_rate, epsilon, learning_rate, weight_decay
from optimizers.optimizer import Optimizer
from optimizers.preconditioner import Preconditioner
from parameters import Param

adabelief = Optimizer(
    "AdaBelief",
    family=FAMILY,
    parameters=[learning_rate(0.1, on_networks=0.03), BETA1, BETA2, epsilon(1e-8), weight_decay()],
    state={"m": "0", "s": "0"},
    step="""
        g = gradient(x) + weight_decay*x                # the slope here
        m = beta1*m + (1 - beta1)*g                     # a running mean of slopes: what is expected
        s = beta2*s + (1 - beta2)*(g - m)**2 + eps      # a running mean of squared surprises
        m_hat = m/(1 - beta1**t)                        # corrected for having started at zero
        s_hat = s/(1 - beta2**t)                        # corrected likewise
        x = x - lr*m_hat/(sqrt(s_hat) + eps)            # large steps where slopes are as expected
    """,
    source="Zhuang et al. 2020, arXiv:2010.07468, Algorithm 2",
    about="Trusts a gradient that comes as expected with long steps, and a surprising one with short ones.",
    preconditioner=Preconditioner("(1 - beta1**t)*(sqrt(s/(1 - beta2**t)) + eps)", limit="2*(1 + beta1)/(1 - beta1)"),
)

yogi = Optimizer(
    "Yogi",
    family=FAMILY,
    parameters=[learning_rate(0.1, on_networks=0.03), BETA1, BETA2, epsilon(1e-3), weight_decay()],
    state={"m": "0", "v": "0"},
    step="""
        g = gradient(x) + weight_decay*x                # the slope here
        m = beta1*m + (1 - beta1)*g                     # a running mean of slopes
        v = v - (1 - beta2)*sign(v - g**2)*g**2         # moves towards g squared by a step that does not depend on v
        x = x - lr*m/(sqrt(v) + eps)                    # Adam's step, without its corrections
    """,
    source="Zaheer et al. 2018, Adaptive Methods for Nonconvex Optimization, Algorithm 2 (v starts at 0)",
    about="Adam whose scale shrinks slowly: the step cannot grow suddenly after a quiet stretch.",
    preconditioner=Preconditioner("sqrt(v) + eps", limit="2*(1 + beta1)/(1 - beta1)"),
)

adan = Optimizer(
    "Adan",
    family=FAMILY,
    parameters=[
        learning_rate(0.1),
        decay_rate("beta1", 0.98, "Memory of the mean of gradients."),
        decay_rate("beta2", 0.92, "Memory of the mean of their changes."),
        decay_rate("beta3", 0.99, "Memory of the mean of squares."),
        epsilon(1e-8),
        weight_decay(decoupled=True),
    ],
    state={"m": "0", "v": "0", "n": "0", "g_old": "0"},
    step="""
        g = gradient(x)                                             # the slope here
        change = choose(t - 1, g - g_old, 0)                        # how it changed since the last step
        m = beta1*m + (1 - beta1)*g                                 # a running mean of slopes
        v = beta2*v + (1 - beta2)*change                            # a running mean of their changes
        n = beta3*n + (1 - beta3)*(g + beta2*change)**2             # a running mean of squares, looking ahead
        scale = sqrt(n/(1 - beta3**t)) + eps                        # the usual size
        u = (m/(1 - beta1**t) + beta2*v/(1 - beta2**t))/scale       # slope and change, each corrected, in units of it
        x = (x - lr*u)/(1 + lr*weight_decay)                        # move, and shrink towards the origin
        g_old = g                                                   # remembered for the next step
    """,
    source="Xie et al. 2022, arXiv:2208.06677, Algorithm 1 (here betas are 1 minus the paper's; bias corrections as in its code)",
    about="Nesterov's look-ahead from gradient differences, with three running means.",
)

ademamix = Optimizer(
    "AdEMAMix",
    family=FAMILY,
    parameters=[
        learning_rate(0.05, on_networks=0.02),
        BETA1,
        BETA2,
        decay_rate("beta3", 0.99, "Memory of the slow mean of gradients; the paper's is 0.9999, for runs of many thousand steps."),
        Param("alpha", 5.0, 0.0, 100.0, slider=(0.0, 10.0), help="How much the slow mean counts beside the quick one."),
        Param(
            "ramp", 0, 0, 1_000_000, slider=(0, 500), symbol="T", unit="steps", help="Steps in which alpha and beta3 rise to their values."
        ),
        epsilon(1e-8),
        weight_decay(decoupled=True),
    ],
    state={"m": "0", "m_slow": "0", "v": "0"},
    step="""
        g = gradient(x)                                                 # the slope here
        done = min(t/max(ramp, 1), 1)                                   # how far the rise of both has come
        a = alpha*done                                                  # how much the slow mean counts by now
        quick = log(max(beta1, 1e-6))                                   # the logarithm of the memory that beta3 rises from
        slow = log(max(beta3, 1e-6))                                    # and of the one it rises to
        rise = exp(quick*slow/((1 - done)*slow + done*quick))           # a memory that grows evenly in steps
        b = choose(1 - done, min(rise, beta3), beta3)                   # and how long its memory is
        m = beta1*m + (1 - beta1)*g                                     # a quick mean of slopes
        m_slow = b*m_slow + (1 - b)*g                                   # a slow one, which remembers hundreds of steps
        v = beta2*v + (1 - beta2)*g**2                                  # a running mean of squared slopes
        m_hat = m/(1 - beta1**t)                                        # corrected for having started at zero; the slow one is not
        v_hat = v/(1 - beta2**t)                                        # corrected likewise
        x = x - lr*((m_hat + a*m_slow)/(sqrt(v_hat) + eps) + weight_decay*x)    # Adam's step by both means
    """,
    source="Pagliardini, Ablin and Grangier 2024, arXiv:2409.03137, Algorithm 1",
    about="Adam with a second, slow mean: old slopes still count, which is strong momentum, and overshoots in short runs.",
)

adopt = Optimizer(
    "ADOPT",
    family=FAMILY,
    parameters=[
        learning_rate(0.05),
        BETA1,
        decay_rate("beta2", 0.9999, "Memory of the mean of squared gradients.", search=(0.9, 0.9999)),
        epsilon(1e-6),
        Param("clip", True, symbol="c", help="Lets no axis count for more than the fourth root of the steps so far."),
        weight_decay(decoupled=True),
    ],
    state={"m": "0", "v": "0"},
    step="""
        g = gradient(x)                                                 # the slope here
        most = choose(clip, (t - 1)**0.25, 1e300)                       # as large as an axis may count
        scale = min(1/max(sqrt(v), eps), most/max(abs(g), 1e-300))      # one over the size of slopes before this one
        u = choose(t - 1, g*scale, 0)                                   # the first slope only gives the size
        m = beta1*m + (1 - beta1)*u                                     # a running mean of scaled slopes
        v = choose(t - 1, beta2*v + (1 - beta2)*g**2, g**2)             # this slope's square counts from the next step on
        x = x - choose(t - 1, lr, 0)*(m + weight_decay*x)               # move, from the second step on
    """,
    source="Taniguchi et al. 2024, arXiv:2411.02853, Algorithm 2; the clipping is its section 4.3's",
    about="Adam that scales a slope by the sizes before it, never by its own: it converges with any beta2.",
)
