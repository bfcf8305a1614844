"""Methods that average the points of the path, or take the gradient at the worst point nearby.

The authors' code of schedule-free AdamW takes another path than the paper's Algorithm 1, from the second step on: the algorithm multiplies
the learning rate by sqrt(1 - beta2^t), which also weakens weight decay and the weight c of the first steps; the code divides v by
1 - beta2^t, as Adam does, so that eps counts less at first and all steps weigh alike. `as_in_code` is theirs (see schedule_free#38).
"""

from optimizers.common import decay_rate, epsilon, learning_rate, momentum, weight_decay
from optimizers.optimizer import Optimizer
from parameters import Param

FAMILY = "Averaging and flatness"

schedule_free_sgd = Optimizer(
    "Schedule-free SGD",
    family=FAMILY,
    parameters=[learning_rate(0.05, on_networks=1.0), momentum(), weight_decay()],
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
        Param("as_in_code", False, symbol="c", help="Corrects the mean of squared slopes instead of the learning rate."),
    ],
    state={"z": "x", "v": "0", "total": "0"},
    step="""
        y = (1 - beta1)*z + beta1*x                         # between the fast point and the average
        g = gradient(y)                                     # the slope there
        v = beta2*v + (1 - beta2)*g**2                      # a running mean of squared slopes
        rate = lr*choose(as_in_code, 1, sqrt(1 - beta2**t))     # the learning rate, with the bias correction if it is the paper's
        v_hat = v/choose(as_in_code, 1 - beta2**t, 1)           # the mean, corrected if it is the code's
        z = z - rate*g/(sqrt(v_hat) + eps) - rate*weight_decay*y    # the fast point takes an AdamW step
        total = total + rate**2                             # the weights given out so far
        c = rate**2/max(total, 1e-300)                              # the weight of this step
        x = (1 - c)*x + c*z                                 # the average of all fast points: what counts
    """,
    source="Defazio et al. 2024, arXiv:2405.15682, Algorithm 1; as in code: github.com/facebookresearch/schedule_free",
    about="AdamW whose average settles down by itself, without a schedule.",
)

asgd = Optimizer(
    "ASGD",
    family=FAMILY,
    parameters=[
        learning_rate(0.05, on_networks=0.2),
        Param("decay", 1e-4, 0.0, 1.0, log=True, slider=(1e-6, 0.1), symbol=r"\lambda", help="How soon the rate falls; also pulls to 0."),
        Param("power", 0.75, 0.0, 2.0, symbol=r"\alpha", help="The power of time by which it falls."),
        Param("begin", 50, 0, 10_000_000, slider=(0, 500), symbol="t_0", unit="steps", help="Steps before the average begins."),
        weight_decay(),
    ],
    state={"z": "x"},
    step="""
        g = gradient(z) + weight_decay*z                    # the slope at the moving point
        rate = lr/(1 + decay*lr*(t - 1))**power             # a learning rate that falls slowly
        z = (1 - decay*rate)*z - rate*g                     # the moving point takes a plain step
        c = 1/max(1, t - 1 - begin)                         # the weight of this step
        x = x + c*(z - x)                                   # the average of all points since it began: what counts
    """,
    source="Polyak and Juditsky 1992, doi:10.1137/0330046; in the form of Bottou's and PyTorch's ASGD",
    about="Plain steps, and the average of the points they lead to: noise cancels out. The average is what is shown.",
    torch="ASGD(lr={lr}, lambd={decay}, alpha={power}, t0={begin}, weight_decay={weight_decay})",
    torch_differs="torch.optim.ASGD shows the moving point of the same method, and keeps the average in its state: another path.",
)

sam = Optimizer(
    "SAM",
    family=FAMILY,
    parameters=[
        learning_rate(0.05, on_networks=0.2),
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
