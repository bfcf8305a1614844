"""In a checkout the parts of Descent lie beside its package: what finds them there by their names within it."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from pathlib import Path
from types import ModuleType

PARTS = (
    "exports",
    "figures",
    "formulas",
    "lab",
    "landscapes",
    "limits",
    "machine",
    "networks",
    "optimizers",
    "parameters",
    "player",
    "scenario",
    "simulation",
    "tape",
    "version",
)


class _Beside(MetaPathFinder, Loader):
    """Finds the parts of a checkout, and what is in them, by their names within `descent`."""

    def find_spec(self, fullname: str, path: object = None, target: ModuleType | None = None) -> ModuleSpec | None:
        top, _, rest = fullname.partition(".")
        return spec_from_loader(fullname, self) if top == __package__ and rest.partition(".")[0] in PARTS else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(spec.name.partition(".")[2])
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        if spec is not None:
            module.__spec__ = spec.loader_state  # as it was: the module goes on by its own name


FOLDER = Path(__file__).resolve().parent
if not (FOLDER / "landscapes").is_dir():
    if str(FOLDER.parent) not in sys.path:
        sys.path.append(str(FOLDER.parent))
    sys.meta_path.insert(0, _Beside())
