"""One channel that watches London, New York, Tokyo and coins: each on its own sessions, all in one post."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analytics import Condition, Doubt, DoubtKind, Op, Policy, Quantity, Rule
from bot.market.calendar import ExchangeCalendar
from bot.model import ChannelKey, DigestContent, DigestMode, NoticeKind, RuleReport
from bot.render.rules.card import card_message
from bot.schedule import find_settled, post_at
from bot.store import url_of
from bot.store.engine import Database
from bot.store.schema import OUTBOX
from tests.examples import at_length
from tests.integration.use_cases.office import HERE, LEVELS, TEAM, below, office
from tests.integration.use_cases.test_weather import told
from tests.oracles import slow_watch
from tests.oracles.slow_watch import Patience

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import RuleTransition, StoredRule
    from tests.integration.use_cases.office import Office
    from tests.oracles.slow import Maybe


CHANNEL_KEY = ChannelKey(TEAM, HERE)
EXCHANGES = {"LSE": "XLON", "TSE": "XTKS", "BTC": "24/7", "NYS": "XNYS"}
ALL = frozenset(EXCHANGES.values())
NEW_YORK = ExchangeCalendar()
MINUTE = timedelta(minutes=1)


def pair() -> Rule:
    """London is more than 10 points behind New York, over at 5."""
    quantity = Quantity("price_change", "LSE", other="NYS")
    return Rule((Condition(quantity, Op.BELOW, -0.10, -0.05),))


def days(code: str, first: str, last: str) -> list[date]:
    found: list[date] = (
        NEW_YORK.of(code).sessions(date.fromisoformat(first), date.fromisoformat(last)).tolist()
    )
    return found


async def prepared(here: Office, *symbols: str, policy: Policy | None = None) -> None:
    """A rule for each symbol, in this order."""
    here.market.exchanges = dict(EXCHANGES)
    for symbol in symbols:
        await here.rule(below(symbol), policy or Policy(1, 1))


def write(here: Office, symbol: str, closes: dict[str, str]) -> None:
    for session, letter in closes.items():
        here.market.levels[symbol, date.fromisoformat(session)] = LEVELS[letter]


async def run_at(here: Office, moment: datetime) -> str:
    """What the run of the newest session came to: "decided", "", or for what the channel waits."""
    here.clock.set(moment)
    calendar = here.desk.calendar
    report = await here.daily.run(calendar.last_complete(moment), moment)
    assert not report.failed
    return "decided" if CHANNEL_KEY in report.decided else report.waiting.get(CHANNEL_KEY, "")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def changes(transitions: Sequence[RuleTransition]) -> list[str]:
    return [f"{each.session:%m-%d} {each.before}>{each.after}" for each in transitions]


async def history(here: Office, number: int) -> list[RuleTransition]:
    return list(reversed((await here.store.of(TEAM).history(number, 1000)).transitions))


async def test_easter_monday_is_no_session_in_london_and_one_in_new_york(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await prepared(here, "LSE", "NYS", policy=Policy(2, 2))
        await here.digest()
        # Thursday; Good Friday both rest; Easter Monday; Tuesday.
        write(here, "LSE", {"2026-04-02": "b", "2026-04-07": "b"})
        write(here, "NYS", {"2026-04-02": "b", "2026-04-06": "b", "2026-04-07": "o"})
        for session in days("XNYS", "2026-04-02", "2026-04-07"):
            await run_at(here, NEW_YORK.settles(session) + MINUTE)
        assert changes(await history(here, 1)) == ["04-02 ok>pending", "04-07 pending>firing"]
        assert changes(await history(here, 2)) == [
            "04-02 ok>pending",
            "04-06 pending>firing",
            "04-07 firing>recovering",
        ]
        stored = await here.kept(1)
        assert (stored.rule_state.through, stored.rule_state.exchanges) == (date(2026, 4, 7), {"LSE": "XLON"})


async def test_a_day_that_london_rests_is_run_once_and_says_nothing_of_it(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await prepared(here, "LSE")
        await here.digest(DigestMode.ALWAYS)
        write(here, "LSE", {"2026-04-02": "o"})
        await run_at(here, utc("2026-04-02 21:16"))
        monday = utc("2026-04-06 21:16")
        assert await run_at(here, monday) == "decided"
        assert await run_at(here, monday + 3 * MINUTE) == ""
        state = (await here.kept()).rule_state.state
        assert (state.session, state.held, await here.flips()) == (date(2026, 4, 2), 1, [])
        digests = [new.content for new in await here.waiting() if new.kind.value == "digest"]
        (newest,) = [each for each in digests if isinstance(each, DigestContent) and each.session.day == 6]
        (report,) = newest.stories
        assert (report.session, report.flip) == (date(2026, 4, 2), None)
        assert newest.sessions_missed == 1  # Thursday's post, which was not sent


async def test_an_american_holiday_is_a_session_in_london_told_of_in_the_next_post(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await prepared(here, "LSE")
        await here.digest()
        # Friday the 3rd of July 2026 is the observed holiday.
        write(here, "LSE", {"2026-07-02": "o", "2026-07-03": "b", "2026-07-06": "b"})
        for session in days("XNYS", "2026-07-02", "2026-07-06"):
            await run_at(here, NEW_YORK.settles(session) + MINUTE)
        assert changes(await history(here, 1)) == ["07-03 ok>firing"]
        queued = {new.kind.value: new for new in await here.waiting()}
        digest_content = queued["digest"].content
        assert isinstance(digest_content, DigestContent)
        assert (digest_content.session, digest_content.sessions_missed) == (date(2026, 7, 6), 0)
        assert [(name, transition.session) for name, transition in digest_content.missed] == [
            ("R1", date(2026, 7, 3))
        ]
        assert digest_content.stories[0].session == date(2026, 7, 6)


async def test_a_weekend_of_coins_is_told_of_on_tuesday_morning(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await prepared(here, "BTC", policy=Policy(2, 2))
        await here.digest()
        write(here, "BTC", {"2026-01-17": "b", "2026-01-18": "b"})
        for session in days("XNYS", "2026-01-16", "2026-01-20"):  # Monday is a holiday
            assert await run_at(here, NEW_YORK.settles(session) + MINUTE) != "decided" or session.day == 16
            await run_at(here, utc(f"{session + timedelta(days=1)} 00:16"))
        assert changes(await history(here, 1)) == [
            "01-17 ok>pending",
            "01-18 pending>firing",
            "01-19 firing>recovering",
            "01-20 recovering>ok",
        ]
        state = (await here.kept()).rule_state.state
        assert (state.session, state.held) == (date(2026, 1, 20), 1)


@pytest.mark.parametrize(
    ("home", "session", "at_home", "last"),
    [
        ("XNYS", "2026-01-20", "2026-01-20 21:15", "2026-01-21 00:15"),
        ("XLON", "2026-01-20", "2026-01-20 16:45", "2026-01-21 00:15"),
        ("XTKS", "2026-01-20", "2026-01-20 06:45", "2026-01-21 00:15"),
    ],
)
async def test_a_channel_waits_for_the_last_exchange_that_it_needs(
    tmp_path: Path, home: str, session: str, at_home: str, last: str
) -> None:
    async with office(tmp_path, calendar=ExchangeCalendar(home)) as here:
        await prepared(here, "LSE", "TSE", "NYS", "BTC")
        await here.rule(below("TSE"), Policy(1, 1), channel="C2")
        for channel in (HERE, "C2"):
            await here.digest(zone="UTC", at=time(0, 15), channel=channel)
        for symbol in EXCHANGES:
            write(here, symbol, {session: "b"})
        waits = f"the day settles on 24/7 at {last} UTC"
        assert await run_at(here, utc(at_home)) == waits  # as the prices tell
        assert (await here.kept(5)).rule_state.state.session == min(  # Tokyo's alone waits for nobody
            date.fromisoformat(session), date.fromisoformat("2026-01-20")
        )
        assert await run_at(here, utc(last) - MINUTE) == waits
        assert await run_at(here, utc(last)) == "decided"
        queued = await here.waiting()
        assert {new.not_before for new in queued} == {utc(last)}
        assert len([new for new in queued if new.kind.value == "card"]) == 4


async def test_exchanges_that_are_known_are_waited_for_without_asking(tmp_path: Path) -> None:
    async with office(tmp_path, calendar=ExchangeCalendar("XLON")) as here:
        await prepared(here, "LSE", "NYS")
        await run_at(here, utc("2026-01-20 21:15"))
        here.market.calls.clear()
        for hour in range(17, 21):
            assert (
                await run_at(here, utc(f"2026-01-21 {hour}:00"))
                == "the day settles on XNYS at 2026-01-21 21:15 UTC"
            )
        assert here.market.calls == []
        assert await run_at(here, utc("2026-01-21 21:15")) == "decided"
        assert here.market.calls == [("LSE", "NYS")]


async def test_late_prices_are_waited_for_from_the_last_exchange_on(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await prepared(here, "LSE", "BTC")
        await here.digest()
        write(here, "LSE", {"2026-01-20": "-"})
        late = "no price of LSE on 2026-01-20 yet"
        await run_at(here, utc("2026-01-20 21:16"))
        assert await run_at(here, utc("2026-01-21 00:15")) == late
        assert await run_at(here, utc("2026-01-21 06:14")) == late
        assert await run_at(here, utc("2026-01-21 06:15")) == "decided"
        assert changes(await history(here, 1)) == ["01-20 ok>no data"]


async def test_a_silent_source_on_a_holiday_loses_no_data_of_what_rested(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await prepared(here, "LSE", "NYS")
        await run_at(here, utc("2026-04-02 21:16"))
        here.market.fails = {name: here_fails(name) for name in ("LSE", "NYS")}
        assert "HTTP 500" in await run_at(here, utc("2026-04-06 21:16"))
        assert await run_at(here, utc("2026-04-07 03:16")) == "decided"
        assert changes(await history(here, 1)) == []
        assert changes(await history(here, 2)) == ["04-06 ok>no data"]


def here_fails(symbol: str):  # type: ignore[no-untyped-def]
    from bot.errors import Unavailable

    return Unavailable("Level Market", "HTTP 500", symbol=symbol)


async def test_a_price_in_doubt_is_waited_out_and_restated_when_it_was_corrected(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        await prepared(here, "NYS", policy=Policy(2, 2))
        await here.digest()
        sessions = days("XNYS", "2026-01-20", "2026-01-23")
        write(here, "NYS", {"2026-01-20": "b", "2026-01-21": "b", "2026-01-22": "b", "2026-01-23": "b"})
        wrong = Doubt(DoubtKind.JUMP, "NYS", date(2026, 1, 21), -0.99)
        here.market.doubts = [wrong]
        for session in sessions[:2]:
            await run_at(here, NEW_YORK.settles(session))
        assert (await here.kept()).rule_state.state.run == 1
        here.market.doubts = []
        for session in sessions[2:]:
            await run_at(here, NEW_YORK.settles(session))
        found = await history(here, 1)
        assert changes(found) == ["01-20 ok>pending", "01-21 pending>in doubt", "01-21 in doubt>firing"]
        assert [each.notice.value if each.notice else None for each in found] == [
            None,
            "in doubt",
            "restated",
        ]


async def test_a_price_in_doubt_that_nobody_corrects_fires_a_session_later_with_the_doubt_said(
    tmp_path: Path,
) -> None:
    async with office(tmp_path) as here:
        await prepared(here, "NYS", policy=Policy(1, 1))
        await here.digest()
        write(here, "NYS", {"2026-01-20": "o", "2026-01-21": "b", "2026-01-22": "b"})
        here.market.doubts = [Doubt(DoubtKind.JUMP, "NYS", date(2026, 1, 21), -0.99)]
        for session in days("XNYS", "2026-01-20", "2026-01-22"):
            await run_at(here, NEW_YORK.settles(session))
        assert changes(await history(here, 1)) == ["01-21 ok>in doubt", "01-22 in doubt>firing"]
        (story,) = [each.content for each in await here.waiting() if each.kind is NoticeKind.CARD]
        assert isinstance(story, RuleReport)
        said = card_message(story).text.replace("\u00a0", " ")
        assert (
            "R1 NYS price change below -10 % is met: NYS's price of 21 Jan 2026 looks wrong (-99.0 %" in said
        )


@dataclass(frozen=True)
class Plan:
    """home: whose calendar the workspace goes by.  begin: number of its first session from January on.

    letters: by symbol, closes from then on, on the sessions of its own exchange; upper case: in doubt.
    off: sessions without a bot.
    """

    home: str
    begin: int
    letters: tuple[str, str, str, str]
    off: frozenset[int]
    confirm: int
    recover: int


HOUR = time(1, 0)
"""When the channel hears, in UTC."""

COUNT = 7
"""Sessions of the workspace's calendar that pass."""

LETTERS = st.text("obm-bOBM", min_size=4, max_size=16)
PLANS = st.builds(
    Plan,
    st.sampled_from(sorted(ALL - {"24/7"})),
    st.integers(2, 230),
    st.tuples(LETTERS, LETTERS, LETTERS, LETTERS),
    st.frozensets(st.integers(0, COUNT - 2), max_size=4),
    st.integers(1, 3),
    st.integers(1, 2),
)


@dataclass(frozen=True)
class Worked:
    """The plan worked out in plain Python: what each rule reads on each of its own sessions."""

    plan: Plan
    sessions: list[date]

    @classmethod
    def of(cls, plan: Plan) -> Worked:
        found = days(plan.home, "2026-01-01", "2026-12-31")
        return cls(plan, found[plan.begin : plan.begin + COUNT])

    def closes(self, symbol: str) -> dict[date, str]:
        """The letters of a symbol by session."""
        letters = dict(zip(EXCHANGES, self.plan.letters, strict=True))[symbol]
        own = days(EXCHANGES[symbol], str(self.sessions[0]), "2026-12-31")
        return dict(zip(own, letters, strict=False))

    def values(self, *symbols: str) -> dict[date, Maybe | str]:
        """What is read on the common sessions: the price change, or how far the first one is behind."""
        shared = set[date].intersection(
            *(set(days(EXCHANGES[each], "2026-01-01", "2026-12-31")) for each in symbols)
        )
        closes = [self.closes(symbol) for symbol in symbols]
        doubts = {
            min((day for day in shared if day >= session), default=date.max)
            for each in closes
            for session, letter in each.items()
            if letter.isupper()
        }
        out: dict[date, Maybe | str] = {}
        for day in sorted(shared):
            levels = [LEVELS[each.get(day, "o").lower()] / 100 - 1 for each in closes]
            value = levels[0] - sum(levels[1:])
            out[day] = slow_watch.DOUBT if day in doubts else None if value != value else value
        return out

    def expected(self, symbols: tuple[str, ...]) -> list[tuple[date, str, str | None]]:
        """Phases and notices of a rule that begins on the first session which is run and its own."""
        read = self.values(*symbols)
        runs = [each for at, each in enumerate(self.sessions) if at not in self.plan.off]
        begin = next((day for day in runs if day in read), date.max)
        own = [day for day in read if begin <= day <= runs[-1]]
        patience = Patience(-0.10, -0.05, self.plan.confirm, self.plan.recover)
        told = slow_watch.story([read[day] for day in own], patience)
        phases = ["ok", *(phase for phase, _ in told)]
        return [
            (day, phase, notice)
            for day, before, (phase, notice) in zip(own, phases, told, strict=False)
            if phase != before or notice
        ]


RULES: tuple[tuple[str, ...], ...] = (("LSE",), ("TSE",), ("BTC",), ("NYS",), ("LSE", "NYS"))


async def lived(here: Office, worked: Worked) -> None:
    """Each session with runs when it has settled at home, when on all exchanges, and when patience ends."""
    calendar = here.desk.calendar
    for at, session in enumerate(worked.sessions):
        if at in worked.plan.off:
            continue
        end = find_settled(calendar, session, ALL).at
        for moment in (calendar.settles(session), end - MINUTE, end, end + timedelta(hours=2, minutes=1)):
            before = await kept_of(here)
            outcome = await run_at(here, moment)
            if moment < end:
                assert outcome.startswith("the day settles on"), outcome
                assert await kept_of(here) == before
            await here.deliver()
        assert all(each.rule_state.reached == session for each in await kept_of(here))
    here.clock.set(post_at(find_settled(calendar, worked.sessions[-1], ALL).at, HOUR, "UTC"))
    await here.deliver()


async def kept_of(here: Office) -> Sequence[StoredRule]:
    return await here.store.of(TEAM).rules()


def put(here: Office, worked: Worked) -> None:
    for symbol in EXCHANGES:
        for session, letter in worked.closes(symbol).items():
            here.market.levels[symbol, session] = LEVELS[letter.lower()]
            if letter.isupper():
                here.market.doubts.append(Doubt(DoubtKind.JUMP, symbol, session, -0.3))


async def check(folder: Path, plan: Plan) -> None:
    worked, policy = Worked.of(plan), Policy(plan.confirm, plan.recover)
    async with office(folder, None, ExchangeCalendar(plan.home), timedelta(hours=2)) as here:
        await prepared(here, *EXCHANGES, policy=policy)
        await here.rule(pair(), policy)
        await here.digest(zone="UTC", at=HOUR)
        put(here, worked)
        await lived(here, worked)
        happened: Counter[tuple[str, date, str, str]] = Counter()
        for number, symbols in enumerate(RULES, 1):
            transitions = await history(here, number)
            found = [
                (each.session, each.after.value, each.notice.value if each.notice else None)
                for each in transitions
            ]
            assert found == worked.expected(symbols), symbols
            happened += Counter(
                (f"R{number}", each.session, each.after.value, each.reason.value) for each in transitions
            )
        database = Database(url_of(f"sqlite:///{folder / 'watchpoint.db'}"))
        rows = await database.read(lambda connection: connection.execute(sa.select(OUTBOX)).all())
        await database.close()
        posted = [row for row in rows if row.kind == "digest" and row.state == "sent"]
        assert told([row.content for row in posted]) == happened, "every change is told in one digest"
        for row in posted:
            assert row.not_before >= find_settled(here.desk.calendar, row.session, ALL).at


def run(plan: Plan) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(check(Path(folder), plan))


GOLDEN_WEEK = Plan("XNYS", 79, ("bbbbBBoooo", "bb-bbooo", "bBbbbb-bbbooo", "bbobb"), frozenset({1, 2}), 2, 2)
LATE_SUMMER = Plan("XTKS", 159, ("BBBB", "bbb", "oBob", "bbbb"), frozenset({0}), 1, 1)
"""The first run is on the last Monday of August, which London rests on."""


@given(PLANS)
@example(GOLDEN_WEEK)
@example(LATE_SUMMER)
@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_each_rule_decides_as_the_slow_twin_does_and_every_change_is_told_once(plan: Plan) -> None:
    run(plan)


@pytest.mark.slow
@given(PLANS)
@settings(max_examples=at_length(30), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_holes_holidays_and_doubts(plan: Plan) -> None:
    run(plan)
