"""The command line as a person uses it: exit codes, what goes to stdout and what to stderr."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from analytics.watch.operators import Op
from analytics.watch.rules import Condition, Quantity, Rule
from analytics.watch.states import Policy
from bot.cli import BROKEN, DONE, NO_ANSWER, NOT_UNDERSTOOD, cli, main
from bot.clock import SystemClock
from bot.errors import Unavailable
from bot.market.sample import SampleMarket
from bot.model import ChannelKey, Digest
from bot.ports.store import RuleDraft
from bot.sections import Section
from bot.store import engine, open_store
from bot.telemetry import logs
from bot.use_cases import daily_run

AS_OF = ["--asof", "2026-01-16", "--data", "sample"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "WATCHPOINT_DATA",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "DATABASE_URL",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WATCHPOINT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/")  # where nobody answers
    monkeypatch.setattr(logs, "configure", lambda *_: None)  # the logs of this process are pytest's
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


@pytest.mark.slow
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


def test_the_finding_says_whether_the_window_can_tell_the_gap(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "ISCB", "SPSM", *AS_OF]) == DONE
    shown = " ".join(capsys.readouterr().out.replace("\u00a0", " ").split())
    assert (
        "One year cannot tell this gap from chance: anything from 5 pp behind to 13 pp ahead fits." in shown
    )
    assert "Since both follow today's indices (19 Mar 2021): 7.5 % and 6.9 % a year." in shown
    assert "Over the last 3 months ISCB is 2.9 pp behind." in shown


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["sectors", "ISCB", "SPSM"], "Industrials"),
        (["figures", "ISCB", "SPSM"], "Information ratio, against SPSM"),
        (["figures", "ISCB", "SPSM", "IWM", "VB"], "Beta, against SPY"),
        (["compare", "ISCB"], "at a volatility of"),
        (["cost", "ISCB", "SPSM", "size=25m"], "Days to trade 25 M USD"),
        (["explain", "sortino", "ISCB", "SPSM"], "Downside deviation a year"),
        (["correlation", "ISCB", "SPSM", "3y"], "Weekly - daily"),
        (["drawdowns", "ISCB", "2020"], "ISCB"),
    ],
)
def test_a_section_is_a_command_of_its_own(
    asked: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*asked, *AS_OF]) == DONE
    shown = capsys.readouterr()
    assert told in shown.out.replace("\u00a0", " ")
    assert max(map(len, shown.out.splitlines())) <= 80
    assert shown.err == ""


def test_every_section_of_the_help_is_a_command() -> None:
    assert {section.value for section in Section if section.row.description} <= set(cli.commands)


def test_a_section_gives_its_numbers_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["correlation", "ISCB", "SPSM", "--json", *AS_OF]) == DONE
    found = json.loads(capsys.readouterr().out)
    assert found["section"] == "correlation"
    assert found["query"]["as_of"] == "2026-01-16"
    assert found["daily"][0][1] == pytest.approx(0.978, abs=0.001)


def test_drawdowns_give_their_episodes_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drawdowns", "ISCB", "SPSM", "--json", *AS_OF]) == DONE
    found = json.loads(capsys.readouterr().out)
    depths = [fall["depth"] for fall in found["episodes"][0]["falls"]]
    assert depths == [found["metrics"][symbol]["max_drawdown"] for symbol in ("ISCB", "SPSM")]


def test_a_section_without_funds_says_how_it_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sectors", "3y", *AS_OF]) == NOT_UNDERSTOOD
    assert "Name the funds: watchpoint sectors" in capsys.readouterr().err


def test_files_are_written_into_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["csv", "ISCB", "SPSM", *AS_OF, "--out", str(tmp_path)]) == DONE
    assert capsys.readouterr().out == ""
    assert len(list(tmp_path.glob("ISCB-SPSM_*.csv"))) == 3


@pytest.mark.slow
def test_json_goes_with_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "charts"
    assert main(["compare", "ISCB", "SPSM", "--json", "--out", str(out), *AS_OF]) == DONE
    shown = capsys.readouterr()
    json.loads(shown.out)
    assert sorted(path.name for path in out.iterdir()) == ["growth.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in out.iterdir())
    assert "growth.png" in shown.err


def test_a_question_that_cannot_be_read_is_told_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "7q", "rf=many", "--data", "sample"]) == NOT_UNDERSTOOD
    shown = capsys.readouterr()
    assert shown.out == ""
    for part in (
        "`7q` is not a window",
        "`rf=many` is not a rate",
        "At least one symbol",
        "Usage: watchpoint",
    ):
        assert part in shown.err


@pytest.mark.parametrize(
    ("asked", "kind", "code", "part"),
    [
        (["compare", "ISCB", "SPSM", "7yy"], "unclear", NOT_UNDERSTOOD, "watchpoint compare ISCB SPSM 7y"),
        (["risk", "ISCB", "SPSM", "7yy"], "unclear", NOT_UNDERSTOOD, "watchpoint risk ISCB SPSM 7y"),
        (["compare", "ISCB", "SPSMM"], "unknown symbols", NOT_UNDERSTOOD, "SPSM"),
        (
            ["compare", "AVUV", "SPSM", "2018"],
            "nothing priced",
            NOT_UNDERSTOOD,
            "priced only from 24 Sep 2019",
        ),
        (["sectors", "3y"], "usage", NOT_UNDERSTOOD, "Name the funds"),
        (["sectors", "ISCB", "--nothing"], "usage", NOT_UNDERSTOOD, "--nothing"),
    ],
)
def test_what_is_wrong_is_an_object_with_json(
    asked: list[str], kind: str, code: int, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*asked, "--json", *AS_OF]) == code
    shown = capsys.readouterr()
    error = json.loads(shown.out)["error"]
    assert (error["kind"], error["exit_code"], shown.err) == (kind, code, "")
    assert error["given"].startswith(" ".join(asked))
    assert error["complaints"]
    assert error["do"]
    assert part in shown.out


def test_what_is_meant_can_be_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "ISCB", "SPSM", "7yy", "--json", *AS_OF]) == NOT_UNDERSTOOD
    meant = json.loads(capsys.readouterr().out)["error"]["meant"]
    assert len(meant) == 3
    for each in meant:
        assert main([*each.split()[1:], *AS_OF]) == DONE


def test_a_source_that_is_silent_is_an_object_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def down(*_: object) -> None:
        raise Unavailable("Yahoo Finance", "no connection", symbol="ISCB")

    monkeypatch.setattr(SampleMarket, "history", down)
    assert main(["compare", "ISCB", "SPSM", "--json", "--data", "sample"]) == NO_ANSWER
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["kind"], error["do"]) == ("unavailable", "Try again in a few minutes.")


@pytest.mark.parametrize("command", ["compare", "facts", "cost"])
@pytest.mark.parametrize("funds", [["ISCB", "SPSM"], ["ISCB", "SPSM", "IWM", "AVUV", "SPY", "TLT"]])
def test_no_line_is_wider_than_the_terminal_and_no_name_is_cut(
    command: str, funds: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, *funds, *AS_OF]) == DONE
    shown = capsys.readouterr().out
    assert max(map(len, shown.splitlines())) <= 80
    assert "…" not in shown


def test_a_moved_day_is_said_first(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("compare", "cost"):
        assert main([command, "ISCB", "SPSM", "--asof", "2026-01-17", "--data", "sample"]) == DONE
        first = capsys.readouterr().out.splitlines()[0].replace("\u00a0", " ")
        assert first == "17 Jan 2026 is a Saturday: prices of 16 Jan 2026."


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
    assert "note   Slack did not tell the time, so nobody knows whether the clock" in out
    assert "Set SLACK_BOT_TOKEN" in out


MADE = datetime(2026, 1, 5, tzinfo=UTC)
FRIDAY, LATER = date(2026, 1, 16), datetime(2026, 1, 19, 14, tzinfo=UTC)
FIRES = Policy(confirm=1)
RUN = ["run-digest", "--data", "sample", "--session"]


async def _set_up(address: str) -> None:
    async with open_store(address) as store:
        repository = store.of("T1")
        rules = [("sortino", "ISCB", 5.0, FIRES), ("sharpe", "SPSM", -5.0, Policy())]
        for name, symbol, threshold, policy in rules:
            rule = Rule((Condition(Quantity(name, symbol), Op.BELOW, threshold),))
            await repository.add(RuleDraft("C1", "U1", f"{symbol} {name}", rule, policy, MADE, name))
        await repository.save_digest(Digest("T1", "C1", "U1", time(8, 30), "America/New_York"))


async def _kept(address: str) -> tuple[list[date | None], Sequence[ChannelKey]]:
    """The sessions that the rules have come to, and the channels with something due on Monday at 09:00."""
    async with open_store(address) as store:
        rules = await store.of("T1").rules()
        return [each.rule_state.state.session for each in rules], await store.outbox.due_channels(LATER)


@pytest.fixture
def watched(home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a store with two rules, one of which fires at once."""
    monkeypatch.setattr(engine, "_PRAGMAS", (*engine._PRAGMAS, "PRAGMA synchronous = OFF"))
    address = f"sqlite:///{home / 'watchpoint.db'}"
    asyncio.run(_set_up(address))
    return address


def test_a_run_decides_once_and_a_dry_one_only_tells(
    watched: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*RUN, "2026-01-16", "--dry-run"]) == DONE
    told = capsys.readouterr().out
    assert "2026-01-19 13:30 UTC T1/C1 card" in told
    assert "R1 ISCB Sortino below 5.0 is met: ISCB's Sortino ratio over 1\u00a0year is 1.18, below" in told
    assert "channels: 1 would be decided, 0 waiting for prices" in told
    assert asyncio.run(_kept(watched)) == ([None, None], [])

    assert main([*RUN, "2026-01-16"]) == DONE
    assert "2026-01-16, channels: 1 decided, 0 waiting for prices" in capsys.readouterr().out
    assert asyncio.run(_kept(watched)) == ([FRIDAY, FRIDAY], [ChannelKey("T1", "C1")])

    assert main([*RUN, "2026-01-16"]) == DONE
    assert "channels: 0 decided" in capsys.readouterr().out


@pytest.mark.slow
def test_a_run_that_fails_is_a_fault_of_the_bot(
    watched: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("no sessions")

    monkeypatch.setattr(daily_run, "evaluate", broken)
    assert main([*RUN, "2026-01-16"]) == BROKEN
    assert "T1/C1 failed: ZeroDivisionError: no sessions" in capsys.readouterr().out


@pytest.mark.slow
def test_a_run_without_its_prices_waits(
    watched: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def down(*_: object) -> None:
        raise Unavailable("Yahoo Finance", "no connection")

    monkeypatch.setattr(SampleMarket, "history", down)
    monkeypatch.setattr(SystemClock, "now", lambda _: datetime(2026, 1, 16, 23, tzinfo=UTC))
    assert main([*RUN, "2026-01-16"]) == NO_ANSWER
    assert "T1/C1 waits for prices: Yahoo Finance did not answer" in capsys.readouterr().out
    assert asyncio.run(_kept(watched)) == ([None, None], [])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("2026-01-18", "2026-01-18 is no trading session of XNYS. The newest session is 20"),
        ("2098-01-15", "2098-01-15 is not complete; the newest session that is, is 20"),
        ("16/01/2026", "'16/01/2026' is not a date; write it like 2026-01-16."),
    ],
)
def test_a_day_that_cannot_be_run(given: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RUN, given]) == NOT_UNDERSTOOD
    shown = capsys.readouterr()
    assert (shown.out, told in shown.err) == ("", True)


@pytest.mark.slow
def test_migrating_says_where_the_database_is_now(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert main(["migrate"]) == DONE
        assert capsys.readouterr().out == "The database is at revision 0008.\n"
    with sqlite3.connect(home / "watchpoint.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for command in (["migrate"], [*RUN, "2026-01-16"]):
        assert main(command) == NOT_UNDERSTOOD
        shown = capsys.readouterr()
        assert shown.out == ""
        assert "has schema 9999, this version of Watchpoint knows 0008. Install the version" in shown.err


@pytest.mark.parametrize("command", [["migrate"], [*RUN, "2026-01-16"], ["serve", "--role", "web"]])
def test_a_database_that_does_not_answer_is_told_without_its_password(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://bot:hunter2@127.0.0.1:9/watchpoint")
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.setenv(name, "x-1")
    assert main(command) == NO_ANSWER
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("The database did not answer: it cannot be reached.")
    assert "PostgreSQL at 127.0.0.1/watchpoint" in shown.err
    assert "hunter2" not in shown.err
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize("role", ["web", "worker"])
def test_half_a_bot_needs_a_database_that_the_other_half_reaches(
    role: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.setenv(name, "x-1")
    assert main(["serve", "--role", role]) == NOT_UNDERSTOOD
    assert capsys.readouterr().err == (
        f"--role {role} needs a PostgreSQL that web and worker share: set DATABASE_URL, "
        "or run `watchpoint serve --role all`.\n"
    )


def test_an_exchange_that_nobody_knows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WATCHPOINT_CALENDAR", "XNYC")
    assert main([*RUN, "2026-01-16"]) == NOT_UNDERSTOOD
    told = capsys.readouterr().err
    assert told.startswith("WATCHPOINT_CALENDAR: exchange_calendars knows no exchange 'XNYC'. It takes codes")


def test_exported_prices_answer_with_the_same_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "our prices"
    assert main(["prices", "export", "ISCB", "spsm", "--out", str(out), "--data", "sample"]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["ISCB.csv", "SPSM.csv"]
    capsys.readouterr()
    answers = []
    for data in ("sample", f"files:{out}"):
        assert main(["compare", "ISCB", "SPSM", "--asof", "2026-01-16", "--json", "--data", data]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    assert answers[1]["source"] == {"name": "Files in our prices", "simulated": True}  # it stays said
    assert answers[0]["metrics"] == answers[1]["metrics"]
    assert answers[0]["trailing"] == answers[1]["trailing"]


def test_a_wrong_list_of_sources_is_said_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "ISCB", "SPSM", "--data", "sample,yahoo"]) == 2
    assert (
        "sample stands alone: simulated prices never take the place of real ones" in capsys.readouterr().err
    )
