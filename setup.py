"""How Descent becomes a package: `pip install .` puts all its parts into one, `descent`, so that no name of theirs can meet another's.

In the checkout the parts lie at the top and import each other by their own names. In the package they are within `descent`, and so the
import statements are written anew while it is built: `from landscapes import get` becomes `from descent.landscapes import get`. Nothing
else in the sources changes, and no line moves.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
NO_PARTS = ("tests", "benchmarks", "examples", "docs", "static", "descent", "build", "output", "node_modules")
FOLDERS = find_packages(str(ROOT), exclude=[pattern for name in NO_PARTS for pattern in (name, f"{name}.*")])
FILES = ("app", "limits", "version")
PARTS = {folder.partition(".")[0] for folder in FOLDERS} | set(FILES)
FILES_BESIDE = (".streamlit/config.toml", "docs/icon.png", "static/.gitignore", "lessons/*.*")
"""What is read from beside the parts; the patterns of pathlib."""
TESTS_ONLY = ("pytest",)


def within_descent(source: str) -> str:
    """A source with the imports of Descent's parts as they are within the package.

    Raises:
        ValueError: an import that cannot be written so, with its line.
    """
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and not node.level and str(node.module).partition(".")[0] in PARTS:
            lines[node.lineno - 1] = re.sub(r"\bfrom (\w)", r"from descent.\1", lines[node.lineno - 1], count=1)
        elif isinstance(node, ast.Import) and {alias.name.partition(".")[0] for alias in node.names} & PARTS:
            lines[node.lineno - 1] = _whole(node, lines[node.lineno - 1])
    return "".join(lines)


def _whole(node: ast.Import, line: str) -> str:
    """The line of an import of whole parts: `import landscapes` becomes `from descent import landscapes`."""
    written = []
    for alias in node.names:
        ours = alias.name.partition(".")[0] in PARTS
        if ours and "." in alias.name:
            raise ValueError(f"line {node.lineno}: write `from {alias.name.rpartition('.')[0]} import ...` instead of {line.strip()!r}")
        renamed = f" as {alias.asname}" if alias.asname else ""
        written.append(f"{'from descent import' if ours else 'import'} {alias.name}{renamed}")
    statement = re.escape(ast.unparse(node))
    return re.sub(statement, "; ".join(written), line, count=1)


class Build(build_py):
    """Copies the parts into the package."""

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        """Those of a folder; and of the package itself the files at the top, too."""
        top = [(package, name, f"{name}.py") for name in FILES] if package == "descent" else []
        return [*super().find_package_modules(package, package_dir), *top]

    def build_module(self, module: str, module_file: str, package: str | list[str]) -> tuple[str, bool]:
        """Copy one, with its imports written anew."""
        copied: str
        copied, done = super().build_module(module, module_file, package)
        path = Path(copied)
        path.write_text(within_descent(path.read_text(encoding="utf-8")), encoding="utf-8")
        return copied, done

    def build_package_data(self) -> None:
        """Copy what is no Python: beside the parts, and within them."""
        within = [path for name in PARTS - set(FILES) for path in (ROOT / name).rglob("*") if path.suffix not in (".py", ".pyc", "")]
        for path in [*within, *(path for pattern in FILES_BESIDE for path in ROOT.glob(pattern))]:
            target = Path(self.build_lib, "descent", path.relative_to(ROOT))
            self.mkpath(str(target.parent))
            self.copy_file(str(path), str(target))


def needed() -> list[str]:
    """What the app needs, as the requirements say, without what only the tests need."""
    lines = [line.partition(" #")[0].strip() for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith(("#", *TESTS_ONLY))]


setup(
    packages=["descent", *(f"descent.{folder}" for folder in FOLDERS)],
    package_dir={f"descent.{part}": part for part in PARTS - set(FILES)},
    install_requires=needed(),
    cmdclass={"build_py": Build},
)
