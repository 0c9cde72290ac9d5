"""empyrical's own tests, run against our measures: exactly the cases of `differences.md` differ.

They run in a process of their own with `plugin.py`, each reported here as a subtest: which there are is known
only once pip has brought them, and collecting tests is no time for that.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from tests.oracles.suites.sdist import bring_empyricals_tests

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[3]
TABLE = Path(__file__).with_name("differences.md")
KINDS = {"undefined here", "other convention", "no such prices"}
COUNTED, SAME = 513, 404
"""How many of their tests call functions that are here, and how many of these agree."""


@dataclass(frozen=True)
class Case:
    """One of their tests.  called : our functions that it called; undefined : reasons they gave"""

    id: str
    outcome: str
    called: tuple[str, ...]
    undefined: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return self.outcome == "failed"

    @property
    def counted(self) -> bool:
        return bool(self.called) and self.outcome != "skipped"

    @cached_property
    def name(self) -> tuple[str, str]:
        """Of the function, and its parameters."""
        function, _, parameters = self.id.partition("[")
        return function.rpartition("::")[2], parameters.removesuffix("]")


@dataclass(frozen=True)
class Difference:
    """A line of the table.  cases : how parameters begin, none for all"""

    test: str
    cases: tuple[str, ...]
    kind: str
    why: str

    def holds(self, case: Case) -> bool:
        function, parameters = case.name
        return function == self.test and (not self.cases or parameters.startswith(self.cases))


def listed() -> list[Difference]:
    """The lines of the table."""
    rows = [line.strip().strip("|").split("|") for line in TABLE.read_text(encoding="utf-8").splitlines()]
    found = []
    for cells in rows:
        if len(cells) == 4 and (test := re.findall(r"`(test_\w+)`", cells[0])):
            cases = tuple(re.findall(r"`(.+?)`", cells[1]))
            found.append(Difference(test[0], cases, cells[2].strip(), cells[3].strip()))
    return found


@pytest.fixture(scope="module")
def suite(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    """What came of their tests that call functions which are here."""
    assert request.config.cache is not None
    folder = bring_empyricals_tests(request.config.cache.mkdir("suites"))
    verdicts = tmp_path_factory.mktemp("suites") / "verdicts.json"
    command = [sys.executable, "-m", "pytest", str(folder), "--rootdir", str(folder), "-q"]
    plugins = ["-p", "no:cacheprovider", "-p", "tests.oracles.suites.plugin", "--verdicts", str(verdicts)]
    done = subprocess.run([*command, *plugins], cwd=ROOT, capture_output=True, text=True, check=False)
    assert verdicts.is_file(), done.stdout + done.stderr
    tests = json.loads(verdicts.read_text(encoding="utf-8"))
    cases = [
        Case(each["id"], each["outcome"], tuple(each["called"]), tuple(each["undefined"])) for each in tests
    ]
    return [case for case in cases if case.counted]


def test_exactly_what_is_listed_differs(suite: list[Case], subtests: pytest.Subtests) -> None:
    table = listed()
    for case in suite:
        with subtests.test(case.id):
            lines = [line for line in table if line.holds(case)]
            assert case.differs is bool(lines), "differs and is not listed" if case.differs else "is listed"


def test_none_was_lost(suite: list[Case]) -> None:
    assert Counter(case.differs for case in suite) == {False: SAME, True: COUNTED - SAME}


def test_every_line_of_the_table_is_needed_and_says_why(suite: list[Case]) -> None:
    for line in listed():
        assert line.kind in KINDS
        held = [case for case in suite if line.holds(case)]
        for start in line.cases:
            assert any(case.name[1].startswith(start) for case in held), (line.test, start)
        assert held, line.test
        if line.kind == "undefined here":
            for case in held:
                assert any(reason and reason in line.why for reason in case.undefined), (
                    case.id,
                    case.undefined,
                )
