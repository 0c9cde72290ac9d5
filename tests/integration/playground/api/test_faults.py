"""Faults by name: each does what it says, as often as it was told, and by chance the same way every time."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.api.server import FAULT_NAMES, Faults, Slack
from bot.playground.storage import PORTFOLIO
from tests.fakes.workspace import everybody_sees
from tests.integration.playground.conftest import Refused


def posting(client: AsyncWebClient) -> asyncio.Future[object]:
    return asyncio.ensure_future(client.chat_postMessage(channel=PORTFOLIO, text="x"))


class TestEachDoesWhatItSays:
    async def test_429_says_when_to_come_back(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        slack.faults.on("429")
        answer = await refused(posting(client))
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
        assert everybody_sees(slack) == []

    async def test_429_may_ask_for_longer(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        slack.faults.on("429:30")
        assert (await refused(posting(client))).headers["Retry-After"] == "30"

    async def test_500(self, slack: Slack, client: AsyncWebClient, refused: Refused) -> None:
        slack.faults.on("500")
        answer = await refused(posting(client))
        assert (answer.status_code, answer["error"]) == (500, "internal_error")

    async def test_invalid_blocks_with_a_detail(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        slack.faults.on("invalid_blocks:no table here [json-pointer:/blocks/1]")
        answer = await refused(posting(client))
        assert (answer["error"], answer["errors"]) == (
            "invalid_blocks",
            ["no table here [json-pointer:/blocks/1]"],
        )

    @pytest.mark.parametrize(("name", "posts"), [("drop_connection", 1), ("drop_connection_before", 0)])
    async def test_a_cut_connection_after_and_before_the_work(
        self, slack: Slack, client: AsyncWebClient, name: str, posts: int
    ) -> None:
        slack.faults.on(name)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await posting(client)
        assert len(everybody_sees(slack)) == posts

    async def test_an_error_after_the_work(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        slack.faults.on("500_after")
        assert (await refused(posting(client))).status_code == 500
        assert len(everybody_sees(slack)) == 1

    async def test_an_answer_that_cannot_be_read(self, slack: Slack, client: AsyncWebClient) -> None:
        slack.faults.on("garbled_after")
        with pytest.raises(AttributeError):  # the SDK expects JSON
            await posting(client)
        assert len(everybody_sees(slack)) == 1

    @pytest.mark.slow
    async def test_one_that_hangs_when_the_work_is_done(self, slack: Slack, client: AsyncWebClient) -> None:
        slack.faults.on("hang_after")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(posting(client), 0.2)
        assert len(everybody_sees(slack)) == 1

    @pytest.mark.slow
    async def test_one_that_hangs_is_never_answered(self, slack: Slack, client: AsyncWebClient) -> None:
        slack.faults.on("hang")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(posting(client), 0.05)
        assert everybody_sees(slack) == []


class TestWhen:
    async def test_only_the_method_that_was_named_as_often_as_was_said(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        slack.faults.on("500", "chat.postMessage", times=2)
        assert (await client.auth_test())["ok"]
        for _ in range(2):
            await refused(posting(client))
        await posting(client)
        assert len(everybody_sees(slack)) == 1

    async def test_they_can_be_switched_off(self, slack: Slack, client: AsyncWebClient) -> None:
        slack.faults.on("500", times=9)
        slack.faults.at_random({"429": 1.0}, seed=1)
        slack.faults.off()
        await posting(client)

    async def test_an_answer_takes_its_time_when_the_work_is_done(
        self, slack: Slack, client: AsyncWebClient
    ) -> None:
        slack.faults.slow(0.05, 0.06, seed=1)
        post = posting(client)
        while not everybody_sees(slack):
            assert not post.done()
            await asyncio.sleep(0)
        assert not post.done()
        await post

    def test_how_long_answers_take_is_the_same_for_the_same_seed(self) -> None:
        def drawn(seed: int) -> list[float]:
            faults = Faults()
            faults.slow(0.005, 0.05, seed)
            return [faults.delay() for _ in range(200)]

        assert drawn(1) == drawn(1) != drawn(2)
        assert 0.005 <= min(drawn(1)) < 0.01 < 0.045 < max(drawn(1)) <= 0.05

    def test_without_a_word_about_it_answers_come_at_once(self) -> None:
        faults = Faults()
        faults.slow(0.005, 0.05, 1)
        faults.off()
        assert (faults.delay(), Faults().delay()) == (0.0, 0.0)

    def test_by_chance_they_are_the_same_for_the_same_seed(self) -> None:
        def drawn(seed: int) -> list[str]:
            faults = Faults()
            faults.at_random({"500": 0.1, "drop_connection": 0.15}, seed)
            return [faults.next("chat.postMessage") for _ in range(400)]

        assert drawn(1) == drawn(1) != drawn(2)
        assert 20 <= drawn(1).count("500") <= 60
        assert 35 <= drawn(1).count("drop_connection") <= 85

    def test_by_chance_only_the_methods_that_were_named(self) -> None:
        faults = Faults()
        faults.at_random({"500": 1.0}, 1, "chat.postMessage")
        assert [faults.next("chat.update"), faults.next("chat.postMessage")] == ["", "500"]

    def test_the_names_are_those_of_the_issue(self) -> None:
        assert {"429", "hang", "500", "invalid_blocks", "drop_connection"} <= set(FAULT_NAMES)
