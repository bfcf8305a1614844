"""Bowls: one minimum, and downhill leads to it from everywhere."""

from landscapes.landscape import Landscape

sphere = Landscape(
    "Sphere",
    kind="bowl",
    formula="x**2 + y**2",
    window=((-5, 5), (-5, 5)),
    start=(-4.0, 3.0),
    minima=[("0", "0")],
    source="De Jong 1975, function F1 in two dimensions, hdl:2027.42/4507",
    about="The same curvature in every direction, so the slope points straight at the minimum: what fails here fails everywhere.",
)

trid = Landscape(
    "Trid",
    kind="bowl",
    formula="(x - 1)**2 + (y - 1)**2 - x*y",
    window=((-4, 4), (-4, 4)),
    start=(-3.0, 2.0),
    minima=[("2", "2")],
    source="Adorio and Diliman 2005, MVF; in Jamil and Yang 2013, doi:10.1504/IJMMNO.2013.055204",
    about="A diagonal bowl with condition number 3: x and y pull on each other, but gently.",
)
