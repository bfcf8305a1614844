"""Methods that use the curvature."""

from optimizers.common import learning_rate
from optimizers.optimizer import Optimizer
from parameters import Param

FAMILY = "Second order"
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
