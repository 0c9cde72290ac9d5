"""Scripts: where the lines go, and what is printed below them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from bot.errors import UserError
from bot.playground.actions import Actions
from bot.playground.api.server import Slack
from bot.playground.model import BOT, Payload
from bot.playground.plain_text import message_lines
from bot.playground.play import Stage, play_script
from bot.playground.script import read_script
from bot.playground.storage import ANN, BEN, PORTFOLIO, RANDOM
from bot.playground.transport import AppAnswer
from tests.integration.playground.test_deliver import Recorded


class Talker(Recorded):
    """A line to an app that answers every payload with the same message."""

    def __init__(self, slack: Slack, *answers: AppAnswer) -> None:
        super().__init__(list(answers))
        self._workspace = slack.workspace

    async def deliver(self, payload: Payload, retry: int = 0) -> AppAnswer:
        event = payload.get("event") or {"channel": payload.get("channel_id")}
        thread = event.get("thread_ts") or event.get("ts")
        self._workspace.post(event["channel"], BOT, "found", thread_ts=thread)
        return await super().deliver(payload, retry)


async def idle() -> None:
    return None


class Passed:
    """Says how many sessions have passed, as the bot would say something meanwhile."""

    def __init__(self, slack: Slack) -> None:
        self._workspace = slack.workspace

    async def sessions(self, count: int) -> None:
        self._workspace.post(PORTFOLIO, BOT, f"{count} sessions have passed")

    async def to(self, moment: datetime) -> None:
        self._workspace.post(PORTFOLIO, BOT, f"it is {moment:%H:%M}")


async def played(slack: Slack, script: str) -> list[str]:
    said: list[str] = []
    deeds = Actions(slack, Talker(slack), patience=0.05, retries=())
    passed = Passed(slack)
    stage = Stage(deeds, slack, idle, passed.sessions, passed.to)
    await play_script(read_script(script), stage, said.append)
    return said


class TestPlaying:
    async def test_time_passes_between_two_lines(self, slack: Slack) -> None:
        assert await played(slack, "@clock 1 session\n@clock 20 sessions") == [
            "@clock 1 session",
            "    Watchpoint (in #portfolio):",
            "    1 sessions have passed",
            "    It is Fri 16 Jan 2026, 21:15 in London.",
            "",
            "@clock 20 sessions",
            "    Watchpoint (in #portfolio):",
            "    20 sessions have passed",
            "    It is Fri 16 Jan 2026, 21:15 in London.",
            "",
        ]

    async def test_what_the_person_sees_stands_below_the_line(self, slack: Slack) -> None:
        assert await played(slack, "#portfolio ann: /compare ISCB SPSM\n#portfolio ann: good morning") == [
            "#portfolio ann: /compare ISCB SPSM",
            "    Watchpoint:",
            "    found",
            "",
            "#portfolio ann: good morning",
            "",
        ]

    async def test_slackbots_words_too(self, slack: Slack) -> None:
        shown = await played(slack, "#random ann: @watchpoint hello")
        assert shown[1] == "    Slackbot (only you can see this):"
        assert shown[2].startswith("    You mentioned @watchpoint, but it is not in this channel.")
        assert shown[3] == "    [Invite it] [Do nothing]"

    async def test_a_reply_goes_into_the_thread_of_the_newest_message(self, slack: Slack) -> None:
        parent = slack.workspace.say(PORTFOLIO, BEN, "parent")
        await played(slack, "#portfolio> ann: @watchpoint sectors")
        texts = [each.text for each in slack.workspace.thread(PORTFOLIO, parent.ts)]
        assert texts == ["parent", f"<@{BOT}> sectors", "found"]

    async def test_channels_are_closed_opened_renamed_and_deleted(self, slack: Slack) -> None:
        await played(slack, "@channel random archive")
        assert slack.workspace.channels[RANDOM].archived
        await played(slack, "@channel random unarchive\n@channel random private\n@channel random rename talk")
        now = slack.workspace.channels[RANDOM]
        assert (now.archived, now.kind, now.name, now.members) == (False, "private", "talk", (ANN,))
        await played(slack, "@channel talk delete")
        assert RANDOM not in slack.workspace.channels

    async def test_direct_messages(self, slack: Slack) -> None:
        await played(slack, "@watchpoint ben: /compare help")
        assert [each.text for each in slack.workspace.history("D0BEN")] == ["found"]

    @pytest.mark.parametrize(
        ("script", "words"),
        [
            ("#portfolio zoe: hello", "Line 1, .*: There is no zoe. There are: ann, ben, cy."),
            ("#nowhere ann: hello", "There is no #nowhere. There are: #portfolio, #random,"),
        ],
    )
    async def test_a_person_or_place_that_is_not_there(self, slack: Slack, script: str, words: str) -> None:
        with pytest.raises(UserError, match=words):
            await played(slack, script)

    @pytest.mark.parametrize(
        ("script", "words"),
        [
            ("@press #portfolio ann: Why?", "There is no button 'Why\\?' here"),
            ('@press #portfolio ann "nowhere": Why?', "No message with 'nowhere' is in #portfolio"),
            ("#portfolio ben: hi\n@press #portfolio ann: Why?", "Line 2, .* Buttons that are there: none."),
            ("@fill ann: Reason = known", "No form is open before ann"),
            ("@press @home ann: Next", "ann has not opened the Home tab: `@home ann` does"),
            ("@shortcut #portfolio ann: Nothing", "There are: Compare funds, Compare funds named here"),
            ("@remove #random ann", "watchpoint is not in it. In it are: ann, ben, cy."),
            ("@invite #random ann: ben", "ben is in it already"),
            ("@show #deals-private cy", "cy sees no #deals-private. cy sees: #portfolio, #random."),
            ("@channel random archive\n#random ann: hi", "#random is archived"),
            ("@channel random create", "There is a #random already"),
            ("@edit #portfolio cy: other", "No such message in #portfolio is by cy"),
            ("@clock to 2026-01-16 21:00", "That moment is over. It is Fri 16 Jan 2026, 21:15 in London."),
            ("@fault 500 for chat.post", "There is no chat.post. There are: .*chat.postMessage"),
        ],
    )
    async def test_what_is_not_there_is_told_with_what_is(
        self, slack: Slack, script: str, words: str
    ) -> None:
        with pytest.raises(UserError, match=words):
            await played(slack, script)

    async def test_nothing_is_done_before_all_names_are_known(self, slack: Slack) -> None:
        with pytest.raises(UserError) as caught:
            await played(slack, "@channel new create\n#new ann: hi\n#gone ann: hi\n#new zoe: hi")
        assert [each.split(",")[0] for each in caught.value.complaints] == ["Line 3", "Line 4"]
        assert "new" not in {each.name for each in slack.workspace.channels.values()}

    async def test_own_words_are_changed_and_taken_away(self, slack: Slack) -> None:
        await played(slack, '#portfolio ann: one\n#portfolio ann: two\n@edit #portfolio ann "one": three')
        assert [each.text for each in slack.workspace.history(PORTFOLIO)][-2:] == ["three", "two"]
        await played(slack, "@delete #portfolio ann")
        assert [each.text for each in slack.workspace.history(PORTFOLIO)][-1:] == ["three"]


def cell(text: str, bold: bool = False) -> dict[str, Any]:
    if not bold:
        return {"type": "raw_text", "text": text}
    part = {"type": "text", "text": text, "style": {"bold": True}}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [part]}]}


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def test_every_kind_of_block_is_text(slack: Slack) -> None:
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": plain("ISCB vs SPSM")},
        {"type": "section", "text": plain("A &amp; B, <@U0ANN>"), "fields": [plain("one"), plain("two")]},
        {"type": "divider"},
        {"type": "table", "rows": [[cell("–"), cell("ISCB", bold=True)], [cell("Return"), cell("16.1 %")]]},
        {"type": "image", "alt_text": "Growth of 100", "slack_file": {"id": "F1"}},
        {"type": "context", "elements": [plain("<https://example.com|a link> in <#C0PORTFOLIO>")]},
        {
            "type": "actions",
            "elements": [
                {"type": "button", "text": plain("Why?")},
                {"type": "static_select", "placeholder": plain("Snooze"), "options": []},
            ],
        },
    ]
    message = slack.workspace.post(PORTFOLIO, BOT, "unseen", blocks)
    assert list(message_lines(message, slack.workspace)) == [
        "Watchpoint:",
        "ISCB vs SPSM",
        "A & B, @ann",
        "one",
        "two",
        "–         ISCB",
        "Return  16.1 %",
        "[picture: Growth of 100]",
        "a link in #portfolio",
        "[Why?] [Snooze]",
    ]


def test_without_blocks_it_is_the_text(slack: Slack) -> None:
    message = slack.workspace.post_ephemeral(PORTFOLIO, BOT, ANN, "one\ntwo")
    assert list(message_lines(message, slack.workspace)) == [
        "Watchpoint (only you can see this):",
        "one",
        "two",
    ]
