"""Local minima: where a trajectory ends depends on where it starts, and on how it moves."""

from landscapes.landscape import Landscape
from parameters import Param

himmelblau = Landscape(
    "Himmelblau",
    kind="local minima",
    formula="(x**2 + y - a)**2 + (x + y**2 - b)**2",
    parameters=[
        Param("a", 11.0, 5.0, 15.0, help="Moves the minima; 11 in the original."),
        Param("b", 7.0, 3.0, 12.0, help="Moves the minima; 7 in the original."),
    ],
    window=((-6, 6), (-6, 6)),
    start=(-0.5, -1.2),
    minima=[(3, 2), (3.5844283403305, -1.8481265269644), (-3.7793102533777, -3.2831859912862), (-2.8051180869527, 3.1313125182506)],
    saddles=[
        (3.385154183607, 0.073851879837749),
        (0.086677504555396, 2.8842547011748),
        (-3.0730257507644, -0.081353044287968),
        (-0.12796134673068, -1.9537149802446),
    ],
    source="Himmelblau 1972, Applied Nonlinear Programming",
    about="Four equally deep minima around a hill: a small change of the start or the method ends somewhere else.",
)

three_hump_camel = Landscape(
    "Three-hump camel",
    kind="local minima",
    formula="2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2",
    window=((-5, 5), (-5, 5)),
    start=(-4.0, 3.0),
    minima=[(0, 0), (1.7475523458303, -0.87377617291514), (-1.7475523458303, 0.87377617291514)],
    saddles=[(1.0705422918237, -0.53527114591183), (-1.0705422918237, 0.53527114591183)],
    source="Surjanovic and Bingham, Virtual Library of Simulation Experiments, sfu.ca/~ssurjano/camel3.html",
    about="Three shallow basins at the bottom of steep walls; only the middle one is the best.",
)

six_hump_camel = Landscape(
    "Six-hump camel",
    kind="local minima",
    formula="(4 - 2.1*x**2 + x**4/3)*x**2 + x*y + (-4 + 4*y**2)*y**2",
    window=((-3, 3), (-2, 2)),
    start=(-2.0, 1.5),
    minima=[
        (0.089842013100318, -0.71265640302074),
        (-0.089842013100318, 0.71265640302074),
        (1.70360671497, -0.79608356867263),
        (-1.70360671497, 0.79608356867263),
        (1.6071047529202, 0.56865145488413),
        (-1.6071047529202, -0.56865145488413),
    ],
    saddles=[
        (0, 0),
        (1.1092053368048, -0.76826809250954),
        (-1.1092053368048, 0.76826809250954),
        (1.6380679841898, 0.22867406904439),
        (-1.6380679841898, -0.22867406904439),
        (1.2960702671671, 0.60508438803866),
        (-1.2960702671671, -0.60508438803866),
    ],
    source="Surjanovic and Bingham, Virtual Library of Simulation Experiments, sfu.ca/~ssurjano/camel6.html (some copies misprint x⁴/3)",
    about="Six minima at three depths, and seven saddles between them.",
)

styblinski_tang = Landscape(
    "Styblinski-Tang",
    kind="local minima",
    formula="(x**4 - 16*x**2 + tilt*x + y**4 - 16*y**2 + tilt*y)/2",
    parameters=[Param("tilt", 5.0, 0.0, 15.0, help="How much deeper the lower left minimum is than the others; at 0 all four are equal.")],
    window=((-5, 5), (-5, 5)),
    start=(4.5, 4.0),
    minima=[
        (-2.9035340277712, -2.9035340277712),
        (2.7468027709908, -2.9035340277712),
        (-2.9035340277712, 2.7468027709908),
        (2.7468027709908, 2.7468027709908),
    ],
    saddles=[
        (-2.9035340277712, 0.15673125678034),
        (0.15673125678034, -2.9035340277712),
        (2.7468027709908, 0.15673125678034),
        (0.15673125678034, 2.7468027709908),
    ],
    source="Styblinski and Tang 1990, doi:10.1016/0893-6080(90)90035-F",
    about="Four wells of three depths: momentum can carry a trajectory out of a shallow one.",
)

goldstein_price = Landscape(
    "Goldstein-Price",
    kind="local minima",
    formula=(
        "(1 + (x + y + 1)**2*(19 - 14*x + 3*x**2 - 14*y + 6*x*y + 3*y**2))"
        "*(30 + (2*x - 3*y)**2*(18 - 32*x + 12*x**2 + 48*y - 36*x*y + 27*y**2))"
    ),
    window=((-2, 2), (-2, 2)),
    start=(-1.5, 0.5),
    minima=[("0", "-1"), ("-0.6", "-0.4"), ("1.8", "0.2"), ("1.2", "0.8")],
    saddles=[("-0.4", "-0.6"), ("1.2", "-0.2"), ("1.4", "0.6"), ("0.6", "0.4")],
    source="Goldstein and Price 1971, doi:10.1090/S0025-5718-1971-0301917-8",
    about="Losses from 3 to a million: one learning rate cannot suit both the cliffs and the floor.",
)

branin = Landscape(
    "Branin",
    kind="local minima",
    formula="(y - 5.1*x**2/(4*pi**2) + 5*x/pi - 6)**2 + 10*(1 - 1/(8*pi))*cos(x) + 10",
    window=((-5, 10), (0, 15)),
    start=(2.0, 13.0),
    minima=[("-pi", "12.275"), ("pi", "2.275"), ("3*pi", "2.475")],
    saddles=[("0", "6"), ("2*pi", "1.1")],
    source="Branin 1972, doi:10.1147/rd.165.0504; as in BoTorch's test functions",
    about="A bent valley with three equal minima.",
)

mccormick = Landscape(
    "McCormick",
    kind="local minima",
    formula="sin(x + y) + (x - y)**2 - 1.5*x + 2.5*y + 1",
    window=((-1.5, 4), (-3, 4)),
    start=(3.6, 3.5),
    minima=[("1/2 - pi/3", "-1/2 - pi/3"), (2.5943951023932, 1.5943951023932)],
    saddles=[("1/2 + pi/3", "-1/2 + pi/3")],
    source="McCormick 1976; Surjanovic and Bingham, sfu.ca/~ssurjano/mccorm.html",
    about="A rippled diagonal valley: a step down with a ledge on which slow methods rest.",
)

ackley = Landscape(
    "Ackley",
    kind="local minima",
    formula="-a*exp(-b*sqrt((x**2 + y**2)/2)) - exp((cos(c*x) + cos(c*y))/2) + a + e",
    parameters=[
        Param("a", 20.0, 1.0, 40.0, help="How deep the funnel is."),
        Param("b", 0.2, 0.05, 1.0, log=True, help="How narrow the funnel is."),
        Param("c", 6.283185307179586, 1.0, 12.0, help="How close together the dimples lie."),
    ],
    window=((-5, 5), (-5, 5)),
    start=(-3.6, 2.4),
    minima=[("0", "0"), (0.95216654595017, 0), (-0.95216654595017, 0), (0, 0.95216654595017), (0, -0.95216654595017)],
    source="Ackley 1987, A Connectionist Machine for Genetic Hillclimbing",
    about="A pointed funnel covered with dimples: its centre is not smooth, so methods with a fixed step circle it.",
)

rastrigin = Landscape(
    "Rastrigin",
    kind="local minima",
    formula="2*A + x**2 - A*cos(2*pi*x) + y**2 - A*cos(2*pi*y)",
    parameters=[Param("A", 10.0, 0.0, 20.0, help="How deep the ripples are; at 0 a plain bowl is left.")],
    window=((-5.12, 5.12), (-5.12, 5.12)),
    start=(3.3, -2.4),
    minima=[("0", "0"), (0.99495863765233, 0), (-0.99495863765233, 0), (0, 0.99495863765233), (0, -0.99495863765233)],
    saddles=[(0.50254603655467, 0), (-0.50254603655467, 0), (0, 0.50254603655467), (0, -0.50254603655467)],
    source="Rastrigin 1974; Surjanovic and Bingham, sfu.ca/~ssurjano/rastr.html",
    about="A bowl with 121 minima in view, one of them the best: a cloud of starts shows who gets caught where.",
)

griewank = Landscape(
    "Griewank",
    kind="local minima",
    formula="(x**2 + y**2)/4000 - ripple*cos(x)*cos(y/sqrt(2)) + ripple",
    parameters=[Param("ripple", 1.0, 0.1, 5.0, log=True, symbol="r", help="How deep the ripples are.")],
    window=((-10, 10), (-10, 10)),
    start=(-7.5, 3.0),
    minima=[
        ("0", "0"),
        (3.1400226338955, 4.4384444809207),
        (-3.1400226338955, 4.4384444809207),
        (3.1400226338955, -4.4384444809207),
        (-3.1400226338955, -4.4384444809207),
    ],
    saddles=[
        (1.5723679104393, 2.2225533025788),
        (-1.5723679104393, 2.2225533025788),
        (1.5723679104393, -2.2225533025788),
        (-1.5723679104393, -2.2225533025788),
    ],
    source="Griewank 1981, doi:10.1007/BF00933356",
    about="An egg box on an almost flat bowl: many minima, nearly equally good.",
)

two_wells = Landscape(
    "Two wells",
    kind="local minima",
    formula="x**2 + y**2 - right*exp(-((x - 1)**2 + y**2)/width) - left*exp(-((x + 1)**2 + y**2)/width)",
    parameters=[
        Param("right", 2.0, 0.0, 6.0, symbol="r", help="How deep the right well is."),
        Param("left", 3.0, 0.0, 6.0, symbol="l", help="How deep the left well is."),
        Param("width", 0.2, 0.05, 1.0, log=True, symbol="w", help="How wide both wells are."),
    ],
    window=((-2, 2), (-2, 2)),
    start=(1.5, 1.2),
    minima=[(-0.93630063401092, 0), (0.90531789916011, 0)],
    saddles=[(0.068602436708097, 0)],
    source="A form used by several optimizer visualizers",
    about="A shallow and a deep well in a bowl: who is caught by the nearer one, and who reaches the deeper?",
)

peaks = Landscape(
    "Peaks",
    kind="local minima",
    formula="3*(1 - x)**2*exp(-x**2 - (y + 1)**2) - 10*(x/5 - x**3 - y**5)*exp(-x**2 - y**2) - exp(-(x + 1)**2 - y**2)/3",
    window=((-3, 3), (-3, 3)),
    start=(0.1, 1.0),
    minima=[(0.22827892055637, -1.6255349575), (-1.3473962443682, 0.20451886609701), (0.29644555384683, 0.32019624766683)],
    saddles=[(0.41632332167851, -0.39414509840242), (-0.26593755683725, 0.46673999372627), (1.0982728343351, 0.85446097952475)],
    source="The example surface of several plotting systems",
    about="Hills and hollows of all sizes; from between the peaks every method goes its own way.",
)

mueller_brown = Landscape(
    "Mueller-Brown",
    kind="local minima",
    formula=(
        "-200*exp(-(x - 1)**2 - 10*y**2) - 100*exp(-x**2 - 10*(y - 0.5)**2)"
        " - 170*exp(-6.5*(x + 0.5)**2 + 11*(x + 0.5)*(y - 1.5) - 6.5*(y - 1.5)**2)"
        " + 15*exp(0.7*(x + 1)**2 + 0.6*(x + 1)*(y - 1) + 0.7*(y - 1)**2)"
    ),
    window=((-1.5, 1.2), (-0.2, 2)),
    start=(-1.2, 0.6),
    minima=[(-0.55822363463302, 1.4417258418047), (0.62349940493088, 0.028037758528686), (-0.050010822998206, 0.46669410487197)],
    saddles=[(-0.82200155873273, 0.62431280281487), (0.21248658200066, 0.29298832510737)],
    source="Müller and Brown 1979, doi:10.1007/BF00547608 (a saddle value of -46.62 is printed in places; it is -40.66)",
    about="A winding valley with three minima, made as a model of a chemical reaction's path.",
)

hoelder_table = Landscape(
    "Hoelder table",
    kind="local minima",
    formula="-abs(sin(x)*cos(y)*exp(abs(1 - sqrt(x**2 + y**2)/pi)))",
    window=((-10, 10), (-10, 10)),
    start=(-3.0, 4.0),
    minima=[(i * 8.0550234757366, j * 9.6645900192413) for i in (1, -1) for j in (1, -1)],
    source="Mishra 2006, doi:10.2139/ssrn.926132",
    about="A table on four legs, one near each corner. Between them lie pockets with sharp rims, which keep whatever falls in.",
)

cross_in_tray = Landscape(
    "Cross-in-tray",
    kind="local minima",
    formula="-0.0001*(abs(sin(x)*sin(y)*exp(abs(100 - sqrt(x**2 + y**2)/pi))) + 1)**0.1",
    window=((-10, 10), (-10, 10)),
    start=(-6.0, 5.0),
    minima=[(i * 1.3494066171539, j * 1.3494066171539) for i in (1, -1) for j in (1, -1)],
    source="Mishra 2006, doi:10.2139/ssrn.926132 (1.3491 is printed for 1.3494 in places)",
    about="A tray divided by thin walls. The slope grows without limit towards them, so one step near a wall can leap across the tray.",
)

langermann = Landscape(
    "Langermann",
    kind="local minima",
    formula=(
        "-exp(-((x - 3)**2 + (y - 5)**2)/pi)*cos(pi*((x - 3)**2 + (y - 5)**2))"
        " - 2*exp(-((x - 5)**2 + (y - 2)**2)/pi)*cos(pi*((x - 5)**2 + (y - 2)**2))"
        " - 5*exp(-((x - 2)**2 + (y - 1)**2)/pi)*cos(pi*((x - 2)**2 + (y - 1)**2))"
        " - 2*exp(-((x - 1)**2 + (y - 4)**2)/pi)*cos(pi*((x - 1)**2 + (y - 4)**2))"
        " - 3*exp(-((x - 7)**2 + (y - 9)**2)/pi)*cos(pi*((x - 7)**2 + (y - 9)**2))"
    ),
    window=((0, 10), (0, 10)),
    start=(4.4, 2.6),
    minima=[(2.0029921199345, 1.0060959402922), (2.241810512734, 1.0918879495362), (1.928939495219, 1.2437953637109)],
    saddles=[(2.1898726723771, 1.0743185233215), (1.9396468459681, 1.2046471109092)],
    source=(
        "Bersini et al. 1996, doi:10.1109/ICEC.1996.542670, with m = 5 (the virtual library leaves out the minus sign: its lowest is then "
        "-4.1558)"
    ),
    about="Five stones thrown into a pond: rings that cross, deep near the middle of each and gone at a distance.",
)

franke = Landscape(
    "Franke",
    kind="local minima",
    formula=(
        "0.75*exp(-((9*x - 2)**2 + (9*y - 2)**2)/4) + 0.75*exp(-(9*x + 1)**2/49 - (9*y + 1)/10)"
        " + 0.5*exp(-((9*x - 7)**2 + (9*y - 3)**2)/4) - 0.2*exp(-(9*x - 4)**2 - (9*y - 7)**2)"
    ),
    window=((0, 1), (0, 1)),
    start=(0.25, 0.35),
    minima=[(0.45571037931856, 0.78419067761368)],
    saddles=[(0.61603075926841, 0.85714055674079), (0.55603690421442, 0.27737587202476)],
    source="Franke 1982, doi:10.1090/S0025-5718-1982-0637296-4 (the term (9y + 1)/10 is squared in some copies)",
    about="Two hills and one small hollow. It was made to test interpolation; going downhill, most roads miss the hollow.",
)
