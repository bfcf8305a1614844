"""Ravines: the loss changes quickly in one direction and slowly in another."""

from math import pi

from landscapes.landscape import Landscape
from parameters import Param

ravine = Landscape(
    "Ravine",
    kind="ravine",
    formula="((x*cos(angle) + y*sin(angle))**2 + condition*(y*cos(angle) - x*sin(angle))**2)/2",
    parameters=[
        Param(
            "condition",
            20.0,
            1.0,
            1e4,
            log=True,
            slider=(1.0, 1000.0),
            symbol=r"\kappa",
            help="Condition number: how much steeper it is across than along.",
        ),
        Param(
            "angle",
            0.0,
            -90.0,
            90.0,
            symbol=r"\theta",
            unit="°",
            unit_value=pi / 180,
            help="Turns the ravine, so that no axis runs along it.",
        ),
    ],
    window=((-4, 4), (-2, 2)),
    start=(-3.5, 1.0),
    minima=[("0", "0")],
    ellipse=("condition", "angle"),
    source="A quadratic with a chosen condition number, as in the cs231n lecture notes on SGD",
    about="Steep across, gentle along: plain SGD jitters between the walls and crawls along the floor.",
)

matyas = Landscape(
    "Matyas",
    kind="ravine",
    formula="0.26*(x**2 + y**2) - coupling*x*y",
    parameters=[
        Param("coupling", 0.48, 0.0, 0.519, symbol="c", help="How strongly x and y are tied together: nearer to 0.52, a narrower ravine.")
    ],
    window=((-10, 10), (-10, 10)),
    start=(-9.0, 4.0),
    minima=[("0", "0")],
    source="Surjanovic and Bingham, Virtual Library of Simulation Experiments, sfu.ca/~ssurjano/matya.html",
    about="A diagonal ravine: no single coordinate points along it, so per-axis scaling does not help.",
)

booth = Landscape(
    "Booth",
    kind="ravine",
    formula="(x + 2*y - 7)**2 + (2*x + y - 5)**2",
    window=((-10, 10), (-10, 10)),
    start=(-8.0, -6.0),
    minima=[("1", "3")],
    source="Surjanovic and Bingham, Virtual Library of Simulation Experiments, sfu.ca/~ssurjano/booth.html",
    about="A diagonal bowl, condition number 9: gentle enough for every method, and so a good first test.",
)

rosenbrock = Landscape(
    "Rosenbrock",
    kind="ravine",
    formula="(a - x)**2 + b*(y - x**2)**2",
    parameters=[
        Param("a", 1.0, 0.5, 2.0, help="Where along the valley the minimum lies: at (a, a²)."),
        Param("b", 100.0, 1.0, 1000.0, log=True, help="How steep the valley's walls are."),
    ],
    window=((-2, 2), (-1, 3)),
    start=(-1.2, 1.0),
    minima=[("a", "a**2")],
    source="Rosenbrock 1960, doi:10.1093/comjnl/3.3.175",
    about="A curved, nearly flat valley: quick to enter, slow to follow.",
)

dixon_price = Landscape(
    "Dixon-Price",
    kind="ravine",
    formula="(x - 1)**2 + b*(2*y**2 - x)**2",
    parameters=[Param("b", 2.0, 0.5, 50.0, log=True, help="How steep the valley's walls are.")],
    window=((-10, 10), (-10, 10)),
    start=(8.0, -7.0),
    minima=[("1", "sqrt(1/2)"), ("1", "-sqrt(1/2)")],
    saddles=[("1/(b + 1)", "0")],
    source="Dixon and Price 1989, doi:10.1007/BF00941463",
    about="A horseshoe valley with two equal minima and a saddle between them.",
)

zakharov = Landscape(
    "Zakharov",
    kind="ravine",
    formula="x**2 + y**2 + (0.5*x + y)**2 + (0.5*x + y)**4",
    window=((-5, 10), (-5, 10)),
    start=(8.0, 2.0),
    minima=[("0", "0")],
    source="Surjanovic and Bingham, sfu.ca/~ssurjano/zakharov.html; in Jamil and Yang 2013, doi:10.1504/IJMMNO.2013.055204",
    about="Walls that rise with the fourth power: a step that suits the floor is thrown out by the walls.",
)

bukin_6 = Landscape(
    "Bukin 6",
    kind="ravine",
    formula="100*sqrt(abs(y - 0.01*x**2)) + 0.01*abs(x + 10)",
    window=((-15, -5), (-3, 3)),
    start=(-13.5, -1.5),
    minima=[(-10, 1)],
    source="Bukin 1997; in Silagadze 2007, arXiv:physics/0402085",
    about="A bent ravine with a floor as sharp as a knife: the slope is steepest right beside it, and along it there is almost none.",
)
