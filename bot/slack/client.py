"""The client of Slack's Web API, and what it is asked for itself: tokens, scopes, settings and the time."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import Finding, Level
from bot.slack.errors import FaultKind, SlackFault, call_slack

log = logging.getLogger(__name__)

TIMEOUT = 20
"""Seconds for one call, all in all."""


@asynccontextmanager
async def slack_client(token: str | None, api_url: str) -> AsyncIterator[AsyncWebClient]:
    """Open a client that shares one session and never repeats a call by itself.

    The SDK's default repeats a call whose connection was cut, which posts a message twice.
    """
    log.setLevel(logging.INFO)  # the SDK's debug lines carry reply URLs and what people ask
    timeout = aiohttp.ClientTimeout(total=TIMEOUT, sock_connect=TIMEOUT / 2)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = AsyncWebClient(
            token=token, base_url=api_url, timeout=TIMEOUT, session=session, retry_handlers=[], logger=log
        )
        if is_loopback(api_url):
            client.proxy = None
        yield client


def session_of(client: AsyncWebClient) -> aiohttp.ClientSession:
    """Return the session that `connected` gave the client."""
    if client.session is None:
        raise ValueError("The Slack client has no session: make it with bot.slack.client.slack_client.")
    return client.session


def is_loopback(url: str) -> bool:
    """Return whether the URL is this machine, which no proxy of the environment must be asked for."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


NEEDED = {
    "commands": "take slash commands",
    "chat:write": "post answers",
    "files:write": "attach charts",
    "app_mentions:read": "answer when mentioned",
}
_TWICE = "look whether a post arrived whose answer was lost, and posts it again, perhaps for the second time"
OPTIONAL = {
    "chat:write.public": "post in public channels that it was not invited to",
    "users:read": "see time zones and workspace admins, nor who is a member: digests are set up in the "
    "exchange's zone, a rule or a digest is changed by its author only, Home lists no rules, and who asks "
    "from another workspace of the organisation may only ask what strangers may",
    "channels:history": f"{_TWICE}, in public channels",
    "groups:history": f"{_TWICE}, in private channels",
    "im:history": "hear what is said to it in direct messages; its commands work there all the same",
    "channels:read": "say what it does when it is invited to a public channel, nor know before a rule is set "
    "whether it may post there, nor tell a public channel from a private one, so that Home lists the rules "
    "and digests of whoever looks at it and no others",
    "groups:read": "say what it does when it is invited to a private channel, nor know before a rule is set "
    "whether it may post there",
}


@dataclass(frozen=True)
class SlackStatus:
    """What Slack says of the app."""

    findings: tuple[Finding, ...]
    team: str | None = None
    bot: str | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing keeps the bot from working."""
        return all(finding.level is not Level.FAULT for finding in self.findings)


async def inspect_installation(bot_token: str | None, app_token: str | None, api_url: str) -> SlackStatus:
    """Look at the bot token, its scopes, and the app token; never raises for what Slack answers.

    app_token: None where the HTTP transport is used, which needs none.
    """
    async with slack_client(bot_token, api_url) as client:
        team, bot, findings = await _check_bot_token(client, bot_token)
        opened = [await _check_socket_mode(client, app_token)] if app_token is not None else []
    return SlackStatus((*findings, *opened), team, bot)


async def _check_bot_token(
    client: AsyncWebClient, token: str | None
) -> tuple[str | None, str | None, list[Finding]]:
    if not token:
        advice = "Set SLACK_BOT_TOKEN: it is under OAuth & Permissions once the app is installed."
        return None, None, [Finding(Level.FAULT, "There is no bot token.", advice)]
    try:
        answer = await call_slack(client.auth_test())
    except SlackFault as fault:
        return None, None, [_token_finding("bot token", "SLACK_BOT_TOKEN", "OAuth & Permissions", fault)]
    team, bot = str(answer.get("team", "")), str(answer.get("user", ""))
    known = Finding(Level.OK, f"The bot token is that of {bot} in the workspace {team}.")
    return team, bot, [known, *_check_scopes(answer)]


def _check_scopes(answer: AsyncSlackResponse) -> Iterator[Finding]:
    """Yield findings on the scopes that Slack lists in a header of every answer."""
    header = answer.headers.get("x-oauth-scopes")
    if header is None:
        yield Finding(Level.NOTE, "Slack did not say which scopes were granted.")
        return
    granted = {scope.strip() for scope in header.split(",")}
    for scope, purpose in NEEDED.items():
        if scope not in granted:
            advice = "Add it under OAuth & Permissions (manifest.yml lists all) and reinstall the app."
            yield Finding(Level.FAULT, f"The scope {scope} is missing: the bot cannot {purpose}.", advice)
    if granted.issuperset(NEEDED):
        yield Finding(Level.OK, f"All scopes are granted: {', '.join(NEEDED)}.")
    for scope, purpose in OPTIONAL.items():
        if scope not in granted:
            yield Finding(Level.NOTE, f"Without the optional scope {scope} the bot cannot {purpose}.")


async def _check_socket_mode(client: AsyncWebClient, token: str) -> Finding:
    if not token:
        advice = "Set SLACK_APP_TOKEN: make one under Basic Information with the scope connections:write."
        return Finding(Level.FAULT, "There is no app token, which Socket Mode needs.", advice)
    try:
        await call_slack(client.apps_connections_open(app_token=token))
    except SlackFault as fault:
        return _token_finding("app token", "SLACK_APP_TOKEN", "Basic Information", fault)
    return Finding(Level.OK, "Socket Mode is open to this app token.")


def _token_finding(what: str, variable: str, page: str, fault: SlackFault) -> Finding:
    if fault.kind is not FaultKind.SETUP:
        return Finding(Level.FAULT, f"The {what} could not be checked: {fault.cause}.", fault.advice)
    if fault.code == "missing_scope":
        advice = f"Slack says: {fault.detail}. Give it the scope and set {variable} again."
    else:
        advice = f"Copy the token again from {page} of the app's settings into {variable}."
    return Finding(Level.FAULT, f"Slack refuses the {what}: {fault.code}.", advice)


async def server_time(client: AsyncWebClient) -> datetime | None:
    """Ask Slack for the time, to the second, in UTC; None where it does not answer or does not say."""
    try:
        headers = (await client.auth_test()).headers
    except SlackApiError as refusal:  # a refusal has a date like every other answer
        headers = getattr(refusal.response, "headers", {})
    except Exception as fault:
        log.warning("Slack does not tell the time: %s", fault or type(fault).__name__)
        return None
    try:
        told = parsedate_to_datetime(headers["Date"])
    except (KeyError, TypeError, ValueError):
        log.warning("Slack's answer does not tell the time")
        return None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told  # "-0000" is UTC without a place
