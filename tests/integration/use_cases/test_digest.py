"""`/digest`: when a channel hears of its rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from analytics.watch.states import Phase
from bot.model import Digest, DigestContent, DigestMode, NoticeKind
from bot.ports import Place, Task
from bot.use_cases.digest import DigestHandler
from tests.integration.use_cases.room import (
    ADA,
    ANN,
    BEN,
    ELSEWHERE,
    HERE,
    MET,
    QUIET,
    TEAM,
    Room,
    later,
    room,
)

pytestmark = pytest.mark.slow

MONDAY = "The post on Mon 19 Jan 2026 is about the session of Fri 16 Jan 2026"
DEFAULT = Digest(TEAM, HERE, ANN, time(8, 30), "Europe/London")


def plain(said: str) -> str:
    return said.replace("\N{NO-BREAK SPACE}", " ")


async def test_a_daily_post_comes_at_half_past_eight_where_the_asker_is(here: Room) -> None:
    await here.digest("on")
    assert await here.repository.digest(HERE) == DEFAULT
    said = plain(here.heard())
    assert "The daily post is on" in said
    assert "19 Jan" in said
    assert "08:30" in said
    assert here.told() == ""


async def test_hour_zone_and_mode_are_taken(here: Room) -> None:
    await here.digest("on 07:45 America/New_York always")
    wanted = replace(DEFAULT, at=time(7, 45), zone="America/New_York", mode=DigestMode.ALWAYS, chosen=True)
    assert await here.repository.digest(HERE) == wanted


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("on", {}),
        ("on 00:00", {"at": time(0, 0)}),
        ("on Asia/Tokyo", {"zone": "Asia/Tokyo"}),
        ("on quiet", {"mode": DigestMode.QUIET, "chosen": True}),
        ("quiet fri mon", {"mode": DigestMode.QUIET, "days": (0, 4), "chosen": True}),
    ],
)
async def test_what_is_not_named_stays(here: Room, text: str, changes: dict[str, object]) -> None:
    before = Digest(TEAM, HERE, ANN, time(7, 0), "America/New_York", DigestMode.ALWAYS)
    await here.repository.save_digest(before)
    await here.digest(text, user=ADA)
    assert await here.repository.digest(HERE) == replace(before, **changes)  # type: ignore[arg-type]
    assert f"Set up by <@{ANN}>" in (said := here.heard())
    assert (f"changed by <@{ADA}>" in said) is bool(changes), "an admin changes it and is named"


@pytest.mark.parametrize("text", ["on 07:45", "on always", "on Asia/Tokyo", "on same day", "off"])
async def test_who_has_not_switched_it_on_may_not_change_it(here: Room, text: str) -> None:
    await here.repository.save_digest(DEFAULT)
    before = here.rows()
    await here.digest(text, user=BEN)
    told = here.told()
    assert f"switched on by <@{ANN}>; only they and the workspace's admins may change it" in told
    assert "Nothing was changed" in told
    assert (here.rows(), here.heard()) == (before, "")


async def test_everybody_may_where_the_workspace_wants_it_so(tmp_path: Path) -> None:
    async with room(tmp_path, everyone=True) as here:
        await here.repository.save_digest(DEFAULT)
        await here.digest("on 07:45", user=BEN)
        assert f"Set up by <@{ANN}> · changed by <@{BEN}>" in here.heard()
        await here.digest("off", user=BEN)
        assert f"Switched off by <@{BEN}>" in here.heard()


async def test_to_say_what_it_says_already_is_nobodys_change(here: Room) -> None:
    await here.repository.save_digest(DEFAULT)
    await here.digest("on", user=BEN)
    said = here.heard()
    assert f"Set up by <@{ANN}>" in said
    assert BEN not in said
    assert here.told() == ""


async def test_one_that_was_off_is_whose_who_switches_it_on(here: Room) -> None:
    await here.repository.save_digest(replace(DEFAULT, on=False))
    await here.digest("off", user=BEN)
    assert "was off before; nothing was changed" in here.heard()
    await here.digest("on", user=BEN)
    assert await here.repository.digest(HERE) == replace(DEFAULT, owner=BEN)
    assert f"Set up by <@{BEN}>" in here.heard()


async def test_who_switches_it_off_is_named(here: Room) -> None:
    for user in (ANN, ADA):
        await here.repository.save_digest(DEFAULT)
        await here.digest("off", user=user)
        assert f"Switched off by <@{user}>" in here.heard()


async def test_which_session_a_post_is_about_is_said_and_may_be_chosen(here: Room) -> None:
    """At four in New York the session of the day has not settled: it is told a day later, or waited for."""
    await here.watch(QUIET)
    here.heard()
    await here.digest("on 16:00 New York")
    said = plain(here.heard())
    about = MONDAY
    choice = "With `/digest on 16:00 same day` it waits for the session of its own day"
    assert about in said
    assert f"{choice}: that one is then told on Fri 16:15." in said
    await here.digest("status")
    told = plain(here.told())
    assert about in told
    assert choice in told

    await here.digest("on same day")
    kept = await here.repository.digest(HERE)
    assert kept is not None
    assert (kept.at, kept.same_day) == (time(16, 0), True)
    said = plain(here.heard())
    assert (
        "at 16:00 (America/New_York) or up to 3 hours later where that day's session settles by then" in said
    )
    assert "at the earliest on Tue 20 Jan 2026 at 16:15" in said
    assert "The post on Tue 20 Jan 2026 is about the session of Tue 20 Jan 2026" in said
    assert "same day`" not in said
    await here.digest("on next day 07:45")
    assert await here.repository.digest(HERE) == replace(kept, at=time(7, 45), same_day=False)
    assert "same day`" not in here.heard()


async def test_what_slack_had_stopped_goes_on_under_who_switches_it_on(here: Room) -> None:
    await here.repository.save_digest(replace(DEFAULT, stopped="not_in_channel"))
    await here.digest("on", user=BEN)
    assert await here.repository.digest(HERE) == replace(DEFAULT, owner=BEN)


async def test_off_keeps_the_rules_and_says_that_nobody_is_told(here: Room) -> None:
    await here.watch(QUIET)
    here.heard()
    request = await here.digest("off")
    digest = await here.repository.digest(HERE)
    assert digest
    assert not digest.on
    said = here.heard()
    assert "nobody is told" in said
    assert "1 rule" in plain(said)
    before = here.rows()
    await here.again("/digest", later(request))
    assert (here.rows(), here.heard()) == (before, said)


async def test_off_where_there_never_was_one_makes_none(here: Room) -> None:
    await here.digest("off")
    assert await here.repository.digest(HERE) is None
    assert "had no daily post" in here.heard()


async def test_a_status_is_told_to_the_asker_only(here: Room) -> None:
    await here.digest("status")
    assert "has no daily post" in here.told()
    await here.watch(MET)
    here.heard()
    await here.digest("now")
    await here.deliver()
    before = here.rows()
    await here.digest("status", user=BEN)
    told = plain(here.told())
    assert "08:30" in told
    assert "The last one told of 16 Jan 2026" in told
    assert here.heard() == ""
    assert here.rows() == before


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            "XNYS",
            f"{MONDAY}: it waits for New York, whose prices have settled by "
            "Fri 21:15 (Europe/London), and for late prices until Sat 03:15 at the latest.",
        ),
        (
            "XLON",
            f"{MONDAY} in London: it waits for New York, whose prices",
        ),
        (
            "24/7",
            f"{MONDAY} in coin markets: it waits for coin markets, whose prices have "
            "settled by Sat 00:15 (Europe/London), and for late prices until Sat 06:15 at the latest.",
        ),
    ],
)
async def test_a_status_says_which_exchange_is_waited_for(here: Room, code: str, words: str) -> None:
    here.market.code = code
    await here.watch(QUIET)
    here.heard()
    await here.digest("status")
    assert words in plain(here.told())


async def test_paused_rules_are_not_counted(here: Room) -> None:
    await here.watch(QUIET)
    await here.watch("pause R1")
    await here.digest("status")
    assert "No rule is active" in here.told()


async def test_now_notices_one_post(here: Room) -> None:
    await here.watch(MET)
    await here.watch(QUIET, channel=ELSEWHERE)
    await here.deliver()
    here.jobs.tasks.clear()
    request = await here.digest("now")
    assert here.jobs.tasks == [Task("deliver", f"{TEAM}/{HERE}")]
    before = here.rows()
    await here.again("/digest", later(request))
    assert here.rows() == before
    sent = [notice.new for notice in await here.deliver()]
    assert [(new.kind, new.subject) for new in sent] == [
        (NoticeKind.DIGEST, f"now/{request.id}"),
    ]
    digest_content = sent[0].content
    assert isinstance(digest_content, DigestContent)
    assert [report.watched.name for report in digest_content.stories] == ["R1"]
    assert digest_content.session == date(2026, 1, 16)
    assert digest_content.stories[0].source == "Hand Market"


async def test_now_decides_what_the_daily_run_has_not_come_to_and_notices_what_it_would(here: Room) -> None:
    here.market.falls = 0
    await here.watch(MET)
    here.clock.set(datetime(2026, 1, 20, 22, 0, tzinfo=UTC))
    here.market.falls = 20
    await here.digest("now")
    stored = await here.rule()
    assert (stored.rule_state.state.phase, stored.rule_state.state.session) == (
        Phase.FIRING,
        date(2026, 1, 20),
    )
    assert [notice.new.subject.partition("/")[0] for notice in await here.deliver()] == ["now"]
    wednesday = datetime(2026, 1, 21, 8, 30, tzinfo=UTC)
    assert [notice.new.kind for notice in await here.deliver(wednesday)] == [
        NoticeKind.CARD,
        NoticeKind.DIGEST,
    ]


async def test_now_waits_for_no_prices(here: Room) -> None:
    await here.watch(MET)
    await here.deliver()
    here.clock.set(datetime(2026, 1, 20, 22, 0, tzinfo=UTC))
    here.market.late = {"AAA"}
    await here.digest("now")
    assert (await here.rule()).rule_state.state.session == date(2026, 1, 16)
    assert len(await here.deliver()) == 1


async def test_now_waits_for_no_exchange(here: Room) -> None:
    here.market.code = "24/7"
    await here.watch(MET)
    await here.deliver()
    assert (await here.rule()).rule_state.state.session == date(2026, 1, 15)
    here.clock.set(datetime(2026, 1, 16, 23, 0, tzinfo=UTC))
    await here.digest("now")  # the coin's Friday is not over
    assert (await here.rule()).rule_state.state.session == date(2026, 1, 15)
    assert len(await here.deliver()) == 1
    here.clock.set(datetime(2026, 1, 17, 0, 15, tzinfo=UTC))
    await here.digest("now")
    assert (await here.rule()).rule_state.state.session == date(2026, 1, 16)


async def test_now_works_where_the_daily_post_is_off(here: Room) -> None:
    await here.watch(QUIET)
    await here.digest("off")
    await here.digest("now")
    assert len(await here.deliver()) == 1


async def test_now_has_nothing_to_say_without_rules(here: Room) -> None:
    await here.digest("now")
    assert "No rule is active in this channel" in here.told()
    assert await here.store.outbox.due_channels(here.clock.now()) == []


async def test_a_channel_hears_only_of_itself(here: Room) -> None:
    await here.watch(QUIET)
    await here.digest("off", channel=ELSEWHERE)
    await here.digest("off", team="T2")
    digest = await here.repository.digest(HERE)
    assert digest
    assert digest.active


def test_what_cannot_be_read_is_answered_at_the_door() -> None:
    handler = DigestHandler(lambda symbol: ())
    where = Place(TEAM, HERE, ANN)
    taken = handler.receive("on 25:99", where)
    assert taken.reply
    assert not taken.work
    usage = handler.receive("help", where)
    assert usage.reply
    assert "status" in usage.reply.text
    assert taken.open, "advice is for everybody"


def test_people_of_another_workspace_may_only_look() -> None:
    handler, where = DigestHandler(lambda symbol: ()), Place(TEAM, HERE, ANN)
    assert {text: handler.receive(text, where).open for text in ("status", "on 08:30", "off", "now")} == {
        "status": True,
        "on 08:30": False,
        "off": False,
        "now": False,
    }
