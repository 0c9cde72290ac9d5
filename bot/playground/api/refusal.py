"""Slack's way to say no, and what it reads of a request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.playground.model import Payload

STRUCTURED = ("blocks", "attachments", "metadata", "view", "files")
"""Fields that come as JSON, or as a string of JSON where the body is a form."""


class Refusal(Exception):
    """An answer with ok: false, or a status other than 200.

    details: what is wrong, each with its JSON pointer; extra: other fields of the answer.
    """

    def __init__(
        self,
        error: str,
        details: Iterable[str] = (),
        *,
        status: int = 200,
        retry_after: int | None = None,
        **extra: Any,
    ) -> None:
        self.error, self.details, self.status, self.extra = error, tuple(details), status, extra
        self.headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}
        super().__init__(error)

    def body(self) -> Payload:
        """The answer in Slack's words."""
        body = {"ok": False, "error": self.error, **self.extra}
        if self.details:
            messages = [f"[ERROR] {detail}" for detail in self.details]
            body |= {"errors": list(self.details), "response_metadata": {"messages": messages}}
        return body


@dataclass(frozen=True)
class Call:
    """One request that came in.  at: seconds; status, error: what was answered."""

    method: str
    payload: Payload
    at: float
    status: int
    error: str | None


async def payload_of(request: web.Request) -> Payload:
    """The fields of a JSON body, a form or a query, as they were sent."""
    if request.content_type == "application/json":
        try:
            body = await request.json()
        except ValueError:
            raise Refusal("invalid_json") from None
        if not isinstance(body, dict):
            raise Refusal("json_not_object")
        return body
    return {**request.query, **await request.post()}


def decoded(payload: Payload) -> Payload:
    """The fields with what is JSON inside read; a list that was sent as its Python repr is refused."""
    return {key: _decoded(key, value) for key, value in payload.items() if value is not None}


def _decoded(key: str, value: Any) -> Any:
    if key not in STRUCTURED or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise Refusal(f"invalid_{key}_format" if key == "blocks" else "invalid_arguments") from None


def required(payload: Payload, field: str) -> str:
    """A field that must be there."""
    if not payload.get(field):
        raise Refusal("invalid_arguments", [f"missing required field: {field}"])
    return str(payload[field])


def truth(payload: Mapping[str, Any], field: str) -> bool:
    """A flag, however it was sent."""
    return str(payload.get(field, "")).lower() in ("1", "true")
