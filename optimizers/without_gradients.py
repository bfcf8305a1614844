"""Methods that ask for the loss alone, at several points in each step. Noise on the gradient does not reach them."""

from optimizers.common import learning_rate
from optimizers.optimizer import Optimizer

FAMILY = "Without gradients"
_NO_GRADIENT = "torch.optim has no method without gradients."

nelder_mead = Optimizer(
    "Nelder-Mead",
    family=FAMILY,
    parameters=[learning_rate(1.0, "The length of the first triangle's sides.", words="size of the triangle", symbol=r"\delta")],
    state={"a": "x", "b": "x + lr*e1", "c": "x + lr*e2"},
    step="""
        p = choose(loss(a) - loss(b), b, a)                 # the better of two corners of the triangle
        q = choose(loss(a) - loss(b), a, b)                 # the other
        w = choose(loss(p) - loss(c), p, c)                 # the less good of the better one and the third
        a = choose(loss(p) - loss(c), c, p)                 # so this is the best corner
        b = choose(loss(q) - loss(w), w, q)                 # this the second
        c = choose(loss(q) - loss(w), q, w)                 # and this the worst
        m = (a + b)/2                                       # the middle of the side between the better two
        r = m + (m - c)                                     # the worst corner turned over to the other side
        u = m + 2*(m - c)                                   # twice as far
        k = m + choose(loss(c) - loss(r), 0.5, -0.5)*(m - c)    # half as far, on the better side
        n = choose(loss(b) - loss(r), choose(min(loss(a), loss(r)) - loss(u), u, r), k)     # the one of them to try
        good = choose(loss(b) - loss(r), 1, min(loss(c), loss(r)) - loss(k))                # whether it is any better
        c = choose(good, n, (a + c)/2)                      # it takes the worst corner's place, or the triangle shrinks
        b = choose(good, b, (a + b)/2)                      # shrinks towards the best corner, that is
        l = choose(loss(b) - loss(c), c, b)                 # the better of the two that may be new
        x = choose(loss(a) - loss(l), l, a)                 # the best corner is what is shown
    """,
    source="Nelder and Mead 1965, doi:10.1093/comjnl/7.4.308; in the form of Lagarias et al. 1998, doi:10.1137/S1052623496303470",
    about="A triangle that turns over, stretches and shrinks its way down, by comparing losses alone.",
    torch_differs=_NO_GRADIENT,
)

cma_es = Optimizer(
    "CMA-ES",
    family=FAMILY,
    parameters=[
        learning_rate(0.5, "How wide the first cloud of points is: its standard deviation.", words="width of the cloud", symbol=r"\sigma_0")
    ],
    state={"C": "I", "sigma": "lr", "p": "0", "q": "0"},
    step="""
        mu = (3*log(7/2) - log(6))**2/(log(7/2)**2 + log(7/4)**2 + log(7/6)**2) # so many points count, by their places
        c_p = (mu + 2)/(mu + 7)                             # how soon the memories below forget, in two dimensions
        c_q = (4 + mu/2)/(6 + mu)                           # likewise
        usual = sqrt(2)*(1 - 1/8 + 1/84)                    # how long a random step is in the mean
        Y = generation(x, sigma, C)                         # the better half of six points drawn around x, as steps in units of sigma
        y = average(Y)                                      # their mean, in which better ones count more
        x = x + sigma*y                                     # the new centre of the cloud
        u = whiten(C, y)                                    # the same as if the cloud were round
        p = (1 - c_p)*p + sqrt(c_p*(2 - c_p)*mu)*u          # the last steps, as if it always had been
        moving = choose(1.4 + 2/3 - norm(p)/(usual*sqrt(1 - (1 - c_p)**(2*t))), 1, 0)   # not while these are too long
        s = moving*y                                        # this step, if it is to count
        q = (1 - c_q)*q + sqrt(c_q*(2 - c_q)*mu)*s          # the last steps as they were
        C = covariance_update(C, q, Y, moving)              # the cloud stretches along the way and towards the better points
        sigma = sigma*exp(c_p/(1 + c_p)*(norm(p)/usual - 1))    # wider while steps agree, narrower while they do not
    """,
    source="Hansen 2016, arXiv:1604.00772, with six points a generation and without negative weights",
    about="Throws six points a step, moves to the better ones, and learns from them which way is promising. Chance depends on the seed.",
    torch_differs=_NO_GRADIENT,
)
