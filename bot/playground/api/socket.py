"""Socket Mode: connections that the app opens, and the envelopes that come to it over any one of them."""

from __future__ import annotations

import asyncio
import itertools
import json
import secrets
from typing import Any

from aiohttp import WSMsgType, web

from bot.playground.api.refusal import Refusal
from bot.playground.feed import Ids
from bot.playground.model import Payload

MOST = 10
"""Connections of one app."""


class Sockets:
    """The open connections and the envelopes under way.

    base: the workspace's own address.  ending: why every new connection is ended at once; empty for none.
    """

    def __init__(self, ids: Ids) -> None:
        self.base = self.ending = ""
        self.connected = asyncio.Event()
        self._ids = ids
        self._tickets: set[str] = set()
        self._open: list[web.WebSocketResponse] = []
        self._alive: list[web.WebSocketResponse] = []
        self._acks: dict[str, asyncio.Future[Any]] = {}
        self._turns = itertools.count()

    def ask(self, _payload: Payload) -> Payload:
        """apps.connections.open: an address for one connection."""
        ticket = secrets.token_hex(12)
        self._tickets.add(ticket)
        return {"url": f"{self.base.replace('http', 'ws', 1)}/socket?ticket={ticket}"}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection, until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="link_disabled")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if ending := self.ending or ("too_many_websockets" if len(self._open) >= MOST else ""):
            await socket.send_json({"type": "disconnect", "reason": ending})
            await socket.close()
            return socket
        await socket.send_json({"type": "hello", "num_connections": len(self._open) + 1})
        self._open.append(socket)
        self._alive.append(socket)
        self.connected.set()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(json.loads(message.data))
        finally:
            self._alive.remove(socket)
            self._open = [each for each in self._open if each is not socket]
        return socket

    async def deliver(self, kind: str, payload: Payload, **more: Any) -> Any:
        """Send an envelope over any one connection; what the app acknowledges it with, waited for.

        kind: "events_api", "slash_commands" or "interactive"; more: further fields of the envelope.
        Raises Refusal where the app is not connected.
        """
        if not self._open:
            raise Refusal("not_connected")
        envelope = self._ids.new("envelope")
        acked = self._acks[envelope] = asyncio.get_running_loop().create_future()
        socket = self._open[next(self._turns) % len(self._open)]
        body = {"type": kind, "envelope_id": envelope, "payload": payload, **more}
        accepts = {"accepts_response_payload": kind != "events_api"}
        try:
            await socket.send_json(body | accepts)
            return await acked
        finally:
            del self._acks[envelope]

    async def refresh(self) -> None:
        """Tell the app that its connections will end, as Slack does every few hours."""
        self.connected.clear()
        retired, self._open = self._open, []
        for socket in retired:
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested"})

    async def close(self) -> None:
        """End all connections."""
        for socket in list(self._alive):
            await socket.close()

    def _acknowledged(self, ack: Payload) -> None:
        waiting = self._acks.get(str(ack.get("envelope_id")))
        if waiting is not None and not waiting.done():
            waiting.set_result(ack.get("payload"))
