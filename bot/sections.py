"""What can be asked about funds: one row a follow-up, with all that is known of it.

    Section.SECTORS.names              what people type, the canonical name first
    Section.COST.takes                 Argument.SIZE
    Section.CORRELATION.needs_two      True

Grammar, help, usage, suggestions and buttons read the row; what draws a section is in
`bot/use_cases/sections.py`: see `docs/decisions/0046`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum


class Argument(Enum):
    """What one section takes and the others do not."""

    MEASURE = "a measure that is computed from prices"
    SIZE = "the size of an order"
    TERMS = "the size of an order, and what is told of its cost"


@dataclass(frozen=True)
class SectionRow:
    """What is known of one section beside its canonical name.

    names : what people type besides
    beside_it : the sections that are suggested beside it, the likeliest first
    typed : in help and usage, with its argument; the canonical name where it is not given
    description : in help, what it shows; empty for the comparison, which is no section of itself
    button : its label, where that is not its canonical name with a capital
    takes : what it takes and the others do not
    benchmark_beside : a benchmark has it as well and stands beside the funds, as the last column
    beside_where_named : nothing is held against a benchmark; one that the question itself names stands beside
        the funds, that of the thread does not
    needs_two : it says how funds stand to one another
    in_place_of_it : what is offered beside a bond fund instead, of which it says nothing
    """

    names: tuple[str, ...]
    beside_it: tuple[str, ...]
    typed: str = ""
    description: str = ""
    button: str = ""
    takes: Argument | None = None
    benchmark_beside: bool = False
    beside_where_named: bool = False
    needs_two: bool = False
    in_place_of_it: str = ""


class Section(StrEnum):
    """What can be asked about funds; the words that people type, in the order of the help."""

    COMPARE = (
        "compare",
        SectionRow(
            names=("comparison", "side by side"),
            beside_it=("returns", "sectors", "risk"),
        ),
    )
    FIGURES = (
        "figures",
        SectionRow(
            names=(
                *("all figures", "all the figures", "all numbers", "all the numbers"),
                *("whole table", "full table", "table"),
            ),
            beside_it=("risk", "returns", "edge"),
            description="the whole table, with the convention of its figures",
            button="All figures",
        ),
    )
    SECTORS = (
        "sectors",
        SectionRow(
            names=(
                *("sector", "industries", "industry", "allocation", "allocations"),
                *("exposure", "exposures", "sector weights", "sector weight"),
                *("sector breakdown", "sector allocation", "sector exposure"),
                *("industry breakdown", "breakdown", "weights", "active weights"),
            ),
            beside_it=("holdings", "compare", "cost"),
            description="sector weights side by side, with active weights and a chart",
            benchmark_beside=True,
            in_place_of_it="rates",
        ),
    )
    HOLDINGS = (
        "holdings",
        SectionRow(
            names=(
                *("holding", "positions", "position", "constituents", "top ten", "top 10"),
                *("top ten holdings", "top 10 holdings", "top holdings", "largest holdings"),
                *("top positions", "largest positions", "overlap", "overlaps"),
                *("concentration", "top ten positions", "top 10 positions", "ten largest"),
                "10 largest",
            ),
            beside_it=("sectors", "compare", "correlation"),
            description="the ten largest positions of each, overlap and concentration",
            benchmark_beside=True,
        ),
    )
    FACTS = (
        "facts",
        SectionRow(
            names=(
                *("fact", "fund facts", "profile", "profiles", "fund profile", "full name", "full names"),
                *("provider", "providers", "issuer", "issuers", "fund family", "inception"),
                *("inception date", "inception dates", "which index", "what index", "tracked index"),
            ),
            beside_it=("cost", "holdings", "returns"),
            description="full name, provider, index, kind, inception, fee, yield and size",
            benchmark_beside=True,
        ),
    )
    RETURNS = (
        "returns",
        SectionRow(
            names=(
                *("return", "trailing", "trailing returns", "performance", "years"),
                *("calendar", "calendar years", "calendar returns", "calendar year returns"),
                *("annual returns", "gains", "yearly returns", "trailing calendar years"),
                *("trailing performance", "monthly returns", "months", "calendar months"),
                *("by month", "month by month", "best month", "worst month", "best day"),
                "worst day",
            ),
            beside_it=("drawdowns", "risk", "compare"),
            beside_where_named=True,
            description="trailing periods, calendar years and months, with charts",
        ),
    )
    RISK = (
        "risk",
        SectionRow(
            names=(
                *("risks", "risky", "riskier", "riskiness", "volatility", "vol"),
                *("risk figures", "risk measures", "risk metrics", "risk table", "volatile"),
            ),
            beside_it=("drawdowns", "rolling", "returns"),
            description="volatility, downside, Sortino and the other figures of risk",
        ),
    )
    DRAWDOWNS = (
        "drawdowns",
        SectionRow(
            names=(
                *("drawdown", "falls", "fall", "losses", "dd", "underwater", "max drawdown"),
                *("max drawdowns", "worst drawdown", "worst drawdowns", "worst falls"),
                *("worst fall", "crashes"),
            ),
            beside_it=("risk", "returns", "compare"),
            beside_where_named=True,
            description="when they fell, how deep, and when they recovered, with a chart",
        ),
    )
    ROLLING = (
        "rolling",
        SectionRow(
            names=(
                *("moving", "rolling sortino", "rolling correlation"),
                *("rolling sortino correlation", "rolling volatility", "rolling beta"),
                *("through time", "history of sortino"),
            ),
            beside_it=("risk", "correlation", "returns"),
            description="Sortino, volatility, correlation and beta through time, with a chart",
        ),
    )
    CORRELATION = (
        "correlation",
        SectionRow(
            names=("correlations", "corr", "correl", "correlated", "diversification"),
            beside_it=("rolling", "holdings", "risk"),
            description="how they move together, from daily and from weekly returns",
            needs_two=True,
        ),
    )
    COST = (
        "cost",
        SectionRow(
            names=(
                *("costs", "fee", "fees", "expense", "expenses", "expense ratio"),
                *("expense ratios", "ter", "liquidity", "yield", "yields", "spread"),
                *("spreads", "days to trade", "expensive", "cheap", "cheaper", "aum"),
                *("fund size", "trading cost", "trading costs", "assets"),
            ),
            beside_it=("switch", "holdings", "sectors"),
            typed="cost size=25m",
            beside_where_named=True,
            description="fee, yield, size, and the days it takes to trade an order",
            takes=Argument.SIZE,
        ),
    )
    SWITCH = (
        "switch",
        SectionRow(
            names=(
                *("switching", "cost of a switch", "cost of switching", "cost to switch", "switch cost"),
                *("switching cost", "switching costs", "needed edge", "break-even", "breakeven"),
            ),
            beside_it=("edge", "cost", "holdings"),
            typed="switch size=100k spread=3bp",
            description="what selling the first and buying the other costs, and the edge that needs",
            button="Cost of a switch",
            takes=Argument.TERMS,
            needs_two=True,
        ),
    )
    EDGE = (
        "edge",
        SectionRow(
            names=(
                *("is it real", "real", "evidence", "significance", "significant", "luck", "skill"),
                *("chance", "by chance", "noise", "statistical significance", "t-test", "p-value"),
            ),
            beside_it=("risk", "regimes", "style"),
            beside_where_named=True,
            description="whether the window can tell the gap from chance, with intervals and a chart",
            button="Is it real?",
            needs_two=True,
        ),
    )
    RATES = (
        "rates",
        SectionRow(
            names=(
                *("interest rates", "interest rate", "rate sensitivity", "rate risk", "duration"),
                *("fed", "treasury yields", "when rates rise", "rates rise"),
            ),
            beside_it=("regimes", "style", "risk"),
            beside_where_named=True,
            description="what a move of the 10-year Treasury yield does to them, with a chart",
        ),
    )
    REGIMES = (
        "regimes",
        SectionRow(
            names=("scenarios", "scenario", "market falls", "bear markets"),
            beside_it=("rates", "drawdowns", "edge"),
            beside_where_named=True,
            description="months of rising rates, falling markets and the like, and market falls",
        ),
    )
    STYLE = (
        "style",
        SectionRow(
            names=(
                *("styles", "factors", "factor", "factor exposure", "factor exposures", "tilt", "tilts"),
                *("value tilt", "style exposure", "factor analysis"),
            ),
            beside_it=("sectors", "edge", "regimes"),
            beside_where_named=True,
            description="how much of them is market, size, value, momentum and bonds, with a chart",
        ),
    )
    ATTRIBUTION = (
        "attribution",
        SectionRow(
            names=(
                *("where the gap came from", "gap came from", "where from", "source of the gap", "brinson"),
                *("selection", "stock selection", "performance attribution", "allocation and selection"),
            ),
            beside_it=("style", "holdings", "sectors"),
            description="where the gap came from: allocation over sectors, selection, the rest",
            button="Where from?",
            benchmark_beside=True,
            needs_two=True,
        ),
    )
    EXPLAIN = (
        "explain",
        SectionRow(
            names=(
                *("explained", "formula", "formula of", "define", "definition"),
                *("definition of", "calculate", "calculated", "computed", "calculation"),
                *("calculation of", "meaning", "mean"),
            ),
            beside_it=("risk", "rolling", "returns"),
            typed="explain sortino",
            description="formula, convention and the numbers that went in; any measure, `edge` and `cost`",
            takes=Argument.MEASURE,
        ),
    )
    CSV = (
        "csv",
        SectionRow(
            names=("export", "download", "spreadsheet", "excel", "csvs"),
            beside_it=("returns", "sectors", "compare"),
            description="table and series as files",
            button="Export",
        ),
    )

    row: SectionRow
    takes_measure: bool
    takes_size: bool
    takes_terms: bool
    needs_two: bool

    def __new__(cls, name: str, *row: SectionRow) -> Section:
        """Make a member of its canonical name and its row."""
        self = str.__new__(cls, name)
        self._value_ = name
        (self.row,) = row
        self.takes_measure = self.row.takes is Argument.MEASURE
        self.takes_terms = self.row.takes is Argument.TERMS
        self.takes_size = self.takes_terms or self.row.takes is Argument.SIZE
        self.needs_two = self.row.needs_two
        return self

    def shows_benchmark(self, named: str | None) -> bool:
        """Return whether a benchmark stands beside the funds.  named: by the question itself, if it does."""
        return self.row.benchmark_beside or (named is not None and self.row.beside_where_named)

    @property
    def names(self) -> tuple[str, ...]:
        """What people type, the canonical name first."""
        return (self.value, *self.row.names)

    @property
    def typed(self) -> str:
        """As help and usage write it, with its argument."""
        return self.row.typed or self.value

    @property
    def label(self) -> str:
        """As a button or a menu names it."""
        return self.row.button or self.value.capitalize()

    def beside_bonds(self) -> Section:
        """Return what is offered in its place where a bond fund is among the funds."""
        return Section(self.row.in_place_of_it or self.value)

    @property
    def beside_it(self) -> tuple[Section, ...]:
        """The sections that are suggested beside it."""
        return tuple(map(Section, self.row.beside_it))


UNDER_ANSWER = (Section.FIGURES, Section.SECTORS, Section.EDGE)
"""What has a button of its own under a comparison; the others stand in its menu."""
UNDER_FOLLOW_UP = (Section.FIGURES, Section.RETURNS, Section.RISK, Section.DRAWDOWNS)
"""What is offered under a follow-up where too little stands beside it."""
WITH_MEASURE = next(section for section in Section if section.takes_measure)
"""What a measure is asked of."""
WITH_SIZE = next(section for section in Section if section.takes_size)
"""What the size of an order is asked of."""
WITH_TERMS = next(section for section in Section if section.takes_terms)
"""What the spreads, the tax and the like of an order are asked of."""
OF_SEVERAL = (Section.COMPARE, Section.SECTORS, Section.HOLDINGS)
"""What is suggested where several symbols stand alone."""
OF_ONE = (Section.RETURNS, Section.RISK, Section.SECTORS)
"""What is suggested where one symbol stands alone."""
TOPICS: Mapping[str, tuple[str, ...]] = {
    "edge": (
        *("edge", "verdict", "verdicts", "evidence", "significance", "p-value", "is it real"),
        *("cannot be known", "cannot be known from this window", "no gap worth having"),
        *("the same for practical purposes", "distinguishable"),
    ),
    "cost": (
        *("cost", "costs", "cost of a switch", "switch", "switching cost", "switching costs"),
        *("impact", "market impact", "needed edge", "break-even", "half spread", "half spreads"),
    ),
}
"""What can be explained beside measures: its name, and what people type, the canonical words first."""
OF_ORDERS = frozenset({"cost"})
"""Topics of orders: they take a size and its terms, and their words alone ask for the study itself."""
