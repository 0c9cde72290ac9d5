"""Every docstring example is run; every public function says what it takes and gives."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import analytics
from analytics import MEASURES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

NAMES = ["analytics", *(found.name for found in pkgutil.walk_packages(analytics.__path__, "analytics."))]
SECTIONS = ("Parameters", "Returns", "Examples")
ARRAYS = {"FloatArray", "DateArray", "BoolArray", "Sample"}


def documented(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Docstrings of a module, its classes and its functions; a measure's is found under its decorator."""
    yield module.__name__, module.__doc__ or ""
    for name, found in vars(module).items():
        inner = inspect.unwrap(found) if callable(found) else found
        if getattr(inner, "__module__", None) == module.__name__ and inspect.getdoc(inner):
            yield f"{module.__name__}.{name}", inspect.getdoc(inner) or ""


@pytest.mark.parametrize("name", NAMES)
def test_examples_hold(name: str) -> None:
    module = importlib.import_module(name)
    runner = doctest.DocTestRunner(verbose=False)
    for label, text in documented(module):
        example = doctest.DocTestParser().get_doctest(text, dict(vars(module)), label, module.__file__, 0)
        runner.run(example)
    assert runner.summarize(verbose=False).failed == 0


def test_the_examples_of_the_package_and_of_every_measure_are_among_them() -> None:
    texts = {label: text for name in NAMES for label, text in documented(importlib.import_module(name))}
    assert ">>>" in texts["analytics"]
    for name, row in MEASURES.items():
        home = inspect.unwrap(row.formula).__module__
        assert f"{name}(" in texts[f"{home}.{name}"].partition(">>>")[2]


def functions(folder: str) -> list[tuple[str, ast.FunctionDef]]:
    root = Path(analytics.__file__).parent
    return [
        (f"{path.relative_to(root)}:{node.name}", node)
        for path in sorted((root / folder).glob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def lacking(node: ast.FunctionDef, sections: tuple[str, ...]) -> list[str]:
    text = inspect.cleandoc(ast.get_docstring(node) or "")
    return [name for name in sections if f"{name}\n{'-' * len(name)}\n" not in text]


def is_measure(node: ast.FunctionDef) -> bool:
    return any(
        isinstance(found, ast.Call) and ast.unparse(found.func) == "measure" for found in node.decorator_list
    )


def takes_arrays(node: ast.FunctionDef) -> bool:
    texts = (ast.unparse(found.annotation) for found in node.args.args if found.annotation)
    return any(name in text for text in texts for name in ARRAYS)


@pytest.mark.slow
def test_every_measure_says_what_it_takes_gives_and_follows() -> None:
    rows = [(label, node) for label, node in functions("measures") if is_measure(node)]
    assert len(rows) == len(MEASURES)
    wanting = {label: lacking(node, (*SECTIONS, "References")) for label, node in rows}
    assert {label: names for label, names in wanting.items() if names} == {}


def test_every_public_function_has_a_docstring() -> None:
    every = [*functions("."), *functions("measures"), *functions("studies")]
    assert [label for label, node in every if not ast.get_docstring(node)] == []


def test_every_function_that_takes_arrays_says_their_shapes() -> None:
    every = [*functions("."), *functions("measures")]
    wanting = {label: lacking(node, SECTIONS) for label, node in every if takes_arrays(node)}
    assert {label: names for label, names in wanting.items() if names} == {}
