"""Home tabs that are only remembered: the fake beside the real one, held to the same contract suite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.errors import Unavailable


@dataclass
class RecordingHomeTabs:
    """Remembers every view that was shown, as (team, user, view).

    strangers: people whom Slack does not know; enabled: whether the app has a Home tab at all;
    down: Slack does not answer.  forms: open ones by id, each with its hash.
    """

    strangers: set[str] = field(default_factory=set)
    enabled: bool = True
    down: bool = False
    shown: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    forms: dict[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)

    async def show(self, team: str, user: str, view: Mapping[str, Any]) -> None:
        if self.down:
            raise Unavailable("Slack", "no connection")
        if not self.enabled:
            raise Unavailable("Slack", "not_enabled", permanent=True)
        if user in self.strangers:
            raise Unavailable("Slack", "user_not_found", permanent=True)
        self.shown.append((team, user, view))

    async def rewrite_form(self, view_id: str, seen: str, view: Mapping[str, Any]) -> bool:
        if self.down:
            raise Unavailable("Slack", "no connection")
        if self.forms.get(view_id, ("",))[0] != seen:
            return False
        self.forms[view_id] = (f"{seen}+", view)
        return True

    def of(self, user: str) -> Mapping[str, Any] | None:
        """What somebody sees now."""
        return next((view for _, who, view in reversed(self.shown) if who == user), None)
