"""Slack delivers an event again where it saw no answer; each runs once, whatever its retry header says."""

from __future__ import annotations

from collections import OrderedDict

KEPT = 600.0
"""Seconds: Slack's last redelivery comes after about five minutes."""
MOST = 10_000


class SeenIds:
    """Remembers event ids for a while, in bounded memory; each process for itself."""

    def __init__(self, kept: float = KEPT, most: int = MOST) -> None:
        self._kept, self._most = kept, most
        self._since: OrderedDict[str, float] = OrderedDict()

    def is_new(self, event_id: str, now: float) -> bool:
        """Whether this id comes for the first time; it is marked at once.

        now: seconds that never go back.
        """
        self._forget(now)
        if event_id in self._since:
            return False
        self._since[event_id] = now
        return True

    def _forget(self, now: float) -> None:
        while self._since:
            event_id, since = next(iter(self._since.items()))
            if now - since < self._kept and len(self._since) < self._most:
                return
            del self._since[event_id]
