"""Questions about funds, asked again and again in one place: prices by hand, the real store."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analytics.query import Query as Comparing
from analytics.returns import Rate
from analytics.window import parse
from bot.errors import Unavailable, UserError
from bot.language import read_compare
from bot.model import NoticeKind, Request, SectionQuery, ThreadContext
from bot.ports import Delivered, Place, User
from bot.render import text as words
from bot.render.chart_specs import FundChart
from bot.render.message import Message
from bot.use_cases.compare import FundAnswers
from tests.integration.use_cases.room import ANN, BEN, HERE, MET, NOW, TEAM, Room, later, room

THREAD = "1700000000.000777"
ALONE = "D1"
SETTLED = date(2026, 1, 16)
PAIR = ThreadContext(Comparing(("AAA", "BBB"), parse("1y"), SETTLED), "Hand Market")


async def ask(here: Room, text: str, context: ThreadContext | None = None, **more: Any) -> Request:
    """Said, or pressed with the topic of a button."""
    request = here.question(SectionQuery(text, context).value, **{"handler": "ask", "thread": THREAD, **more})
    await FundAnswers(here.parts).ask(request)
    return request


async def compare(here: Room, text: str, **more: Any) -> Request:
    """`/compare text`"""
    request = here.question(text, handler="/compare", **more)
    await FundAnswers(here.parts).compare(request)
    return request


def title(message: Message) -> str:
    return str(message.blocks[0]["text"]["text"]).replace("\u00a0", " ")


def titles(here: Room) -> list[str]:
    """Of what was posted since this was asked last."""
    found = [title(posted.message) for posted in here.messenger.posted]
    here.messenger.posted.clear()
    return found


def offered(message: Message) -> list[SectionQuery]:
    """What its buttons ask."""
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [SectionQuery.read(each["value"]) for row in rows for each in row if each["type"] == "button"]


async def test_a_comparison_is_remembered_under_its_post_with_the_day_it_reached(here: Room) -> None:
    await compare(here, "AAA BBB")
    (posted,) = here.messenger.posted
    assert posted.place.thread is None
    assert {each.topic for each in offered(posted.message)} == {PAIR}
    assert await here.repository.recall(HERE, "1700000000.000001") == PAIR
    assert await here.repository.recall(HERE, "") is None, "a channel at large is about nothing"


async def test_everything_that_was_asked_is_answered_and_remembered(here: Room) -> None:
    await compare(here, "AAA BBB 6m vs AAA rf=4% weekly asof 2026-01-15")
    query = Comparing(("AAA", "BBB"), parse("6m"), date(2026, 1, 15), "AAA", Rate(0.04), weekly=True)
    assert await here.repository.recall(HERE, "1700000000.000001") == ThreadContext(query, "Hand Market")
    (posted,) = here.messenger.posted
    assert {each.topic.comparing for each in offered(posted.message) if each.topic} == {query}
    foot = str(posted.message.blocks[-1]["elements"][0]["text"]).replace("\u00a0", " ")
    assert foot.startswith("_Weekly total returns, ")
    assert "risk-free 4 %" in foot


async def test_a_question_is_read_on_the_day_it_was_asked(here: Room) -> None:
    """Answered after midnight, it still means what the handler took it for."""
    request = here.question("AAA BBB asof 2026-01-16", handler="/compare")
    here.clock.set(NOW + timedelta(days=2))
    await FundAnswers(here.parts).compare(request)
    assert titles(here) == ["AAA vs BBB · 1 year to 16 Jan 2026"]


async def test_an_answer_is_not_lost_to_a_chart(here: Room, caplog: pytest.LogCaptureFixture) -> None:
    await compare(here, "AAA BBB")
    here.renderer.down = True
    await compare(here, "AAA BBB")
    whole, bare = here.messenger.posted
    assert (set(whole.pictures), bare.pictures) == ({"growth"}, {})
    assert bare.message.text == whole.message.text
    assert "The charts could not be drawn" in caplog.text


async def test_a_form_in_a_thread_makes_the_thread_about_its_funds(here: Room) -> None:
    await compare(here, "AAA BBB", thread=THREAD)
    assert await here.repository.recall(HERE, THREAD) == PAIR


async def test_a_follow_up_is_about_the_same_funds_on_the_same_day(here: Room) -> None:
    """Days later, when newer sessions have settled, the thread still speaks of its own."""
    await compare(here, "AAA BBB", thread=THREAD)
    before = here.messenger.posted.pop().message
    here.clock.set(NOW + timedelta(days=10))
    await ask(here, "1y")
    again = here.messenger.posted.pop().message
    assert again.text == before.text
    assert again.blocks[2] == before.blocks[2], "the whole table"
    await ask(here, "3m")
    assert titles(here) == ["AAA vs BBB · 3 months to 16 Jan 2026"]
    await compare(here, "AAA BBB")
    assert titles(here) == ["AAA vs BBB · 1 year to 26 Jan 2026"]


async def test_a_window_with_an_end_of_its_own_is_not_the_day_of_the_thread(here: Room) -> None:
    await compare(here, "AAA BBB last month", thread=THREAD)
    await ask(here, "mtd")
    assert titles(here) == ["AAA vs BBB · Dec 2025", "AAA vs BBB · month to date, 16 Jan 2026"]


async def test_last_year_is_told_from_the_day_the_thread_is_about(here: Room) -> None:
    await compare(here, "AAA BBB", thread=THREAD)
    here.messenger.posted.clear()
    here.clock.set(NOW + timedelta(days=400))
    await ask(here, "last month")
    assert titles(here) == ["AAA vs BBB · Dec 2025"]
    await ask(here, "last month", PAIR)  # a button under an answer of that day
    assert titles(here) == ["AAA vs BBB · Dec 2025"]
    await ask(here, "in january")
    assert titles(here) == ["AAA vs BBB · Jan 2026 to 16 Jan 2026"]
    await ask(here, "last month asof 2025-12-31")
    assert titles(here) == ["AAA vs BBB · Nov 2025"]


async def test_follow_ups_do_not_change_what_a_thread_is_about(here: Room) -> None:
    await ask(here, "compare AAA BBB")
    for text in ("3m", "add CCC 1m", "without BBB", "vs CCC 1m", "sectors"):
        await ask(here, text)
    found = await here.repository.recall(HERE, THREAD)
    assert found
    assert replace(found, seats=()) == PAIR


async def test_a_study_of_named_funds_changes_it(here: Room) -> None:
    await ask(here, "compare AAA BBB")
    await ask(here, "sectors BBB CCC")
    context = await here.repository.recall(HERE, THREAD)
    assert context
    assert context.comparing.symbols == ("BBB", "CCC")


async def test_sectors_as_a_command_begins_a_thread_of_its_own(here: Room) -> None:
    request = here.question("AAA BBB vs CCC", handler="/sectors")
    await FundAnswers(here.parts).sectors(request)
    (posted,) = here.messenger.posted
    assert posted.place.thread is None
    assert titles(here) == ["AAA, BBB against CCC · sectors"]
    context = await here.repository.recall(HERE, "1700000000.000001")
    assert context
    assert (context.comparing.symbols, context.comparing.benchmark) == (("AAA", "BBB"), "CCC")


def looks(here: Room) -> dict[str, int]:
    """The look of each fund in the first picture of what was posted last."""
    picture = here.messenger.posted[-1].message.pictures[0]
    assert isinstance(picture, FundChart)
    return dict(zip(picture.symbols, picture.slots, strict=True))


async def test_a_fund_keeps_its_look_in_all_pictures_of_a_thread(here: Room) -> None:
    await compare(here, "AAA BBB", thread=THREAD)
    assert looks(here) == {"AAA": 0, "BBB": 1}
    await ask(here, "without AAA")
    assert looks(here) == {"BBB": 1}
    await ask(here, "add CCC")
    assert looks(here) == {"AAA": 0, "BBB": 1, "CCC": 2}
    assert await here.repository.recall(HERE, THREAD) == replace(PAIR, seats=("AAA", "BBB", "CCC"))
    await ask(here, "drawdowns add CCC without AAA")
    assert looks(here) == {"BBB": 1, "CCC": 2}
    await ask(here, "compare CCC BBB")
    assert looks(here) == {"CCC": 2, "BBB": 1}
    await compare(here, "CCC BBB")
    assert looks(here) == {"CCC": 0, "BBB": 1}, "a thread of its own"


async def test_a_button_of_an_older_message_takes_the_looks_of_the_thread(here: Room) -> None:
    await compare(here, "AAA BBB", thread=THREAD)
    await ask(here, "add CCC")
    await ask(here, "drawdowns", replace(PAIR, comparing=replace(PAIR.comparing, symbols=("CCC", "BBB"))))
    assert looks(here) == {"CCC": 2, "BBB": 1}


async def test_looks_are_no_reason_not_to_answer(here: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> None:
        raise Unavailable("The store", "it is silent")

    monkeypatch.setattr(type(here.repository), "recall", refuse)
    await ask(here, "drawdowns", PAIR)
    assert looks(here) == {"AAA": 0, "BBB": 1}


async def test_the_buttons_of_a_re_answer_carry_its_own_topic(here: Room) -> None:
    await ask(here, "3m", PAIR)
    (posted,) = here.messenger.posted
    (context,) = {each.topic for each in offered(posted.message)}
    assert context == replace(PAIR, comparing=replace(PAIR.comparing, window=parse("3m")))
    assert await here.repository.recall(HERE, THREAD) is None, "a button changes no thread's subject"


async def test_a_benchmark_stands_beside_the_funds_in_sectors(here: Room) -> None:
    await ask(here, "sectors vs CCC 1m", PAIR)
    await ask(here, "sectors vs AAA", PAIR)
    assert titles(here) == ["AAA, BBB against CCC · sectors", "BBB against AAA · sectors"]


async def test_one_fund_is_compared_with_the_benchmark(here: Room) -> None:
    await ask(here, "vs BBB", replace(PAIR, comparing=replace(PAIR.comparing, symbols=("AAA",))))
    assert titles(here) == ["AAA vs BBB · 1 year to 16 Jan 2026"]


async def test_alone_with_the_bot_the_talk_at_large_is_remembered_too(here: Room) -> None:
    await ask(here, "compare AAA BBB", channel=ALONE, thread=None)
    assert await here.repository.recall(ALONE, "1700000000.000001") == PAIR
    assert await here.repository.recall(ALONE, "") == PAIR
    await ask(here, "3m", channel=ALONE, thread=None)
    assert [posted.place.thread for posted in here.messenger.posted] == [None, None]
    await ask(here, "compare BBB CCC 1m", channel=ALONE, thread=THREAD)
    assert await here.repository.recall(ALONE, "") == PAIR, "a thread there is its own"


async def test_what_was_meant_is_pressed_alone_with_the_bot_as_if_it_were_typed(here: Room) -> None:
    """The offer stands outside threads, so its answer does not hide under it."""
    pressed: dict[str, Any] = {"channel": ALONE, "thread": "1700000000.000666"}
    outside = {"message_ts": "1700000000.000666", "within": False}
    await ask(here, "compare AAA BBB", **pressed, extra=outside)
    await ask(here, "3m", **pressed, extra=outside)
    await ask(here, "6m", PAIR, **pressed, extra=outside)
    threads = [posted.place.thread for posted in here.messenger.posted]
    assert threads == [None, None, "1700000000.000666"], "under a comparison its thread is the place"
    inside = {"message_ts": "1700000000.000667", "within": True}
    await ask(here, "compare BBB CCC 1m", **pressed, extra=inside)
    assert here.messenger.posted[-1].place.thread == "1700000000.000666"
    assert await here.repository.recall(ALONE, "") == PAIR


async def test_a_card_is_asked_about_without_a_comparison(here: Room) -> None:
    await here.watch(f"{MET} then BBB")
    (card,) = [each for each in await here.deliver() if each.new.kind is NoticeKind.CARD]
    here.messenger.posted.clear()
    here.clock.set(NOW + timedelta(days=10))
    await ask(here, "compare", thread=f"ts{card.id}")
    await ask(here, "1y", thread=f"ts{card.id}")
    assert titles(here) == ["AAA vs BBB · 3 months to 16 Jan 2026", "AAA vs BBB · 1 year to 16 Jan 2026"]
    await ask(here, "compare BBB CCC 1m", thread=f"ts{card.id}")
    await ask(here, "compare", thread=f"ts{card.id}")
    assert titles(here)[1] == "BBB vs CCC · 1 month to 26 Jan 2026", "what was asked there since comes first"


async def test_what_a_place_is_about_is_its_own(here: Room) -> None:
    await ask(here, "compare AAA BBB")
    for place in ({"thread": "1700000000.000888"}, {"channel": "C2"}, {"team": "T2"}, {"thread": None}):
        await ask(here, "3m", **place)
        assert "Name them" in here.messenger.told[-1].message.text
    assert len(here.messenger.posted) == 1


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("sectors", {}, "in this thread that I remember. Name them: `@watchpoint sectors ISCB SPSM`"),
        ("5y", {}, "`@watchpoint compare ISCB SPSM 5y`"),
        ("add VB", {}, "`@watchpoint compare ISCB SPSM`"),
        (
            "sectors",
            {"channel": ALONE, "thread": None},
            "here that I remember. Name them: `sectors ISCB SPSM`",
        ),
    ],
)
async def test_a_place_about_nothing_says_what_to_type(
    here: Room, text: str, place: dict[str, Any], said: str
) -> None:
    await ask(here, text, **place)
    (told,) = here.messenger.told
    assert said in told.message.text
    assert here.messenger.posted == []
    named = [each.text for each in offered(told.message)]
    assert len(named) == 3
    assert all("ISCB SPSM" in each for each in named), "each can be asked where nothing is known"


async def test_prices_of_another_source_are_not_mixed_in(here: Room) -> None:
    with pytest.raises(UserError, match="from Yahoo Finance; this bot now takes them from Hand Market"):
        await ask(here, "3m", replace(PAIR, source="Yahoo Finance"))
    await ask(here, "compare AAA BBB", replace(PAIR, source="Yahoo Finance"))
    assert titles(here) == ["AAA vs BBB · 1 year to 16 Jan 2026"], "named anew, they are asked of this one"


async def test_the_same_question_twice_is_remembered_once(here: Room) -> None:
    request = await ask(here, "compare AAA BBB", channel=ALONE, thread=None)
    rows = {name: len(found) for name, found in here.rows().items()}
    here.messenger._numbers = iter([1])  # type: ignore[assignment]  # Slack has it under the same ts
    await FundAnswers(here.parts).ask(later(request))
    assert {name: len(found) for name, found in here.rows().items()} == rows


async def test_an_answer_is_not_taken_back_where_it_cannot_be_remembered(
    here: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    repository = type(here.repository)

    async def refuse(*_: object) -> None:
        raise Unavailable("The database", "no connection")

    monkeypatch.setattr(repository, "remember", refuse)
    await ask(here, "compare AAA BBB")
    assert titles(here) == ["AAA vs BBB · 1 year to 16 Jan 2026"]
    assert "is not kept" in caplog.text


async def test_what_only_one_person_saw_has_no_thread(here: Room) -> None:
    here.messenger.closed.add(HERE)
    await compare(here, "AAA BBB", reply_url="https://slack.invalid/reply")
    assert len(here.messenger.told) == 1
    await compare(here, "AAA BBB", reply_url="https://slack.invalid/reply", thread=THREAD)
    assert await here.repository.recall(HERE, THREAD) is None


class Elsewhere:
    """Slack lets the bot post in the asker's direct messages only, as for a deleted thread."""

    async def post(self, place: Place, message: Message, pictures: object, key: str) -> Delivered:
        return Delivered("D7", "1700000000.000042", ("channel",))


async def test_an_answer_in_direct_messages_is_asked_on_there(here: Room) -> None:
    services = replace(here.parts, messenger=Elsewhere())  # type: ignore[arg-type]
    await FundAnswers(services).ask(here.question(SectionQuery("compare AAA BBB").value, thread=THREAD))
    assert await here.repository.recall(HERE, THREAD) is None
    assert await here.repository.recall("D7", "1700000000.000042") == PAIR
    assert await here.repository.recall("D7", "") == PAIR


async def test_an_unknown_symbol_is_asked_about_and_not_guessed(here: Room) -> None:
    await compare(here, "AAB BBB 3m")
    assert here.messenger.posted == []
    told = here.messenger.told.pop()
    assert "Did you mean AAA?" in told.message.text
    assert offered(told.message) == [SectionQuery("compare AAA BBB 3m")]


@pytest.mark.parametrize(("text", "again"), [("add AAB", ["add AAA"]), ("vs AAB", ["vs AAA"])])
async def test_an_unknown_symbol_in_a_follow_up_is_asked_about_in_its_place(
    here: Room, text: str, again: Sequence[str]
) -> None:
    context = replace(PAIR, comparing=replace(PAIR.comparing, symbols=("BBB", "CCC"), window=parse("1m")))
    await ask(here, text, context)
    assert offered(here.messenger.told.pop().message) == [SectionQuery(each, context) for each in again]


async def test_what_would_name_a_fund_twice_is_not_offered(here: Room) -> None:
    await compare(here, "AAA AAB")
    told = here.messenger.told.pop()
    assert "Did you mean AAA?" in told.message.text
    assert offered(told.message) == []


async def test_unknown_symbols_of_the_place_itself_are_told(here: Room) -> None:
    gone = replace(PAIR, comparing=replace(PAIR.comparing, symbols=("AAB", "BBB")))
    await ask(here, "sectors", gone)
    told = here.messenger.told.pop()
    assert "AAB: Hand Market has no such symbol, or it was delisted" in told.message.text
    assert offered(told.message) == []


async def test_an_export_is_shared_in_the_thread_with_its_convention(here: Room) -> None:
    await ask(here, "csv", PAIR)
    (shared,) = here.messenger.attached
    assert (shared.place.channel, shared.place.thread) == (HERE, THREAD)
    assert "AAA vs BBB" in shared.words
    assert "as of 2026-01-16" in shared.words
    assert all(each.name.endswith(".csv") and each.content for each in shared.documents)
    await ask(here, "csv AAA BBB")
    assert await here.repository.recall(HERE, THREAD) == PAIR, (
        "its thread is known though Slack names no post"
    )


async def test_funds_that_do_not_fit_are_said_until_the_funds_are_others(here: Room) -> None:
    many = replace(PAIR, more=4)
    await ask(here, "3m", many)
    (posted,) = here.messenger.posted
    assert "4 more funds are named above" in posted.message.text
    assert {each.topic.more for each in offered(posted.message) if each.topic} == {4}
    await ask(here, "add CCC 1m", many)
    assert "more funds" not in here.messenger.posted[-1].message.text


@pytest.mark.parametrize(
    "text",
    [
        "holdings",
        "drawdowns",
        "rolling",
        "returns",
        "risk",
        "cost",
        "cost size=5k switch spread=12bp,3bp",
        "explain cost",
        "correlation",
        "attribution",
        "explain sortino",
        "sectors",
        "weekly",
        "rf=4%",
    ],
)
@pytest.mark.parametrize("symbols", [("AAA", "BBB"), ("BBB",)])
async def test_every_study_is_answered_where_it_was_asked(
    here: Room, text: str, symbols: tuple[str, ...]
) -> None:
    context = replace(PAIR, comparing=replace(PAIR.comparing, symbols=symbols))
    if len(symbols) == 1 and ("correlation" in text or "switch" in text or "attribution" in text):
        with pytest.raises(
            UserError, match=r"BBB is alone; name (a fund to hold it against|the fund to switch to)"
        ):
            await ask(here, text, context)
        return
    await ask(here, text, context, user=BEN)
    (posted,) = here.messenger.posted
    assert (posted.place.channel, posted.place.thread) == (HERE, THREAD)
    assert symbols[0] in title(posted.message)
    assert f"<@{BEN}>" in str(posted.message.blocks)


async def test_every_answer_is_logged(here: Room, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        await ask(here, "sectors", PAIR)
    assert f"Answered sectors in {TEAM}/{HERE}" in caplog.text


@pytest.mark.parametrize("typed", ["€25m", "EUR25m", "25m euros", "25 m gbp"])
async def test_an_order_in_another_currency_is_refused(here: Room, typed: str) -> None:
    with pytest.raises(UserError, match=r"The order is in (EUR|GBP), but what trades is AAA and BBB in USD"):
        await ask(here, f"cost AAA BBB size={typed}")
    assert here.messenger.posted == []


async def test_a_dollar_is_that_of_the_funds(here: Room) -> None:
    await ask(here, "cost AAA BBB size=$25m")
    await ask(here, "cost AAA BBB size=25m usd")
    assert len(titles(here)) == 2


ZONES = (
    *("Pacific/Pago_Pago", "Pacific/Honolulu", "America/New_York", "Europe/London", "Asia/Kolkata"),
    *("Asia/Tokyo", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati"),
)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", [0, 9, 11, 12, 15, 23])
async def test_the_askers_own_date_counts(tmp_path: Path, zone: str, hour: int) -> None:
    """New Year comes to Kiritimati 25 hours before Pago Pago."""
    now = datetime(2025, 12, 31, hour, 30, tzinfo=UTC)
    local = now.astimezone(ZoneInfo(zone)).date()
    async with room(tmp_path, now=now) as here:
        here.users.known[ANN] = User(ANN, zone)
        for text in (f"asof {local}", f"2025-12-01..{local} asof {local}", "last quarter"):
            assert read_compare(f"AAA BBB {text}", now.date()), "the door knows no zone"
            await compare(here, f"AAA BBB {text}")
        dated, ranged, told = titles(here)
        until = f"to {words.day(min(local, now.date()))}".replace(words.NBSP, " ")
        assert until in dated
        assert until in ranged
        quarter = "Q4" if local.year == 2026 else "Q3"
        assert f"{quarter} 2025" in told.upper()
