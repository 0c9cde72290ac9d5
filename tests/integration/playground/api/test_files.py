"""The external upload, and the time that Slack takes until a file may be shown."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.api.server import Slack
from bot.playground.storage import PORTFOLIO, RANDOM
from bot.slack.client import session_of
from tests.fakes.slack_clock import SleptClock
from tests.fakes.workspace import everybody_sees
from tests.integration.playground.conftest import Refused

PNG = b"\x89PNG growth"


async def send(client: AsyncWebClient, url: str, content: bytes = PNG) -> int:
    async with session_of(client).post(url, data=content) as answer:
        return answer.status


async def uploaded(client: AsyncWebClient, **about: Any) -> str:
    place = await client.files_getUploadURLExternal(filename="growth.png", length=len(PNG), **about)
    assert await send(client, place["upload_url"]) == 200
    file = str(place["file_id"])
    await client.files_completeUploadExternal(files=[{"id": file, "title": "Growth"}])
    return file


def showing(file: str) -> list[dict[str, Any]]:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "found"}}
    return [section, {"type": "image", "alt_text": "growth", "slack_file": {"id": file}}]


def posting(client: AsyncWebClient, file: str) -> Any:
    return client.chat_postMessage(channel=PORTFOLIO, text="found", blocks=showing(file))


class TestUpload:
    async def test_the_three_steps(self, slack: Slack, client: AsyncWebClient) -> None:
        file = await uploaded(client)
        kept = slack.workspace.files[file]
        assert (kept.content, kept.title, kept.name, kept.complete) == (PNG, "Growth", "growth.png", True)
        await posting(client, file)
        assert everybody_sees(slack)[0].files == (file,)

    async def test_another_length_than_was_announced(self, client: AsyncWebClient, refused: Refused) -> None:
        place = await client.files_getUploadURLExternal(filename="growth.png", length=5)
        assert await send(client, place["upload_url"]) == 400
        call = client.files_completeUploadExternal(files=[{"id": place["file_id"]}])
        assert (await refused(call))["error"] == "file_not_found"

    async def test_an_address_is_used_once(self, client: AsyncWebClient) -> None:
        place = await client.files_getUploadURLExternal(filename="growth.png", length=len(PNG))
        await send(client, place["upload_url"])
        await client.files_completeUploadExternal(files=[{"id": place["file_id"]}])
        assert await send(client, place["upload_url"]) == 400
        assert await send(client, f"{place['upload_url']}0") == 400

    async def test_an_empty_file_has_no_length(self, client: AsyncWebClient, refused: Refused) -> None:
        answer = await refused(client.files_getUploadURLExternal(filename="a.png", length=0))
        assert answer["error"] == "invalid_arguments"

    async def test_nothing_to_complete(self, client: AsyncWebClient, refused: Refused) -> None:
        call = client.api_call("files.completeUploadExternal", json={"files": []})
        assert (await refused(call))["error"] == "invalid_arguments"


class TestSharing:
    async def test_a_file_can_go_into_a_channel_with_the_upload(
        self, slack: Slack, client: AsyncWebClient
    ) -> None:
        place = await client.files_getUploadURLExternal(filename="growth.png", length=len(PNG))
        await send(client, place["upload_url"])
        done = [{"id": place["file_id"], "title": "Growth"}]
        await client.files_completeUploadExternal(files=done, channel_id=PORTFOLIO, initial_comment="look")
        (post,) = everybody_sees(slack)
        assert (post.text, post.files) == ("look", (place["file_id"],))

    async def test_not_into_one_that_the_bot_is_not_in(
        self, client: AsyncWebClient, refused: Refused
    ) -> None:
        place = await client.files_getUploadURLExternal(filename="growth.png", length=len(PNG))
        await send(client, place["upload_url"])
        call = client.files_completeUploadExternal(files=[{"id": place["file_id"]}], channel_id=RANDOM)
        assert (await refused(call))["error"] == "not_in_channel"

    async def test_an_alt_text_with_the_upload_stops_the_share_in_silence(
        self, slack: Slack, client: AsyncWebClient
    ) -> None:
        place = await client.files_getUploadURLExternal(filename="a.png", length=len(PNG), alt_txt="growth")
        await send(client, place["upload_url"])
        done = [{"id": place["file_id"], "title": "Growth"}]
        assert (await client.files_completeUploadExternal(files=done, channel_id=PORTFOLIO))["ok"]
        assert everybody_sees(slack) == []


class TestTooEarly:
    async def test_a_file_is_refused_until_it_was_asked_for_often_enough(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        slack.readiness.looks = 2
        file = await uploaded(client)
        for _ in range(2):
            answer = await refused(posting(client, file))
            assert answer["error"] == "invalid_blocks"
            assert answer["errors"] == ["invalid slack file [json-pointer:/blocks/1/slack_file]"]
        await posting(client, file)
        assert len(everybody_sees(slack)) == 1

    async def test_a_file_is_refused_until_it_is_old_enough(
        self, slack: Slack, client: AsyncWebClient, refused: Refused, clock: SleptClock
    ) -> None:
        slack.readiness.seconds = 1.5
        file = await uploaded(client)
        await clock.sleep(1.0)
        assert (await refused(posting(client, file)))["error"] == "invalid_blocks"
        assert (await client.files_info(file=file))["file"]["mimetype"] == ""
        await clock.sleep(0.5)
        await posting(client, file)
        assert (await client.files_info(file=file))["file"]["mimetype"] == "image/png"

    @pytest.mark.parametrize("complete", [True, False])
    async def test_a_file_that_is_not_there(
        self, client: AsyncWebClient, refused: Refused, complete: bool
    ) -> None:
        place = await client.files_getUploadURLExternal(filename="growth.png", length=len(PNG))
        file = "F0NOWHERE" if complete else place["file_id"]
        assert (await refused(posting(client, file)))["error"] == "invalid_blocks"
        assert (await refused(client.files_info(file=file)))["error"] == "file_not_found"
