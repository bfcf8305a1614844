"""Runs one benchmark: `python -m benchmarks engine`. Every module of this package is one, found by its name.

A name that Python keeps for itself has an underscore in its file's: `class_.py` is `python -m benchmarks class`.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from keyword import iskeyword
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).parent


def subcommands() -> dict[str, str]:
    """The benchmarks by name, with the first line of their docstring. Nothing is imported; packages hold what benchmarks share."""
    names = [module.name for module in pkgutil.iter_modules([str(HERE)]) if not module.ispkg and module.name != "__main__"]
    return {name.removesuffix("_"): _summary(HERE / f"{name}.py") for name in names}


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.{name}_" if iskeyword(name) else f"benchmarks.{name}")


def _summary(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark that the command line names; the exit status is 0 if it ran and its contestants did the same work."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    choices = parser.add_subparsers(dest="benchmark", required=True, metavar="benchmark")
    given = sys.argv[1:] if arguments is None else list(arguments)
    for name, summary in subcommands().items():
        chosen = choices.add_parser(name, help=summary, description=summary, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
        chosen.add_argument("--quick", action="store_true", help="a short run: less of everything, rougher numbers")
        chosen.add_argument("--json", type=Path, metavar="FILE", help="also write every number, and each single measurement, to FILE")
        if name in given:
            _module(name).add_arguments(chosen)
    options = parser.parse_args(given)
    status: int = _module(options.benchmark).run(options)
    return status


if __name__ == "__main__":
    sys.exit(main())
