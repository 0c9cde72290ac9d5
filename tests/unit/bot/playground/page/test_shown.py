"""What stands on the page: days, names, threads, who sees what."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import date

import pytest

from analytics.query import Query
from analytics.window import parse
from bot.errors import Unclear
from bot.language import read_english, read_follow, read_watch
from bot.market.reference import NAMES
from bot.model import ThreadContext
from bot.playground.guide import ABOUT_FUNDS, ABOUT_INCIDENT, ABOUT_RULE, ALONE, IN_CHANNEL, UNSPOKEN
from bot.playground.model import BOT, SLACKBOT
from bot.playground.page.contents import NEWEST, PageContents
from bot.playground.page.forms import Drafts
from bot.playground.page.viewer import Viewer
from bot.playground.storage import ANN, BEN, CY, DEALS, PORTFOLIO, RANDOM, seed_workspace
from bot.playground.workspace import Workspace
from bot.render.ids import ACK
from tests.fakes.slack_clock import SleptClock
from tests.unit.bot.playground.page.kinds import MODAL, plain

HOUR = 3600.0
TODAY = date(2026, 1, 16)
ABOUT = ThreadContext(Query(("ISCB", "SPSM"), parse("1y"), TODAY))


@pytest.fixture
def clock() -> SleptClock:
    return SleptClock()


@pytest.fixture
def space(clock: SleptClock) -> Workspace:
    return seed_workspace(clock)


def eyes(space: Workspace, user: str = ANN) -> PageContents:
    return PageContents(Viewer(space, user), Drafts())


def test_days_begin_with_a_divider(space: Workspace, clock: SleptClock) -> None:
    clock.slept.append(6 * HOUR)  # 17 Jan in London
    space.post(RANDOM, CY, "morning")
    clock.slept.append(24 * HOUR)
    space.post(RANDOM, CY, "evening")
    rows, _ = eyes(space).log(RANDOM)
    assert [row.divider for row in rows] == ["Friday, 16 January", "Yesterday", "Today"]
    rows, _ = eyes(space, BEN).log(RANDOM)
    assert [row.divider for row in rows] == ["Yesterday", "", "Today"]  # 17 Jan at 22:15 in New York


def test_one_name_stands_above_what_follows_at_once(space: Workspace, clock: SleptClock) -> None:
    for wait, user in ((0, CY), (10, CY), (301, CY), (1, ANN), (1, BOT), (1, BOT)):
        clock.slept.append(wait)
        space.post(RANDOM, user, "words")
    rows, _ = eyes(space).log(RANDOM)
    assert [row.follows for row in rows[1:]] == [False, True, False, False, False, False]


def test_ephemerals_are_seen_by_one_and_named_as_such(space: Workspace) -> None:
    space.post_ephemeral(RANDOM, BOT, ANN, "between us")
    rows, _ = eyes(space).log(RANDOM)
    assert (rows[-1].message.text, rows[-1].only_you) == ("between us", True)
    rows, _ = eyes(space, BEN).log(RANDOM)
    assert [row.only_you for row in rows] == [False]


def test_apps_are_marked_and_slackbot_is_none(space: Workspace) -> None:
    space.post(RANDOM, BOT, "found")
    space.post_ephemeral(RANDOM, SLACKBOT, ANN, "no such command")
    rows, _ = eyes(space).log(RANDOM)
    assert [(row.author, row.is_app) for row in rows[-2:]] == [("Watchpoint", True), ("Slackbot", False)]


def test_a_parent_counts_its_replies(space: Workspace, clock: SleptClock) -> None:
    parent = space.post(RANDOM, BOT, "found")
    clock.slept.append(60)
    for text in ("one", "two"):
        space.post(RANDOM, CY, text, thread_ts=parent.ts)
    space.post_ephemeral(RANDOM, BOT, BEN, "for Ben", thread_ts=parent.ts)
    rows, _ = eyes(space).log(RANDOM)
    replies = rows[-1].replies
    assert replies is not None
    assert (replies.count, replies.last.time) == (2, "21:16")
    assert replies.href == f"/as/U0ANN/{RANDOM}?thread={parent.ts}"
    assert [row.message.text for row in eyes(space).thread(RANDOM, parent.ts)] == ["found", "one", "two"]
    assert len(eyes(space, BEN).thread(RANDOM, parent.ts)) == 4
    assert len({row.key for row in (*rows, *eyes(space).thread(RANDOM, parent.ts))}) == len(rows) + 3


def test_only_the_newest_are_shown_until_all_are_asked_for(space: Workspace) -> None:
    for number in range(NEWEST + 5):
        space.post(RANDOM, CY, str(number))
    rows, older = eyes(space).log(RANDOM)
    assert (len(rows), older, rows[-1].message.text) == (NEWEST, 6, str(NEWEST + 4))
    rows, older = eyes(space).log(RANDOM, everything=True)
    assert (len(rows), older) == (NEWEST + 6, 0)


def test_blocks_keep_what_notifications_say(space: Workspace) -> None:
    block = {"type": "section", "block_id": "s", "text": plain("shown")}
    space.post(RANDOM, BOT, "*said* by <@U0BEN>", [block])
    rows, _ = eyes(space).log(RANDOM)
    assert rows[-1].said == "said by @Ben Analyst"
    assert "shown" in rows[-1].body
    assert rows[0].said == ""


def test_places_are_what_one_sees(space: Workspace) -> None:
    assert [place.name for place in eyes(space, CY).places(RANDOM)] == ["portfolio", "random", "Watchpoint"]
    space.post(DEALS, BEN, "psst")
    places = {place.channel.id: place for place in eyes(space).places(PORTFOLIO)}
    assert places[PORTFOLIO].current
    assert places[PORTFOLIO].has_bot
    assert (places[DEALS].current, places[DEALS].has_bot, places[DEALS].unread) == (False, False, 1)


def test_views_have_titles_and_buttons(space: Workspace) -> None:
    assert eyes(space).modal(PORTFOLIO) is None
    assert eyes(space).home() is None
    space.views.open(
        ANN, {"type": "modal", "title": plain("Watch"), "submit": plain("Save"), "blocks": MODAL}
    )
    view = space.views.push(ANN, {"type": "modal", "title": plain("More"), "blocks": []})
    space.views.publish(ANN, {"type": "home", "blocks": []})
    modal, home = eyes(space).modal(PORTFOLIO), eyes(space).home()
    assert modal is not None
    assert home is not None
    assert (modal.title, modal.submit, modal.close) == ("More", "", "Cancel")
    assert modal.press == f"/as/U0ANN/views/{view.id}/press"
    assert home.title == "Home"
    assert eyes(space, BEN).modal(PORTFOLIO) is None


def test_a_form_stays_where_it_was_opened(space: Workspace) -> None:
    body = {"type": "modal", "title": plain("Watch"), "blocks": MODAL}
    space.views.open(ANN, body, PORTFOLIO)
    space.views.push(ANN, body)
    assert [eyes(space).modal(place) is not None for place in (PORTFOLIO, RANDOM, "")] == [True, False, False]
    space.views.open(ANN, body, "")  # from the Home tab
    assert [eyes(space).modal(place) is not None for place in (PORTFOLIO, RANDOM, "")] == [False, False, True]
    space.views.open(ANN, body)
    assert eyes(space).modal(RANDOM) is not None, "nobody knows where"


def test_what_was_posted_while_time_passed_is_counted_by_place(space: Workspace, clock: SleptClock) -> None:
    left = clock.now()
    clock.slept.append(HOUR)
    space.post(PORTFOLIO, BOT, "R1 is met")
    space.post(PORTFOLIO, BOT, "R1 is met", thread_ts="1.0")
    space.post(PORTFOLIO, BEN, "oh")
    space.post(space.dm(BEN).id, BOT, "between us")
    space.post(space.dm(ANN).id, BOT, "between us")
    clock.slept.append(1.0)
    arrived = clock.now()
    clock.slept.append(1.0)
    space.post(RANDOM, BOT, "later")
    found = [(each.name, each.count) for each in eyes(space).news(left, arrived)]
    assert found == [("#portfolio", 2), ("Watchpoint", 1)]


class TestChips:
    def of(self, space: Workspace, channel: str, thread: str = "", sent: Container[str] = ()) -> list[str]:
        return [each.text for each in eyes(space).chips(space.channels[channel], thread, sent)]

    def test_three_fit_the_place(self, space: Workspace) -> None:
        assert self.of(space, PORTFOLIO)[0].startswith("/compare")
        assert "/invite @watchpoint" in self.of(space, RANDOM)
        alone = self.of(space, space.dm(ANN).id)
        assert not any(text.startswith(("/", "@")) for text in alone)
        assert {len(self.of(space, each)) for each in (PORTFOLIO, RANDOM)} == {len(alone)} == {3}

    def test_a_thread_is_about_what_stands_above_it(self, space: Workspace) -> None:
        button = {"type": "button", "text": plain("Acknowledge"), "action_id": ACK, "value": "R2v1"}
        row = {"type": "actions", "block_id": "b", "elements": [button]}
        said = space.post(PORTFOLIO, BEN, "hello").ts
        answer = space.post(PORTFOLIO, BOT, "ISCB vs SPSM").ts
        card = space.post(PORTFOLIO, BOT, "R2 is met", [row]).ts
        rule = space.post(PORTFOLIO, BOT, "SAMPLE DATA · *R2 is set:* it triggers when").ts
        about = {each: self.of(space, PORTFOLIO, each) for each in (said, answer, card, rule)}
        assert all(text.startswith("@watchpoint ") for texts in about.values() for text in texts)
        assert "@watchpoint help" in about[said]
        assert "@watchpoint sectors" in about[answer]
        assert "@watchpoint ack looking at it" in about[card]
        assert "@watchpoint watch why R2" in about[rule]

    def test_what_was_sent_comes_last(self, space: Workspace) -> None:
        first, second, third = self.of(space, PORTFOLIO)
        assert self.of(space, PORTFOLIO, sent={first})[:2] == [second, third]
        assert first in self.of(space, PORTFOLIO, sent={*IN_CHANNEL} - {second})[1:]

    @pytest.mark.parametrize("texts", [ALONE, ABOUT_FUNDS, ABOUT_INCIDENT, ABOUT_RULE, UNSPOKEN])
    def test_the_bot_reads_all_of_them(self, texts: Sequence[str]) -> None:
        """As typed in a thread about ISCB and SPSM, by the grammar or in English."""
        for text in texts:
            word, _, rest = text.partition(" ")
            if word in ("watch", "ack", "snooze"):
                read_watch(rest if word == "watch" else text, TODAY)
                continue
            try:
                read_follow(text, TODAY, TODAY)
            except Unclear:
                assert read_english(text, TODAY, NAMES, ABOUT) is not None, text


def test_news_is_of_others_and_in_plain_words(space: Workspace) -> None:
    own, other = space.post(RANDOM, ANN, "mine"), space.post(RANDOM, BOT, "*found* &amp; told")
    assert eyes(space).notice(RANDOM, own.ts) == ""
    assert eyes(space).notice(RANDOM, other.ts) == "Watchpoint: found & told"
    assert eyes(space).notice(RANDOM, "1.0") == ""
