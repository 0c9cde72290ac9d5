"""What is seen of a bot from outside: a daily run that does not come is; so are those who wait."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from analytics.watch.crosscheck import Agreement
from bot.bootstrap.monitoring import Monitoring
from bot.clock import FixedClock
from bot.config import Role, load
from bot.market.calendar import ExchangeCalendar
from bot.model import Request, RuleState, SessionResult
from bot.slack.http import Site
from bot.store import SqlStore, engine, open_store
from tests.contracts.stores import calm, decided, draft, queued
from tests.fakes.asgi import get

CALENDAR = ExchangeCalendar()
FRIDAY, TUESDAY = date(2026, 1, 16), date(2026, 1, 20)


@pytest.fixture
async def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SqlStore]:
    monkeypatch.setattr(engine, "_PRAGMAS", (*engine._PRAGMAS, "PRAGMA synchronous = OFF"))
    async with open_store(f"sqlite:///{tmp_path / 'watchpoint.db'}") as store:
        yield store


def watching(store: SqlStore, clock: FixedClock, role: Role = Role.WORKER) -> Site:
    """The port of a process that has swept a moment ago."""
    settings = load(data="sample", port=0)
    here = Monitoring.of(role, clock, CALENDAR, store)
    if role is not Role.WEB:
        here.watch_runs(settings, clock, CALENDAR, store)
    return here.site(settings)


async def ready(site: Site) -> tuple[int, dict[str, str]]:
    page = await get(site.pages["/readyz"], "/readyz")
    return page.status, json.loads(page.body)["checks"]


async def figures(site: Site) -> dict[str, float]:
    page = await get(site.pages["/metrics"], "/metrics")
    families = text_string_to_metric_families(page.body)
    return {sample.name: sample.value for family in families for sample in family.samples}


async def test_a_daily_run_that_stopped_is_seen_when_its_deadline_is_over(store: SqlStore) -> None:
    stored = await store.of("T1").add(draft())
    await decided(store, stored, calm(FRIDAY))
    settled = CALENDAR.settles(TUESDAY)
    just_before = FixedClock(settled + timedelta(hours=6))
    assert await ready(watching(store, just_before)) == (200, dict.fromkeys(("store", "sweep", "run"), "ok"))
    after = FixedClock(settled + timedelta(hours=7))
    status, checks = await ready(watching(store, after))
    assert (status, checks["store"]) == (503, "ok")
    assert checks["run"] == "One rule has not come to the session of 2026-01-20, which settled 7 hours ago."


async def test_a_run_that_waits_for_another_exchange_is_not_late(store: SqlStore) -> None:
    stored = await store.of("T1").add(draft())
    rule_state = RuleState(calm(FRIDAY), exchanges={"ISCB": "24/7"})
    await store.commit([SessionResult("T1", "C1", FRIDAY, ((stored.watched, rule_state),))])
    midnight = datetime(2026, 1, 21, 0, 15, tzinfo=UTC)
    for hours, status in ((6.0, 200), (6.2, 200), (6.3, 503)):
        clock = FixedClock(midnight + timedelta(hours=hours))
        assert (await ready(watching(store, clock)))[0] == status


async def test_the_web_role_takes_commands_before_it_is_ready(store: SqlStore) -> None:
    site = watching(store, FixedClock(datetime(2026, 1, 20, tzinfo=UTC)), Role.WEB)
    status, checks = await ready(site)
    assert (status, checks["store"]) == (503, "ok")
    assert checks["slack"].startswith("No commands are taken from Slack: the bot is not connected yet")

    async def connected() -> bool:
        return True

    site.listening.since_now(connected)
    assert (await ready(site))[0] == 200


@pytest.mark.parametrize("role", [Role.WEB, Role.WORKER, Role.ALL])
async def test_those_who_wait_are_counted_in_every_role(store: SqlStore, role: Role) -> None:
    now = datetime(2026, 1, 20, 14, tzinfo=UTC)
    for number in range(3):
        await store.inbox.put(Request(f"q{number}", "/compare", "A B", "T1", "C1", "U1", now))
    await store.inbox.claim(now, timedelta(minutes=2))
    await store.of("T1").add_notices([queued(not_before=now), queued("later", not_before=now)])
    seen = await figures(watching(store, FixedClock(now), role))
    assert (seen["watchpoint_questions_open"], seen["watchpoint_lanes_due"]) == (2, 1)


async def test_where_prices_come_from_and_whether_two_sources_agree(store: SqlStore) -> None:
    settings, clock = load(data="sample", port=0), FixedClock(CALENDAR.settles(FRIDAY))
    here = Monitoring.of(Role.WORKER, clock, CALENDAR, store)
    here.watch_sources(["Yahoo Finance", "Tiingo"])

    async def told() -> str:
        page = await get(here.site(settings).pages["/readyz"], "/readyz")
        words: str = json.loads(page.body)["sources"]
        return words

    assert await told() == "Yahoo Finance, then Tiingo: not held against each other yet"
    here.metrics.sources(Agreement("Yahoo Finance", "Tiingo", FRIDAY, ("ISCB", "SPSM")))
    agreed = "Yahoo Finance and Tiingo agree about 2 of 2 symbols on 2026-01-16"
    assert await told() == f"Yahoo Finance, then Tiingo: {agreed}"
    assert (await figures(here.site(settings)))["watchpoint_sources_agreeing"] == 2
    here.watch_sources(["Yahoo Finance"])
    assert await told() == "Yahoo Finance"
