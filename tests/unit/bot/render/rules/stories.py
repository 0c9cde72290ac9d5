"""Stories by hand: rules, states and flips as the daily run would make them, for messages to be made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import numpy as np

from analytics.panel import Doubt, DoubtKind, FloatArray
from analytics.returns import Rate
from analytics.watch.backtest import Backtest, Incident, Outcome
from analytics.watch.operators import Op
from analytics.watch.readings import Reading
from analytics.watch.rules import Combine, Condition, Quantity, Rule
from analytics.watch.states import Acknowledgement, Announcement, Phase, Policy, Reason, State
from analytics.window import Window
from bot.model import (
    AuditAction,
    AuditEntry,
    Digest,
    DigestContent,
    DigestMode,
    RuleHistory,
    RuleReport,
    RuleStatus,
    RuleTransition,
    RuleVersion,
)
from bot.model import RuleIncident as NamedEstimate
from bot.render.chart_specs import GrowthChart

SESSION = date(2026, 1, 16)
BEFORE = date(2026, 1, 15)
MADE = datetime(2025, 11, 3, 14, 5, tzinfo=UTC)
SORTINO = Condition(Quantity("sortino", "ISCB"), Op.BELOW, 1.0)
SHARPE_GAP = Condition(
    Quantity("sharpe", "ISCB", other="SPSM", window=Window("3y"), rate=Rate(None)), Op.BELOW, 0.0
)
FALL = Condition(Quantity("drawdown", "IWM"), Op.BELOW, -0.15)
EXPENSE = Condition(Quantity("expense_ratio", "SPSM"), Op.CHANGES, 0.0003)
ASSETS = Condition(Quantity("assets", "ISCB"), Op.BELOW, 250e6)
SECTOR = Condition(Quantity("sector_weight", "ISCB", sector="Technology"), Op.ABOVE, 0.2)
CROSSING = Condition(Quantity("sortino", "ISCB"), Op.CROSSES_BELOW, 1.0)
BETA = Condition(Quantity("beta", "ISCB", benchmark="SPY", window=Window("5y")), Op.AT_LEAST, 1.25)
SHARE = Condition(Quantity("total_return", "ISCB", other="SPSM", combine=Combine.RATIO), Op.BELOW, 0.9)
LAG = Condition(Quantity("total_return", "ISCB", other="SPSM", window=Window("ytd")), Op.BELOW, -0.02)
SEVERAL = Rule(
    (
        SORTINO,
        Condition(Quantity("sharpe", "ISCB"), Op.BELOW, 0.5),
        Condition(Quantity("drawdown", "ISCB"), Op.BELOW, -0.2),
    ),
    needed=2,
    then="SPSM",
)


def watched(rule: Rule, text: str = "ISCB sortino < 1.0 1y for 5 sessions", number: int = 7) -> RuleVersion:
    return RuleVersion("T1", number, 1, "C1", "U0ANN", "U0ANN", text, rule, Policy(), MADE)


WEAK = watched(Rule((SORTINO,), then="SPSM"), "ISCB sortino < 1.0 1y for 5 sessions then SPSM")


def low(value: float = 0.94, then: float | None = 0.87) -> Reading:
    return Reading(value, met=True, safe=False, then=then)


def band(value: float = 1.04, then: float | None = 0.87) -> Reading:
    return Reading(value, met=False, safe=False, then=then)


def high(value: float = 1.12, then: float | None = 1.2) -> Reading:
    return Reading(value, met=False, safe=True, then=then)


def flip(
    before: Phase, after: Phase, reason: Reason, notice: Announcement | None = None, **facts: object
) -> RuleTransition:
    value = facts.get("value")
    shown = value if isinstance(value, float) else None
    return RuleTransition(SESSION, before, after, reason, notice, facts, shown, then=0.87)  # type: ignore[arg-type]


JUST_FIRED = State(kept=Phase.FIRING, since=SESSION, held=1, session=SESSION, fired=SESSION, armed=True)
LONG_FIRING = replace(JUST_FIRED, since=date(2025, 12, 30), held=12, fired=date(2025, 12, 30))
PAST = (
    NamedEstimate(1, date(2025, 3, 3), date(2025, 4, 22), "1.1"),
    NamedEstimate(1, date(2024, 8, 5), date(2024, 8, 26), "1.2"),
)


def story(
    state: State, reading: Reading | None, changed: RuleTransition | None = None, **more: object
) -> RuleReport:
    given = {"watched": WEAK, "incidents": PAST, "source": "Yahoo Finance", **more}
    return RuleReport(session=SESSION, state=state, reading=reading, flip=changed, **given)  # type: ignore[arg-type]


def deed(act: AuditAction, detail: str = "") -> AuditEntry:
    return AuditEntry("U0BOB", act, datetime(2026, 1, 16, 15, 30, tzinfo=UTC), detail)


FIRED = story(
    JUST_FIRED,
    low(),
    flip(
        Phase.PENDING,
        Phase.FIRING,
        Reason.CONFIRMED,
        Announcement.FIRED,
        value=0.94,
        count=5,
        needed=5,
        since=date(2026, 1, 12),
    ),
)
FIRING = story(LONG_FIRING, low(0.91))
IN_BAND = story(LONG_FIRING, band())
RECOVERING = story(replace(LONG_FIRING, kept=Phase.RECOVERING, run=2, since=BEFORE, held=2), high())
STARTED = story(
    replace(LONG_FIRING, kept=Phase.RECOVERING, run=1, since=SESSION, held=1),
    high(),
    flip(Phase.FIRING, Phase.RECOVERING, Reason.RECOVERING, value=1.12, count=1, needed=5),
)
RELAPSED = story(
    replace(LONG_FIRING, since=SESSION, held=1),
    band(),
    flip(Phase.RECOVERING, Phase.FIRING, Reason.RELAPSED, value=1.04, count=2, needed=5),
)
RECOVERED = story(
    State(kept=Phase.OK, since=SESSION, held=1, session=SESSION, armed=True),
    high(),
    flip(Phase.RECOVERING, Phase.OK, Reason.RECOVERED, Announcement.RECOVERED, value=1.12, count=5, needed=5),
    incidents=(NamedEstimate(1, date(2025, 12, 30), SESSION, "1.3"), *PAST),
)
STILL = story(
    LONG_FIRING,
    low(0.91),
    flip(Phase.FIRING, Phase.FIRING, Reason.STILL_MET, Announcement.STILL_FIRING, value=0.91),
)
NO_DATA = story(
    replace(LONG_FIRING, trouble=Phase.NO_DATA),
    Reading(None, None, None, "no price of ISCB on 2026-01-16"),
    flip(
        Phase.FIRING,
        Phase.NO_DATA,
        Reason.NO_DATA,
        Announcement.NO_DATA,
        cause="no price of ISCB on 2026-01-16",
    ),
)
FAILED = story(
    replace(LONG_FIRING, trouble=Phase.ERROR),
    Reading(None, None, None, "no prices of ISCB at all", failed=True),
    flip(Phase.FIRING, Phase.ERROR, Reason.ERROR, Announcement.ERROR, cause="no prices of ISCB at all"),
)
DATA_BACK = story(LONG_FIRING, low(0.91), flip(Phase.NO_DATA, Phase.FIRING, Reason.STILL_MET, value=0.91))
RESTATED = story(
    State(kept=Phase.PENDING, run=4, since=BEFORE, held=4, session=SESSION, armed=True),
    low(0.98),
    flip(Phase.FIRING, Phase.PENDING, Reason.RESTATED, Announcement.RESTATED, value=0.98, was="firing"),
)
PENDING = story(
    State(kept=Phase.PENDING, run=1, since=SESSION, held=1, session=SESSION, armed=True),
    low(0.97),
    flip(Phase.OK, Phase.PENDING, Reason.CONFIRMING, value=0.97, count=1, needed=5),
)
BROKEN = story(
    State(kept=Phase.OK, since=SESSION, held=1, session=SESSION, armed=True),
    band(1.02),
    flip(Phase.PENDING, Phase.OK, Reason.CONFIRMATION_BROKEN, value=1.02, count=2, needed=5),
)
QUIET = story(State(kept=Phase.OK, since=BEFORE, held=40, session=SESSION, armed=True), high(1.18))
UNDECIDED = story(State(), Reading(None, None, None, "no price of ISCB on 2026-01-16"), incidents=())
ACKNOWLEDGED = replace(
    FIRING,
    state=replace(LONG_FIRING, acknowledged=Acknowledgement("U0BOB", "mandate review on Tuesday")),
    deed=deed(AuditAction.ACKNOWLEDGED, "mandate review on Tuesday"),
)
SNOOZED = replace(
    FIRING,
    state=replace(LONG_FIRING, snoozed_until=date(2026, 1, 26)),
    deed=deed(AuditAction.SNOOZED, "2026-01-26"),
)
PAUSED = replace(
    FIRING, state=State(), deed=deed(AuditAction.PAUSED), watched=replace(WEAK, status=RuleStatus.PAUSED)
)
DELETED = replace(
    FIRING, state=State(), deed=deed(AuditAction.DELETED), watched=replace(WEAK, status=RuleStatus.DELETED)
)
EDITED = replace(FIRING, deed=deed(AuditAction.EDITED))
TWO_OF_THREE = story(
    JUST_FIRED,
    Reading(
        2.0,
        met=True,
        safe=False,
        parts=(
            low(),
            Reading(0.44, met=True, safe=False, then=0.61),
            Reading(-0.12, met=False, safe=True, then=-0.22),
        ),
    ),
    flip(Phase.PENDING, Phase.FIRING, Reason.CONFIRMED, Announcement.FIRED, value=2.0, count=5, needed=5),
    watched=watched(
        SEVERAL, "2 of: ISCB sortino < 1.0, sharpe < 0.5, drawdown < -20% for 5 sessions then SPSM"
    ),
)

PENCE = Doubt(DoubtKind.UNIT, "ISCB", date(2025, 10, 1), -0.99)
CRASH = Doubt(DoubtKind.JUMP, "SPSM", date(2025, 9, 2), -0.264)


def doubtful(told: RuleReport, *doubts: Doubt) -> RuleReport:
    """The same, read over prices that look wrong."""
    reading = told.reading or Reading(None, None, None)
    return replace(told, reading=replace(reading, doubts=doubts or (PENCE,)))


WRONG = "ISCB's price of 16 Jan 2026 looks wrong (-99.0 %)"
WAITING = story(
    replace(QUIET.state, trouble=Phase.DOUBT),
    Reading(None, None, None, WRONG, doubts=(replace(PENCE, session=SESSION),), waits=True),
    flip(Phase.OK, Phase.DOUBT, Reason.DOUBT, Announcement.DOUBT, cause=WRONG),
)
READ_AGAIN = story(LONG_FIRING, low(0.91), flip(Phase.DOUBT, Phase.FIRING, Reason.STILL_MET, value=0.91))

EVERY = {
    "fired": FIRED,
    "firing": FIRING,
    "in_band": IN_BAND,
    "recovering": RECOVERING,
    "started": STARTED,
    "relapsed": RELAPSED,
    "recovered": RECOVERED,
    "still": STILL,
    "no_data": NO_DATA,
    "failed": FAILED,
    "data_back": DATA_BACK,
    "restated": RESTATED,
    "pending": PENDING,
    "broken": BROKEN,
    "quiet": QUIET,
    "undecided": UNDECIDED,
    "acknowledged": ACKNOWLEDGED,
    "snoozed": SNOOZED,
    "paused": PAUSED,
    "deleted": DELETED,
    "edited": EDITED,
    "several": TWO_OF_THREE,
    "doubtful": doubtful(FIRED),
    "doubtful_several": doubtful(TWO_OF_THREE, PENCE, CRASH),
    "waiting": WAITING,
    "read_again": doubtful(READ_AGAIN),
}


def of(
    condition: Condition, reading: Reading | None, state: State | None = None, **more: object
) -> RuleReport:
    """A story of another rule of one condition, quiet where no state is given."""
    then = more.pop("then", None)
    text = str(more.pop("text", "a rule"))
    number = int(str(more.pop("number", 8)))
    rule = Rule((condition,), then=then)  # type: ignore[arg-type]
    given = {"watched": watched(rule, text, number), "incidents": (), **more}
    return replace(story(state or QUIET.state, reading), **given)  # type: ignore[arg-type]


def outcome(confirm: int, *lengths: int, known: int = 1255, is_open: bool = False) -> Outcome:
    """Incidents of so many sessions."""
    fired = [date(2022, 1, 3 + index) for index in range(len(lengths))]
    last = len(lengths) - 1
    return Outcome(
        Policy(confirm),
        tuple(
            Incident(day, None if is_open and at == last else day, count)
            for at, (day, count) in enumerate(zip(fired, lengths, strict=True))
        ),
        known,
    )


CALM = Backtest(date(2021, 1, 19), SESSION, outcome(5, 12, 21, 10))
OFTEN = Backtest(date(2023, 1, 16), SESSION, outcome(5, *[4] * 9, known=755))
DIGEST = Digest("T1", "C1", "U0ANN", time(8, 30), "America/New_York")
ALWAYS = replace(DIGEST, mode=DigestMode.ALWAYS)
NEXT = datetime(2026, 1, 20, 13, 30, tzinfo=UTC)
HISTORY = RuleHistory(
    versions=(replace(WEAK, version=2), WEAK),
    transitions=tuple(each.flip for each in (RECOVERED, STARTED, FIRED, PENDING) if each.flip),
    deeds=(deed(AuditAction.ACKNOWLEDGED, "mandate review on Tuesday"), deed(AuditAction.MADE)),
    incidents=PAST,
)


def numbered(told: RuleReport, number: int) -> RuleReport:
    return replace(told, watched=replace(told.watched, number=number))


BUSY = DigestContent(
    SESSION,
    (
        QUIET,
        numbered(FIRED, 1),
        numbered(STARTED, 2),
        numbered(PENDING, 3),
        numbered(ACKNOWLEDGED, 4),
        *(
            numbered(of(FALL, Reading(-0.07, met=False, safe=True), text="IWM drawdown < -15%"), each)
            for each in (9, 10)
        ),
    ),
)
CALM_DAY = DigestContent(
    SESSION,
    (
        numbered(story(QUIET.state, high(1.08)), 3),
        of(FALL, Reading(-0.07, met=False, safe=True), number=4),
        of(EXPENSE, Reading(0.0003, met=False, safe=True), number=5),
        of(SHARPE_GAP, Reading(0.31, met=False, safe=True), number=6),
    ),
)


def picture(name: str = "watch") -> GrowthChart:
    """Any picture: what matters is its slot."""
    sessions = np.array(["2026-01-15", "2026-01-16"], dtype="datetime64[D]")
    values: FloatArray = np.array([[100.0, 101.0]])
    return GrowthChart(
        title="R7: ISCB's Sortino ratio over 1 year",
        subtitle="",
        footer="",
        alt="Sortino ratio fell below 1.00 on 12 Jan 2026.",
        symbols=("ISCB",),
        sessions=sessions,
        growth=values,
        drawdowns=values * 0,
        worst=(None,),
        name=name,
    )
