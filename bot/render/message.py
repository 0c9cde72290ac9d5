"""What is sent: messages with text, blocks and room for charts, and files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from analytics.mixes import WORD, labels_of

if TYPE_CHECKING:
    from bot.render.chart_specs import ChartSpec


Block = dict[str, Any]


@dataclass(frozen=True)
class Message:
    """text: what notifications and screen readers get, the finding with its numbers, safe mrkdwn.

    pictures: what the slots in `blocks` are to be filled with; names are unique.
    """

    text: str
    blocks: tuple[Block, ...]
    pictures: tuple[ChartSpec, ...] = ()

    def __post_init__(self) -> None:
        shown = labelled((self.text, self.blocks, self.pictures))
        for name, value in zip(("text", "blocks", "pictures"), shown, strict=True):
            object.__setattr__(self, name, value)


T = TypeVar("T")

_UNSEEN = frozenset(
    {"value", "action_id", "block_id", "callback_id", "private_metadata", "url", "slot", "type", "name"}
)
"""Fields that people do not read: what stands there is as it is written."""


def labelled(shown: T) -> T:
    """Return what is shown with the label of each mix of funds in place of its symbol.

    A symbol says all of a mix, and is too long for a table; "60/40 ISCB/TLT" and "core" are labels.

    shown: texts, blocks, chart specs, dataclasses, in tuples, lists and mappings.
    """
    found = list(dict.fromkeys(_mixes(shown)))
    return _relabel(shown, labels_of(found)) if found else shown


def _mixes(shown: Any) -> Iterator[str]:
    if isinstance(shown, str):
        if "%" in shown:
            yield from (found[0] for found in WORD.finditer(shown))
    else:
        for part in _parts(shown):
            yield from _mixes(part)


def _parts(shown: Any) -> Iterator[Any]:
    """Yield what a value is made of, where people read it."""
    if isinstance(shown, Mapping):
        for key, value in shown.items():
            if key not in _UNSEEN:
                yield from (key, value)
    elif isinstance(shown, tuple | list | frozenset):
        yield from shown
    elif is_dataclass(shown) and not isinstance(shown, type):
        yield from (getattr(shown, field.name) for field in fields(shown) if field.name not in _UNSEEN)


def _relabel_item(key: Any, value: Any, labels: Mapping[str, str]) -> tuple[Any, Any]:
    return (key, value) if key in _UNSEEN else (_relabel(key, labels), _relabel(value, labels))


def _relabel(shown: Any, labels: Mapping[str, str]) -> Any:
    if isinstance(shown, str):
        return WORD.sub(lambda found: labels[found[0]], shown) if "%" in shown else shown
    if isinstance(shown, Mapping):
        return dict(_relabel_item(key, value, labels) for key, value in shown.items())
    if isinstance(shown, tuple) and not hasattr(shown, "_fields"):
        return tuple(_relabel(part, labels) for part in shown)
    if isinstance(shown, list | frozenset):
        return type(shown)(_relabel(part, labels) for part in shown)
    if is_dataclass(shown) and not isinstance(shown, type):
        changed = {
            field.name: new
            for field in fields(shown)
            if field.init and field.name not in _UNSEEN
            for old in [getattr(shown, field.name)]
            if (new := _relabel(old, labels)) is not old
        }
        return replace(shown, **changed) if changed else shown
    return shown


def fill_slots(blocks: Sequence[Block], files: Mapping[str, str]) -> list[Block]:
    """Replace every slot in blocks by the Slack file of that name; a slot without a file is left out."""
    filled = (_fill_block(block, files) for block in blocks)
    return [block for block in filled if block is not None]


def _fill_block(block: Block, files: Mapping[str, str]) -> Block | None:
    if "slot" not in block:
        return block
    file = files.get(block["slot"])
    rest = {key: value for key, value in block.items() if key != "slot"}
    return {**rest, "slack_file": {"id": file}} if file else None


@dataclass(frozen=True)
class Document:
    """One file.

    name: with its ending, "ISCB-SPSM_2025-01-16_2026-01-16_table.csv"
    title: what Slack shows above it
    """

    name: str
    title: str
    content: bytes
