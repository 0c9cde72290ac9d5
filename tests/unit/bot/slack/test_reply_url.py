"""Reply URLs are used five times at most, and their silent refusals are heard."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.slack.client import connected
from bot.slack.faults import Kind, SlackFault
from bot.slack.reply_url import LIFE, ReplyUrls
from tests.fakes.slack import BOT_TOKEN, FakeSlack
from tests.fakes.slack_clock import SleptClock

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "found"}}


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack.running() as slack:
        yield slack


@pytest.fixture
async def urls(slack: FakeSlack) -> AsyncIterator[ReplyUrls]:
    async with connected(BOT_TOKEN, slack.api_url) as client:
        yield ReplyUrls(client, SleptClock())


async def test_what_is_sent_replaces_nothing_and_unfurls_nothing(slack: FakeSlack, urls: ReplyUrls) -> None:
    await urls.send(slack.reply_url(), "found", [SECTION])
    (call,) = slack.called("reply")
    assert call.payload == {
        "text": "found",
        "blocks": [SECTION],
        "response_type": "ephemeral",
        "replace_original": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


async def test_a_sixth_use_never_leaves_the_house(slack: FakeSlack, urls: ReplyUrls) -> None:
    url = slack.reply_url()
    for _ in range(5):
        assert not urls.is_spent(url)
        await urls.send(url, "found", [])
    assert urls.is_spent(url)
    with pytest.raises(SlackFault) as caught:
        await urls.send(url, "found", [])
    assert (caught.value.kind, caught.value.code) == (Kind.CHANNEL, "used_url")
    assert len(slack.called("reply")) == 5


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("expired_url", Kind.CHANNEL),
        ("invalid_blocks", Kind.BLOCKS),
        ("429", Kind.RATE),
        ("500", Kind.DOUBT),
        ("drop_connection", Kind.DOUBT),
    ],
)
async def test_a_refusal_is_heard(slack: FakeSlack, urls: ReplyUrls, fault: str, kind: Kind) -> None:
    slack.fail("reply", fault)
    with pytest.raises(SlackFault) as caught:
        await urls.send(slack.reply_url(), "found", [])
    assert caught.value.kind is kind


async def test_one_that_slack_does_not_know_no_longer_works(slack: FakeSlack, urls: ReplyUrls) -> None:
    with pytest.raises(SlackFault) as caught:
        await urls.send(f"{slack.base}/nowhere", "found", [])
    assert caught.value.kind is Kind.CHANNEL


async def test_uses_are_forgotten_with_the_url(slack: FakeSlack) -> None:
    clock = SleptClock()
    async with connected(BOT_TOKEN, slack.api_url) as client:
        urls = ReplyUrls(client, clock)
        for _ in range(3):
            await urls.send(slack.reply_url(), "found", [])
            await clock.sleep(LIFE)
        assert len(urls._used) == 1
