"""What a deployment installs is what pyproject.toml asks for, on every Python that it names."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "docs" / "deploy" / "requirements.lock").read_text(encoding="utf-8")
PYTHONS = [
    name.rpartition(" ")[2]
    for name in PROJECT["classifiers"]
    if re.fullmatch(r"Programming Language :: Python :: 3\.\d+", name)
]


def _entries() -> list[tuple[Requirement, int]]:
    """What is locked, each with the number of its hashes."""
    lines = "\n".join(line for line in LOCK.splitlines() if not line.lstrip().startswith("#"))
    entries = [entry.split() for entry in lines.replace("\\\n", " ").splitlines()]
    return [
        (
            Requirement(" ".join(part for part in parts if not part.startswith("--hash="))),
            sum(part.startswith("--hash=sha256:") for part in parts),
        )
        for parts in entries
    ]


def _locked(python: str) -> dict[str, str]:
    """Name to version of what is installed on Linux, under the first release of a Python."""
    here = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux"}
    held = [entry for entry, _ in _entries() if entry.marker is None or entry.marker.evaluate(here)]
    versions: dict[str, str] = {
        canonicalize_name(entry.name): str(entry.specifier).removeprefix("==") for entry in held
    }
    assert len(versions) == len(held), "one version of each"
    return versions


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_has_every_dependency_within_its_bounds(python: str) -> None:
    locked = _locked(python)
    asked = [Requirement(text) for text in PROJECT["dependencies"]]
    faults = [
        str(one)
        for one in asked
        if not one.specifier.contains(locked.get(canonicalize_name(one.name), "0"), prereleases=False)
    ]
    assert faults == [], "renew it with .ci/lock"


def test_the_lock_pins_everything_by_hash_and_names_no_index() -> None:
    loose = [entry for entry, hashes in _entries() if not (str(entry.specifier).startswith("==") and hashes)]
    assert loose == []
    assert re.findall(r"://|--(?:extra-)?index-url|--find-links", LOCK) == []


def test_the_oldest_python_is_the_one_required() -> None:
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"


def test_an_upper_bound_says_why() -> None:
    listed = re.findall(r'^  ".*<.*$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    assert [line for line in listed if not re.search(r'",  # \w', line)] == []
