"""A lesson's words without Markdown and formulas, as phones and the class's screen show them."""

from __future__ import annotations

import re

_SIGNS = {
    "eta": "η", "lambda": "λ", "rho": "ρ", "epsilon": "ε", "alpha": "α", "beta": "β", "gamma": "γ", "kappa": "κ", "sigma": "σ", "mu": "μ",
    "theta": "θ", "nabla": "∇", "approx": "≈", "le": "≤", "ge": "≥", "cdot": "·", "times": "×", "infty": "∞", "sqrt": "√", "tanh": "tanh",
    "min": "min", "max": "max", "sin": "sin", "cos": "cos", "exp": "exp", "log": "log", "to": "→",
}  # fmt: skip
_RAISED = str.maketrans("0123456789-+n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ")
_LOWERED = str.maketrans("0123456789-+", "₀₁₂₃₄₅₆₇₈₉₋₊")


def plain_text(markdown: str) -> str:
    """A line of Markdown as plain text: formulas between dollars become what Unicode has for them, "1 − √(ηλ)"."""
    pieces = re.split(r"\$([^$]+)\$", markdown)
    text = "".join(_formula(piece) if index % 2 else _words(piece) for index, piece in enumerate(pieces))
    return " ".join(text.split())


def _words(text: str) -> str:
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(\*\*|`)(.+?)\1", r"\2", text)
    return re.sub(r"(?<!\w)[*_](\S(?:.*?\S)?)[*_](?!\w)", r"\1", text)


def _formula(text: str) -> str:
    text = re.sub(r"\\[,;: !]", " ", text)
    text = re.sub(r"\\(?:mathbf|mathrm|text|boldsymbol)\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"\\sqrt\{((?:[^{}]|\{[^{}]*\})*)\}", lambda found: "√" + _bracketed(found[1]), text)
    text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", lambda found: f"{_bracketed(found[1])}/{_bracketed(found[2])}", text)
    text = re.sub(r"\\([a-zA-Z]+)", lambda found: _SIGNS.get(found[1], found[1]), text)
    text = re.sub(r"\^(?:\{([^{}]*)\}|(.))", lambda found: (found[1] or found[2]).translate(_RAISED), text)
    text = re.sub(r"_(?:\{([^{}]*)\}|(.))", lambda found: (found[1] or found[2]).translate(_LOWERED), text)
    return text.replace("-", "−").replace("{", "").replace("}", "")


def _bracketed(text: str) -> str:
    return text if re.fullmatch(r"[\w.]+", text) else f"({text})"
