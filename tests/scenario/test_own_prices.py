"""The folder of prices that the README makes, as a newcomer makes it, asked in terminal and playground."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from bot.cli import main

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
SCRIPT = """
#portfolio ann: /compare ISCB SPSM
@watchpoint ann: facts of ISCB
#portfolio ann: /compare ISCB SPSN
"""


def commands() -> list[list[str]]:
    """The lines beneath `<!-- files -->`, each as the arguments of `watchpoint`."""
    found = re.search(r"<!-- files -->\n```sh\n(.*?)```", README, re.S)
    assert found
    lines = [shlex.split(line) for line in found[1].splitlines()]
    assert {line[0] for line in lines} == {".venv/bin/watchpoint"}
    return [line[1:] for line in lines]


def test_a_newcomer_makes_a_folder_by_the_readme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WATCHPOINT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/")
    export, doctor, compare, playground = commands()
    assert main(export) == 0
    assert main(doctor) == 1  # no tokens; what it says of the files is what counts
    shown = capsys.readouterr().out
    assert re.search(
        r"^ok +Prices of ISCB\.csv \(1 symbol, .*date from `date`, close from `close`", shown, re.M
    )
    assert main(compare) == 0
    assert "source Files in prices" in capsys.readouterr().out.replace("\n", " ")

    # Their own: a close, what was paid, and what they know of the fund.
    own = "date,close,dividends\n2026-01-14,50.00,0\n2026-01-15,49.50,0.60\n2026-01-16,50.20,0\n"
    (tmp_path / "prices" / "SPSM.csv").write_text(own, encoding="utf-8")
    facts = "symbol,as of,expense ratio,source\nSPSM,2025-12-31,3 bp,Our factsheet\n"
    (tmp_path / "prices" / "facts.csv").write_text(facts, encoding="utf-8")
    (tmp_path / "script").write_text(SCRIPT.replace("ISCB SPSM\n", "ISCB SPSM since 2026-01-14\n"))
    assert main([*playground, "--script", "script", "--asof", "2026-01-20"]) == 0
    told = capsys.readouterr().out.replace("\u00a0", " ")
    assert "SPSM *1.6 %*" in told  # (49.5 + 0.6) / 50 x 50.2 / 49.5
    assert "Files in prices" in told
    assert "SPSN: Files in prices has no such symbol" in told
    assert "Did you mean SPSM?" in told
