"""Formulas as people write them: what is understood, what can be read in two ways and is refused, and where words end."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import formulas
import landscapes
from formulas import FormulaError
from formulas.mathml import mathml
from formulas.tokens import tokens
from scenario import Choice, Scenario
from scenario.landscape import CUSTOM, CUSTOM_WINDOW

WINDOW = ((-2.0, 2.0), (-2.0, 2.0))


def read(text: str) -> formulas.Tree:
    """The formula as a page reads it: unknown names become parameters."""
    return formulas.parse(text, ("x", "y", *formulas.unknown_names(text, "xy")))


UNDERSTOOD = {
    # products without a sign
    "2x": "2*x",
    "2 x": "2*x",
    "3(x-1)(y+2)": "3*(x - 1)*(y + 2)",
    "x y": "x*y",
    "2x^2y": "2*x**2*y",
    "x²y²": "x**2*y**2",
    "-2x": "-2*x",
    "(x)(y)": "x*y",
    "x(y + 1)": "x*(y + 1)",
    "k(x - 1)^2": "k*(x - 1)**2",
    "α(x - 1)": "alpha*(x - 1)",
    "x sin(y)": "x*sin(y)",
    "2sin(x)cos(y)": "2*sin(x)*cos(y)",
    "1/2 x^2": "1/2*x**2",
    "x/2 y": "x/2*y",
    "x y/2": "x*y/2",
    # words that are products
    "xy": "x*y",
    "2xy^2": "2*x*y**2",
    "XY": "x*y",
    "ax^2 + by^2": "a*x**2 + b*y**2",
    "xyz": "x*y*z",
    "2pix": "2*pi*x",
    "λx": "lambda*x",
    "alphax": "alpha*x",
    "sinx": "sin(x)",
    "cos2x": "cos(2*x)",
    "cos2πx": "cos(2*pi*x)",
    "x²-10cos2πx": "x**2 - 10*cos(2*pi*x)",
    "xcosπy": "x*cos(pi*y)",
    "log2πx": "log2(pi*x)",
    "sinxy": "sin(x*y)",
    "xsin(y)": "x*sin(y)",
    "xsiny": "x*sin(y)",
    "xymax(x, 1)": "x*y*max(x, 1)",
    # bars
    "|x|": "abs(x)",
    "2|x||y|": "2*abs(x)*abs(y)",
    "||x| - |y||": "abs(abs(x) - abs(y))",
    "|x|^2": "abs(x)**2",
    "max(|x|, |y|)": "max(abs(x), abs(y))",
    "|(x|y|)|": "abs(x*abs(y))",
    # signs beyond ASCII
    "x²": "x**2",
    "x¹⁰": "x**10",
    "x⁻²": "x**-2",
    "e²x": "e**2*x",
    "x·y": "x*y",
    "x×y": "x*y",
    "x⋅y": "x*y",
    "x÷y": "x/y",
    "x−y": "x - y",
    "−x": "-x",
    "√(x)": "sqrt(x)",
    "√x": "sqrt(x)",
    "2√3 x": "2*sqrt(3)*x",
    "√(x)^2": "sqrt(x)**2",
    "½x": "0.5*x",
    "π": "pi",
    "2πx": "2*pi*x",
    "Pi*x": "pi*x",
    "x✕y ✖ 2": "x*y*2",
    "ｘ＋２ｙ－（ｘ／３）": "x + 2*y - (x/3)",
    "ｍａｘ（ｘ；０，５）": "max(x, 0.5)",
    "𝑥² + 𝛼𝒚 + 𝟐": "x**2 + alpha*y + 2",
    "ℯ^x": "e**x",
    "∜x": "x**(1/4)",
    "∜(x y)": "(x*y)**(1/4)",
    "x^²": "x**2",
    "x**⁻¹": "x**-1",
    "1½x": "1.5*x",
    "3⅜ + x": "3.375 + x",
    "⅖x": "0.4*x",
    "x ⩽ y": "x <= y",
    "x\u200b + y": "x + y",
    "x\u00a0y": "x*y",
    # functions
    "sin x": "sin(x)",
    "sin x cos y": "sin(x)*cos(y)",
    "sin x + y": "sin(x) + y",
    "sin x * cos y": "sin(x)*cos(y)",
    "x sin y": "x*sin(y)",
    "sin 2x": "sin(2*x)",
    "sin 2 pi x": "sin(2*pi*x)",
    "sin -x": "sin(-x)",
    "sin|x|": "sin(abs(x))",
    "sin cos x": "sin(cos(x))",
    "sin^2(x)": "sin(x)**2",
    "sin**2(x)": "sin(x)**2",
    "sin²(x)": "sin(x)**2",
    "sin^2 x": "sin(x)**2",
    "sin²x + cos²y": "sin(x)**2 + cos(y)**2",
    "Sin(x)": "sin(x)",
    "e^x": "e**x",
    "e^-x^2": "e**-x**2",
    "e^(2x)y": "e**(2*x)*y",
    # before and after it
    "f(x,y) = x^2 + y": "x**2 + y",
    "f(x) = x^2": "x**2",
    "F(X; Y) := x": "x",
    "z = x y;": "x*y",
    "z = f(x,y) = x^2+y^2": "x^2+y^2",
    "= x": "x",
    "x + y ; ": "x + y",
    # capitals
    "X^2 + Y": "x**2 + y",
    "E*x": "E*x",
    # decimal commas
    "0,5x": "0.5*x",
    "x^2 + 1,5y": "x**2 + 1.5*y",
    "x^1,5": "x**1.5",
    "(2,5)": "2.5",
    "sin(1,5)x": "sin(1.5)*x",
    "1,5e3x": "1.5e3*x",
    "1e−3x": "1e-3*x",
    "1,5e−3x": "1.5e-3*x",
    "0,125 x": "0.125*x",
    "max(1,2)": "max(1, 2)",
    "max(0,5; x)": "max(0.5, x)",
    "clip(x, 0,5, 2)": "clip(x, 0.5, 2)",
    "hypot(3,4)": "hypot(3, 4)",
    "max(0,5x)": "max(0, 5*x)",
    "clip(x,0,5)": "clip(x, 0, 5)",
    "where(x<0, 5, 1,2)": "where(x < 0, 5, 1.2)",
    "norm(x*y)": "abs(x*y)",
    "norm(xy)": "abs(x*y)",
    # white space, as before
    "x**2\n+ y": "x**2 + y",
}


@pytest.mark.parametrize(("typed", "meant"), UNDERSTOOD.items(), ids=map(repr, UNDERSTOOD))
def test_what_people_write_is_understood(typed: str, meant: str) -> None:
    assert read(typed) == read(meant)


AMBIGUOUS = [
    # text, where, and what to write instead
    ("1/2x", 4, "1/(2*x)"),
    ("1/xy", 4, "1/(2*x)"),
    ("1/2(x + y)", 4, "1/(2*x)"),
    ("x/(y + 2) x", 11, "1/(2*x)"),
    ("e^2x", 4, "e^(2*x)"),
    ("2^xy", 4, "e^(2*x)"),
    ("x^y(x + 1)", 4, "e^(2*x)"),
    ("sin x^2", 6, "sin(...)"),
    ("sin x²", 6, "sin(...)"),
    ("sin x/2", 6, "sin(...)"),
    ("sin x y", 7, "sin(...)"),
    ("sin x * y", 7, "sin(...)"),
    ("sin x (y + 1)", 7, "sin(...)"),
    ("sin^-12(x)", 1, "sin(...)^n"),
    ("sin^-1(x)", 4, "asin(...) for the inverse function, or 1/sin(...)"),
    ("y + tanh⁻¹ x", 9, "atanh(...)"),
    ("cos**(-1)(x)", 4, "acos(...)"),
    ("log^(-1)(x)", 4, "write 1/log(...)"),
    ("[x^2]+y", 1, "for grouping use parentheses ( )"),
    ("x + y//2", 7, "floor(x/2)"),
    ("z = f(x, t) = x", 10, "called x and y"),
    ("cos2 x", 1, "give a parameter another name"),
    ("x + x*ln2", 7, "give a parameter another name"),
    ("√2x", 3, "√(2*x)"),
    ("√x²", 3, "√(2*x)"),
    ("e(x)", 1, "e^(...) or e*(...)"),
    ("1,234x", 1, "1.234 or 1234"),
    ("max(0,5, x)", 6, "0.5"),
    ("x2 + y", 1, "x^2 for a power, 2*x for a product"),
    ("x1**2 + x2**2", 1, "x and y for the variables"),
    ("x + ax3", 5, "2*x for a product"),
    ("x 2", 3, "needs an operator"),
    ("(x + 1)2", 8, "needs an operator"),
    ("f(x)", 1, "unknown function 'f'"),
    ("depth x + depth(y)", 11, "depth*(...)"),
    ("x\ny", 3, "between the lines"),
    ("f(u, v) = u", 3, "called x and y"),
    ("y = x^2", 3, "write only the loss"),
    ("x² + y² = 1", 9, "write only the loss"),
    ("max x", 1, "max(...)"),
    ("x if x < 1 else y", 3, "where(x < 0, a, b)"),
    ("0 < x < 1", 7, "(0 < x)*(x < 1)"),
    ("50% x", 3, "0.05 for 5%"),
    ("|x", 1, "abs(...)"),
    ("1_000 + x", 2, "as one number 1000"),
    ("2 500x", 3, "as one number 2500"),
    ("x²⁺¹", 3, "x^(2 + 1)"),
    ("sin|x|y", 7, "sin(...)"),
    ("σ(x)", 1, "sigmoid(...)"),
    ("y + H(x)", 5, "heaviside(...)"),
    ("log(2,5x)", 6, "2.5"),
    ("x + k2x", 5, "2*x for a product"),
    ("x + x2y", 5, "2*x for a product"),
    ("x + w_1x", 5, "2*x for a product"),
    ("x + sinxcosy", 5, "2*x for a product"),
    ("x + inf", 5, "no number"),
    ("|x < 0|", 4, "(x < 0)"),
    ("√-x", 2, "√(...)"),
    ("y + x/0", 6, "divides by 0"),
    ("max(0,5x,y)", 6, "write 0.5, or ; between"),
    ("max(x,1,2)", 8, "write 1.2, or ; between"),
    ("where(x<0,5,1,2)", 10, "write 0.5, or ; between"),
    ("clip(x,0,5,2)", 9, "write 0.5, or ; between"),
    ("min(x y)", 1, "put commas between them: min(x, y)"),
    ("x + max(y)", 5, "put commas between them: max(x, y)"),
    ("norm(x y)", 1, "a comma between two of them"),
    ("x_1 + x", 1, "called x and y"),
    ("y + x_2^2", 5, "called x and y"),
    ("0x1F*x", 1, "write 31"),
    ("x + 0b101*y", 5, "write 5"),
    ("σ (x)", 1, "sigmoid(...)"),
    ("⅓x", 1, "write (1/3)"),
    ("x mod 2", 3, "mod(x, 2)"),
    ("x squared", 3, "write ^2"),
    ("x^2 plus y^2", 5, "write +"),
    ("two x", 1, "write 2;"),
    ("Minimize x^2", 1, "write only the loss"),
    ("argmin x^2", 1, "write only the loss"),
    ("square root of x", 1, "sqrt(x)"),
    ("sincos x", 1, "write sin(cos(x))"),
    ("y + loglog x", 5, "write log(log(x))"),
    ("sinsin(x)", 1, "write sin(sin(x))"),
    ("cos2pix", 1, "write cos(2*pi*x)"),
    ("sinkx", 1, "write sin(k*x)"),
    ("ksinkx", 1, "write k*sin(k*x)"),
    ("x pow y", 3, "pow(x, y)"),
    ("∞x", 1, "such as 1e6"),
    ("∜2x", 3, "√(2*x)"),
]


@pytest.mark.parametrize(("text", "column", "instead"), AMBIGUOUS, ids=[repr(row[0]) for row in AMBIGUOUS])
def test_what_can_be_read_in_two_ways_is_refused_with_what_to_write(text: str, column: int, instead: str) -> None:
    with pytest.raises(FormulaError) as caught:
        read(text)
    assert re.search(rf"\bcolumn {column}\b", str(caught.value)), caught.value
    assert instead in str(caught.value)


def test_more_arguments_than_there_can_be_are_no_decimal_numbers() -> None:
    with pytest.raises(FormulaError, match="takes 2 to 20 arguments, not 21"):
        read(f"max({','.join(map(str, range(20)))},x)")


def test_a_formula_whose_words_are_not_taken_apart_says_so() -> None:
    with pytest.raises(FormulaError, match=r"neither x nor y in it, and 'abx' is one name: put \* between factors"):
        landscapes.from_formula("abx", WINDOW, abx=1.0)


@pytest.mark.parametrize(("formula", "value"), [("sigma(x - 1)", 4.0), ("k2x + x", 5.0), ("sinxcosy*x", 6.0)])
def test_a_link_keeps_words_that_are_refused_where_they_are_typed_anew(formula: str, value: float) -> None:
    name = re.split(r"\W", formula)[0]
    scenario = Scenario.from_query(f"landscape=own~{name}:2&formula={formula.replace('+', '%2B')}&optimizer=sgd")
    assert scenario.build_landscape().value([[3.0], [0.0]]) == [value]


def test_cases_stand_in_parentheses_where_something_is_done_with_them() -> None:
    cases = r"\begin{cases} 1 & \text{if } x < 0 \\ 2 & \text{otherwise} \end{cases}"
    assert formulas.latex(read("where(x < 0, 1, 2)^2")) == rf"\left({cases}\right)^{{2}}"
    assert formulas.latex(read("where(x < 0, 1, 2) + y")) == rf"\left({cases}\right) + y"
    assert formulas.latex(read("exp(where(x < 0, 1, 2))")) == f"e^{{{cases}}}"
    assert mathml(formulas.latex(read("y where(x < 0, 1, 2)")))


def test_no_function_looks_like_a_parameter() -> None:
    assert formulas.latex(read("sigmoid(x) + σ")) == r"\operatorname{sigmoid}\left(x\right) + \sigma"
    assert formulas.latex(read("heaviside(x) + H")) == r"\operatorname{heaviside}\left(x\right) + H"


def test_a_number_without_its_exponent_is_none() -> None:
    for text in ("1e", "2.5E", "1e-"):
        with pytest.raises(FormulaError, match="no exponent"):
            formulas.read_number(text)
    assert formulas.read_number("2 e") > 5


NO_NUMBERS = {
    "5%": "write 0.05",
    "2,5 %": "write 0.025",
    "7‰": "write 0.007",
    "1 000": "write 1000",
    "1'000'000.5": "write 1000000.5",
    "0x1F": "write 31",
    "∞": "write a large one",
    "-Infinity": "write a large one",
    "1,234": "1.234 or 1234",
    "1/0": "divides by 0",
    "1e999": "no finite number",
    "sqrt(-1)": "no finite number",
    **dict.fromkeys(("steep", "x", "2..5", "2,5,1", "5 px", "(1", "1 +", "[1]", "a=1", "sin", "max(1)", "3!"), "type one such as 0.203"),
}


@pytest.mark.parametrize(("text", "advice"), NO_NUMBERS.items())
def test_a_box_for_a_number_speaks_of_numbers(text: str, advice: str) -> None:
    with pytest.raises(FormulaError) as caught:
        formulas.read_number(text)
    message = str(caught.value)
    assert repr(text) in message
    assert advice in message
    assert not re.search("formula|column|mod|argument|allowed|function", message), message


@pytest.mark.parametrize(
    ("text", "number"), [("−2,5", -2.5), ("１．５", 1.5), ("1½", 1.5), ("2π", 2 * 3.141592653589793), ("2e-3", 0.002), ("1/4", 0.25)]
)
def test_numbers_are_read_as_people_write_them(text: str, number: float) -> None:
    assert formulas.read_number(text) == number


def test_commas_that_can_be_both_are_refused_where_a_function_takes_any_number_of_arguments() -> None:
    arity = {"max": range(2, 100)}
    assert [token.text for token in tokens("max(1,2;x)", "xy", arity)] == ["max", "(", "1.2", ",", "x", ")", "the end"]
    assert [token.text for token in tokens("max(0,5; x; 2)", "xy", arity)] == ["max", "(", "0.5", ",", "x", ",", "2", ")", "the end"]
    with pytest.raises(FormulaError, match=r"comma at column 6 can be a decimal comma or separate two arguments; write 0\.5"):
        tokens("max(0,5, x, y)", "xy", arity)


def test_a_word_of_its_own_is_a_parameter_and_a_product_never_is() -> None:
    assert formulas.unknown_names("depth*x + b_1*y + abx + Δ + γ_2", "xy") == ["depth", "b_1", "abx", "Delta", "gamma_2"]
    assert formulas.unknown_names("xy + 2xxy + YX + sinx", "xy") == []
    ordinary = ["sink", "expand", "signal", "logit", "cost", "tank", "absolute", "steps"]
    assert formulas.unknown_names("x*" + "*".join(ordinary), "xy") == ordinary
    assert formulas.unknown_names("two*x + sinkx", "xy", ("two", "sinkx")) == ["two", "sinkx"], "a saved one goes on"
    assert formulas.unknown_names("xy + a", "x") == ["xy", "a"], "without y among the variables xy is no product"


def test_a_declared_name_is_itself_however_it_looks() -> None:
    """So that links and programs that call a parameter `xy` keep their numbers."""
    assert formulas.unknown_names("xy*x + X", "xy", ("xy", "X", "unused")) == ["xy", "X"]
    landscape = landscapes.from_formula("xy*x + sin*y + sin(0)", WINDOW, xy=3.0, sin=2.0)
    assert landscape.value([[1.0], [1.0]]) == [5.0]
    old = "landscape=own~xy:2&formula=xy*x**2&optimizer=sgd"
    assert Scenario.from_query(old).build_landscape().value([[3.0], [5.0]]) == [18.0]
    assert Scenario.from_query(old.replace("~xy:2", "")).build_landscape().value([[3.0], [5.0]]) == [5 * 27.0]


@pytest.mark.parametrize("name", ["ln", "norm", "round", "where", "less"])
def test_a_link_keeps_a_parameter_that_was_named_before_there_was_a_function_of_its_name(name: str) -> None:
    scenario = Scenario.from_query(f"landscape=own~{name}:2&formula={name}*x**2&optimizer=sgd")
    assert scenario.build_landscape().value([[3.0], [5.0]]) == [18.0]
    assert Scenario.from_query(scenario.to_query()) == scenario


PIECES = [
    "x",
    "y",
    "xy",
    "k",
    "X",
    "α",
    "depth",
    "sinx",
    "x2",
    "ax",
    "2",
    "0,5",
    ".5",
    "½",
    "π",
    "e",
    "²",
    "⁻¹",
    "√",
    "(",
    ")",
    "|",
    "|",
    ";",
    ",",
]
PIECES += [
    " ",
    "\n",
    "+",
    "-",
    "−",
    "*",
    "·",
    "/",
    "^",
    "<",
    "==",
    "=",
    "_",
    "'",
    "sin",
    "max",
    "log",
    "norm",
    "where",
    "Sin",
    "f",
    "if",
    "lambda",
]


@settings(derandomize=True, deadline=None, database=None, max_examples=400)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9).map("".join))
def test_whatever_is_typed_is_read_and_shown_or_refused(text: str) -> None:
    """Names that were found are names to the parser, too, and what can be read can be shown."""
    try:
        shown = mathml(formulas.latex(read(text)))
    except FormulaError as refusal:
        shown = str(refusal)
    assert shown
    assert "unknown name" not in shown


def test_update_rules_split_no_words() -> None:
    """`mx` in a step is a mistake, no product: there is no variable y."""
    with pytest.raises(FormulaError, match="unknown name 'mx'"):
        formulas.parse("mx", ("m", "x"))


@pytest.mark.parametrize("text", ["3", "k + 2", "pi", "x_0**2 + u_2**2"])
def test_a_formula_without_x_and_y_is_refused(text: str) -> None:
    with pytest.raises(FormulaError, match="neither x nor y"):
        landscapes.from_formula(text, WINDOW, **dict.fromkeys(formulas.unknown_names(text, "xy"), 1.0))


def test_no_refusal_contradicts_itself() -> None:
    """What is not known is not among what is allowed, also where it could have become a parameter."""
    for text, unknown in (("x**2 + foo(x)", "foo"), ("quux*x + quux(x)", "quux"), ("ln2(x)", "ln2")):
        with pytest.raises(ValueError, match=unknown) as caught:
            Scenario(landscape=Choice.of(CUSTOM, **dict.fromkeys(formulas.unknown_names(text, "xy"), 1.0)), formula=text)
        assert f"did you mean {unknown!r}" not in str(caught.value)
        assert unknown not in str(caught.value).partition("functions are")[2].partition("allowed are")[2].split(", ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max(x, y, 1)", r"\max\left(x,\ y,\ 1\right)"),
        ("max(1, max(x, y))", r"\max\left(1,\ \max\left(x,\ y\right)\right)"),
        ("norm(x, 2y, 1)", r"\sqrt{x^2 + \left(2\, y\right)^2 + 1^2}"),
        ("2.x", r"2\, x"),
        ("Δ x", r"\Delta\, x"),
    ],
)
def test_what_was_understood_is_shown_as_it_was_written(text: str, expected: str) -> None:
    assert formulas.latex(read(text)) == expected


def test_a_function_with_several_names_is_listed_once() -> None:
    with pytest.raises(FormulaError) as caught:
        read("quux(x)")
    listed = str(caught.value).partition("the functions are ")[2].split(", ")
    assert {"sin", "log", "max", "asinh", "where"} <= set(listed)
    assert not {"ln", "arcsin", "maximum", "less"} & set(listed)


def test_a_wrong_name_is_told_the_nearest_one_and_no_list_besides() -> None:
    with pytest.raises(FormulaError, match=r"unknown function 'sine' at column 1 \(did you mean 'sin'\?\)$"):
        read("sine(x)")
    with pytest.raises(FormulaError, match=r"unknown name 'dept' at column 1 \(did you mean 'depth'\?\)$"):
        formulas.parse("dept*x", ("x", "depth"))


def test_an_own_formula_is_shown_in_one_window_where_nothing_is_said() -> None:
    assert Scenario(landscape=Choice(CUSTOM), formula="x y").build_landscape().window == CUSTOM_WINDOW


def test_operations_on_each_others_results_have_a_limit() -> None:
    assert read("x" * 251)
    with pytest.raises(FormulaError, match="over 250 operations"):
        read("x" * 252)
    for text in ("x(" * 250, "sin " * 125, "|" * 500, "sin " + "-" * 400 + "x", "2^" * 249 + "x"):
        with pytest.raises(FormulaError):
            read(text)
