"""Asks Slack what is wrong with tokens, scopes and settings, for `watchpoint doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import Finding, Level
from bot.slack.client import connected
from bot.slack.faults import FaultKind, SlackFault, asked

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


async def inspect(bot_token: str | None, app_token: str | None, api_url: str) -> SlackStatus:
    """Look at the bot token, its scopes, and the app token; never raises for what Slack answers.

    app_token: None where the HTTP transport is used, which needs none.
    """
    async with connected(bot_token, api_url) as client:
        team, bot, findings = await _bot(client, bot_token)
        opened = [await _socket(client, app_token)] if app_token is not None else []
    return SlackStatus((*findings, *opened), team, bot)


async def _bot(client: AsyncWebClient, token: str | None) -> tuple[str | None, str | None, list[Finding]]:
    if not token:
        advice = "Set SLACK_BOT_TOKEN: it is under OAuth & Permissions once the app is installed."
        return None, None, [Finding(Level.FAULT, "There is no bot token.", advice)]
    try:
        answer = await asked(client.auth_test())
    except SlackFault as fault:
        return None, None, [_refused("bot token", "SLACK_BOT_TOKEN", "OAuth & Permissions", fault)]
    team, bot = str(answer.get("team", "")), str(answer.get("user", ""))
    known = Finding(Level.OK, f"The bot token is that of {bot} in the workspace {team}.")
    return team, bot, [known, *_scopes(answer)]


def _scopes(answer: AsyncSlackResponse) -> Iterator[Finding]:
    """Findings on the scopes that Slack lists in a header of every answer."""
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


async def _socket(client: AsyncWebClient, token: str) -> Finding:
    if not token:
        advice = "Set SLACK_APP_TOKEN: make one under Basic Information with the scope connections:write."
        return Finding(Level.FAULT, "There is no app token, which Socket Mode needs.", advice)
    try:
        await asked(client.apps_connections_open(app_token=token))
    except SlackFault as fault:
        return _refused("app token", "SLACK_APP_TOKEN", "Basic Information", fault)
    return Finding(Level.OK, "Socket Mode is open to this app token.")


def _refused(what: str, variable: str, page: str, fault: SlackFault) -> Finding:
    if fault.kind is not FaultKind.SETUP:
        return Finding(Level.FAULT, f"The {what} could not be checked: {fault.cause}.", fault.advice)
    if fault.code == "missing_scope":
        advice = f"Slack says: {fault.detail}. Give it the scope and set {variable} again."
    else:
        advice = f"Copy the token again from {page} of the app's settings into {variable}."
    return Finding(Level.FAULT, f"Slack refuses the {what}: {fault.code}.", advice)
