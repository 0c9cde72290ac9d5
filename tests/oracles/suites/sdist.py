"""Where other people's tests come from: the sdist of a pinned version, through pip, once per checkout.

empyrical's wheel holds no tests, and its code is not kept here: pip brings the sdist into pytest's cache,
where it stays.  Where pip reaches no registry the tests that need it are skipped.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

NAME, VERSION = "empyrical-reloaded", "0.7.1"
SHA256 = "02eb79f151b98cc59c4cb87cee57589836d9427b01846ceb0da2170ae129a1c6"
LONGEST = 300.0
"""Seconds that pip may take: it builds the metadata of an sdist in an environment of its own."""


def bring_empyricals_tests(cache: Path) -> Path:
    """Bring the folder with empyrical's own tests; skips the test that asks where there is no registry."""
    folder = cache / f"{NAME}-{VERSION}"
    if not folder.is_dir():
        _extract(_download(cache), folder)
    return folder


def _download(cache: Path) -> Path:
    wanted = ["--no-deps", "--no-binary", NAME, "--dest", str(cache), f"{NAME}=={VERSION}"]
    try:
        done = subprocess.run(
            [_python_with_pip(), "-m", "pip", "download", "--quiet", *wanted],
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"pip did not bring the tests of {NAME} within {LONGEST:.0f} seconds")
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        pytest.skip(f"no registry to bring the tests of {NAME}: {' '.join(last)}")
    (archive,) = cache.glob(f"{NAME.replace('-', '_')}-{VERSION}.tar.gz")
    return archive


def _python_with_pip() -> str:
    """This one, or the one on the path: the README makes environments without pip."""
    for python in (sys.executable, shutil.which("python3")):
        command = [python or "", "-m", "pip", "--version"]
        if python and subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return python
    pytest.skip("no Python here has pip, which brings the tests of other libraries")


def _extract(archive: Path, folder: Path) -> None:
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == SHA256, f"{archive} is another file"
    whole = folder.with_suffix(".whole")
    shutil.rmtree(whole, ignore_errors=True)
    with tarfile.open(archive) as held:
        held.extractall(whole, filter="data")
    (tests,) = whole.glob("*/tests")
    # As a package they would be `tests`, which ours are; without a configuration of their own they would take
    # ours.
    (tests / "__init__.py").unlink()
    (tests / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    tests.rename(folder)
    shutil.rmtree(whole)
    archive.unlink()
