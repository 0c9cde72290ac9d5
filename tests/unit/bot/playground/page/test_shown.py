"""What stands on the page: days, names, threads, who sees what."""

from __future__ import annotations

import pytest

from bot.playground.model import BOT, SLACKBOT
from bot.playground.page.contents import NEWEST, PageContents
from bot.playground.page.forms import Drafts
from bot.playground.page.viewer import Viewer
from bot.playground.storage import ANN, BEN, CY, DEALS, PORTFOLIO, RANDOM, seed_workspace
from bot.playground.workspace import Workspace
from tests.fakes.slack_clock import SleptClock
from tests.unit.bot.playground.page.kinds import MODAL, plain

HOUR = 3600.0


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
    assert eyes(space).modal() is None
    assert eyes(space).home() is None
    space.views.open(
        ANN, {"type": "modal", "title": plain("Watch"), "submit": plain("Save"), "blocks": MODAL}
    )
    view = space.views.push(ANN, {"type": "modal", "title": plain("More"), "blocks": []})
    space.views.publish(ANN, {"type": "home", "blocks": []})
    modal, home = eyes(space).modal(), eyes(space).home()
    assert modal is not None
    assert home is not None
    assert (modal.title, modal.submit, modal.close) == ("More", "", "Cancel")
    assert modal.press == f"/as/U0ANN/views/{view.id}/press"
    assert home.title == "Home"
    assert eyes(space, BEN).modal() is None


def test_news_is_of_others_and_in_plain_words(space: Workspace) -> None:
    own, other = space.post(RANDOM, ANN, "mine"), space.post(RANDOM, BOT, "*found* &amp; told")
    assert eyes(space).notice(RANDOM, own.ts) == ""
    assert eyes(space).notice(RANDOM, other.ts) == "Watchpoint: found & told"
    assert eyes(space).notice(RANDOM, "1.0") == ""
