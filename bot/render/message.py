"""What is sent: messages with text, blocks and room for charts, and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
