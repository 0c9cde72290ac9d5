"""What Slack says of channels, of people and of the bot's installation, remembered for a while.

Public is what every member of this workspace may see and join.  A channel shared with another company is
public where it is so on this side: its people from there see neither Home tab nor lists of ours.

Where the scope for conversations.info is missing, and of direct messages, which it does not cover, one
message of the history is asked for: Slack refuses that with the same words as a post, but shows the
history of an archived channel.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import SEEN, Access, Clock, User
from bot.slack.errors import FaultKind, SlackFault, call_slack

log = logging.getLogger(__name__)

CHANNEL_SECONDS = 3600.0
"""Seconds that what Slack said is believed."""
_CLOSED = ("is_private", "is_im", "is_mpim", "is_group")
_PUBLIC_POSTS = "chat:write.public"
"""The scope with which text, but no file, may be posted in public channels that the bot is not in."""


class SlackChannels:
    """Asks Slack what a channel is, and remembers it for about an hour.

    Where it does not say, because the scope channels:read is missing or the channel is not to be seen, a
    channel is not public: what is private by mistake is a nuisance, what is public by mistake is a leak.
    """

    def __init__(self, client: AsyncWebClient, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._known, self._scopes = TimedValues[bool](), TimedValues[frozenset[str]]()
        self._asking = DirectoryQuery(log, "Channels count as private")
        self._trying = DirectoryQuery(log, "Whether the bot may post is seen when it does")

    async def is_public(self, team: str, channel: str) -> bool:
        """Return whether everybody in the workspace may see what is in a channel; False where Slack does
        not say.
        """
        if not channel or channel.startswith(DIRECT):
            return False
        now = self._clock.monotonic()
        known = self._known.find((team, channel), now)
        if known is not None:
            return known
        found = await self._ask_channel(channel)
        lasts = FRESH_FAILURE if found is None else CHANNEL_SECONDS
        self._known.keep((team, channel), bool(found), now + lasts)
        return bool(found)

    async def may_post(self, team: str, channel: str) -> Access:
        """Return whether the bot may post messages in a channel now; where Slack says nothing, that is not
        known.
        """
        if channel.startswith(DIRECT):
            return await self._access_by_history(team, channel, "im:history")
        answer = await self._trying.ask(self._client.conversations_info(channel=channel))
        if isinstance(answer, SlackFault):
            found = await self._access_by_fault(team, answer, "groups:read")
            if found.code:
                return found
            by_history = await self._access_by_history(team, channel, "groups:history")
            return replace(by_history, maybe_archived=bool(by_history.allowed))
        about: Mapping[str, Any] = answer.get("channel") or {}
        if about.get("is_archived"):
            return Access(False, "is_archived")
        if about.get("is_member"):
            return Access(True)
        if "is_member" not in about:
            return Access(None)
        return Access(_is_public(about) and _PUBLIC_POSTS in scopes_of_answer(answer), "not_in_channel")

    async def _access_by_history(self, team: str, channel: str, scope: str) -> Access:
        """Tell access by the channel's history, which is for members only."""
        answer = await self._trying.ask(self._client.conversations_history(channel=channel, limit=1))
        if not isinstance(answer, SlackFault):
            return Access(True)
        return await self._access_by_fault(team, answer, scope)

    async def _access_by_fault(self, team: str, fault: SlackFault, scope: str) -> Access:
        """Return what a refusal says, if anything.

        Without the scope for them, private channels that the bot is in are not found either.  Who may not
        read a public one may perhaps post there.
        """
        if fault.code not in SEEN - {"not_in_channel"} or scope not in await self._granted_scopes(team):
            return Access(None)
        return Access(False, fault.code)

    async def _granted_scopes(self, team: str) -> frozenset[str]:
        """Return the scopes of the token; none where Slack does not say."""
        now = self._clock.monotonic()
        known = self._scopes.find((team, ""), now)
        if known is not None:
            return known
        answer = await self._trying.ask(self._client.auth_test())
        failed = isinstance(answer, SlackFault)
        granted = frozenset[str]() if isinstance(answer, SlackFault) else scopes_of_answer(answer)
        self._scopes.keep((team, ""), granted, now + (FRESH_FAILURE if failed else CHANNEL_SECONDS))
        return granted

    async def _ask_channel(self, channel: str) -> bool | None:
        """Ask Slack; None: ask again soon.  A channel not to be seen is private, while any answer holds."""
        answer = await self._asking.ask(self._client.conversations_info(channel=channel))
        if isinstance(answer, SlackFault):
            return False if answer.kind is FaultKind.CHANNEL else None
        about: Mapping[str, Any] = answer.get("channel") or {}
        return _is_public(about)


def _is_public(about: Mapping[str, Any]) -> bool:
    return bool(about.get("is_channel")) and not any(about.get(kind) for kind in _CLOSED)


def scopes_of_answer(answer: AsyncSlackResponse) -> frozenset[str]:
    """Return those that Slack lists in a header of its answers."""
    header = str(answer.headers.get("x-oauth-scopes") or "")
    return frozenset(scope.strip() for scope in header.split(","))


USER_SECONDS = 4 * 3600.0
"""Seconds that what Slack said is believed."""


class SlackUsers:
    """Asks Slack who somebody is, and remembers it for a few hours."""

    def __init__(
        self, client: AsyncWebClient, clock: Clock, installation: Installation | None = None
    ) -> None:
        self._client, self._clock = client, clock
        self._installation = installation or Installation(client)
        self._known = TimedValues[User]()
        self._asking = DirectoryQuery(log, "Nothing is known of people")

    async def person(self, team: str, user: str) -> User:
        """Return what Slack says of somebody; a stranger without facts where it does not say."""
        now = self._clock.monotonic()
        known = self._known.find((team, user), now)
        if known is not None:
            return known
        found = await self._ask_user(team, user)
        said = found or User(user, stranger=True)
        self._known.keep((team, user), said, now + (USER_SECONDS if found else FRESH_FAILURE))
        return said

    async def _ask_user(self, team: str, user: str) -> User | None:
        answer = await self._asking.ask(self._client.users_info(user=user))
        if isinstance(answer, SlackFault):
            return None
        about: Mapping[str, Any] = answer.get("user") or {}
        stranger = await self._is_strangers(about, team)
        admin = not stranger and bool(about.get("is_admin") or about.get("is_owner"))
        return User(user, _zone(about.get("tz")), admin, stranger)

    async def _is_strangers(self, about: Mapping[str, Any], team: str) -> bool:
        """Return whether somebody is not known to belong to the bot's workspace, or to its organisation."""
        theirs, everywhere = about.get("team_id"), about.get("enterprise_user") or {}
        organisation, known = everywhere.get("enterprise_id"), self._installation.known
        whole = known is not None and not known.team  # then `team` may be their own, whosever they are
        if theirs and not whole and (theirs == team or team in (everywhere.get("teams") or ())):
            return False
        installed = await self._installation.look() if organisation else None
        return installed is None or installed.organisation != organisation


def _zone(name: object) -> str | None:
    """Return the zone, if it is one that this machine knows."""
    try:
        return ZoneInfo(name).key if isinstance(name, str) and name else None
    except (ValueError, OSError, LookupError):  # ZoneInfoNotFoundError is a KeyError
        log.warning("Slack names a time zone that is not known here: %r", name)
        return None


INSTALLATION_RETRY = 10.0
"""Seconds that Slack is not asked again after it did not say: who waits meanwhile would wait in vain."""


@dataclass(frozen=True)
class InstalledTeam:
    """The installation of a token.

    team: the workspace; empty where a whole organisation has installed the bot.
    organisation: that the workspace belongs to (Enterprise Grid); empty for a workspace of none.
    """

    team: str
    organisation: str

    def serves(self, team: str, organisation: str) -> bool:
        """Tell whether a request from a workspace and its organisation is one for this token.

        Each is empty where Slack does not name it; where it names neither, the request is taken for one.
        """
        if organisation and organisation == self.organisation:
            return True
        return team == self.team if team else not organisation

    def keeps(self, team: str) -> bool:
        """Tell whether what is kept of a workspace may be posted with this token."""
        return self.team in ("", team)


class Installation:
    """Asks Slack what the token was given for, and remembers it: that does not change while it is valid."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._asking = DirectoryQuery(log, "It is not known where the bot is installed")
        self._turn = asyncio.Lock()
        self._failed: float | None = None
        self.known: InstalledTeam | None = None

    async def look(self) -> InstalledTeam | None:
        """Say where the bot is installed; None where Slack does not say."""
        async with self._turn:
            now = asyncio.get_running_loop().time()
            if self.known is None and (self._failed is None or now - self._failed >= INSTALLATION_RETRY):
                answer = await self._asking.ask(self._client.auth_test())
                if isinstance(answer, SlackFault):
                    self._failed = now
                else:
                    self.known = _read_installation(answer.data if isinstance(answer.data, dict) else {})
            return self.known


def _read_installation(said: Mapping[str, Any]) -> InstalledTeam:
    team = "" if said.get("is_enterprise_install") else str(said.get("team_id") or "")
    return InstalledTeam(team, str(said.get("enterprise_id") or ""))


Answer = TypeVar("Answer")
Value = TypeVar("Value")

FRESH_FAILURE = 60.0
"""Seconds that Slack is not asked again after it did not say."""
PATIENCE = 5.0
"""Seconds that an answer waits for Slack to say."""
DIRECT = "D"
"""What the ids of direct messages begin with."""
MOST = 5000
"""Answers that are remembered."""


class TimedValues(Generic[Value]):
    """What Slack said, by workspace and id, each until its time; the oldest gives way to the newest."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], tuple[float, Value]] = {}

    def __len__(self) -> int:
        return len(self._said)

    def find(self, key: tuple[str, str], now: float) -> Value | None:
        """Return what was said, if it still holds.  now: seconds that never go back."""
        until, value = self._said.get(key, (now, None))
        return value if now < until else None

    def keep(self, key: tuple[str, str], value: Value, until: float) -> None:
        """Believe it up to this second."""
        self._said.pop(key, None)
        if len(self._said) >= MOST:
            del self._said[next(iter(self._said))]
        self._said[key] = (until, value)


class DirectoryQuery:
    """Asks, and says in the log why there is no answer: what only new settings change, once.

    what: what is to be done without one, "Nothing is known of people".
    """

    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log, self._what = log, what
        self._told: set[str] = set()

    async def ask(self, call: Awaitable[Answer]) -> Answer | SlackFault:
        """Ask and return the answer, or why there is none."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await call_slack(call)
        except SlackFault as fault:
            self._tell(fault)
            return fault
        except TimeoutError:
            late = SlackFault(FaultKind.BUSY, "", "no answer in time")
            self._tell(late)
            return late

    def _tell(self, fault: SlackFault) -> None:
        settled = fault.kind is FaultKind.SETUP
        expected = (
            settled or fault.kind is FaultKind.CHANNEL
        )  # that a channel is not to be seen is an answer, too
        if fault.cause not in self._told:
            self._log.log(logging.INFO if expected else logging.WARNING, "%s: %s", self._what, fault.cause)
        if settled:
            self._told.add(fault.cause)
