"""Block Kit as plain dicts: paragraphs, tables, fields of modals, buttons that ask what comes next."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from analytics.window import parse
from bot.model import SectionQuery, ThreadContext
from bot.render import ids, limits
from bot.render.chart_specs import ChartSpec
from bot.render.message import Block, Message
from bot.render.text import NONE, escape
from bot.sections import UNDER_ANSWER, UNDER_FOLLOW_UP, WITH_MEASURE, Section


def header(words: str) -> Block:
    """Make a title."""
    return {"type": "header", "text": plain_text(words)}


def section(words: str) -> Block:
    """Make a paragraph of safe mrkdwn."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}}


def context(*lines: str) -> Block:
    """Write small grey lines of safe mrkdwn."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": "\n".join(lines)}]}


def button(label: str, action: str, value: str, style: str | None = None) -> Block:
    """Make a button.  style: "primary" or "danger"."""
    look = {"style": style} if style else {}
    return {"type": "button", "text": plain_text(label), "action_id": action, "value": value, **look}


def confirmed_button(pressed: Block, title: str, words: str, confirm: str, deny: str) -> Block:
    """Have a button ask once more before it is pressed."""
    said = {"title": title, "text": words, "confirm": confirm, "deny": deny}
    return {**pressed, "confirm": {name: plain_text(each) for name, each in said.items()}}


def actions(name: str, buttons: Sequence[Block]) -> list[Block]:
    """Make a row of buttons; none without any."""
    return [{"type": "actions", "block_id": name, "elements": list(buttons)}] if buttons else []


def slots(pictures: Sequence[ChartSpec]) -> list[Block]:
    """Make room for the pictures."""
    return [slot(picture.name, picture.alt) for picture in pictures]


def slot(name: str, alt: str, title: str = "") -> Block:
    """Make room for a picture.  title: what has to be said over it beside the title in the picture itself."""
    said = {"title": plain_text(title)} if title else {}
    return {"type": "image", "slot": name, "alt_text": alt, **said}


def table(rows: Sequence[Sequence[str]]) -> Block:
    """Make a table of plain cells, the first row its headings, all columns but first and last to the
    right.
    """
    head, *lines = rows
    cells = [[cell(shown, bold=True) for shown in head], *([cell(shown) for shown in line] for line in lines)]
    return table_of_cells(cells, (0, len(head) - 1))


def table_of_cells(rows: Sequence[Sequence[Block]], left: Container[int] = (0,)) -> Block:
    """Make a table.  left: the columns that are flush left; the others hold numbers."""
    # Headings may wrap; numbers do not, a no-break space holds them to their units.
    sides = [
        {"align": "left" if column in left else "right", "is_wrapped": True} for column in range(len(rows[0]))
    ]
    return {"type": "table", "column_settings": sides, "rows": [list(row) for row in rows]}


def cell(shown: str, *, bold: bool = False) -> Block:
    """Make a cell of a table; a dash where nothing is to be shown."""
    words = shown.strip() or NONE
    if not bold:
        return {"type": "raw_text", "text": words}
    element = {"type": "text", "text": words, "style": {"bold": True}}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}


def message(text: str, blocks: Sequence[Block], *pictures: ChartSpec | None) -> Message:
    """Make a message whose pictures fill its slots."""
    return Message(text, tuple(blocks), tuple(picture for picture in pictures if picture))


NOTICE = 200
"""Characters kept for the line that says what was left out."""


def remarks_block(remarks: Sequence[str]) -> list[Block]:
    """Set remarks, plain texts of a line each, in small italics; no block without any.

    Those that the limit leaves no room for are dropped whole, from the last one on, and counted: half a
    remark is worse than none.
    """
    lines = [f"_{escape(remark)}_" for remark in remarks]
    kept, room = 0, limits.CONTEXT_TEXT - NOTICE
    while kept < len(lines) and room > len(lines[kept]):
        room -= len(lines[kept]) + 1
        kept += 1
    more = len(lines) - kept
    counted = [f"and {more} more {'remark' if more == 1 else 'remarks'}"] if more else []
    return [context(*lines[:kept], *counted)] if lines else []


WINDOWS = ("1y", "3y", "5y", "10y")
NEXT = 3
"""Questions that are offered under a follow-up."""
ROW = "talk.next"
MORE = f"{ids.ASK}more"
"""The menu whose choice is asked of the topic of the buttons beside it."""


def follow_up_buttons(
    context: ThreadContext, *, bonds: bool = False, peers: Sequence[str] = ()
) -> list[Block]:
    """Return one row: all figures, studies, two other windows, a menu of the rest, and a rule to set.

    Each button carries the topic, so that it asks about what it stands under, whenever it is pressed.
    bonds: a bond fund is among the funds.  peers: funds to hold one fund alone against.
    """
    near, far = _windows_beside(context.comparing.window.label)
    shown = dict.fromkeys(_offered(UNDER_ANSWER, context, bonds=bonds))
    menu = dict.fromkeys(
        _offered([each for each in Section if each is not WITH_MEASURE], context, bonds=bonds)
    )
    asked = {section.label: section.value for section in shown}
    asked |= {f"vs {peer}": f"add {peer}" for peer in peers} | {label: label for label in near}
    rest = {section.value: section.label for section in menu if section not in shown}
    rest |= {label: f"Over {parse(label).words}" for label in far}
    elements = [
        *(question_button(label, text, SectionQuery(text, context)) for label, text in asked.items()),
        {**menu_field(rest), "action_id": MORE, "placeholder": plain_text("More…")},
        watch_button(context),
    ]
    return actions(ROW, elements)


def next_buttons(
    section: Section, context: ThreadContext, *, bonds: bool = False, own: Sequence[tuple[str, str]] = ()
) -> list[Block]:
    """Return a row of the three questions that are likeliest after a section.

    own : questions that follow from this answer alone, label and text; they stand first, one more in all
    """
    likely = (*section.beside_it, *UNDER_FOLLOW_UP)
    offered = [each for each in _offered(likely, context, bonds=bonds) if each is not section]
    asks = [*own, *((each.label, each.value) for each in dict.fromkeys(offered))]
    return actions(
        ROW,
        [
            question_button(label, f"own{at}" if at < len(own) else asked, SectionQuery(asked, context))
            for at, (label, asked) in enumerate(asks[: NEXT + bool(own)])
        ],
    )


def _windows_beside(label: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the two usual windows nearest to one, the longer ones first; and the others."""
    others = [each for each in WINDOWS if each != label]
    at = WINDOWS.index(label) if label in WINDOWS else -1
    near = others[max(0, min(at, len(others) - 2)) :][:2]
    return tuple(near), tuple(each for each in others if each not in near)


def _offered(sections: Iterable[Section], context: ThreadContext, *, bonds: bool) -> Iterator[Section]:
    """Yield what can be asked of these funds: what needs two is not of one, and bonds have no sectors."""
    alone = len(context.comparing.symbols) == 1 and not context.comparing.benchmark
    for section in sections:
        found = section.beside_bonds() if bonds else section
        if found is not Section.COMPARE and not (alone and found.needs_two):
            yield found


def watch_button(context: ThreadContext) -> Block:
    """Make a button that opens the form of a rule about these funds."""
    return _follow_up_button("Watch this", ids.OPEN_WATCH, SectionQuery("watch", context))


def question_button(label: str, name: str, section_query: SectionQuery) -> Block:
    """Make a button that asks.  name: what tells it from its neighbours."""
    return _follow_up_button(label, f"{ids.ASK}{name}", section_query)


def _follow_up_button(label: str, action: str, section_query: SectionQuery) -> Block:
    shown = label if len(label) <= limits.BUTTON_TEXT else f"{label[: limits.BUTTON_TEXT - 1].rstrip()}…"
    return button(shown, action, section_query.value)


FormView = dict[str, Any]


def modal(callback: str, title: str, submit: str, metadata: str, *fields: Block) -> FormView:
    """Make a modal.  metadata: JSON that comes back with the answer."""
    return {
        "type": "modal",
        "callback_id": callback,
        "private_metadata": metadata[: limits.METADATA],
        "title": plain_text(title),
        "submit": plain_text(submit),
        "close": plain_text("Cancel"),
        "blocks": list(fields),
    }


def field(name: str, label: str, element: Block, hint: str = "", *, optional: bool = False) -> Block:
    """Make one thing to fill in or to choose."""
    return {
        "type": "input",
        "block_id": name,
        "label": plain_text(label),
        "element": {"action_id": name, **element},
        **({"hint": plain_text(hint)} if hint else {}),
        **({"optional": True} if optional else {}),
    }


def heard(block: Block, action: str) -> Block:
    """Have the bot told at once of what is put into a field: chosen, or typed and entered."""
    element = {**block["element"], "action_id": action}
    if element["type"] == "plain_text_input":
        element["dispatch_action_config"] = {"trigger_actions_on": ["on_enter_pressed"]}
    return {**block, "element": element, "dispatch_action": True}


def text_field(now: str = "", example: str = "", *, most: int, lines: bool = False) -> Block:
    """Make something to type.  now: what stands there first.  most: characters.  lines: more than one."""
    # Slack refuses an empty first value, and one that is longer than the field.
    first = {"initial_value": now[:most]} if now[:most].strip() else {}
    return {
        "type": "plain_text_input",
        "multiline": lines,
        "min_length": 1,
        "max_length": most,
        **({"placeholder": plain_text(example)} if example else {}),
        **first,
    }


def number_field(now: int | None, least: int, most: int) -> Block:
    """Make a number without a point; a phone shows its digits to type it with.  now: None for none."""
    return {
        "type": "number_input",
        "is_decimal_allowed": False,
        **({} if now is None else {"initial_value": str(now)}),
        "min_value": str(least),
        "max_value": str(most),
    }


def menu_field(options: Mapping[str, str], now: str = "") -> Block:
    """Make one of several.  options: labels by value.  now: the value that is chosen first."""
    return {"type": "static_select", "options": _options(options), **_initial_option(options, now)}


def grouped_menu_field(groups: Mapping[str, Mapping[str, str]], now: str = "") -> Block:
    """Make one of several in groups.  groups: by their label, labels by value."""
    shown = [{"label": plain_text(label), "options": _options(options)} for label, options in groups.items()]
    every = {value: label for options in groups.values() for value, label in options.items()}
    return {"type": "static_select", "option_groups": shown, **_initial_option(every, now)}


def choice_field(options: Mapping[str, str], now: str = "") -> Block:
    """Make one of a few that all stand before one's eyes.  options: labels by value."""
    return {"type": "radio_buttons", "options": _options(options), **_initial_option(options, now)}


def date_field(now: str = "") -> Block:
    """Make a date, e.g. "2026-01-16"."""
    return {"type": "datepicker", **({"initial_date": now} if now else {})}


def time_field(now: str = "") -> Block:
    """Make a time, e.g. "08:30"."""
    return {"type": "timepicker", **({"initial_time": now} if now else {})}


def channel_field(now: str = "") -> Block:
    """Make a channel; where none is given the one that the person looks at, if Slack knows it."""
    first: Block = {"initial_conversation": now} if now else {"default_to_current_conversation": True}
    return {"type": "conversations_select", "filter": {"include": ["public", "private"]}, **first}


def plain_text(words: str) -> Block:
    """Make words without markup."""
    return {"type": "plain_text", "text": words}


def _initial_option(options: Mapping[str, str], now: str) -> Block:
    found = [option for option in _options(options) if option["value"] == now]
    return {"initial_option": found[0]} if found else {}


def _options(options: Mapping[str, str]) -> Sequence[Block]:
    """Make options; one whose value is too long for Slack, or empty, is left out."""
    return [
        {"text": plain_text(label[: limits.OPTION_TEXT]), "value": value}
        for value, label in options.items()
        if 0 < len(value) <= limits.OPTION_VALUE
    ]
