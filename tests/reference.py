"""Writes docs/reference.md from the tables of commands, measures and settings: python -m tests.reference"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from analytics import WATCHABLE
from bot.cli import cli
from bot.commands import COMMANDS, FOLLOW_UPS, MEASURES, TALK, WINDOWS
from bot.config import Settings, environment_name
from bot.render.advice import filled_remarks

FILE = Path(__file__).resolve().parents[1] / "docs" / "reference.md"


def build() -> str:
    """Put the whole page together."""
    parts = (
        ["# Reference", "", "Made by `python -m tests.reference`; a test compares it with the tables."],
        ["## In Slack", "", *_table(("Command", "What it does"), _commands()), "", *_remarks()],
        ["## In a thread", "", _THREADS, "", *_table(("Typed", "What it answers"), _follow_ups())],
        ["## Measures", "", _MEASURES, "", *_table(("Measure", "Names", "Formula"), _measures())],
        ["## In the terminal", "", *_table(("Command", "What it does"), _terminal()), "", _EXITS],
        ["## Settings", "", *_table(("Variable", "Default", "Meaning"), _settings())],
    )
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


_THREADS = (
    "After an answer, a card or a daily post the funds above are meant, on the same day and from the same "
    "source; what is asked combines (`sectors vs IWM 5y`)."
)
_MEASURES = (
    "What `/watch` may ask for and `explain` explains, by the first of its names; any of them is read."
)
_EXITS = (
    "Exit codes: 0 done; 1 a fault of the bot, or doctor found one; 2 the question or a setting cannot be "
    "understood; 3 a source does not answer; 130 interrupted."
)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        # A pipe in a table's cell is escaped.
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _commands() -> Iterator[tuple[str, ...]]:
    for command in COMMANDS:
        yield f"`{command.name} {command.usage}`", command.description


def _remarks() -> Iterator[str]:
    yield f"- {WINDOWS}"
    for command in COMMANDS:
        for written, remark in zip(command.remarks, filled_remarks(command), strict=True):
            if MEASURES not in written:
                yield f"- {command.name}: {html.unescape(remark)}"


def _follow_ups() -> Iterator[tuple[str, ...]]:
    for each in FOLLOW_UPS:
        yield f"`{TALK.name} {each.typed}`", f"{each.description[0].upper()}{each.description[1:]}"


def _measures() -> Iterator[tuple[str, ...]]:
    for row in WATCHABLE.values():
        words = row.words
        yield words.heading, ", ".join(f"`{name}`" for name in words.names), words.formula


def _terminal() -> Iterator[tuple[str, ...]]:
    for name, command in _named_commands(cli):
        options = " ".join(_option(each) for each in command.params if isinstance(each, click.Option))
        pieces = command.collect_usage_pieces(click.Context(command))
        words = " ".join(piece for piece in pieces if piece != command.options_metavar)
        yield (
            " ".join(filter(None, (f"`watchpoint {name}", words, options))) + "`",
            command.get_short_help_str(200),
        )


def _named_commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command with all the words that name it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _named_commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def _option(option: click.Option) -> str:
    name = max(option.secondary_opts or option.opts, key=len)
    if isinstance(option.type, click.Choice):
        return f"[{name} {'|'.join(map(str, option.type.choices))}]"
    shown = option.metavar or (option.name or "").upper()
    return f"[{name}]" if option.is_flag else f"[{name} {shown}]"


def _settings() -> Iterator[tuple[str, ...]]:
    for name, field in Settings.model_fields.items():
        default = field.default
        plain = (
            ",".join(map(str, default)) if isinstance(default, tuple) else getattr(default, "value", default)
        )
        shown = "" if default is None or field.default_factory else f"`{plain}`"
        yield f"`{environment_name(name)}`", shown, field.description or ""


if __name__ == "__main__":
    FILE.write_text(build(), encoding="utf-8")
