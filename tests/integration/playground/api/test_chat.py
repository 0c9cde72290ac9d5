"""chat.*: what is taken, what is refused and in which words, through the real Slack client."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.api.server import Slack
from bot.playground.model import BOT
from bot.playground.storage import ANN, BEN, CY, DEALS, PORTFOLIO, RANDOM, RESEARCH
from bot.slack.client import slack_client
from tests.fakes.workspace import APP_TOKEN, everybody_sees, loopback
from tests.integration.playground.conftest import Refused

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "found"}}
LATER = "1700000000.000100"


def pointers(answer: Any) -> list[str]:
    """The details of a refusal; the two places that Slack puts them in agree."""
    messages = [each.removeprefix("[ERROR] ") for each in answer["response_metadata"]["messages"]]
    assert messages == answer["errors"]
    return messages


class TestPosting:
    async def test_a_message_is_there_for_all(self, slack: Slack, client: AsyncWebClient) -> None:
        answer = await client.chat_postMessage(channel=PORTFOLIO, text="found", blocks=[SECTION])
        (post,) = everybody_sees(slack)
        assert (answer["channel"], answer["ts"]) == (PORTFOLIO, post.ts)
        assert answer["message"]["bot_id"] == "B0BOT"
        assert (post.text, post.user, post.ephemeral_for) == ("found", BOT, None)
        assert post.blocks[0]["text"] == SECTION["text"]
        assert post.blocks[0]["block_id"]

    async def test_a_form_with_blocks_as_json_is_read_like_a_json_body(
        self, slack: Slack, client: AsyncWebClient
    ) -> None:
        form = {"channel": PORTFOLIO, "text": "found", "blocks": '[{"type": "divider"}]'}
        await client.api_call("chat.postMessage", data=form)
        assert [block["type"] for block in everybody_sees(slack)[0].blocks] == ["divider"]

    async def test_blocks_sent_as_a_python_repr_are_refused(
        self, client: AsyncWebClient, refused: Refused
    ) -> None:
        form = {"channel": PORTFOLIO, "text": "found", "blocks": str([SECTION])}
        answer = await refused(client.api_call("chat.postMessage", data=form))
        assert answer["error"] == "invalid_blocks_format"

    async def test_a_reply_stands_in_its_thread(self, slack: Slack, client: AsyncWebClient) -> None:
        parent = slack.workspace.say(PORTFOLIO, ANN, "parent")
        await client.chat_postMessage(channel=PORTFOLIO, text="reply", thread_ts=parent.ts)
        assert [each.text for each in slack.workspace.thread(PORTFOLIO, parent.ts)] == ["parent", "reply"]

    async def test_under_a_parent_that_was_deleted_it_stands_outside_threads(
        self, slack: Slack, client: AsyncWebClient
    ) -> None:
        parent = slack.workspace.say(PORTFOLIO, ANN, "parent")
        slack.workspace.delete(PORTFOLIO, parent.ts)
        answer = await client.chat_postMessage(channel=PORTFOLIO, text="reply", thread_ts=parent.ts)
        assert "thread_ts" not in answer["message"]
        assert [each.thread_ts for each in everybody_sees(slack)] == [None]

    async def test_under_a_deleted_parent_with_replies_the_thread_goes_on(
        self, slack: Slack, client: AsyncWebClient
    ) -> None:
        parent = slack.workspace.say(PORTFOLIO, ANN, "parent")
        slack.workspace.say(PORTFOLIO, BEN, "first", parent.ts)
        slack.workspace.delete(PORTFOLIO, parent.ts)
        answer = await client.chat_postMessage(channel=PORTFOLIO, text="second", thread_ts=parent.ts)
        assert answer["message"]["thread_ts"] == parent.ts

    async def test_to_a_person_it_is_a_direct_message(self, slack: Slack, client: AsyncWebClient) -> None:
        assert (await client.chat_postMessage(channel=ANN, text="found"))["channel"] == "D0ANN"
        assert [each.text for each in everybody_sees(slack, "D0ANN")] == ["found"]

    async def test_invalid_blocks_come_back_with_the_pointer(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        empty_cell = {"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]}
        call = client.chat_postMessage(channel=PORTFOLIO, text="found", blocks=[SECTION, empty_cell])
        answer = await refused(call)
        assert answer["error"] == "invalid_blocks"
        assert pointers(answer) == ["must be more than 0 characters [json-pointer:/blocks/1/rows/0/0/text]"]
        assert everybody_sees(slack) == []

    @pytest.mark.parametrize(
        ("payload", "error"),
        [
            ({"text": "x" * 40_001}, "msg_too_long"),
            ({"text": " "}, "no_text"),
            ({"text": "x", "thread_ts": "yesterday"}, "invalid_thread_ts"),
            ({"text": "x", "metadata": {"event_type": "notice"}}, "invalid_metadata_format"),
            ({"text": "x", "metadata": {"event_payload": {}}}, "invalid_metadata_format"),
            (
                {"text": "x", "metadata": {"event_type": "n", "event_payload": {"a": "x" * 17_000}}},
                "metadata_too_large",
            ),
            (
                {
                    "text": "x",
                    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2500}}] * 5,
                },
                "msg_blocks_too_long",
            ),
        ],
    )
    async def test_what_slack_does_not_take(
        self, client: AsyncWebClient, refused: Refused, payload: dict[str, Any], error: str
    ) -> None:
        body = {"channel": PORTFOLIO, **payload}
        answer = await refused(client.api_call("chat.postMessage", json=body))
        assert answer["error"] == error

    async def test_blocks_alone_are_a_message(self, slack: Slack, client: AsyncWebClient) -> None:
        await client.api_call("chat.postMessage", json={"channel": PORTFOLIO, "blocks": [SECTION]})
        assert everybody_sees(slack)[0].text == ""


class TestWhere:
    @pytest.mark.parametrize(
        ("channel", "error"),
        [(DEALS, "channel_not_found"), ("C0NOWHERE", "channel_not_found"), (BOT, "cannot_dm_bot")],
    )
    async def test_where_the_bot_cannot_look(
        self, client: AsyncWebClient, refused: Refused, channel: str, error: str
    ) -> None:
        assert (await refused(client.chat_postMessage(channel=channel, text="x")))["error"] == error

    async def test_a_private_channel_with_the_bot_is_open(self, slack: Slack, client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=RESEARCH, text="found")
        assert len(everybody_sees(slack, RESEARCH)) == 1

    async def test_a_public_channel_without_the_bot(self, refused: Refused) -> None:
        async with loopback() as slack, slack_client("xoxb-fake-bot-token", slack.api_url) as client:
            answer = await refused(client.chat_postMessage(channel=RANDOM, text="x"))
        assert answer["error"] == "not_in_channel"

    async def test_with_the_optional_scope_it_takes_words_but_no_uploaded_picture(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        await client.chat_postMessage(channel=RANDOM, text="found")
        picture = {"type": "image", "alt_text": "x", "slack_file": {"id": "F1"}}
        call = client.chat_postMessage(channel=RANDOM, text="found", blocks=[picture])
        assert (await refused(call))["error"] == "not_in_channel"
        assert len(everybody_sees(slack, RANDOM)) == 1

    async def test_an_archived_channel(self, slack: Slack, client: AsyncWebClient, refused: Refused) -> None:
        slack.workspace.archive(PORTFOLIO)
        answer = await refused(client.chat_postMessage(channel=PORTFOLIO, text="x"))
        assert answer["error"] == "is_archived"


class TestEphemeral:
    async def test_one_person_sees_it(self, slack: Slack, client: AsyncWebClient) -> None:
        answer = await client.chat_postEphemeral(channel=PORTFOLIO, user=ANN, text="between us")
        assert slack.workspace.history(PORTFOLIO, ANN)[-1].ts == answer["message_ts"]
        assert answer["message_ts"] not in {each.ts for each in slack.workspace.history(PORTFOLIO, BEN)}

    async def test_in_a_thread_that_has_begun_it_stands_there(
        self, slack: Slack, client: AsyncWebClient
    ) -> None:
        parent = slack.workspace.say(PORTFOLIO, BEN, "which?")
        slack.workspace.say(PORTFOLIO, ANN, "ISCB", parent.ts)
        await client.chat_postEphemeral(channel=PORTFOLIO, user=ANN, text="psst", thread_ts=parent.ts)
        assert [each.text for each in slack.workspace.thread(PORTFOLIO, parent.ts, ANN)] == [
            "which?",
            "ISCB",
            "psst",
        ]

    @pytest.mark.parametrize("thread", ["unanswered", "reply", "answered in private", "nowhere"])
    async def test_in_a_thread_that_has_not_begun_slack_takes_it_and_nobody_sees_it(
        self, slack: Slack, client: AsyncWebClient, thread: str
    ) -> None:
        space = slack.workspace
        unanswered, parent = (space.say(PORTFOLIO, BEN, text) for text in ("which?", "what?"))
        private = space.post_ephemeral(PORTFOLIO, BOT, ANN, "only you")
        space.post_ephemeral(PORTFOLIO, BOT, ANN, "only you", thread_ts=private.ts)
        reply = space.say(PORTFOLIO, ANN, "ISCB", parent.ts)
        named = {
            "unanswered": unanswered.ts,
            "reply": reply.ts,
            "answered in private": private.ts,
            "nowhere": "1.5",
        }
        before = space.everything(PORTFOLIO)
        answer = await client.chat_postEphemeral(
            channel=PORTFOLIO, user=ANN, text="psst", thread_ts=named[thread]
        )
        assert answer["ok"]
        assert answer["message_ts"] > reply.ts
        assert space.everything(PORTFOLIO) == before
        space.say(PORTFOLIO, BEN, "anybody?", named[thread])
        seen = space.messages(PORTFOLIO, ANN)
        assert "psst" not in [each.text for each in seen], "nor when it begins later"

    async def test_it_carries_no_uploaded_file(
        self, client: AsyncWebClient, refused: Refused, slack: Slack
    ) -> None:
        picture = {"type": "image", "alt_text": "x", "slack_file": {"id": "F1"}}
        call = client.chat_postEphemeral(channel=PORTFOLIO, user=ANN, text="x", blocks=[SECTION, picture])
        answer = await refused(call)
        assert answer["error"] == "invalid_blocks"
        assert pointers(answer) == ["invalid slack file [json-pointer:/blocks/1/slack_file]"]

    @pytest.mark.parametrize(
        ("channel", "user", "error"),
        [
            (RESEARCH, CY, "user_not_in_channel"),
            (RANDOM, ANN, "not_in_channel"),
            (DEALS, ANN, "channel_not_found"),
        ],
    )
    async def test_both_must_be_there(
        self, client: AsyncWebClient, refused: Refused, channel: str, user: str, error: str
    ) -> None:
        call = client.chat_postEphemeral(channel=channel, user=user, text="x")
        assert (await refused(call))["error"] == error

    async def test_it_cannot_be_updated_or_deleted(self, client: AsyncWebClient, refused: Refused) -> None:
        shown = await client.chat_postEphemeral(channel=PORTFOLIO, user=ANN, text="between us")
        about = {"channel": PORTFOLIO, "ts": shown["message_ts"]}
        for call in (client.chat_update(**about, text="y"), client.chat_delete(**about)):
            assert (await refused(call))["error"] == "message_not_found"


class TestChanging:
    async def test_an_update_replaces_text_and_blocks(self, slack: Slack, client: AsyncWebClient) -> None:
        ts = (await client.chat_postMessage(channel=PORTFOLIO, text="old", blocks=[SECTION]))["ts"]
        await client.chat_update(channel=PORTFOLIO, ts=ts, text="new")
        (post,) = everybody_sees(slack)
        assert (post.text, post.blocks, post.edited is not None) == ("new", (), True)

    async def test_an_update_takes_less_text(self, client: AsyncWebClient, refused: Refused) -> None:
        ts = (await client.chat_postMessage(channel=PORTFOLIO, text="x" * 4001))["ts"]
        answer = await refused(client.chat_update(channel=PORTFOLIO, ts=ts, text="x" * 4001))
        assert answer["error"] == "msg_too_long"

    async def test_others_words_are_theirs(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        ts = slack.workspace.say(PORTFOLIO, ANN, "mine").ts
        answer = await refused(client.chat_update(channel=PORTFOLIO, ts=ts, text="x"))
        assert answer["error"] == "cant_update_message"
        answer = await refused(client.chat_delete(channel=PORTFOLIO, ts=ts))
        assert answer["error"] == "cant_delete_message"

    async def test_what_is_deleted_is_gone(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        ts = (await client.chat_postMessage(channel=PORTFOLIO, text="oops"))["ts"]
        await client.chat_delete(channel=PORTFOLIO, ts=ts)
        assert everybody_sees(slack) == []
        answer = await refused(client.chat_delete(channel=PORTFOLIO, ts=ts))
        assert answer["error"] == "message_not_found"

    async def test_a_message_has_a_link(self, slack: Slack, client: AsyncWebClient, refused: Refused) -> None:
        ts = (await client.chat_postMessage(channel=PORTFOLIO, text="x", thread_ts=LATER))["ts"]
        link = (await client.chat_getPermalink(channel=PORTFOLIO, message_ts=ts))["permalink"]
        assert link.endswith(
            f"/archives/{PORTFOLIO}/p{ts.replace('.', '')}?thread_ts={LATER}&cid={PORTFOLIO}"
        )
        answer = await refused(client.chat_getPermalink(channel=PORTFOLIO, message_ts=LATER))
        assert answer["error"] == "message_not_found"


class TestTokensAndScopes:
    @pytest.mark.parametrize(
        ("token", "error"),
        [("xoxb-guessed", "invalid_auth"), ("", "not_authed"), (APP_TOKEN, "not_allowed_token_type")],
    )
    async def test_a_token_that_is_not_the_bots(
        self, slack: Slack, refused: Refused, token: str, error: str
    ) -> None:
        async with slack_client(token, slack.api_url) as client:
            assert (await refused(client.auth_test()))["error"] == error

    async def test_a_missing_scope_is_named_with_those_there_are(self, refused: Refused) -> None:
        async with loopback(scopes=("commands",)) as slack, slack_client(APP_TOKEN, slack.api_url) as client:
            client.token = slack.installed.bot_token
            answer = await refused(client.chat_postMessage(channel=PORTFOLIO, text="x"))
        assert (answer["error"], answer["needed"]) == ("missing_scope", "chat:write")
        assert answer["provided"] == "commands"

    async def test_every_answer_lists_the_scopes(self, slack: Slack, client: AsyncWebClient) -> None:
        answer = await client.auth_test()
        assert (answer["team"], answer["user"], answer["bot_id"]) == ("Fund team", "watchpoint", "B0BOT")
        assert answer.headers["x-oauth-scopes"] == ",".join(slack.installed.scopes)

    async def test_a_method_that_is_not_there(self, client: AsyncWebClient, refused: Refused) -> None:
        assert (await refused(client.api_call("reactions.add")))["error"] == "unknown_method"

    async def test_a_body_that_is_no_json(self, slack: Slack, client: AsyncWebClient) -> None:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {client.token}"}
        assert client.session is not None
        for body, error in ((b"{", "invalid_json"), (b"[]", "json_not_object")):
            url = f"{slack.api_url}auth.test"
            async with client.session.post(url, data=body, headers=headers) as answer:
                assert (await answer.json())["error"] == error

    async def test_every_request_is_remembered_with_its_answer(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        await client.chat_postMessage(channel=PORTFOLIO, text="x")
        await refused(client.chat_postMessage(channel=DEALS, text="x"))
        calls = slack.calls_of("chat.postMessage")
        assert [(call.status, call.error) for call in calls] == [(200, None), (200, "channel_not_found")]
        assert calls[0].payload["text"] == "x"


class TestRate:
    async def test_a_second_post_within_a_second_is_one_too_many(
        self, slack: Slack, client: AsyncWebClient, refused: Refused
    ) -> None:
        slack.rate.burst = 1
        await client.chat_postMessage(channel=PORTFOLIO, text="x")
        answer = await refused(client.chat_postMessage(channel=PORTFOLIO, text="x"))
        assert (answer.status_code, answer["error"]) == (429, "ratelimited")
        assert answer.headers["Retry-After"] == "1"
        await client.chat_postMessage(channel=RESEARCH, text="another channel has its own second")

    async def test_a_second_later_there_is_room(
        self, slack: Slack, client: AsyncWebClient, clock: Any
    ) -> None:
        slack.rate.burst = 1
        for _ in range(3):
            await client.chat_postMessage(channel=PORTFOLIO, text="x")
            await clock.sleep(1.0)
        assert len(everybody_sees(slack)) == 3

    async def test_a_short_burst_can_be_allowed(
        self, slack: Slack, client: AsyncWebClient, refused: Refused, clock: Any
    ) -> None:
        slack.rate.burst = 3
        for _ in range(3):
            await client.chat_postMessage(channel=PORTFOLIO, text="x")
        assert (await refused(client.chat_postMessage(channel=PORTFOLIO, text="x")))["error"] == "ratelimited"
        await clock.sleep(1.0)
        await client.chat_postMessage(channel=PORTFOLIO, text="x")


async def test_metadata_is_kept_with_the_message(slack: Slack, client: AsyncWebClient) -> None:
    about = {"event_type": "notice", "event_payload": {"id": "7"}}
    await client.chat_postMessage(channel=PORTFOLIO, text="x", metadata=about)
    (post,) = everybody_sees(slack)
    assert post.metadata == about
    assert replace(post, metadata=None) != post


async def test_metadata_stays_through_an_edit_unless_it_is_taken_away(
    slack: Slack, client: AsyncWebClient
) -> None:
    about = {"event_type": "notice", "event_payload": {"id": 7}}
    ts = str((await client.chat_postMessage(channel=PORTFOLIO, text="x", metadata=about))["ts"])
    await client.chat_update(channel=PORTFOLIO, ts=ts, text="y")
    assert everybody_sees(slack)[0].metadata == about
    await client.chat_update(channel=PORTFOLIO, ts=ts, text="z", metadata={})
    assert not everybody_sees(slack)[0].metadata
