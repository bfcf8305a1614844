"""Saddles: points where the gradient vanishes though the loss still falls in some direction."""

from landscapes.landscape import Landscape
from parameters import Param

saddle = Landscape(
    "Saddle",
    kind="saddle",
    formula="x**2 - fall*y**2 + y**4/2",
    parameters=[Param("fall", 1.0, 0.1, 2.0, symbol="c", help="How steeply the loss falls away on both sides of the saddle.")],
    window=((-2, 2), (-2, 2)),
    start=(-1.8, 0.001),
    minima=[("0", "sqrt(fall)"), ("0", "-sqrt(fall)")],
    saddles=[("0", "0")],
    source="Own: a saddle closed at both ends by a quartic, so that escaping it leads somewhere",
    about="Along x it is a minimum, along y a maximum: methods stall at the centre until they find the way down.",
)

monkey_saddle = Landscape(
    "Monkey saddle",
    kind="saddle",
    formula="x**3 - 3*x*y**2 + bowl*(x**2 + y**2)**2",
    parameters=[Param("bowl", 0.25, 0.2, 1.0, symbol="c", help="How steep the bowl around the saddle is.")],
    window=((-4, 4), (-4, 4)),
    start=(1.5, 0.02),
    minima=[("-3/(4*bowl)", "0"), ("3/(8*bowl)", "3*sqrt(3)/(8*bowl)"), ("3/(8*bowl)", "-3*sqrt(3)/(8*bowl)")],
    saddles=[("0", "0")],
    source="Own: the textbook monkey saddle in a quartic bowl",
    about="Three ways down and three up, and no curvature at all at the centre: Newton's method has nothing to go by.",
)

linear_network = Landscape(
    "Linear network",
    kind="saddle",
    formula="(target - x*y)**2/2",
    parameters=[Param("target", 1.0, 0.1, 4.0, help="What the product of the two weights should be.")],
    window=((-4, 4), (-4, 4)),
    start=(0.05, -0.02),
    minima=[(f"{sign}sqrt(target)*{stretch}", f"{sign}sqrt(target)/{stretch}") for sign in ("", "-") for stretch in (0.5, 1, 2)],
    saddles=[("0", "0")],
    source="Own: two weights x and y in a row, one training example; compare Saxe et al. 2014, arXiv:1312.6120",
    about="The smallest two-layer network: the curve xy = target is all minima, and weights that start near zero stall at the saddle.",
)

pure_saddle = Landscape(
    "Pure saddle",
    kind="saddle",
    formula="x**2 - fall*y**2",
    parameters=[Param("fall", 1.0, 0.1, 2.0, symbol="c", help="How steeply the loss falls away on both sides of the saddle.")],
    window=((-2, 2), (-2, 2)),
    start=(-1.8, 0.001),
    saddles=[("0", "0")],
    source="Textbook",
    about="A saddle without a bottom: whoever leaves it leaves the picture.",
    unbounded=True,
)

pure_monkey_saddle = Landscape(
    "Pure monkey saddle",
    kind="saddle",
    formula="x**3 - 3*x*y**2",
    window=((-2, 2), (-2, 2)),
    start=(1.5, 0.02),
    saddles=[("0", "0")],
    source="Textbook",
    about="Three ways down without a bottom. At the centre the whole Hessian vanishes.",
    unbounded=True,
)
