"""Slack's limits on messages and views, in one table: `fit` keeps them, the playground refuses the rest.

The SDK checks few of these, and one block over a limit loses the whole message.  Lengths are in characters.
"""

from __future__ import annotations

from collections.abc import Iterator

BLOCKS = 50
SECTION_TEXT = 3000
FIELDS = 10
FIELD_TEXT = 2000
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
CONTEXT_TEXT = 3000
ACTIONS = 25
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
OPTIONS = 100
OPTION_TEXT = 75
OPTION_VALUE = 150
OPTION_GROUPS = 100
CHOICES = 10
"""Options of radio buttons and checkboxes."""
OVERFLOW_OPTIONS = 5
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_BUTTON = 30
IMAGE_ALT = 2000
IMAGE_TITLE = 2000
INPUT_LABEL = 2000
INPUT_HINT = 2000
INPUT_VALUE = 3000
PLACEHOLDER = 150
VIEW_BLOCKS = 100
VIEW_TITLE = 24
METADATA = 3000
CALLBACK_ID = 255
BLOCK_ID = 255
ACTION_ID = 255
URL = 3000
RICH_PARTS = 10_000
TABLES = 1
TABLE_ROWS = 100
TABLE_COLUMNS = 20
TABLE_TEXT = 10_000
ALL_TEXT = 12_000
"""All the text of one message; Slack answers msg_blocks_too_long somewhere above it."""
FALLBACK_TEXT = 4000
"""The text beside the blocks: Slack advises no more, and cuts at ten times as much."""

SOURCES = ("slack_file", "image_url", "slot")

_READ = frozenset({"text", "alt_text"})


def weight(node: object) -> int:
    """Count the characters a person can read or hear in a block, or in anything inside one."""
    return sum(map(len, read(node)))


def read(node: object) -> Iterator[str]:
    """Yield every text a person can read or hear in a block, in order."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in _READ and isinstance(value, str):
                yield value
            else:
                yield from read(value)
    elif isinstance(node, list | tuple):
        for item in node:
            yield from read(item)


def is_blank(node: object) -> bool:
    """Return whether nothing can be read in it: Slack refuses empty texts and empty cells."""
    return not any(text.strip() for text in read(node))
