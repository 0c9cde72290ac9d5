"""Modals, which lie on each other in a stack before one person, and Home tabs, one for each person."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.playground.feed import Feed, Ids
from bot.playground.model import View, ViewKind

Body = Mapping[str, Any]


class Views:
    """What is open before whom.  homes: by person; modals: stacks by person, the topmost last."""

    def __init__(self, feed: Feed, ids: Ids) -> None:
        self.home_tabs: dict[str, View] = {}
        self.modals: dict[str, tuple[View, ...]] = {}
        self._feed, self._ids = feed, ids

    def top(self, user: str) -> View | None:
        """The modal that the person looks at; None where none is open."""
        return next(reversed(self.modals.get(user, ())), None)

    def all(self) -> list[View]:
        """Whatever anybody has open."""
        return [*(view for stack in self.modals.values() for view in stack), *self.home_tabs.values()]

    def get(self, view_id: str) -> View | None:
        """A view by its id, whoever has it open."""
        return next((view for view in self.all() if view.id == view_id), None)

    def open(self, user: str, body: Body) -> View:
        """Show a modal in place of all that are open: the first of a new stack."""
        return self._stack(user, (self._new("modal", user, body),))

    def push(self, user: str, body: Body) -> View:
        """Lay a modal on top of the stack."""
        under = self.modals.get(user, ())
        view = self._new("modal", user, body)
        if under:
            view = replace(view, root=under[0].id, previous=under[-1].id)
        return self._stack(user, (*under, view))

    def update(self, view_id: str, body: Body) -> View:
        """Put other content into a view; KeyError where it is closed."""
        old = self.get(view_id)
        if old is None:
            raise KeyError(view_id)
        return self._put(replace(old, body=body, hash=secrets.token_hex(8), errors={}))

    def refuse(self, view_id: str, errors: Mapping[str, str]) -> None:
        """Show beside its inputs what is wrong with a submission; errors: by block_id."""
        view = self.get(view_id)
        if view is not None:
            self._put(replace(view, errors=errors))

    def close(self, user: str, everything: bool = False) -> None:
        """Take the topmost modal away, or the whole stack."""
        self.modals[user] = () if everything else self.modals.get(user, ())[:-1]
        self._feed.tell("view", user=user)

    def publish(self, user: str, body: Body) -> View:
        """Set a person's Home tab; it keeps its id."""
        old, view = self.home_tabs.get(user), self._new("home", user, body)
        return self._put(replace(view, id=old.id, root=old.root) if old else view)

    def _new(self, kind: ViewKind, user: str, body: Body) -> View:
        view_id = self._ids.new("V")
        return View(view_id, kind, user, body, secrets.token_hex(8), root=view_id)

    def _stack(self, user: str, views: tuple[View, ...]) -> View:
        self.modals[user] = views
        self._feed.tell("view", user=user)
        return views[-1]

    def _put(self, view: View) -> View:
        if view.kind == "home":
            self.home_tabs[view.user] = view
        else:
            stack = self.modals[view.user]
            self.modals[view.user] = tuple(view if each.id == view.id else each for each in stack)
        self._feed.tell("view", user=view.user)
        return view
