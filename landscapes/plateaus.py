"""Plateaus: the gradient almost vanishes over a wide area, far from any minimum."""

from landscapes.landscape import Landscape
from parameters import Param

easom = Landscape(
    "Easom",
    kind="plateau",
    formula="-cos(x)*cos(y)*exp(-((x - pi)**2 + (y - pi)**2)/width)",
    parameters=[
        Param("width", 1.0, 0.5, 20.0, log=True, symbol="w", help="How wide the hole is, and with it how far its slope can be felt.")
    ],
    window=((-2, 8), (-2, 8)),
    start=(5.0, 4.5),
    minima=[("pi", "pi")],
    source="Surjanovic and Bingham, Virtual Library of Simulation Experiments, sfu.ca/~ssurjano/easom.html",
    about="A needle's hole in a plateau: far from it the gradient is almost zero, and only methods that scale it move at all.",
)

two_weights = Landscape(
    "Two weights",
    kind="plateau",
    formula="((y*tanh(x/2) - b*tanh(a/2))**2 + (y*tanh(x) - b*tanh(a))**2 + (y*tanh(2*x) - b*tanh(2*a))**2)/3",
    parameters=[
        Param("a", 2.0, 0.5, 4.0, help="The weight before tanh that made the targets."),
        Param("b", 1.0, 0.5, 2.0, help="The weight after it."),
    ],
    window=((-5, 5), (-3, 3)),
    start=(1.0, 0.5),
    minima=[("a", "b"), ("-a", "-b")],
    saddles=[(0, 0)],
    source="The mean squared error of y*tanh(x*u) at u = 1/2, 1, 2; saturation as in LeCun et al. 1998, doi:10.1007/3-540-49430-8_2",
    about="The exact loss of a network with two weights: a saddle where both are zero, and plains where tanh is saturated.",
)

beale = Landscape(
    "Beale",
    kind="plateau",
    formula="(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
    window=((-4.5, 4.5), (-4.5, 4.5)),
    start=(-3.0, 1.8),
    minima=[(3, 0.5)],
    saddles=[(0, 1), (0.10053793732416, -2.6445135850231)],
    source="Beale 1958; bounds as in BoTorch's test functions",
    about="A wide, almost flat floor between cliffs at the corners.",
)

michalewicz = Landscape(
    "Michalewicz",
    kind="plateau",
    formula="-sin(x)*sin(x**2/pi)**20 - sin(y)*sin(2*y**2/pi)**20",
    window=((0, 3.141592653589793), (0, 3.141592653589793)),
    start=(1.5, 1.2),
    minima=[(2.2029055201726, "pi/2"), (2.2029055201726, 2.711571483843)],
    source="Michalewicz 1996, doi:10.1007/978-3-662-03315-9, with steepness m = 10",
    about="Narrow ditches in a plain. Only where two of them cross is it deep; from most of the plain no way down leads there.",
)
