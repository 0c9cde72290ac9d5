"""conversations.*, users.info: each behind its scope, and metadata only for those who ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.api.server import Slack
from bot.playground.model import BOT, File
from bot.playground.storage import ANN, BEN, DEALS, PORTFOLIO, RANDOM, RESEARCH
from bot.slack.client import slack_client
from tests.fakes.workspace import BOT_TOKEN, loopback
from tests.integration.playground.conftest import Refused

ABOUT = {"event_type": "notice", "event_payload": {"id": "7"}}
Ask = Callable[[AsyncWebClient], Awaitable[Any]]


async def texts(call: Awaitable[Any]) -> list[str]:
    return [message["text"] for message in (await call)["messages"]]


class TestScopes:
    @pytest.mark.parametrize(
        ("ask", "needed"),
        [
            (lambda client: client.conversations_history(channel=PORTFOLIO), "channels:history"),
            (lambda client: client.conversations_history(channel=RESEARCH), "groups:history"),
            (lambda client: client.conversations_history(channel="D0ANN"), "im:history"),
            (lambda client: client.conversations_replies(channel=PORTFOLIO, ts="1.0"), "channels:history"),
            (lambda client: client.conversations_info(channel=RESEARCH), "groups:read"),
            (lambda client: client.conversations_open(users=ANN), "im:write"),
            (lambda client: client.users_info(user=ANN), "users:read"),
            (lambda client: client.files_info(file="F1"), "files:read"),
            (lambda client: client.files_getUploadURLExternal(filename="a", length=1), "files:write"),
        ],
    )
    async def test_without_it_nothing_is_told(self, refused: Refused, ask: Ask, needed: str) -> None:
        async with (
            loopback(scopes=("chat:write",)) as slack,
            slack_client(BOT_TOKEN, slack.api_url) as client,
        ):
            answer = await refused(ask(client))
        assert (answer["error"], answer["needed"]) == ("missing_scope", needed)


class TestHistory:
    async def test_it_is_newest_first_without_replies_and_private_words(
        self, slack: Slack, client: AsyncWebClient
    ) -> None:
        parent = slack.workspace.say(PORTFOLIO, ANN, "parent")
        slack.workspace.say(PORTFOLIO, BEN, "reply", parent.ts)
        slack.workspace.post_ephemeral(PORTFOLIO, BOT, ANN, "between us")
        slack.workspace.say(PORTFOLIO, BEN, "newest")
        assert (await texts(client.conversations_history(channel=PORTFOLIO)))[:2] == ["newest", "parent"]

    async def test_it_can_be_cut_by_time_and_by_number(self, slack: Slack, client: AsyncWebClient) -> None:
        said = [slack.workspace.say(PORTFOLIO, ANN, str(number)) for number in range(5)]
        between: dict[str, Any] = {"channel": PORTFOLIO, "oldest": said[1].ts, "latest": said[4].ts}
        assert await texts(client.conversations_history(**between)) == ["3", "2"]
        assert await texts(client.conversations_history(**between, inclusive=True)) == ["4", "3", "2", "1"]
        page = await client.conversations_history(**between, limit=1)
        assert page["has_more"]
        cursor = page["response_metadata"]["next_cursor"]
        assert await texts(client.conversations_history(**between, limit=1, cursor=cursor)) == ["2"]

    async def test_files_that_were_shared_are_named_and_those_in_blocks_are_not(
        self, slack: Slack, client: AsyncWebClient
    ) -> None:
        for name in ("a.csv", "chart.png"):
            slack.workspace.upload(File(name, name, title=name, held=b"1", complete=True))
        image = {"type": "image", "alt_text": "", "slack_file": {"id": "chart.png"}}
        slack.workspace.post(PORTFOLIO, BOT, "files", [image], files=["a.csv"])
        slack.workspace.post(PORTFOLIO, BOT, "words")
        answer = await client.conversations_history(channel=PORTFOLIO, limit=2)
        words, files = answer["messages"]
        assert "files" not in words
        assert files["files"] == [{"id": "a.csv", "name": "a.csv", "title": "a.csv"}]

    async def test_a_thread_is_oldest_first(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        parent = slack.workspace.say(PORTFOLIO, ANN, "parent")
        slack.workspace.say(PORTFOLIO, BEN, "reply", parent.ts)
        call = client.conversations_replies(channel=PORTFOLIO, ts=parent.ts)
        assert await texts(call) == ["parent", "reply"]
        answer = await refused(client.conversations_replies(channel=PORTFOLIO, ts="1.0"))
        assert answer["error"] == "thread_not_found"

    async def test_metadata_is_told_only_where_it_is_asked_for(self, client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=PORTFOLIO, text="x", metadata=ABOUT)
        asked = await client.conversations_history(channel=PORTFOLIO, include_all_metadata=True, limit=1)
        assert asked["messages"][0]["metadata"] == ABOUT
        silent = await client.conversations_history(channel=PORTFOLIO, limit=1)
        assert "metadata" not in silent["messages"][0]

    @pytest.mark.parametrize(("channel", "error"), [(RANDOM, "not_in_channel"), (DEALS, "channel_not_found")])
    async def test_only_from_inside(
        self, client: AsyncWebClient, refused: Refused, channel: str, error: str
    ) -> None:
        assert (await refused(client.conversations_history(channel=channel)))["error"] == error

    @pytest.mark.parametrize(("field", "error"), [("limit", "invalid_limit"), ("cursor", "invalid_cursor")])
    async def test_a_page_that_cannot_be_read(
        self, client: AsyncWebClient, refused: Refused, field: str, error: str
    ) -> None:
        body = {"channel": PORTFOLIO, field: "many"}
        assert (await refused(client.api_call("conversations.history", params=body)))["error"] == error


class TestFacts:
    async def test_a_channel(self, client: AsyncWebClient) -> None:
        about = (await client.conversations_info(channel=RANDOM))["channel"]
        assert (about["name"], about["is_private"], about["is_member"]) == ("random", False, False)

    async def test_a_person(self, client: AsyncWebClient, refused: Refused) -> None:
        assert (await client.users_info(user=BEN))["user"]["tz"] == "America/New_York"
        admins = [(await client.users_info(user=user))["user"]["is_admin"] for user in (ANN, BEN)]
        assert admins == [True, False]
        assert (await refused(client.users_info(user="U0NOBODY")))["error"] == "user_not_found"

    async def test_direct_messages_are_opened_with_people_only(
        self, client: AsyncWebClient, refused: Refused
    ) -> None:
        assert (await client.conversations_open(users=ANN))["channel"]["id"] == "D0ANN"
        for user, error in ((BOT, "cannot_dm_bot"), ("U0NOBODY", "user_not_found")):
            assert (await refused(client.conversations_open(users=user)))["error"] == error
