"""What is typed: commands, mentions, plain talk, Slack's own commands, and Slack's own complaints."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.commands import COMMANDS
from bot.playground.actions import Actions, Interactions, slack_text
from bot.playground.api.chat import _about
from bot.playground.api.server import Slack
from bot.playground.model import BOT, EVENTS, SCOPES, SHORTCUTS, SLACKBOT, Channel, Payload, PostedMessage
from bot.playground.payloads import ClickSource
from bot.playground.storage import ANN, BEN, CY, DEALS, PORTFOLIO, RANDOM, RESEARCH
from bot.playground.transport import AppAnswer

OK = AppAnswer(200, None)
MANIFEST = Path(__file__).resolve().parents[3] / "manifest.yml"


@dataclass
class Recorded:
    """A line that ends nowhere: what went over it, and the answers it was given beforehand."""

    answers: list[AppAnswer | None] = field(default_factory=list)
    sent: list[Payload] = field(default_factory=list)
    retries: list[int] = field(default_factory=list)

    async def deliver(self, payload: Payload, retry: int = 0) -> AppAnswer:
        self.sent.append(payload)
        self.retries.append(retry)
        answer = self.answers.pop(0) if self.answers else OK
        if answer is None:
            await asyncio.Event().wait()
        return answer or OK


@pytest.fixture
def line() -> Recorded:
    return Recorded()


@pytest.fixture
def deeds(slack: Slack, line: Recorded) -> Actions:
    return Actions(slack, line, patience=0.05, retries=(0.0, 0.0, 0.0))


def slackbot(slack: Slack, user: str = ANN, channel: str = PORTFOLIO) -> list[PostedMessage]:
    """What Slack itself told this person."""
    return [each for each in slack.workspace.messages(channel, user) if each.user == SLACKBOT]


async def settled(deeds: Interactions) -> None:
    """All repetitions are over."""
    while deeds._repeating:
        await asyncio.gather(*deeds._repeating)


class TestCommands:
    async def test_a_command_reaches_the_app_with_all_it_needs(
        self, slack: Slack, deeds: Actions, line: Recorded
    ) -> None:
        await deeds.type(ANN, PORTFOLIO, "/compare ISCB  SPSM <3y> & @watchpoint ")
        (sent,) = line.sent
        assert (sent["command"], sent["text"]) == ("/compare", "ISCB  SPSM <3y> & @watchpoint")
        assert (sent["channel_id"], sent["channel_name"], sent["user_id"]) == (PORTFOLIO, "portfolio", ANN)
        assert sent["response_url"].startswith(f"{slack.base}/reply/")
        assert slack.triggers.exchange(sent["trigger_id"]) == ANN
        assert slackbot(slack) == []

    async def test_a_command_is_no_message(self, slack: Slack, deeds: Actions) -> None:
        before = slack.workspace.messages(PORTFOLIO, ANN)
        await deeds.type(ANN, PORTFOLIO, "/compare ISCB SPSM")
        assert slack.workspace.messages(PORTFOLIO, ANN) == before

    @pytest.mark.parametrize(
        ("channel", "name"), [(DEALS, "privategroup"), (RESEARCH, "privategroup"), ("D0ANN", "directmessage")]
    )
    async def test_private_places_are_not_named_and_open_without_the_bot(
        self, deeds: Actions, line: Recorded, channel: str, name: str
    ) -> None:
        await deeds.type(ANN, channel, "/compare ISCB SPSM")
        assert [sent["channel_name"] for sent in line.sent] == [name]

    @pytest.mark.parametrize(
        "body", [{"text": "Usage", "response_type": "ephemeral"}, {"text": "Usage"}, "Usage"]
    )
    async def test_the_acknowledgements_own_words_are_for_the_asker(
        self, slack: Slack, deeds: Actions, line: Recorded, body: Any
    ) -> None:
        line.answers = [AppAnswer(200, body)]
        await deeds.type(ANN, PORTFOLIO, "/compare help")
        shown = slack.workspace.history(PORTFOLIO, ANN)[-1]
        assert (shown.user, shown.text, shown.ephemeral_for) == (BOT, "Usage", ANN)

    async def test_they_can_be_for_everybody(self, slack: Slack, deeds: Actions, line: Recorded) -> None:
        line.answers = [AppAnswer(200, {"text": "Usage", "response_type": "in_channel"})]
        await deeds.type(ANN, PORTFOLIO, "/compare help")
        assert slack.workspace.history(PORTFOLIO, BEN)[-1].text == "Usage"

    async def test_an_acknowledgement_with_bad_blocks_is_seen_to_fail(
        self, slack: Slack, deeds: Actions, line: Recorded
    ) -> None:
        line.answers = [AppAnswer(200, {"text": "x", "blocks": [{"type": "carousel"}]})]
        await deeds.type(ANN, PORTFOLIO, "/compare help")
        assert [each.text for each in slackbot(slack)] == ['/compare failed with the error "invalid_blocks"']

    @pytest.mark.slow
    async def test_without_an_answer_slack_says_so(
        self, slack: Slack, deeds: Actions, line: Recorded
    ) -> None:
        line.answers = [None]
        await deeds.type(ANN, PORTFOLIO, "/compare ISCB SPSM")
        assert [each.text for each in slackbot(slack)] == [
            '/compare failed with the error "operation_timeout"'
        ]
        assert slackbot(slack, BEN) == []

    @pytest.mark.parametrize("status", [0, 401, 404, 500])
    async def test_a_failed_answer_is_named(
        self, slack: Slack, deeds: Actions, line: Recorded, status: int
    ) -> None:
        line.answers = [AppAnswer(status, None)]
        await deeds.type(ANN, PORTFOLIO, "/compare ISCB SPSM")
        assert [each.text for each in slackbot(slack)] == ['/compare failed with the error "dispatch_failed"']

    async def test_threads_take_no_commands(self, slack: Slack, deeds: Actions, line: Recorded) -> None:
        parent = slack.workspace.say(PORTFOLIO, ANN, "parent")
        await deeds.type(ANN, PORTFOLIO, "/compare ISCB SPSM", parent.ts)
        assert line.sent == []
        (said,) = slackbot(slack)
        assert (said.text, said.thread_ts) == ("/compare is not supported in threads. Sorry!", parent.ts)

    async def test_a_command_that_nobody_has(self, slack: Slack, deeds: Actions, line: Recorded) -> None:
        await deeds.type(ANN, PORTFOLIO, "/comprae ISCB SPSM")
        assert line.sent == []
        assert slackbot(slack)[0].text.startswith("`/comprae` is not a valid command.")

    def test_the_table_of_commands_is_there_for_completion(self, deeds: Actions) -> None:
        assert deeds.commands == COMMANDS


class TestTalk:
    async def test_a_mention_is_an_event_and_a_message(
        self, slack: Slack, deeds: Actions, line: Recorded
    ) -> None:
        parent = slack.workspace.say(PORTFOLIO, BEN, "parent")
        await deeds.type(ANN, PORTFOLIO, "@watchpoint compare A & B", parent.ts)
        (sent,) = line.sent
        event = sent["event"]
        assert event["type"] == "app_mention"
        assert (event["user"], event["channel"], event["thread_ts"]) == (ANN, PORTFOLIO, parent.ts)
        assert event["text"] == f"<@{BOT}> compare A &amp; B"
        assert slack.workspace.thread(PORTFOLIO, parent.ts)[-1].ts == event["ts"]
        assert sent["authorizations"][0]["user_id"] == BOT

    async def test_plain_talk_reaches_nobody(self, slack: Slack, deeds: Actions, line: Recorded) -> None:
        await deeds.type(ANN, PORTFOLIO, "good morning")
        await deeds.type(ANN, PORTFOLIO, "  ")
        assert line.sent == []
        assert slack.workspace.history(PORTFOLIO)[-1].text == "good morning"

    async def test_in_direct_messages_it_is_a_message_event(self, deeds: Actions, line: Recorded) -> None:
        await deeds.type(ANN, "D0ANN", "compare ISCB SPSM")
        event = line.sent[0]["event"]
        assert (event["type"], event["channel_type"], event["text"]) == (
            *("message", "im"),
            "compare ISCB SPSM",
        )

    async def test_what_the_app_is_not_subscribed_to_it_does_not_hear(
        self, slack: Slack, deeds: Actions, line: Recorded
    ) -> None:
        slack.installed.events = ()
        await deeds.type(ANN, "D0ANN", "hello")
        await deeds.type(ANN, PORTFOLIO, "@watchpoint hello")
        await deeds.open_home(ANN)
        assert line.sent == []

    @pytest.mark.slow
    async def test_an_event_that_is_not_acknowledged_comes_again_three_times(
        self, deeds: Actions, line: Recorded
    ) -> None:
        line.answers = [AppAnswer(500, None), None, AppAnswer(404, None), AppAnswer(500, None), OK]
        await deeds.type(ANN, PORTFOLIO, "@watchpoint sectors")
        await settled(deeds)
        assert line.retries == [0, 1, 2, 3]
        assert len({sent["event_id"] for sent in line.sent}) == 1

    async def test_an_acknowledgement_ends_the_repetitions(self, deeds: Actions, line: Recorded) -> None:
        line.answers = [None, OK]
        await deeds.type(ANN, PORTFOLIO, "@watchpoint sectors")
        await settled(deeds)
        assert line.retries == [0, 1]

    async def test_nothing_is_repeated_after_the_end(self, slack: Slack, line: Recorded) -> None:
        line.answers = [AppAnswer(500, None)]
        deeds = Actions(slack, line, retries=(3600.0,))
        await deeds.type(ANN, PORTFOLIO, "@watchpoint sectors")
        await deeds.aclose()
        assert line.retries == [0]

    @pytest.mark.parametrize("channel", [DEALS, "C0NOWHERE", RESEARCH])
    async def test_nobody_speaks_where_they_are_not(
        self, slack: Slack, deeds: Actions, line: Recorded, channel: str
    ) -> None:
        before = slack.workspace.messages(channel)
        await deeds.type(CY, channel, "@watchpoint hello")
        assert (slack.workspace.messages(channel), line.sent) == (before, [])

    async def test_who_speaks_in_a_public_channel_joins_it(self, slack: Slack, deeds: Actions) -> None:
        slack.workspace.leave(RANDOM, CY)
        await deeds.type(CY, RANDOM, "here again")
        assert CY in slack.workspace.channels[RANDOM].members

    def test_text_goes_out_as_slack_sends_it(self, slack: Slack) -> None:
        typed = "@watchpoint compare VWCE.DE & <x>, see https://a.com/b?c, @ann. @nobody 3.5 brk.b"
        assert slack_text(typed, slack.workspace) == (
            f"<@{BOT}> compare <http://VWCE.DE|VWCE.DE> &amp; &lt;x&gt;, see <https://a.com/b?c,> <@{ANN}>. "
            "@nobody 3.5 brk.b"
        )


class TestComingAndGoing:
    async def test_the_bot_is_invited_and_kicked(self, slack: Slack, deeds: Actions, line: Recorded) -> None:
        await deeds.type(ANN, DEALS, "/invite @watchpoint")
        assert BOT in slack.workspace.channels[DEALS].members
        await deeds.type(ANN, DEALS, "/kick @watchpoint")
        assert BOT not in slack.workspace.channels[DEALS].members
        await deeds.type(ANN, PORTFOLIO, "/remove @watchpoint @cy")
        assert slack.workspace.channels[PORTFOLIO].members == (ANN, BEN)
        assert line.sent == []

    @pytest.mark.parametrize("text", ["/invite", "/invite @nobody"])
    async def test_somebody_must_be_named(self, slack: Slack, deeds: Actions, text: str) -> None:
        await deeds.type(ANN, PORTFOLIO, text)
        assert slackbot(slack)[0].text == "Name somebody: `/invite @watchpoint`"

    async def test_a_mention_where_the_bot_is_not_offers_to_invite_it(
        self, slack: Slack, deeds: Actions, line: Recorded
    ) -> None:
        await deeds.type(ANN, RANDOM, "@watchpoint compare ISCB SPSM")
        assert line.sent == []
        (offer,) = slackbot(slack, channel=RANDOM)
        assert f"You mentioned <@{BOT}>, but it is not in this channel." in offer.text
        invite = offer.blocks[1]["elements"][0]
        await deeds.click(ANN, ClickSource(RANDOM, offer.ts), invite | {"block_id": "offered"})
        assert BOT in slack.workspace.channels[RANDOM].members
        assert slackbot(slack, channel=RANDOM) == []

    async def test_the_offer_can_be_declined(self, slack: Slack, deeds: Actions) -> None:
        await deeds.type(ANN, RANDOM, "@watchpoint hello")
        (offer,) = slackbot(slack, channel=RANDOM)
        await deeds.click(ANN, ClickSource(RANDOM, offer.ts), offer.blocks[1]["elements"][1])
        assert BOT not in slack.workspace.channels[RANDOM].members
        assert slackbot(slack, channel=RANDOM) == []

    async def test_who_is_not_there_invites_nobody(self, slack: Slack, deeds: Actions) -> None:
        await deeds.invite(CY, DEALS)
        deeds.remove(CY, RESEARCH)
        assert BOT not in slack.workspace.channels[DEALS].members
        assert BOT in slack.workspace.channels[RESEARCH].members


class TestWhatIsChanged:
    """Edits and deletions of what people said themselves."""

    async def test_a_mention_that_is_edited_is_one_again(
        self, slack: Slack, deeds: Actions, line: Recorded
    ) -> None:
        await deeds.type(ANN, PORTFOLIO, "@watchpoint sectros")
        said = slack.workspace.history(PORTFOLIO)[-1]
        await deeds.edit(ANN, PORTFOLIO, said.ts, "@watchpoint sectors")
        first, second = (sent["event"] for sent in line.sent)
        assert (second["type"], second["ts"], second["text"]) == ("app_mention", said.ts, f"<@{BOT}> sectors")
        assert "edited" not in first
        assert second["edited"]["user"] == ANN

    async def test_alone_with_the_app_edits_and_deletions_have_subtypes(
        self, slack: Slack, deeds: Actions, line: Recorded
    ) -> None:
        alone = slack.workspace.dm(ANN).id
        await deeds.type(ANN, alone, "sectros")
        said = slack.workspace.history(alone)[-1]
        await deeds.edit(ANN, alone, said.ts, "sectors")
        await deeds.erase(ANN, alone, said.ts)
        kinds = [sent["event"].get("subtype", "") for sent in line.sent]
        assert kinds == ["", "message_changed", "message_deleted"]
        assert line.sent[1]["event"]["message"]["text"] == "sectors"
        assert line.sent[2]["event"]["deleted_ts"] == said.ts
        assert slack.workspace.message(alone, said.ts) is None

    async def test_nobody_touches_what_others_said(
        self, slack: Slack, deeds: Actions, line: Recorded
    ) -> None:
        said = slack.workspace.post(PORTFOLIO, BEN, f"<@{BOT}> sectors")
        await deeds.edit(ANN, PORTFOLIO, said.ts, "@watchpoint help")
        await deeds.erase(ANN, PORTFOLIO, said.ts)
        assert (line.sent, slack.workspace.message(PORTFOLIO, said.ts)) == ([], said)


class TestJoining:
    """The app hears when it is brought into a channel itself."""

    async def test_once_when_it_comes_and_not_when_it_is_there(
        self, slack: Slack, deeds: Actions, line: Recorded
    ) -> None:
        slack.installed.events = ("member_joined_channel",)
        for _ in range(2):
            await deeds.type(ANN, RANDOM, "/invite @watchpoint")
        (sent,) = line.sent
        event = sent["event"]
        assert (event["type"], event["user"], event["channel"]) == ("member_joined_channel", BOT, RANDOM)
        assert (event["inviter"], event["channel_type"]) == (ANN, "C")

    async def test_somebody_else_who_comes_is_not_its_affair(
        self, slack: Slack, deeds: Actions, line: Recorded
    ) -> None:
        slack.installed.events = ("member_joined_channel",)
        await deeds.invite(ANN, RESEARCH, CY)
        assert (line.sent, CY in slack.workspace.channels[RESEARCH].members) == ([], True)


def test_its_shortcuts_are_those_of_its_manifest() -> None:
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    stated = manifest["features"]["shortcuts"]
    told = {(each["callback_id"], each["name"], each["type"] == "message") for each in stated}
    assert told == {(each.callback_id, each.name, each.on_message) for each in SHORTCUTS}


def test_the_app_may_and_hears_what_its_manifest_says() -> None:
    manifest = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
    assert sorted(SCOPES) == sorted(manifest["oauth_config"]["scopes"]["bot"])
    assert sorted(EVENTS) == sorted(manifest["settings"]["event_subscriptions"]["bot_events"])


def group(slack: Slack) -> str:
    """Direct messages among Ann, Ben and the app."""
    channel = Channel("C0GROUP", "mpdm-ann--ben--watchpoint-1", "mpim", (ANN, BEN, BOT))
    slack.workspace.channels[channel.id] = channel
    return channel.id


async def test_in_a_groups_direct_messages_the_app_hears_where_it_is_named(
    slack: Slack, deeds: Actions, line: Recorded
) -> None:
    channel = group(slack)
    await deeds.type(ANN, channel, "lunch?")
    assert line.sent == []
    await deeds.type(ANN, channel, "@watchpoint compare ISCB SPSM")
    (mention,) = line.sent
    assert mention["event"]["type"] == "app_mention"
    assert mention["event"]["channel"] == channel


async def test_an_app_that_listens_there_hears_all_of_it(
    slack: Slack, deeds: Actions, line: Recorded
) -> None:
    channel = group(slack)
    slack.installed.events = (*EVENTS, "message.mpim")
    await deeds.type(ANN, channel, "lunch?")
    await deeds.type(BEN, channel, "@watchpoint help")
    heard = [(each["event"]["type"], each["event"].get("channel_type")) for each in line.sent]
    assert heard == [("message", "mpim"), ("message", "mpim"), ("app_mention", None)]


async def test_a_command_works_there_and_nobody_else_sees_the_place(
    slack: Slack, deeds: Actions, line: Recorded
) -> None:
    channel = group(slack)
    await deeds.type(ANN, channel, "/compare ISCB SPSM")
    (command,) = line.sent
    assert (command["channel_id"], command["channel_name"]) == (channel, "mpdm-ann--ben--watchpoint-1")
    await deeds.type(CY, channel, "/compare ISCB SPSM")
    assert len(line.sent) == 1
    assert channel not in [each.id for each in slack.workspace.channels_of(CY)]
    about = _about(slack.workspace.channels[channel])
    assert (about["is_mpim"], about["is_private"], about["is_channel"], about["is_im"]) == (
        True,
        True,
        False,
        False,
    )
    await deeds.invite(ANN, channel, CY)
    assert channel in [each.id for each in slack.workspace.channels_of(CY)]
