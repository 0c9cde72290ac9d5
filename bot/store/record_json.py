"""Records to JSON and back, exactly.

pydantic reads the dataclasses themselves, so that a field that is added with a default has it in whatever was
written before.  Only a transition's facts need help: JSON has no dates, and a text may look like one.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import BeforeValidator, Discriminator, Tag, TypeAdapter

from analytics.notes import FactValue
from bot.model import DigestContent, RuleReport, RuleState, RuleTransition

Content = RuleReport | DigestContent | str
"""What a notice is made of."""


def _name_fields(value: object) -> object:
    """Give the fields of a standing their names, which are missing in what was written up to 2026."""
    return dict(zip(("state", "before", "reading"), value, strict=True)) if isinstance(value, list) else value


Position = Annotated[RuleState, BeforeValidator(_name_fields)]
"""A standing, whose revision is that of the row."""

_MARK = "@"
"""Begins a fact that JSON cannot carry as it is: a date, a number that is not finite, such a text."""


def _content_kind(content: object) -> str:
    """Return what is to be read; records say themselves what they are when they are written."""
    if isinstance(content, Mapping):
        return "edition" if "stories" in content else "story"
    return "text"


_Story = Annotated[RuleReport, Tag("story")]
_Edition = Annotated[DigestContent, Tag("edition")]
_ANY_CONTENT = Annotated[_Story | _Edition | Annotated[str, Tag("text")], Discriminator(_content_kind)]


@functools.cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Build what reads and writes a kind at its first use: all of them would be a tenth of a start."""
    return TypeAdapter(kind)


def dump_record(kind: Any, value: object) -> str:
    """Write a record as JSON text.  kind: its type, `Position` of a standing."""
    return _adapter(kind).dump_json(value).decode()


def load_record(kind: Any, text: str | bytes) -> Any:
    """Read a record from its JSON text."""
    return _adapter(kind).validate_json(text)


class Json(sa.TypeDecorator[Any]):
    """A record as JSON, kept letter by letter (PostgreSQL: json, not jsonb, which would rewrite numbers)."""

    impl = sa.JSON
    cache_ok = True

    def __init__(self, dump: Callable[[Any], str], load: Callable[[str | bytes], Any]) -> None:
        super().__init__()
        self.dump, self.load = dump, load

    def process_bind_param(self, value: Any, _dialect: sa.Dialect) -> str:
        """Dump a value as JSON text, which the engine passes on as it is."""
        return self.dump(value)

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> Any:
        """Load a value from JSON text, which the engine hands over as it is."""
        return self.load(value)


def json_of(kind: Any) -> Json:
    """Make the type of a column that has records of one kind."""
    return Json(functools.partial(dump_record, kind), functools.partial(load_record, kind))


def dump_flip(transition: RuleTransition) -> str:
    """Write a flip as JSON text."""
    return dump_record(RuleTransition, _change_facts(transition, _to_json))


def load_flip(text: str | bytes) -> RuleTransition:
    """Read a flip from its JSON text."""
    return _change_facts(load_record(RuleTransition, text), _from_json)


def dump_content(content: Content) -> str:
    """Write what a notice is made of, as JSON text."""
    return dump_record(type(content), _change_content_facts(content, _to_json))


def load_content(text: str | bytes) -> Content:
    """Read what a notice is made of, from its JSON text."""
    return _change_content_facts(load_record(_ANY_CONTENT, text), _from_json)


_Change = Callable[[FactValue], FactValue]


def _change_content_facts(content: Content, change: _Change) -> Content:
    if isinstance(content, RuleReport):
        return _change_report_facts(content, change)
    if isinstance(content, str):
        return content
    reports = tuple(_change_report_facts(report, change) for report in content.stories)
    missed = tuple((name, _change_facts(transition, change)) for name, transition in content.missed)
    return replace(content, stories=reports, missed=missed)


def _change_report_facts(report: RuleReport, change: _Change) -> RuleReport:
    return replace(report, flip=_change_facts(report.flip, change)) if report.flip else report


def _change_facts(transition: RuleTransition, change: _Change) -> RuleTransition:
    return replace(transition, facts={name: change(value) for name, value in transition.facts.items()})


def _to_json(value: FactValue) -> FactValue:
    if isinstance(value, date):
        return _MARK + value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return f"{_MARK}{value!r}"
    return _MARK + value if isinstance(value, str) and value.startswith(_MARK) else value


def _from_json(value: FactValue) -> FactValue:
    if not isinstance(value, str) or not value.startswith(_MARK):
        return value
    bare = value.removeprefix(_MARK)
    if bare.startswith(_MARK):
        return bare
    return float(bare) if bare in ("inf", "-inf", "nan") else date.fromisoformat(bare)
