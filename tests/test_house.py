"""The house keeps its own rules: sizes, docstrings, quiet imports, one table of commands."""

from __future__ import annotations

import ast
import pkgutil
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import analytics
import bot
from analytics import WATCHABLE
from analytics.watch.operators import Op
from bot.sections import Section
from tests import reference
from tests.shape import Function, body_lines, functions, imported_once

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted(path for package in ("analytics", "bot") for path in (ROOT / package).rglob("*.py"))


def _is_protocol_stub(function: Function) -> bool:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)


def test_functions_are_small() -> None:
    sizes = {where: body_lines(node) for where, node in functions() if not _is_protocol_stub(node)}
    longest = sorted(sizes, key=lambda where: -sizes[where])
    assert statistics.median(sizes.values()) <= 6
    assert [f"{sizes[where]} lines: {where}" for where in longest if sizes[where] > 40] == []
    share = sum(size <= 25 for size in sizes.values()) / len(sizes)
    assert share >= 0.95, [f"{sizes[where]} lines: {where}" for where in longest[:20]]


def test_no_small_module_is_there_for_one_other_alone() -> None:
    assert {name: lines for name, lines in imported_once().items() if lines <= 120} == {}


def test_files_are_small() -> None:
    counts = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {path: count for path, count in counts.items() if count > 500} == {}


def test_folders_are_small() -> None:
    folders = {path.parent for path in SOURCES}
    counts = {folder.relative_to(ROOT): len(list(folder.glob("*.py"))) for folder in folders}
    # The package's own __init__ is its face, not a module of it.
    assert {folder: count for folder, count in counts.items() if count - 1 > 20} == {}


def test_no_two_classes_of_the_bot_share_a_name() -> None:
    found: dict[str, list[str]] = {}
    for path in SOURCES:
        if path.is_relative_to(ROOT / "bot"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    found.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: paths for name, paths in found.items() if len(paths) > 1} == {}


def _definitions(tree: ast.Module) -> Iterator[ast.stmt]:
    yield from tree.body
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from node.body


def _undocumented(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if path.stat().st_size and not ast.get_docstring(tree):
        yield str(path.relative_to(ROOT))
    for node in _definitions(tree):
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"


def test_everything_public_has_a_docstring() -> None:
    assert [missing for path in SOURCES for missing in _undocumented(path)] == []


NO_VERBS = frozenset(
    re.findall(
        r"\w+",
        """
    A About After Again All Alone Also Always An Another Any Anything As At Because Before Between Both
    Bytes By Does Each Either Every Everybody Everything Few Fewer For From Had Half Has He Her Here His
    How However I If In Into Is It Its Just Less Many May Might More Most Much Must Neither Never No
    Nobody None Nor Not Nothing Now Of Off On Once One Only Or Other Our Out Over Rows Seconds Several
    Shall She Should Since Slack So Some Somebody Something Still Such Than That The Their Then There
    These They This Those Three Through To Today Two Under Until Up Very Was We Were What Whatever When
    Whenever Where Wherever Whether Which While Who Whoever Whom Whose Why Will With Within Without Words
    Would Yes Yet You Your
    Raises Returns Asks Turns Gives Takes Makes Draws Tells Says Yields Reads Writes Keeps Shows Finds
    Adds Drops Checks Sets Gets Runs Sends Posts Opens Closes Starts Stops Ends Waits Counts Lists
    Computes Answers
    """,
    )
)
"""First words of what says no verb, or says it in the third person."""


def _says_no_verb(function: Function) -> bool:
    """Tell whether a docstring begins otherwise than with a verb; those of properties name what they are."""
    kinds = {
        node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        for node in function.decorator_list
    }
    words = (ast.get_docstring(function) or "Do").split()
    plain = re.fullmatch(r"[A-Z][a-z]+(-[a-z]+)*", words[0].rstrip(",:;."))
    return not kinds & {"property", "cached_property", "setter"} and (plain is None or plain[0] in NO_VERBS)


def test_docstrings_of_functions_begin_with_a_verb() -> None:
    assert [where for where, node in functions() if _says_no_verb(node)] == []


@pytest.mark.parametrize(
    ("docstring", "decorator", "refused"),
    [
        ("Return the panel without any session after `last`.", "", False),
        ("Re-check a queued notice before sending.", "", False),
        ("Read the press; see `Handler.receive`.", "@staticmethod\n", False),
        ("The newest session.", "@property\n", False),
        ("Whether it has begun.", "@functools.cached_property\n", False),
        ("The newest session.", "", True),
        ("What is left of a promise when it is to be kept.", "@staticmethod\n", True),
        ("As `Handler.receive`.", "", True),
        ("It was answered.", "", True),
        ("To UTC; without the zone where the database keeps none.", "", True),
        ("Raises what ended the work.", "", True),
        ("conversations.info", "", True),
        ("8 Apr.", "", True),
        ("`work(connection)` in a transaction.", "", True),
    ],
)
def test_a_docstring_without_a_verb_is_found(docstring: str, decorator: str, refused: bool) -> None:
    (function,) = ast.parse(f'{decorator}def f():\n    """{docstring}"""\n').body
    assert isinstance(function, Function)
    assert _says_no_verb(function) is refused


WORLD = re.compile(
    r"^(from|import) (subprocess|sqlite3|socket|uvicorn|psycopg|tests\.(integration|scenario|contracts)"
    r"|tests\.fakes\.(workspace|front|slack_desk|handler_desk|yahoo)|bot\.slack\.(serve|client))\b",
    re.MULTILINE,
)
"""What brings a server, a database or a process with it."""


def test_unit_tests_start_neither_server_nor_database_nor_process() -> None:
    unit = sorted((ROOT / "tests" / "unit").rglob("*.py"))
    assert [str(path) for path in unit if WORLD.search(path.read_text(encoding="utf-8"))] == []
    assert WORLD.search("import re\nfrom tests.fakes.workspace import loopback\n")


def _modules() -> list[str]:
    found = []
    for package in (analytics, bot):
        found += [info.name for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    return found


QUIET = """
import importlib, socket, sys, threading

def refuse(*args, **kwargs):
    raise AssertionError("an import opened a connection")

socket.socket.connect = refuse
for name in sys.argv[1:]:
    if name != "bot.__main__":
        importlib.import_module(name)
threads = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
assert threads == [], threads
print("quiet", len(sys.argv) - 1)
"""


@pytest.mark.slow
def test_imports_open_nothing_and_start_nothing(tmp_path: Path) -> None:
    home, fonts = tmp_path / "home", tmp_path / "fonts"
    home.mkdir()
    # matplotlib itself writes a list of fonts when it is first imported on a machine.
    environment = {"HOME": str(home), "PATH": "/nowhere", "MPLCONFIGDIR": str(fonts)}
    done = subprocess.run(
        [sys.executable, "-c", QUIET, *_modules()],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"quiet {len(_modules())}"
    assert list(home.iterdir()) == []


LIGHT = """
import sys
import bot.cli
print(sorted({name.partition(".")[0] for name in sys.modules} & set(sys.argv[1:])))
"""


def test_the_command_line_waits_for_nothing_heavy() -> None:
    heavy = ("pandas", "numpy", "matplotlib", "yfinance", "slack_bolt", "slack_sdk", "aiohttp", "pydantic")
    done = subprocess.run(
        [sys.executable, "-c", LIGHT, *heavy], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


TABLES = {"analytics/watch/rules.py": "a fund's facts", "bot/render/measures.py": "where measures stand"}
"""What may be keyed by measures beside their rows in analytics/measures: nothing else."""


def _measures_in(node: ast.expr) -> set[str]:
    """The measures that a literal is a table of: among its keys, its elements, or the heads of those."""
    if isinstance(node, ast.Dict):
        heads = [key for key in node.keys if key]
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        heads = [_head(element) for element in node.elts]
    else:
        return set()
    words = {head.value for head in heads if isinstance(head, ast.Constant)}
    return {word for word in words if word in WATCHABLE}


def _head(element: ast.expr) -> ast.expr:
    if isinstance(element, ast.Tuple) and element.elts:
        return element.elts[0]
    if isinstance(element, ast.Call):
        return next(iter([*element.args, *(keyword.value for keyword in element.keywords)]), element)
    return element


def _tables_of_measures(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.expr) and len(found := _measures_in(node)) > 2:
            yield f"{path.relative_to(ROOT)}:{node.lineno} {sorted(found)}"


def test_all_that_is_known_of_a_measure_is_its_row() -> None:
    rows = ROOT / "analytics" / "measures"
    elsewhere = [
        path for path in SOURCES if path.parent != rows and str(path.relative_to(ROOT)) not in TABLES
    ]
    assert [table for path in elsewhere for table in _tables_of_measures(path)] == []
    assert all(len(list(_tables_of_measures(ROOT / path))) >= 1 for path in TABLES), "a table that is gone"


def test_a_table_of_measures_is_found() -> None:
    for text in (
        '{"sharpe": 1, "sortino": 2, "omega": 3}',
        '{"sharpe", "sortino", "omega"}',
        '("sharpe", "sortino", "omega")',
        '[("sharpe", 1), ("sortino", 2), ("omega", 3)]',
        'frozenset({"sharpe", "sortino", "omega"})',
        '(Figure("sharpe", 1), Figure("sortino", 2), Figure("omega", 3))',
    ):
        nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.expr)]
        assert max(len(_measures_in(node)) for node in nodes) == 3, text


ROWS = {"Op": "analytics/watch/operators.py", "Section": "bot/sections.py"}
RENDERERS = "bot/use_cases/sections.py"
"""What may be keyed by sections beside their rows: what draws them, which the language must not import."""
INTENTS = "bot/language/english/intents.py"
"""What people mean in plain English: a study may have several such rows, and some are no study."""
MEMBERS = {
    "Op": {op.name: op.value for op in Op},
    "Section": {section.name: section.value for section in Section},
}


def _members_in(node: ast.AST, of: str) -> set[str]:
    """The operators or sections that a literal is a table of, or that the cases of a `match` are."""
    if isinstance(node, ast.Match):
        heads = [each.pattern.value for each in node.cases if isinstance(each.pattern, ast.MatchValue)]
    elif isinstance(node, ast.Dict):
        heads = [key for key in node.keys if key]
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        heads = [_head(element) for element in node.elts]
    else:
        return set()
    named = {head.attr for head in heads if isinstance(head, ast.Attribute) and _names(head.value, of)}
    stored = {head.value for head in heads if isinstance(head, ast.Constant) and isinstance(head.value, str)}
    return {name for name, value in MEMBERS[of].items() if name in named or value in stored}


def _names(node: ast.expr, of: str) -> bool:
    return isinstance(node, ast.Name) and node.id == of


def _tables_of_members(path: Path, of: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if len(found := _members_in(node, of)) > 2:
            yield f"{path.relative_to(ROOT)}:{node.lineno} {sorted(found)}"  # type: ignore[attr-defined]


@pytest.mark.parametrize("of", ROWS)
def test_all_that_is_known_of_an_operator_or_a_section_is_its_row(of: str) -> None:
    beside = {ROWS[of], *([RENDERERS, INTENTS] if of == "Section" else [])}
    known = SOURCES if of == "Op" else [path for path in SOURCES if path.is_relative_to(ROOT / "bot")]
    elsewhere = [path for path in known if str(path.relative_to(ROOT)) not in beside]
    assert [table for path in elsewhere for table in _tables_of_members(path, of)] == []
    if of == "Section":
        assert all(len(list(_tables_of_members(ROOT / each, of))) == 1 for each in (RENDERERS, INTENTS))


@pytest.mark.parametrize(
    ("of", "text"),
    [
        ("Op", '{Op.BELOW: "below", Op.ABOVE: "above", Op.CHANGES: "other than"}'),
        ("Op", "frozenset({Op.BELOW, Op.ABOVE, Op.CHANGES})"),
        ("Op", '{"<": "below", ">": "above", "changes": "other than"}'),
        ("Op", "match op:\n case Op.BELOW: x\n case Op.ABOVE: y\n case Op.CHANGES: z"),
        ("Section", "(Section.RISK, Section.COST, Section.CSV)"),
        ("Section", '[("risk", 1), ("cost", 2), ("csv", 3)]'),
    ],
)
def test_a_table_of_operators_or_sections_is_found(of: str, text: str) -> None:
    assert max(len(_members_in(node, of)) for node in ast.walk(ast.parse(text))) == 3


def test_the_reference_is_made_from_the_tables() -> None:
    assert reference.FILE.read_text(encoding="utf-8") == reference.build(), (
        "python -m tests.reference writes it"
    )


def test_every_dependency_has_its_reason() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"\ndependencies = \[(.*?)\n\]", project, re.S)
    assert listed
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for name in re.findall(r'"([A-Za-z0-9_-]+)', listed[1]):
        assert f"`{name}`" in reasons, name


PATH = re.compile(r"(?<![\w./-])(?:(?:analytics|bot|docs|tests|\.ci)(?:/[\w.-]+)+/?|tests\.\w+(?:\.\w+)*)")
"""A path inside the checkout, or a module of the tests as `python -m` takes it."""
MADE = {"docs/deploy/secrets"}
"""Made by whoever deploys."""


def _absent_paths(page: Path) -> Iterator[str]:
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", line):
            if not (page.parent / target).exists():
                yield f"{page.relative_to(ROOT)}:{number} {target}"
        for name in PATH.findall(re.sub(r"\]\([^)]*\)", "]", line)):
            path = name.replace(".", "/") if name.startswith("tests.") else name.rstrip("./")
            if path not in MADE and not any((ROOT / f"{path}{ending}").exists() for ending in ("", ".py")):
                yield f"{page.relative_to(ROOT)}:{number} {name}"


def test_every_path_that_a_page_names_is_there() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    assert [absent for page in pages for absent in _absent_paths(page)] == []


def test_a_path_that_is_not_there_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(
        "`bot/gone.py`, [gone](gone.md), `python -m tests.gone`, [here](page.md#a)", encoding="utf-8"
    )
    assert list(_absent_paths(page)) == ["page.md:1 gone.md", "page.md:1 bot/gone.py", "page.md:1 tests.gone"]


def test_no_path_of_one_machine_and_nothing_left_for_later() -> None:
    faults = []
    for path in [*SOURCES, *sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"\b(TODO|FIXME|XXX)\b|NotImplementedError|(?<![\w.])/(home|root|work)/", line):
                faults.append(f"{path.relative_to(ROOT)}:{number} {line.strip()}")
    assert faults == []
