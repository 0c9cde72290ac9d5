"""The command line as a person uses it: exit codes, what goes to stdout and what to stderr."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import BROKEN, DONE, NO_ANSWER, NOT_UNDERSTOOD, main
from bot.errors import Unavailable
from bot.market.sample import SampleMarket

AS_OF = ["--asof", "2026-01-16", "--data", "sample"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("WATCHPOINT_DATA", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WATCHPOINT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_compare_prints_finding_table_and_convention(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "iscb,", "$spsm", *AS_OF]) == DONE
    shown = capsys.readouterr()
    lines = shown.out.replace("\u00a0", " ").splitlines()
    assert lines[0] == "SAMPLE DATA · ISCB vs SPSM · 1 year to 16 Jan 2026"
    assert "ISCB returned 16.1 %, SPSM 11.3 %" in shown.out.replace("\u00a0", " ")
    assert any(line.split() == ["Sortino", "1.18", "0.87", "+0.31"] for line in lines)
    assert "1y = 2025-01-16..2026-01-16 (251 returns)" in " ".join(lines)
    assert shown.err == ""


def test_json_is_alone_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "ISCB", "SPSM", "1m", "--json", *AS_OF]) == DONE
    shown = capsys.readouterr()
    found = json.loads(shown.out)
    assert found["symbols"] == ["ISCB", "SPSM"]
    assert found["span"] == {
        "window": "1m",
        "start": "2025-12-16",
        "end": "2026-01-16",
        "returns": 21,
        "full": True,
    }
    assert found["source"] == {"name": "SAMPLE DATA (simulated)", "simulated": True}
    assert found["metrics"]["ISCB"]["cagr"] is None
    assert found["reasons"]["metrics"]["ISCB"]["cagr"] == "not annualised below one year"
    assert found["relative"]["ISCB"]["beta"] > 0.5
    assert {"conventions", "profiles", "sectors", "notes"} <= found.keys()


@pytest.mark.slow
def test_json_goes_with_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "charts"
    assert main(["compare", "ISCB", "SPSM", "--json", "--out", str(out), *AS_OF]) == DONE
    shown = capsys.readouterr()
    json.loads(shown.out)
    assert sorted(path.name for path in out.iterdir()) == ["growth.png", "sectors.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in out.iterdir())
    assert "growth.png" in shown.err


def test_a_question_that_cannot_be_read_is_told_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "ISCB", "7q", "rf=many", "--data", "sample"]) == NOT_UNDERSTOOD
    shown = capsys.readouterr()
    assert shown.out == ""
    for part in ("`7q` is not a window", "`rf=many` is not a rate", "two different symbols", "Usage:"):
        assert part in shown.err


def test_an_unknown_symbol_is_named_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "ISCB", "SPSMM", "--data", "sample"]) == NOT_UNDERSTOOD
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "SPSMM" in shown.err
    assert "Did you mean SPSM?" in shown.err


def test_a_setting_that_is_wrong_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WATCHPOINT_DATA", "bloomberg")
    monkeypatch.setenv("WATCHPOINT_PORT", "99999")
    assert main(["compare", "ISCB", "SPSM"]) == NOT_UNDERSTOOD
    err = capsys.readouterr().err
    assert "WATCHPOINT_DATA: 'bloomberg' was given" in err
    assert "WATCHPOINT_PORT: '99999' was given" in err


def test_the_source_is_never_switched_silently(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def down(*_: object) -> None:
        raise Unavailable("Yahoo Finance", "no connection", symbol="ISCB")

    monkeypatch.setattr(SampleMarket, "history", down)
    assert main(["compare", "ISCB", "SPSM", "--data", "sample"]) == NO_ANSWER
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Yahoo Finance did not answer for ISCB: no connection. Try again in a few minutes." in shown.err


@pytest.mark.parametrize("wrong", [["compare"], ["compare", "A", "B", "--data", "csv"], ["dance"]])
def test_usage_faults_have_their_exit_code(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(wrong) == NOT_UNDERSTOOD
    assert capsys.readouterr().out == ""


def test_serve_names_every_missing_token(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--data", "sample"]) == NOT_UNDERSTOOD
    err = capsys.readouterr().err
    assert "SLACK_BOT_TOKEN is not set" in err
    assert "SLACK_APP_TOKEN is not set" in err


def test_doctor_says_what_to_do(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--data", "sample"]) == BROKEN
    out = capsys.readouterr().out
    assert f"ok     The cache is kept in {home}." in out
    assert "ok     Prices: SAMPLE DATA (simulated) answers, newest session " in out
    assert "fault  There is no bot token." in out
    assert "Set SLACK_BOT_TOKEN" in out
