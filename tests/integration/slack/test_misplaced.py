"""A post of ours is taken back only where Slack names another thread than the one it was meant for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import Verdict
from bot.playground.api.server import Slack
from bot.playground.storage import ANN, PORTFOLIO
from bot.slack.client import slack_client
from bot.slack.errors import SlackFault
from bot.slack.history import GONE, require_threaded
from tests.fakes.workspace import BOT_TOKEN, everybody_sees, loopback


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async with loopback() as slack:
        yield slack


@pytest.fixture
async def client(slack: Slack) -> AsyncIterator[AsyncWebClient]:
    async with slack_client(BOT_TOKEN, slack.api_url) as client:
        yield client


async def posted(slack: Slack, client: AsyncWebClient, message: object) -> AsyncSlackResponse:
    """A reply in a thread, and an answer of Slack's that says this of it."""
    parent = slack.workspace.say(PORTFOLIO, ANN, "compare")
    answer = await client.chat_postMessage(channel=PORTFOLIO, text="found", thread_ts=parent.ts)
    assert isinstance(answer.data, dict)
    answer.data["message"] = message
    return answer


@pytest.mark.parametrize(
    "message",
    [{}, {"thread_ts": None}, {"thread_ts": ""}, {"thread_ts": "12.5"}, None, "found"],
    ids=["no field", "null", "empty", "its own", "no message", "no object"],
)
async def test_what_may_stand_in_its_thread_stays(
    slack: Slack, client: AsyncWebClient, message: object
) -> None:
    await require_threaded(client, "12.5", await posted(slack, client, message))
    assert len(everybody_sees(slack)) == 1
    assert slack.calls_of("chat.delete") == []


async def test_outside_threads_nothing_is_looked_at(slack: Slack, client: AsyncWebClient) -> None:
    await require_threaded(client, None, await posted(slack, client, {"thread_ts": "13.5"}))
    assert len(everybody_sees(slack)) == 1


async def test_what_stands_in_another_thread_is_taken_back(slack: Slack, client: AsyncWebClient) -> None:
    with pytest.raises(SlackFault) as caught:
        await require_threaded(client, "12.5", await posted(slack, client, {"thread_ts": "13.5"}))
    assert (caught.value.code, caught.value.verdict) == (GONE, Verdict.REFUSED)
    assert everybody_sees(slack) == []


async def test_what_cannot_be_taken_back_stays_and_the_log_says_so(
    slack: Slack, client: AsyncWebClient, caplog: pytest.LogCaptureFixture
) -> None:
    slack.faults.on("cant_delete_message", "chat.delete")
    await require_threaded(client, "12.5", await posted(slack, client, {"thread_ts": "13.5"}))
    assert len(everybody_sees(slack)) == 1
    assert "stands in the thread 13.5" in caplog.text
