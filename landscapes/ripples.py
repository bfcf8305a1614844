"""Ripples: local minima in rows or rings, laid over a bowl, a funnel or a slope."""

from landscapes.landscape import Landscape
from parameters import Param

bohachevsky = Landscape(
    "Bohachevsky",
    kind="local minima",
    formula="x**2 + 2*y**2 - ripple*cos(3*pi*x) - 0.4*cos(4*pi*y) + ripple + 0.4",
    parameters=[Param("ripple", 0.3, 0.0, 2.0, symbol="r", help="How deep the ripples along x are; 0.3 in the original.")],
    window=((-2, 2), (-2, 2)),
    start=(-1.6, 1.3),
    minima=[("0", "0"), (0.61861206782795, 0), (-0.61861206782795, 0), (0, 0.46952754566849), (0, -0.46952754566849)],
    saddles=[(0.36070815555175, 0), (-0.36070815555175, 0), (0, 0.26704046748105), (0, -0.26704046748105)],
    source="Bohachevsky, Johnson and Stein 1986, doi:10.1080/00401706.1986.10488128",
    about="A bowl with ripples: a step longer than a ripple does not notice them, a shorter one is caught.",
)

levy_13 = Landscape(
    "Levy 13",
    kind="local minima",
    formula="sin(3*pi*x)**2 + (x - 1)**2*(1 + sin(3*pi*y)**2) + (y - 1)**2*(1 + sin(2*pi*y)**2)",
    window=((-4, 6), (-4, 6)),
    start=(-2.2, 3.7),
    minima=[
        ("1", "1"),
        (0.67038052545169, 1),
        (1.3296194745483, 1),
        (0.67166605656317, 0.73389320054618),
        (1.3283339434368, 0.73389320054618),
        (0.67166605656317, 1.2661067994538),
        (1.3283339434368, 1.2661067994538),
    ],
    source="Levy and Montalvo 1985, doi:10.1137/0906002; number 13 of the virtual library, sfu.ca/~ssurjano/levy13.html",
    about="A bowl whose ripples grow with the distance from its centre: hundreds of minima, and the deeper ones lie further in.",
)

drop_wave = Landscape(
    "Drop-wave",
    kind="local minima",
    formula="-(1 + cos(12*sqrt(x**2 + y**2)))/((x**2 + y**2)/2 + 2)",
    window=((-5.12, 5.12), (-5.12, 5.12)),
    start=(-1.5, 0.7),
    minima=[("0", "0")],
    source="Molga and Smutnicki 2005, Test functions for optimization needs; Surjanovic and Bingham, sfu.ca/~ssurjano/drop.html",
    about="Rings like those around a fallen drop. Every trough is a closed circle, and only the innermost one is a point.",
)

schaffer_2 = Landscape(
    "Schaffer 2",
    kind="local minima",
    formula="0.5 + (sin(x**2 - y**2)**2 - 0.5)/(1 + 0.001*(x**2 + y**2))**2",
    window=((-5, 5), (-5, 5)),
    start=(-3.2, 1.2),
    minima=[("0", "0"), (1.7723132396346, 0), (-1.7723132396346, 0), (0, 1.7723132396346), (0, -1.7723132396346)],
    source="Schaffer et al. 1989; number 2 in Jamil and Yang 2013, doi:10.1504/IJMMNO.2013.055204 (usually shown from -100 to 100)",
    about="Hyperbolic waves: the walls between the troughs are hundreds of times higher than the step from one trough to the next.",
)

schaffer_4 = Landscape(
    "Schaffer 4",
    kind="local minima",
    formula="0.5 + (cos(sin(abs(x**2 - y**2)))**2 - 0.5)/(1 + 0.001*(x**2 + y**2))**2",
    window=((-5, 5), (-5, 5)),
    start=(-2.9, 1.4),
    minima=[(0, 1.2531318314637), (0, -1.2531318314637), (1.2531318314637, 0), (-1.2531318314637, 0)],
    source=(
        "Mishra 2006, doi:10.2139/ssrn.926132; Jamil and Yang 2013 (the lowest value is 0.292579, at four points; "
        "some libraries say 0, or name two of the points)"
    ),
    about="The waves of Schaffer 2 turned over: its crests are troughs here, the centre is a summit, and four minima are equally low.",
)

schwefel = Landscape(
    "Schwefel",
    kind="local minima",
    formula="837.9657745448674 - x*sin(sqrt(abs(x))) - y*sin(sqrt(abs(y)))",
    window=((-500, 500), (-500, 500)),
    start=(-243.0, 26.0),
    minima=[
        (420.96874635998, 420.96874635998),
        (-302.52493561191, 420.96874635998),
        (420.96874635998, -302.52493561191),
        (203.81425264889, 420.96874635998),
        (420.96874635998, 203.81425264889),
    ],
    source="Schwefel 1977, doi:10.1007/978-3-0348-5927-1 (with the constant 418.9829 of most copies the lowest value is 0.00003, not 0)",
    about="A trap: the second best minimum lies far away from the best one, at the other end of the square.",
)

eggholder = Landscape(
    "Eggholder",
    kind="local minima",
    formula="-(y + 47)*sin(sqrt(abs(y + x/2 + 47))) - x*sin(sqrt(abs(x - y - 47)))",
    window=((-540, 540), (-540, 540)),
    start=(288.0, 139.0),
    minima=[(522.16052902723, 413.31579816741), (482.35331046479, 432.87899894548)],
    source=(
        "Whitley et al. 1996, doi:10.1016/0004-3702(95)00124-7 (the printed minimum, -959.6407 at (512, 404.2319), lies on the edge of the "
        "square that is searched; the valley goes on down beyond it)"
    ),
    about="Steep, crooked valleys that grow deeper towards the corners: the best of them can hardly be told from its neighbours.",
)

_SUM = "(cos(2*{0} + 1) + 2*cos(3*{0} + 2) + 3*cos(4*{0} + 3) + 4*cos(5*{0} + 4) + 5*cos(6*{0} + 5))"
shubert = Landscape(
    "Shubert",
    kind="local minima",
    formula=_SUM.format("x") + "*" + _SUM.format("y"),
    window=((-5.12, 5.12), (-5.12, 5.12)),
    start=(2.2, 2.6),
    minima=[
        (-1.4251284283198, -0.80032110047197),
        (-0.80032110047197, -1.4251284283198),
        (4.8580568788598, -0.80032110047197),
        (-0.80032110047197, 4.8580568788598),
    ],
    source="Shubert 1972, doi:10.1137/0709036, as a product in Levy and Montalvo 1985, doi:10.1137/0906002 (18 best from -10 to 10)",
    about="Nearly two hundred minima, and four of them are the best: two trajectories can end far apart and be equally good.",
)
