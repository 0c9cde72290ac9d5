"""The command line: compare and each section of an answer, playground, serve, run-digest, migrate, doctor.

Exit codes: 0 done; 1 something is wrong with the bot itself, or doctor found a fault; 2 the question or a
setting cannot be understood; 3 a source does not answer; 130 interrupted.

Heavy imports stand inside the functions: `watchpoint --help` must not wait for pandas.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.commands import COMPARE
from bot.errors import BotError, Unavailable, Unclear
from bot.sections import Section

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.ports import ChartRenderer
    from bot.render.message import Message
    from bot.use_cases.daily_run import RunReport
    from bot.use_cases.gather import ComparisonData

DONE, BROKEN, NOT_UNDERSTOOD, NO_ANSWER, INTERRUPTED = 0, 1, 2, 3, 130

DATA = click.option(
    "--data",
    metavar="SOURCES",
    help="Sources of prices, like yahoo or yahoo,files:DIR or sample; else WATCHPOINT_DATA, else yahoo.",
)
SCRIPT = "Do what this file says, print what comes back, and end."
FOLDER = click.Path(file_okay=False, path_type=Path)
ASOF = click.option("--asof", help="Answer as of this date, like 2026-01-16; nothing newer is used.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the table.")
OUT = click.option("--out", type=FOLDER, help="Write the charts, or the files, into this folder.")
TRANSPORT = click.option(
    "--transport",
    type=click.Choice(["socket", "http"]),
    help="How Slack reaches the bot; else WATCHPOINT_TRANSPORT, else socket.",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code; nothing but answers goes to stdout, and with `--json` the
    object that tells what went wrong.
    """
    given = sys.argv[1:] if argv is None else list(argv)
    try:
        result = cli.main(given, prog_name="watchpoint", standalone_mode=False)
    except click.ClickException as wrong:
        if "--json" in given:
            return _tell_as_json(given, wrong.format_message(), NOT_UNDERSTOOD)
        wrong.show()
        return NOT_UNDERSTOOD
    except (click.Abort, KeyboardInterrupt):
        _print_error("Interrupted.")
        return INTERRUPTED
    except BotError as fault:
        code = NO_ANSWER if isinstance(fault, Unavailable) else NOT_UNDERSTOOD
        if "--json" in given:
            return _tell_as_json(given, fault, code)
        _print_error(_fault_text(fault))
        return code
    return result if isinstance(result, int) else DONE


def _tell_as_json(given: Sequence[str], fault: BotError | str, code: int) -> int:
    """Print what went wrong as one object, and return the exit code."""
    from bot.render.terminal import error_json

    found = error_json(" ".join(given), fault, _meant(fault), code)
    click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    return code


def _meant(fault: BotError | str) -> list[str]:
    """Return commands that can be run in place of what could not be read, the likeliest first."""
    if not isinstance(fault, Unclear):
        return []
    from bot.clock import SystemClock
    from bot.language import suggestions

    asked = f"{COMPARE.name[1:]} {fault.given}" if fault.command == COMPARE.name else fault.given
    found = suggestions(asked, today=SystemClock().now().date())
    return [
        f"watchpoint {each}" for each in found if len(each.split()) > 1 and each.split()[0] in cli.commands
    ]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="watchpoint")
def cli() -> None:
    """Fund comparisons that can be trusted, in Slack and in the terminal.

    Exit codes: 0 done; 1 a fault of the bot, or doctor found one; 2 the question or a setting cannot be
    understood; 3 a source does not answer; 130 interrupted.

    With --json what went wrong is an object on stdout as well: {"error": {"given", "kind", "complaints",
    "read", "meant", "do", "exit_code"}}.
    """


@cli.command(name="compare", epilog=f"Example: watchpoint compare ISCB SPSM 3y. QUESTION is {COMPARE.usage}")
@click.argument("question", nargs=-1, required=True)
@ASOF
@DATA
@click.option(
    "--edge", is_flag=True, help="Show below whether chance explains the gap, over several windows."
)
@AS_JSON
@OUT
def compare_command(
    question: tuple[str, ...],
    asof: str | None,
    data: str | None,
    edge: bool,
    as_json: bool,
    out: Path | None,
) -> None:
    """Compare funds, as `/compare` does in Slack."""
    from bot.config import load

    text = " ".join([*question, *([f"asof {asof}"] if asof else [])])
    settings = load(data=data)
    answered, drawn, moved = asyncio.run(_compare(text, settings, charts=out is not None))
    if as_json:
        from bot.render.terminal import comparison_json as to_object

        found = to_object(answered.comparison, answered.notes, answered.evidence)
        click.echo(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        _print_above(moved)
        _print(answered)
    if out:
        _write({f"{name}.png": png for name, png in drawn.items()}, out)
    if edge and not as_json:
        click.echo()
        asyncio.run(_answer_section(f"{Section.EDGE} {text}", settings, as_json=False, out=out))


def _section_command(section: Section) -> click.Command:
    """Make the command that answers one section as a thread in Slack does."""

    @click.command(
        name=section.value, help=f"Show {section.row.description}.", epilog=_section_usage(section)
    )
    @click.argument("question", nargs=-1, required=True)
    @ASOF
    @DATA
    @AS_JSON
    @OUT
    def command(
        question: tuple[str, ...], asof: str | None, data: str | None, as_json: bool, out: Path | None
    ) -> None:
        from bot.config import load

        text = " ".join([section.value, *question, *([f"asof {asof}"] if asof else [])])
        asyncio.run(_answer_section(text, load(data=data), as_json=as_json, out=out))

    return command


def _section_usage(section: Section) -> str:
    measure = f"{section.typed.removeprefix(section.value).strip()} " if section.takes_measure else ""
    funds = "ISCB SPSM 3y" if section.needs_two or not section.takes_size else "ISCB SPSM size=25m"
    return f"Example: watchpoint {section.value} {measure}{funds}"


for _section in Section:
    if _section.row.description:
        cli.add_command(_section_command(_section))


@cli.command()
@DATA
@TRANSPORT
@click.option(
    "--role",
    type=click.Choice(["all", "web", "worker"]),
    default="all",
    show_default=True,
    help="web takes commands, worker does the work; both need a PostgreSQL that they share.",
)
def serve(data: str | None, transport: str | None, role: str) -> None:
    """Run the Slack bot until it is stopped."""
    from bot.bootstrap import serve as run
    from bot.config import Role, load

    asyncio.run(run(load(data=data, transport=transport), Role(role)))


@cli.command(name="run-digest")
@click.option("--session", required=True, metavar="DATE", help="A trading day, like 2026-01-16.")
@click.option("--dry-run", is_flag=True, help="Print what would be said, and keep nothing.")
@DATA
def run_digest(session: str, dry_run: bool, data: str | None) -> int:
    """Decide a session for every channel that has not come to it.

    The bot does this by itself after each session; what is queued here is delivered by `serve`.
    """
    from bot.bootstrap import run_digest as run
    from bot.config import load

    report = asyncio.run(run(load(data=data), _parse_day(session), dry=dry_run))
    for line in _report_lines(report, dry=dry_run):
        click.echo(line)
    if report.failed:
        return BROKEN
    return DONE if report.complete else NO_ANSWER


@cli.command()
def migrate() -> None:
    """Bring the database that DATABASE_URL names up to date."""
    from bot.bootstrap import migrate as to_newest
    from bot.config import load

    click.echo(f"The database is at revision {asyncio.run(to_newest(load()))}.")


@cli.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8400, show_default=True, help="0: a free one.")
@click.option(
    "--data",
    metavar="SOURCES",
    default="sample",
    show_default=True,
    help="Sources of prices, like yahoo or files:DIR.",
)
@click.option("--home", type=FOLDER, help="Folder to keep everything in; else a temporary one.")
@click.option("--transport", type=click.Choice(["http", "socket"]), default="http", show_default=True)
@click.option("--asof", metavar="DATE", help="Begin on the morning of this day, like 2026-01-23.")
@click.option("--database", metavar="URL", help="A PostgreSQL to keep everything in; else a SQLite file.")
@click.option("--empty", is_flag=True, help="Begin with nothing asked; a script always does.")
@click.option("--script", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=SCRIPT)
@click.option("--browser/--no-browser", default=True, help="Whether to open the page.")
def playground(**options: Any) -> None:
    """Try the whole bot in a browser: without Slack, without tokens, on simulated prices.

    \b
    A script has one line for each thing that somebody does (docs/script.md has all of them):
      # a comment
      #portfolio ann: /compare ISCB SPSM
      #portfolio> ann: @watchpoint help     (in the thread of the newest message)
      @watchpoint ben: /compare help        (in direct messages with the bot)
      @press #portfolio ben: Acknowledge    (the newest button with these words)
      @clock 5 sessions                     (let them pass, with every post at its time)
    """
    from bot.playground.run import PlaygroundOptions
    from bot.playground.run import playground as run

    if options["asof"] is not None:
        options["asof"] = _parse_day(options["asof"])
    shown = logging.StreamHandler()
    shown.setLevel(logging.WARNING)
    logging.basicConfig(handlers=[shown], format="%(levelname)s %(name)s: %(message)s")
    asyncio.run(run(PlaygroundOptions(**options), click.echo))


@cli.group()
def prices() -> None:
    """Prices by themselves, without a question."""


@prices.command(name="export", epilog="Example: watchpoint prices export ISCB SPSM --out prices")
@click.argument("symbols", nargs=-1, required=True)
@click.option("--out", type=FOLDER, required=True, help="Folder for one CSV file a symbol.")
@DATA
def export_prices(symbols: tuple[str, ...], out: Path, data: str | None) -> None:
    """Write the prices of symbols as files that `--data files:DIR` reads back to the same numbers."""
    from bot.bootstrap import price_files
    from bot.config import load

    named = [symbol.upper() for symbol in symbols]
    with _progress(f"Fetching {', '.join(named)}"):
        files, source = asyncio.run(price_files(load(data=data), named))
    _write(files, out)
    _print_error(
        f"Prices from {source}. Ask of them: watchpoint compare {' '.join(named)} --data files:{out}"
    )


@cli.command()
@DATA
@TRANSPORT
def doctor(data: str | None, transport: str | None) -> int:
    """Check settings, tokens, scopes and the data source, and say what to do."""
    from bot.bootstrap import doctor as examine
    from bot.config import load
    from bot.ports import Level

    findings = asyncio.run(examine(load(data=data, transport=transport)))
    for finding in findings:
        click.echo(f"{finding.level.value:5}  {finding.what}")
        if finding.advice:
            click.echo(f"       {finding.advice}")
    return BROKEN if any(finding.level is Level.FAULT for finding in findings) else DONE


def _parse_day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise click.BadParameter(f"{given!r} is not a date; write it like 2026-01-16.") from None


async def _compare(
    text: str, settings: Settings, *, charts: bool
) -> tuple[ComparisonData, Mapping[str, bytes], str]:
    from bot import bootstrap
    from bot.clock import SystemClock
    from bot.language import Help, read_compare
    from bot.use_cases.compare import compare_funds
    from bot.use_cases.sections import moved_day

    clock = SystemClock()
    ask = read_compare(text, clock.now().date())
    if isinstance(ask, Help):
        raise click.UsageError(f"Name the funds: {COMPARE.usage}")
    with _progress(f"Fetching {', '.join(ask.symbols)}"):
        async with bootstrap.open_market(settings, clock) as market_data:
            answered = await compare_funds(ask, market_data)
            moved = moved_day(ask.as_of, answered, market_data)
        drawn = await _draw_charts(answered, bootstrap.renderer(settings)) if charts else {}
    return answered, drawn, moved


async def _draw_charts(answered: ComparisonData, renderer: ChartRenderer) -> Mapping[str, bytes]:
    from bot.render.message import labelled
    from bot.render.sections.comparison import comparison_charts

    return await renderer.draw(labelled(comparison_charts(answered.comparison)))


async def _answer_section(text: str, settings: Settings, *, as_json: bool, out: Path | None) -> None:
    """Gather, compute, render and print one section; its charts or files go into a folder."""
    from bot import bootstrap
    from bot.clock import SystemClock
    from bot.language import FollowUp, read_follow, resolve_query
    from bot.use_cases.compare import gather_section
    from bot.use_cases.gather import today
    from bot.use_cases.sections import export_files, moved_day, render_section, section_result

    clock = SystemClock()
    follow = read_follow(text, clock.now().date())
    if not isinstance(follow, FollowUp) or not follow.symbols:
        raise click.UsageError(f"Name the funds: watchpoint {text} ISCB SPSM")
    with _progress(f"Fetching {', '.join(follow.symbols)}"):
        async with bootstrap.open_market(settings, clock) as market_data:
            case = await gather_section(follow, resolve_query(follow, None, today(market_data)), market_data)
            moved = moved_day(follow.as_of, case.data, market_data)
        message = None if follow.section is Section.CSV else render_section(case)
        drawn = (
            await bootstrap.renderer(settings).draw(message.pictures) if message and out is not None else {}
        )
    if as_json:
        click.echo(json.dumps(section_result(case), indent=2, ensure_ascii=False, allow_nan=False))
    elif message:
        _print_above(moved)
        _print_message(message)
    if message is None:
        _write({each.name: each.content for each in export_files(case)}, out or Path())
    elif out:
        _write({f"{name}.png": png for name, png in drawn.items()}, out)


def _print_above(line: str) -> None:
    if line:
        click.echo(f"{line}\n")


def _print_message(message: Message) -> None:
    from rich.console import Console

    from bot.render.terminal import render_message

    Console(highlight=False).print(render_message(message), crop=False)


def _write(files: Mapping[str, bytes], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
        _print_error(f"Wrote {out / name}")


def _print(answered: ComparisonData) -> None:
    from rich.console import Console

    from bot.render.terminal import render_terminal

    Console(highlight=False).print(
        render_terminal(answered.comparison, answered.notes, answered.evidence), crop=False
    )


@contextmanager
def _progress(what: str) -> Iterator[None]:
    """Show a spinner where somebody watches, silence elsewhere."""
    from rich.console import Console

    with Console(stderr=True).status(f"{what} …"):
        yield


def _report_lines(report: RunReport, *, dry: bool) -> Iterator[str]:
    """Yield what a run came to; of a dry one what would be told."""
    from bot.render.rules.channel import preview_notices

    yield from preview_notices(report.outcomes)
    for what, channel_keys in (("waits for prices", report.waiting), ("failed", report.failed)):
        yield from (
            f"{channel_key.team}/{channel_key.channel} {what}: {cause}"
            for channel_key, cause in channel_keys.items()
        )
    done = f"{len(report.outcomes)} would be decided" if dry else f"{len(report.decided)} decided"
    yield (
        f"{report.session}, channels: {done}, {len(report.waiting)} waiting for prices, "
        f"{len(report.lost)} taken by others meanwhile, {len(report.failed)} failed. "
        f"Rules: {report.rules}, symbols: {report.symbols}, {report.seconds:.1f} s."
    )


def _print_error(what: str) -> None:
    click.echo(what, err=True)


def _fault_text(fault: BotError) -> str:
    """Word a fault with how the question was read, what may have been meant, and how it is to be asked."""
    if isinstance(fault, Unavailable):
        return fault.in_full
    if not isinstance(fault, Unclear):
        return str(fault)
    read = [f"Read as: {', '.join(fault.read)}."] if fault.read else []
    tried = [f"Try: {each}" for each in _meant(fault)]
    usage = [] if tried else [f"Usage: watchpoint compare {COMPARE.usage}"]
    return "\n".join([*fault.complaints, *read, *tried, *usage])
