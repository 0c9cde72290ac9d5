"""The one table of commands: routing, help, reference and manifest read it, and a test compares them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sections import Section

_COUNTED = "any months or years like `18m` or `7y`, `mtd`, `qtd`, `ytd`, `max`"
_DATED = "`2020`, `q3 2025`, `last year`, `since jan 2021`, `2021-03-19..2024-12-31`"
WINDOWS = f"Windows: {_COUNTED}, {_DATED}; else 1y."
MEASURES = "{measures}"
"""Stands in remarks for the measures that a rule may ask for, which help lists."""
OPERATORS = "{operators}"
"""Stands in remarks for what a rule compares by, which help lists."""
HINTED = 2
"""Examples in the hint: Slack shows one line of it."""
_OPEN_WINDOWS = f"Windows: {_COUNTED}, `since 2021-03-19`; else 1y."


@dataclass(frozen=True)
class Command:
    """One row of the table of commands.

    name: with its slash; usage: what follows it.
    runs: what help has buttons for, as one says it to the bot; nothing that makes or ends a rule.
    terms: of the usage, each in a line; remarks: what else help says.  Both are mrkdwn.
    """

    name: str
    description: str
    usage: str
    examples: tuple[str, ...]
    runs: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def hint(self) -> str:
        """Return what Slack shows behind the name while one types it: examples are read, a grammar is not."""
        shown = [example.removeprefix(self.name).strip() for example in self.examples[:HINTED]]
        return " · ".join([*shown, "help"])


COMPARE = Command(
    name="/compare",
    description="Compare funds: return, risk, cost and sectors, with charts",
    usage="A B [C … up to 6] [window] [vs SPY] [rf=0|tbill|4%] [asof 2026-01-16] [weekly]",
    examples=(
        "/compare ISCB SPSM",
        "/compare ISCB SPSM IWM 5y vs SPY",
        "/compare ISCB SPSM since 2021-03-19 rf=tbill",
        "/compare ISCB SPSM 1y asof 2026-01-16",
    ),
    runs=(
        "compare ISCB SPSM",
        "compare ISCB SPSM IWM 5y vs SPY",
        "compare ISCB SPSM 2020",
        "compare SPY QQQ TLT 3y",
    ),
    terms=(WINDOWS,),
    remarks=(
        "Relative figures are against the symbol after `vs`, else against the last fund named.",
        "`rf` is the risk-free rate and the Sortino target; 0 where none is given.",
        "`weekly` takes risk and relative figures from weekly returns, Friday to Friday.",
    ),
)
SECTORS = Command(
    name="/sectors",
    description="Sectors of funds side by side, with active weights and a chart",
    usage="A [B … up to 6] [vs SPY] [asof 2026-01-16]",
    examples=("/sectors ISCB SPSM", "/sectors ISCB SPSM vs IWM", "/sectors ISCB"),
    runs=("sectors ISCB SPSM", "sectors ISCB SPSM vs IWM", "sectors ISCB", "sectors SPY QQQ"),
    remarks=("Active weights are against the symbol after `vs`, else against the last fund named.",),
)
WATCH = Command(
    name="/watch",
    description="Keep a rule about funds; the channel hears when it is met",
    usage="ISCB sortino [1y] < 1.0 [for 5 sessions] [recover 1.1] [then SPSM] [vs SPY] [rf=0|tbill|4%]"
    " | test RULE | noisiest | list [ISCB] [triggered] [page 2]"
    " | show|edit|pause|resume|delete|history|why R7"
    " | ack R7 [kept: reason] | decisions|scorecard [csv] | snooze R7 [1w] | unsnooze R7",
    examples=(
        "/watch ISCB sortino < 1.0 for 5 sessions then SPSM",
        "/watch ISCB lags SPSM by 5% over 3m",
        "/watch if ISCB's Calmar or its Sortino drops below 1.0 rotate to SPSM",
        "/watch ISCB 2 of: sortino < 1, sharpe < 0.5, cagr < 4%",
        "/watch SPSM expense ratio changes",
        "/watch test SPY price crosses below 500",
        "/watch edit R7 ISCB sortino < 0.9",
    ),
    runs=(
        "watch test ISCB sortino < 1.0",
        "watch test IWM drawdown < -15%",
        "watch test ISCB - SPSM sharpe 3y < 0",
        "watch list",
    ),
    remarks=(
        f"Measures: {MEASURES}.",
        _OPEN_WINDOWS,
        f"Compared by {OPERATORS}.",
        "`ISCB - SPSM` is a difference, `/` a ratio; `lags` and `beats` mean returns, `falls` the "
        "price; conditions: `and`, `or`, `2 of:`, `all of:`, `any of:`.",
        "A rule triggers after 5 sessions in a row, a drawdown or a fact at once, and clears as long past "
        "`recover`, else 10 % past the threshold.",
        "`test` weighs a rule, `noisiest` ranks them.",
        "`then SPSM` shows a fund beside it; `rf`: risk-free rate, Sortino target, else 0.",
        "In a card's thread `ack` and `snooze` need no `R7`.",
        "A `$` makes a symbol of any word: `$LIST`.",
    ),
)
DIGEST = Command(
    name="/digest",
    description="When the channel hears of its rules: one post after each trading session",
    usage="on [08:30] [America/New_York] [always|quiet [mon fri]] [same day|next day] | off | status | now",
    examples=("/digest on 08:30", "/digest on 7:45 London quiet", "/digest quiet mondays", "/digest off"),
    runs=("digest status", "digest now", "digest on 08:30", "follow list"),
    remarks=(
        "Times are local to the zone and follow daylight saving; without a zone yours is taken, by your "
        "Slack profile.",
        "`always` posts after every session; `quiet` only when a rule has news, `quiet mon fri` on these "
        "days also without. `/watch daily quiet on` and `/watch daily` say the same.",
        "A post tells of the newest session that has settled at its time; with `same day` it waits up to "
        "three hours for the session of its own day: `on 16:00 same day` after New York's close.",
        "`now` posts the state of all rules and pairs at once, once.",
    ),
)
_FOLLOWED = (
    "A pair's line has both total returns and the gap of the newest session, of the month and of the year "
    "to date; after the last session of a week that week, after that of a month a table with a CSV file."
)
FOLLOW = Command(
    name="/follow",
    description="Follow two funds: their returns and gap in the channel's daily post",
    usage="ISCB SPSM [vs IWM] | list",
    examples=("/follow ISCB SPSM", "/follow ISCB SPSM vs IWM", "/follow list"),
    runs=("follow list", "compare ISCB SPSM", "digest status", "digest now"),
    remarks=(_FOLLOWED, "The fund after `vs` stands beside them. `/unfollow ISCB SPSM` ends it."),
)
UNFOLLOW = Command(
    name="/unfollow",
    description="End the line of two funds in the channel's daily post",
    usage="ISCB SPSM",
    examples=("/unfollow ISCB SPSM", "/unfollow list"),
    runs=("follow list", "compare ISCB SPSM", "digest status", "watch list"),
    remarks=("In either order. `/follow list` shows the pairs that this channel follows.",),
)
PORTFOLIO = Command(
    name="/portfolio",
    description="Name a mix of funds, which then stands wherever a symbol does",
    usage="core = 40% SPSM 30% ISCB 30% AVUV [never|daily|monthly|quarterly|yearly]"
    " | core | list | delete core",
    examples=(
        "/portfolio core = 40% SPSM 30% ISCB 30% AVUV",
        "/portfolio balanced = 60% SPY 40% TLT monthly",
        "/portfolio list",
        "/portfolio delete core",
    ),
    runs=(
        "compare 60% ISCB 40% TLT with SPY 5y",
        "compare 80% SPSM 20% ISCB with SPSM",
        "sectors 60% SPY 40% ISCB vs SPY",
        "portfolio list",
    ),
    remarks=(
        "A name has 2 to 20 small letters: `/compare core SPY 5y`, `/watch core sortino &lt; 1`. A mix needs "
        "none: `/compare 60% ISCB 40% TLT with SPY`.",
        "Weights come to 100 %; what is left is cash at the risk-free rate. They are set back at the last "
        "close of each quarter, or of the period that is named; no trading cost, no tax.",
        "A change is a new version: rules, followed pairs and threads keep theirs, `core@1` names one.",
    ),
)
COMMANDS = (COMPARE, SECTORS, WATCH, FOLLOW, UNFOLLOW, DIGEST, PORTFOLIO)


@dataclass(frozen=True)
class Phrase:
    """One row of the table of what can be asked in a conversation.

    typed: as one types it after the bot's name, or alone in direct messages.
    """

    typed: str
    description: str


STUDY_WORDS = tuple(
    Phrase(section.typed, section.row.description) for section in Section if section.row.description
)
CHANGE_WORDS = (
    Phrase("5y", "over another window; also `2020`, `q3 2025`, `last year`, `since jan 2021`"),
    Phrase("vs IWM", "against another benchmark"),
    Phrase("add VB", "with one fund more, or several"),
    Phrase("without IWM", "with one fund less, or several"),
    Phrase("weekly", "from weekly returns; `daily` goes back"),
    Phrase("rf=tbill", "with another risk-free rate; also `rf=0` and `rf=4%`"),
    Phrase("asof 2026-01-16", "as it stood on that day"),
)
ELSEWHERE_WORDS = (
    Phrase("compare ISCB SPSM 3y", "funds that are named; from here on the thread is about these"),
    Phrase("sectors ISCB SPSM vs IWM", "any of the above, of funds that are named"),
)
CARD_WORDS = (
    Phrase("ack looking at it", "somebody has its incident in hand"),
    Phrase("snooze 1w", "nothing is said of it until then"),
    Phrase("unsnooze", "what changes is said again"),
)
"""What can be said in the thread of a card, about its rule."""
FOLLOW_UPS = (*STUDY_WORDS, *CHANGE_WORDS, *ELSEWHERE_WORDS)
"""What can be asked after an answer, about its funds; they combine: `sectors vs IWM 5y`."""

_USAGE = tuple(
    section.typed if section.takes_measure else section.value
    for section in Section
    if section.row.description
)
"""Without what may be left out."""

TALK = Command(
    name="@watchpoint",
    description="Ask on about the funds of a thread, or about funds that you name",
    usage=f"{'|'.join(_USAGE)}"
    " [A B …] [5y] [vs IWM] [add VB] [without IWM] [weekly] [rf=tbill] [asof 2026-01-16]"
    " | compare A B | watch RULE | digest status | help",
    examples=("sectors", "sectors vs IWM", "5y weekly", "add VB", "compare ISCB SPSM 3y"),
    remarks=(
        "In the thread of an answer, a card or a daily post the funds above are meant.",
        "A `$` makes a symbol of any word: `add $RISK`.",
    ),
)
"""What is said to the bot; no slash command, so not among `COMMANDS`."""
