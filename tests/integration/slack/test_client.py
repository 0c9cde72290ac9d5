"""The client never repeats a call, keeps one session, and asks no proxy for this machine."""

from __future__ import annotations

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.storage import PORTFOLIO
from bot.slack.client import is_loopback, session_of, slack_client
from bot.slack.errors import FaultKind, SlackFault, call_slack
from tests.fakes.workspace import BOT_TOKEN, everybody_sees, loopback


async def test_a_cut_connection_is_not_asked_again() -> None:
    async with loopback() as slack, slack_client(BOT_TOKEN, slack.api_url) as client:
        slack.faults.on("drop_connection", "chat.postMessage")
        with pytest.raises(SlackFault) as caught:
            await call_slack(client.chat_postMessage(channel=PORTFOLIO, text="once"))
        assert caught.value.kind is FaultKind.DOUBT
        assert len(everybody_sees(slack)) == 1


async def test_an_address_where_nobody_listens_is_known_not_to_have_got_it() -> None:
    async with slack_client(BOT_TOKEN, "http://127.0.0.1:9/api/") as client:
        with pytest.raises(SlackFault) as caught:
            await call_slack(client.chat_postMessage(channel=PORTFOLIO, text="never"))
    assert caught.value.kind is FaultKind.BUSY


async def test_this_machine_is_reached_past_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    async with loopback() as slack, slack_client(BOT_TOKEN, slack.api_url.rstrip("/")) as client:
        assert (await client.auth_test())["user"] == "watchpoint"
    async with slack_client(BOT_TOKEN, "https://slack.com/api/") as client:
        assert client.proxy == "http://127.0.0.1:9"


async def test_the_session_is_shared_and_closed() -> None:
    async with slack_client(BOT_TOKEN, "https://slack.com/api/") as client:
        session = session_of(client)
        assert not session.closed
        assert client.retry_handlers == []
    assert session.closed


def test_a_client_without_a_session_is_named() -> None:
    with pytest.raises(ValueError, match=r"bot\.slack\.client\.slack_client"):
        session_of(AsyncWebClient(token=BOT_TOKEN))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8080/api/", True),
        ("http://localhost/api/", True),
        ("http://[::1]:80/", True),
        ("https://slack.com/api/", False),
        ("https://10.0.0.1/", False),
    ],
)
def test_is_loopback(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected
