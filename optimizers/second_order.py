"""Methods that use the curvature, known or learnt from how the gradient changes, most of them with a search along a line."""

from optimizers.common import learning_rate
from optimizers.optimizer import Optimizer
from optimizers.update_rules import REMEMBERED
from parameters import Param

FAMILY = "Curvature and line search"
DAMPING = Param(
    "damping",
    1e-3,
    0.0,
    1e6,
    log=True,
    slider=(1e-6, 100.0),
    search=(1e-6, 1.0),  # as Dauphin et al. 2014 searched it
    symbol=r"\lambda",
    help="Added to every curvature; large values turn the step towards the gradient.",
    on_networks=0.1,
)

newton = Optimizer(
    "Newton",
    family=FAMILY,
    parameters=[learning_rate(0.5, "The share of the Newton step that is taken; 1 is all of it."), DAMPING],
    step="""
        g = gradient(x)                 # the slope here
        H = hessian(x)                  # the curvature here
        d = solve(H, g, damping)        # the way to where the local parabola has no slope
        x = x - lr*d                    # a share of that way
    """,
    source="Levenberg 1944, doi:10.1090/qam/10666 (damping); Nocedal and Wright 2006, chapter 3",
    about="Steps straight to the bottom of a parabola, or to the top, or to a saddle: it seeks any point without slope.",
    torch_differs="torch.optim has no method that takes a Hessian.",
)

saddle_free_newton = Optimizer(
    "Saddle-free Newton",
    family=FAMILY,
    parameters=[learning_rate(0.5, "The share of the step that is taken; 1 is all of it."), DAMPING],
    step="""
        g = gradient(x)                         # the slope here
        H = hessian(x)                          # the curvature here
        d = solve_absolute(H, g, damping)       # Newton's step with every curvature counted as positive
        x = x - lr*d                            # a share of that way
    """,
    source="Dauphin et al. 2014, arXiv:1406.2572, Algorithm 1",
    about="Newton's method that is repelled by saddles and maxima instead of attracted.",
    torch_differs="torch.optim has no method that takes a Hessian.",
)

bfgs = Optimizer(
    "BFGS",
    family=FAMILY,
    parameters=[learning_rate(1.0, "The step length tried first; it is halved until the loss falls enough, to nothing if it never does.")],
    state={"B": "I", "g_old": "0", "s": "0"},
    step="""
        g = gradient(x)                             # the slope here
        B = curvature_update(B, s, g - g_old)       # what the last step taught about the curvature
        d = -times(B, g)                          # Newton's direction, by that estimate
        s = lr*step_length(x, lr*d, g)*d            # as far as the loss falls enough; nowhere if it does not
        x = x + s                                   # move
        g_old = g                                   # remembered for the next step
    """,
    source="Nocedal and Wright 2006, Algorithm 6.1, with Armijo backtracking (Algorithm 3.1, c = 1e-4, halving)",
    about="Learns the curvature from gradients alone. In two dimensions it is hard to beat, without noise.",
    torch_differs="torch.optim.LBFGS is another method: it rebuilds its matrix from the last steps, and finds step lengths in another way.",
)

lbfgs = Optimizer(
    "L-BFGS",
    family=FAMILY,
    parameters=[
        learning_rate(1.0, "The step length tried first, or the share of every step where there is no search."),
        Param("memory", 5, 1, REMEMBERED, symbol="m", help="The last steps from which the curvature is learnt."),
        Param("search", True, symbol="c", help="Searches for a step length (strong Wolfe conditions); without, every step is taken whole."),
    ],
    state={"S": "none", "Y": "none", "s": "0", "g_old": "0"},
    step="""
        g = gradient(x)                                             # the slope here
        y = g - g_old                                               # how it changed along the last step
        S = remember(S, s, dot(s, y))                               # the last steps, where they taught something
        Y = remember(Y, y, dot(s, y))                               # and the changes along them
        h = two_loop(S, Y, g, memory)                               # Newton's step, by the curvature they show
        d = -lr*h                                                   # downhill
        first = choose(t - 1.5, 1, min(1, 1/max(dot(g, sign(g)), 1e-300)))  # the first step is short, nothing is known yet
        s = first*choose(search, wolfe_length(x, first*d, g, 0.9), 1)*d     # as far as the loss falls and the slope fades
        x = x + s                                                   # move
        g_old = g                                                   # remembered for the next step
    """,
    source="Liu and Nocedal 1989, doi:10.1007/BF01589116; Nocedal and Wright 2006, Algorithms 7.4 and 7.5",
    about="BFGS from the last few steps alone: what is used in large problems. The usual choice where there is no noise.",
    torch="LBFGS(lr={lr}, max_iter=1, history_size={memory}, tolerance_grad=0.0, tolerance_change=0.0)",
    torch_settings={"search": False},
)

conjugate_gradient = Optimizer(
    "Conjugate gradient",
    family=FAMILY,
    parameters=[
        learning_rate(1.0, "The step length tried first; a search along the line finds the right one."),
        Param("polak_ribiere", True, symbol="c", help="Polak and Ribière's way to combine directions; off is Fletcher and Reeves'."),
    ],
    state={"d": "0", "g_old": "0"},
    step="""
        g = gradient(x)                                             # the slope here
        gain = choose(polak_ribiere, max(dot(g, g - g_old), 0), dot(g, g))  # by how much the old direction counts
        share = choose(t - 1, gain/max(dot(g_old, g_old), 1e-300), 0)       # in units of the old slope; nothing at first
        p = share*d - g                                             # downhill, bent towards the old direction
        d = choose(-dot(p, g), p, -g)                               # straight downhill where that would lead up
        x = x + lr*wolfe_length(x, lr*d, g, 0.1)*d                  # nearly to the lowest point along it
        g_old = g                                                   # remembered for the next step
    """,
    source="Fletcher and Reeves 1964, doi:10.1093/comjnl/7.2.149; Polak and Ribière 1969; Nocedal and Wright 2006, chapter 5.2",
    about="Each direction is chosen so as not to spoil what the last one gained. On a parabola two exact steps would be enough.",
    torch_differs="torch.optim has no conjugate gradients.",
)
