"""LLVM, by llvmlite alone: what it knows of this processor, and machine code of modules in its language."""

from __future__ import annotations

import importlib
import importlib.util
import os
from functools import cache
from threading import Lock
from typing import Any

from formulas.libm import kept_code
from formulas.libm.forks import across_forks

_VARIABLE, _BITS = "DESCENT_VECTOR_BITS", ("128", "256", "512")
_LONG = 40_000
"""Characters of a module from which on LLVM's last bit of effort takes a tenth of the time to compile and makes nothing faster."""
_LOCK = across_forks(Lock())


@cache
def llvm() -> Any:
    """llvmlite's binding, imported when machine code is first asked for: it takes a moment and memory. None where there is no wheel for
    the system, or its library cannot be loaded; then NumPy serves."""
    try:
        return importlib.import_module("llvmlite.binding")
    except (ImportError, OSError):
        return None


def available() -> bool:
    """Whether machine code can be made here."""
    return llvm() is not None


@cache
def seems_available() -> bool:
    """The same as far as can be told without the import."""
    return importlib.util.find_spec("llvmlite") is not None


@cache
def has(feature: str) -> bool:
    """Whether this processor has some instructions, "avx2" say."""
    return bool(llvm().get_host_cpu_features().get(feature))


@cache
def widest() -> int:
    """The doubles in a vector of this processor, or in one of the bits that `DESCENT_VECTOR_BITS` allows, if those are fewer.

    Raises:
        ValueError: it is no width that processors have.
    """
    own = 8 if has("avx512f") and has("avx512dq") else 4 if has("avx2") else 2
    asked = os.environ.get(_VARIABLE, "").strip()
    if asked and asked not in _BITS:
        raise ValueError(f"{_VARIABLE} is {asked!r}; it has to be one of {', '.join(_BITS)}")
    return min(own, int(asked or 512) // 64)


@cache
def _target() -> Any:
    llvm().initialize_native_target()
    llvm().initialize_native_asmprinter()
    return llvm().Target.from_default_triple()


def _machine(processor: str, features: str, effort: int = 2) -> Any:
    return _target().create_target_machine(cpu=processor, features=features, opt=effort, codemodel="jitdefault")


def load(text: str, name: str) -> tuple[Any, int]:
    """A module as machine code for this processor, nothing contracted or reordered: the bits are those of the operations as they stand.

    It is taken from disk where it has been compiled before; see `formulas.libm.kept_code`.

    Returns:
        What keeps it in memory, and where the function of that name begins.
    """
    with _LOCK:  # LLVM's parser is not made for several threads at a time
        processor, features = llvm().get_host_cpu_name(), llvm().get_host_cpu_features().flatten()
        machine = _machine(processor, features, 1 if len(text) > _LONG else 2)
        made_of = text, processor, features, machine.triple, ".".join(map(str, llvm().llvm_version_info)), _version()
        code = kept_code.find(*made_of)
        if code is None:
            code = machine.emit_object(llvm().parse_assembly(text))
            kept_code.keep(code, *made_of)
            machine = _machine(processor, features)  # one that has compiled keeps a megabyte, as long as the code is there
        engine = llvm().create_mcjit_compiler(llvm().parse_assembly(""), machine)
        engine.add_object_file(llvm().ObjectFileRef.from_data(code))
        engine.finalize_object()
        return engine, engine.get_function_address(name)


@cache
def _version() -> str:
    return str(importlib.import_module("llvmlite").__version__)
