"""Records to JSON and back, exactly.

pydantic reads the dataclasses themselves, so that a field that is added with a default has it in whatever was
written before.  Only a transition's facts need help: JSON has no dates, and a text may look like one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Discriminator, Tag, TypeAdapter

from analytics.notes import FactValue
from analytics.watch.rules import Rule
from analytics.watch.states import Policy
from bot.model import DigestContent, RuleReport, RuleState, RuleTransition, ThreadContext

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


RULE: TypeAdapter[Rule] = TypeAdapter(Rule)
POLICY: TypeAdapter[Policy] = TypeAdapter(Policy)
POSITION: TypeAdapter[Position] = TypeAdapter(Position)
TOPIC: TypeAdapter[ThreadContext] = TypeAdapter(ThreadContext)
EXTRA: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
_FLIP: TypeAdapter[RuleTransition] = TypeAdapter(RuleTransition)
_WRITTEN: dict[type, TypeAdapter[Any]] = {
    kind: TypeAdapter(kind) for kind in (RuleReport, DigestContent, str)
}
_CONTENT: TypeAdapter[Content] = TypeAdapter(
    Annotated[
        Annotated[RuleReport, Tag("story")]
        | Annotated[DigestContent, Tag("edition")]
        | Annotated[str, Tag("text")],
        Discriminator(_content_kind),
    ]
)
T = TypeVar("T")


def dump_record(adapter: TypeAdapter[T], value: T) -> str:
    """Write a record as JSON text."""
    return adapter.dump_json(value).decode()


def dump_flip(transition: RuleTransition) -> str:
    """Write a flip as JSON text."""
    return dump_record(_FLIP, _change_facts(transition, _to_json))


def load_flip(text: str | bytes) -> RuleTransition:
    """Read a flip from its JSON text."""
    return _change_facts(_FLIP.validate_json(text), _from_json)


def dump_content(content: Content) -> str:
    """Write what a notice is made of, as JSON text."""
    return dump_record(_WRITTEN[type(content)], _change_content_facts(content, _to_json))


def load_content(text: str | bytes) -> Content:
    """Read what a notice is made of, from its JSON text."""
    return _change_content_facts(_CONTENT.validate_json(text), _from_json)


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
