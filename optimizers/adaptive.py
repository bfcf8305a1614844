"""Methods that scale each coordinate by the size of its past gradients."""

from optimizers.common import BETA1, BETA2, decay_rate, epsilon, learning_rate, momentum, weight_decay
from optimizers.optimizer import Optimizer
from optimizers.preconditioner import Preconditioner
from parameters import Param

FAMILY = "Adaptive"

adagrad = Optimizer(
    "AdaGrad",
    family=FAMILY,
    parameters=[learning_rate(0.5, on_networks=0.1), epsilon(1e-10), weight_decay()],
    state={"s": "0"},
    step="""
        g = gradient(x) + weight_decay*x    # the slope here
        s = s + g**2                        # the sum of all squared slopes so far, for each axis
        x = x - lr*g/(sqrt(s) + eps)        # steep axes are slowed, gentle ones are not; the sum only grows
    """,
    source="Duchi, Hazan and Singer 2011, jmlr.org/papers/v12/duchi11a.html",
    about="Evens out the axes at once, but its sum only grows: it slows down and may stall before it arrives.",
    torch="Adagrad(lr={lr}, eps={eps}, weight_decay={weight_decay})",
    preconditioner=Preconditioner("sqrt(s) + eps", limit="2"),
)

adadelta = Optimizer(
    "AdaDelta",
    family=FAMILY,
    parameters=[
        learning_rate(5.0, slider=(0.01, 1000.0)),
        decay_rate("decay", 0.9, "Memory of both running means.", r"\rho"),
        epsilon(1e-6),
        weight_decay(),
    ],
    state={"s": "0", "d": "0"},
    step="""
        g = gradient(x) + weight_decay*x                # the slope here
        s = decay*s + (1 - decay)*g**2                  # a running mean of squared slopes
        u = sqrt(d + eps)/sqrt(s + eps)*g               # a step in the units of x: as large as past steps were
        d = decay*d + (1 - decay)*u**2                  # a running mean of squared steps
        x = x - lr*u                                    # move
    """,
    source="Zeiler 2012, arXiv:1212.5701 (there without a learning rate, that is with lr = 1)",
    about="Finds the size of its steps by itself, but starts with steps of about sqrt(eps): with lr = 1 it takes thousands to get going.",
    torch="Adadelta(lr={lr}, rho={decay}, eps={eps}, weight_decay={weight_decay})",
)

rmsprop = Optimizer(
    "RMSProp",
    family=FAMILY,
    parameters=[
        learning_rate(0.05, on_networks=0.01),
        decay_rate("decay", 0.9, "Memory of the running mean of squared gradients.", r"\beta"),
        momentum(0.0),
        Param("centered", False, symbol="c", help="Divides by the deviation of the gradient from its mean instead of its size."),
        epsilon(1e-8),
        weight_decay(),
    ],
    state={"s": "0", "m": "0", "v": "0"},
    step="""
        g = gradient(x) + weight_decay*x                # the slope here
        s = decay*s + (1 - decay)*g**2                  # a leaky mean of squared slopes: the past is forgotten
        m = decay*m + (1 - decay)*g                     # a leaky mean of slopes, for the centred variant
        u = g/(sqrt(s - centered*min(m**2, s)) + eps)   # the slope in units of its usual size, for each axis
        v = momentum*v + u                              # velocity, if there is momentum
        x = x - lr*v                                    # move
    """,
    source="Tieleman and Hinton 2012, Lecture 6.5 of Neural Networks for Machine Learning; centred variant: Graves 2013, arXiv:1308.0850",
    about="AdaGrad that forgets: keeps its pace, but never settles down unless the learning rate decays.",
    torch="RMSprop(lr={lr}, alpha={decay}, eps={eps}, weight_decay={weight_decay}, momentum={momentum}, centered={centered})",
    preconditioner=Preconditioner("sqrt(s - centered*min(m**2, s)) + eps", limit="2 + 2*momentum"),
)

adam = Optimizer(
    "Adam",
    family=FAMILY,
    parameters=[
        learning_rate(0.1, on_networks=0.03),
        BETA1,
        BETA2,
        epsilon(1e-8),
        weight_decay(),
        Param("bias_correction", True, symbol="c", help="Undoes the pull of both means towards their start at zero."),
    ],
    state={"m": "0", "v": "0"},
    step="""
        g = gradient(x) + weight_decay*x                # the slope here
        m = beta1*m + (1 - beta1)*g                     # a running mean of slopes: momentum
        v = beta2*v + (1 - beta2)*g**2                  # a running mean of squared slopes: scale
        m_hat = m/(1 - bias_correction*beta1**t)        # corrected for having started at zero
        v_hat = v/(1 - bias_correction*beta2**t)        # corrected likewise
        x = x - lr*m_hat/(sqrt(v_hat) + eps)            # a step of about the learning rate along each axis
    """,
    source="Kingma and Ba 2015, arXiv:1412.6980, Algorithm 1",
    about="Momentum and scaling together. Quick and forgiving; near the minimum it circles unless the learning rate decays.",
    torch="Adam(lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})",
    preconditioner=Preconditioner(
        "(1 - bias_correction*beta1**t)*(sqrt(v/(1 - bias_correction*beta2**t)) + eps)", limit="2*(1 + beta1)/(1 - beta1)"
    ),
)

adamw = Optimizer(
    "AdamW",
    family=FAMILY,
    parameters=[
        learning_rate(0.1, on_networks=0.03),
        BETA1,
        BETA2,
        epsilon(1e-8),
        Param(
            "weight_decay",
            0.01,
            0.0,
            10.0,
            slider=(0.0, 1.0),
            symbol=r"\lambda",
            help="Shrinks the point directly, apart from the gradient.",
        ),
    ],
    state={"m": "0", "v": "0"},
    step="""
        g = gradient(x)                                 # the slope here
        m = beta1*m + (1 - beta1)*g                     # a running mean of slopes
        v = beta2*v + (1 - beta2)*g**2                  # a running mean of squared slopes
        m_hat = m/(1 - beta1**t)                        # corrected for having started at zero
        v_hat = v/(1 - beta2**t)                        # corrected likewise
        y = x - lr*weight_decay*x                       # shrink towards the origin, whatever the slope
        x = y - lr*m_hat/(sqrt(v_hat) + eps)            # Adam's step from there
    """,
    source="Loshchilov and Hutter 2019, arXiv:1711.05101, Algorithm 2",
    about="Adam with weight decay apart from the gradient, so that the scaling does not weaken it.",
    torch="AdamW(lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})",
    preconditioner=Preconditioner("(1 - beta1**t)*(sqrt(v/(1 - beta2**t)) + eps)", limit="2*(1 + beta1)/(1 - beta1)"),
)

adamax = Optimizer(
    "AdaMax",
    family=FAMILY,
    parameters=[learning_rate(0.1, on_networks=0.05), BETA1, BETA2, epsilon(1e-8), weight_decay()],
    state={"m": "0", "u": "0"},
    step="""
        g = gradient(x) + weight_decay*x                # the slope here
        m = beta1*m + (1 - beta1)*g                     # a running mean of slopes
        u = max(beta2*u, abs(g) + eps)                  # the largest slope of late, slowly forgotten
        x = x - lr*(m/(1 - beta1**t))/u                 # at most a step of about the learning rate along each axis
    """,
    source="Kingma and Ba 2015, arXiv:1412.6980, Algorithm 2 (eps added against division by zero, as the common implementations do)",
    about="Adam by the largest gradient instead of the mean square: steadier, and slower to forget a steep place.",
    torch="Adamax(lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})",
    preconditioner=Preconditioner("(1 - beta1**t)*u", limit="2*(1 + beta1)/(1 - beta1)"),
)

amsgrad = Optimizer(
    "AMSGrad",
    family=FAMILY,
    parameters=[learning_rate(0.1, on_networks=0.03), BETA1, BETA2, epsilon(1e-8), weight_decay()],
    state={"m": "0", "v": "0", "v_max": "0"},
    step="""
        g = gradient(x) + weight_decay*x                # the slope here
        m = beta1*m + (1 - beta1)*g                     # a running mean of slopes
        v = beta2*v + (1 - beta2)*g**2                  # a running mean of squared slopes
        v_max = max(v_max, v)                           # the largest that mean has been
        m_hat = m/(1 - beta1**t)                        # corrected for having started at zero
        v_hat = v_max/(1 - beta2**t)                    # corrected likewise
        x = x - lr*m_hat/(sqrt(v_hat) + eps)            # the scale never shrinks
    """,
    source="Reddi, Kale and Kumar 2018, arXiv:1904.09237, Algorithm 2 (with Adam's bias corrections, as is common)",
    about="Adam that never forgets a steep place: safer in theory, slower on the flat.",
    torch="Adam(lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}, amsgrad=True)",
    preconditioner=Preconditioner("(1 - beta1**t)*(sqrt(v_max/(1 - beta2**t)) + eps)", limit="2*(1 + beta1)/(1 - beta1)"),
)

nadam = Optimizer(
    "NAdam",
    family=FAMILY,
    parameters=[
        learning_rate(0.1, on_networks=0.03),
        BETA1,
        BETA2,
        epsilon(1e-8),
        Param(
            "momentum_decay",
            0.004,
            0.0,
            1.0,
            log=True,
            slider=(1e-4, 1.0),
            symbol=r"\psi",
            help="How quickly the momentum warms up to beta1.",
        ),
        weight_decay(),
    ],
    state={"m": "0", "v": "0", "product": "1"},
    step="""
        g = gradient(x) + weight_decay*x                                # the slope here
        mu = beta1*(1 - 0.5*0.96**(t*momentum_decay))                   # this step's momentum
        mu_next = beta1*(1 - 0.5*0.96**((t + 1)*momentum_decay))        # the next step's momentum
        product = product*mu                                            # what is left of the start at zero
        m = beta1*m + (1 - beta1)*g                                     # a running mean of slopes
        v = beta2*v + (1 - beta2)*g**2                                  # a running mean of squared slopes
        m_hat = mu_next*m/(1 - product*mu_next) + (1 - mu)*g/(1 - product)    # the mean, looking one step ahead
        v_hat = v/(1 - beta2**t)                                        # corrected for having started at zero
        x = x - lr*m_hat/(sqrt(v_hat) + eps)                            # move
    """,
    source="Dozat 2016, openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ",
    about="Adam with Nesterov's look-ahead.",
    torch="NAdam(lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}, momentum_decay={momentum_decay})",
)

radam = Optimizer(
    "RAdam",
    family=FAMILY,
    parameters=[learning_rate(0.1), BETA1, BETA2, epsilon(1e-8), weight_decay()],
    state={"m": "0", "v": "0"},
    step="""
        g = gradient(x) + weight_decay*x                                # the slope here
        m = beta1*m + (1 - beta1)*g                                     # a running mean of slopes
        v = beta2*v + (1 - beta2)*g**2                                  # a running mean of squared slopes
        m_hat = m/(1 - beta1**t)                                        # corrected for having started at zero
        rho_max = 2/(1 - beta2) - 1                                     # how many slopes v remembers at most
        rho = rho_max - 2*t*beta2**t/(1 - beta2**t)                     # how many it has seen by now
        r2 = (rho - 4)*(rho - 2)*rho_max/((rho_max - 4)*(rho_max - 2)*rho)    # how far its scale can be trusted
        scale = sqrt(max(r2, 0)*(1 - beta2**t))/(sqrt(v) + eps)         # the trusted part of Adam's scaling
        x = x - lr*m_hat*choose(rho - 5, scale, 1)                      # plain momentum until the scale can be trusted
    """,
    source="Liu et al. 2020, arXiv:1908.03265, Algorithm 2 (threshold 5 as in the authors' code, 4 in the paper)",
    about="Adam that waits with its scaling until it has seen enough gradients: a warm-up by itself.",
    torch="RAdam(lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})",
)
