"""What a question in plain English is about: one row an intent, told by the words that vote for it.

    vote("which one fell more")        [Vote(INTENTS["falls"], 3)]

No model: a word or phrase counts firmly (5), plainly (3) or a little (1), once each.  A `*` stands for
further letters.  What a study is called in the table of sections counts plainly for it as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.sections import Section

FIRM, PLAIN, LITTLE = 5, 3, 1
NO_FORECAST = "I forecast nothing; this is how they have done so far."
NO_ADVICE = "I give no advice; this is how they stand side by side."
CONVENTIONS = (
    "Two sources differ where their conventions do: daily or monthly returns, the risk-free rate, what "
    "counts as downside, and the window; those of this bot stand below."
)


@dataclass(frozen=True)
class Intent:
    """What people may want to know.

    name: in tests and logs.  reads: as one types it; "" for the comparison with what is said besides.
    firm, plain, little: what votes for it, apart by `|`.
    says: what stands beside its answer.
    measured: it needs a measure, named or the one in `reads`.
    of_all: told of one fund it is told of those beside it too, as "why did ISCB win" is.
    """

    name: str
    reads: str
    firm: str = ""
    plain: str = ""
    little: str = ""
    says: str = ""
    measured: bool = False
    of_all: bool = False

    @property
    def section(self) -> Section | None:
        """The study that it reads as; None for what is none."""
        word = self.reads.partition(" ")[0]
        return Section(word) if word in Section._value2member_map_ else None


WATCHING, HELPING, ADDING, WINDOWED = "watch", "help", "add", "window"
"""Names of those that are no study."""
MONEY = frozenset({"fees", "trading", "switching"})
"""Names of those beside which `10m` is an amount, and no window."""

_ROWS = (
    Intent(
        "falls",
        "drawdowns",
        firm="how far * fall|fall from|did * fall|fall more|fell more|lost the most|lose the most|"
        "peak to trough|how long * recover*|worst drop*|biggest loss*|worst loss*|in the * crash|"
        "in the * correction|in the * sell off|in the * selloff|down the most|down more|bounce* back|"
        "maximum loss*|worst stretch|worst period|worst case|under water",
        plain="hurt|from * high|from its peak|fell|falling|fallen|crash*|drop*|plunge*|plummet*|slump*|"
        "sell off*|selloff*|tank*|bottom*|decline*|recover*|collapse*|dip|dipped|tumble*|sank|underwater|"
        "how bad|hit hard*|hardest hit|how deep|lost money|lose money|lost more|lose more|correction|"
        "meltdown|rout|nosedive*|trough|wiped out|wipe out|lows|the low|back to even|break even|repeat of|"
        "in another",
        little="worst|worse|bad|deep*|lost|lose|loss|pain*|hit|covid|pandemic|crisis|hold up|held up",
    ),
    Intent(
        "fees",
        "cost",
        firm="expense ratio*|which is cheap*|which one is cheap*|cheaper to|how much * save|what * save|"
        "how much * cost|annual cost*|cost per year",
        plain="fee*|eat into|eats into|eating|cheap*|expens*|charge*|cost*|save|saves|saving*|pric*y|"
        "pricier|ter|management fee*|ongoing|overhead",
        little="pay|pays|money|switch*|price|basis points|bps",
    ),
    Intent(
        "trading",
        "cost",
        firm="done in a day|in one day|in a single day|how quickly|how fast can|how long to|unwind*|"
        "days * trade|days * sell|days * buy|days * exit|bid ask|easi* to trade|hard* to trade|"
        "daily volume|moving the market|moving the price|moving it|without moving|put * million|"
        "put * billion",
        plain="liquid*|illiquid*|spread|spreads|trad*|market impact|get out of|in and out|fund size|"
        "how big|how large|aum|assets|exit|unload|execute|slippage|thinly|capacity",
        little="sell|selling|buy|buying|order|volume|size|days|switch*|move|invest*|big|bigger|large*",
    ),
    Intent(
        "switching",
        "switch",
        firm="cost * move|cost * moving|cost * switch*|cost * rotat*|switch* * cost*|mov* * cost*|"
        "for itself|earn* * back|edge * need*|need* * edge|justif*|swap * for|out of * into|from * into|"
        "sell* and buy*|buy* and sell*|mov* from|from to|all in cost*",
        plain="switch*|swapping|mov* into|rotat* into",
        little="move|moving|rotat*|cost*",
    ),
    Intent(
        "income",
        "cost",
        firm="dividend yield*",
        plain="dividend*|income|distribution*|payout*|pay out|pays out|yield|yields|yielding",
        little="pay|pays",
    ),
    Intent(
        "facts",
        "facts",
        firm="actively managed|passively managed|active or passive|passive or active|is * active|"
        "are * active|is * passive|are * passive|portfolio turnover|index fund*|which index|what index|"
        "index * follow*|index * track*|benchmark * follow*|benchmark * track*|who runs|who manages|"
        "who issues|who offers|fund family|fund company|what company|managed by|run by|issued by|"
        "when * launched|when * start*|when * created|when * set up|how old|how long * existed|"
        "how long * been around|inception*|switch* * index|full name*|what kind of fund*|"
        "what type of fund*|what sort of fund*|what * it track|what * they track|what * follow|leveraged|"
        "which exchange|what exchange|where * listed",
        plain="info|information on|details|background|turnover*|churn*|active|passive|launch*|provider*|"
        "issuer*|manager*|older|oldest|younger|youngest|newer|newest|listed|profile*|facts|fund facts|"
        "track|tracks|follows",
        little="index|old|kind|who|name|names|benchmark|exchange",
    ),
    Intent(
        "holdings",
        "holdings",
        firm="largest ten|ten largest|biggest ten|does * hold|do they hold|do both hold|in common|"
        "same stock*|same compan*|same name*|same holding*|same securit*|same position*|holdings * share|"
        "both hold|both own|in both|top holding*|top ten|top 10|how similar|biggest name*|"
        "biggest position*|largest name*|largest stock*|biggest stock*|biggest holding*|largest compan*|"
        "biggest compan*|how many stocks|how many holdings|how many names|how many compan*|made of|"
        "made up of|biggest bet*|invested in|largest holding*|largest position*|active share",
        plain="overlap*|holdings|positions|constituent*|concentrat*|stocks|names|own|owns|compan*|shared|"
        "what * in it|what * inside|similar|duplicat*|inside",
        little="hold|holds|holding|position|share|shares|common|top|biggest|largest|stock|similar|contain*",
    ),
    Intent(
        "sectors",
        "sectors",
        firm="sector weight*|sector exposure*|industry exposure*|sector mix|industry mix|sector bet*|"
        "industry weight*|active weight*",
        plain="sector*|industr*|allocation*|tech|technology|financials|banks|energy|utilities|healthcare|"
        "health care|materials|real estate|staples|cyclical*|telecom*|breakdown|consumer|communication*|"
        "semis|semiconductor*|overweight*|underweight*",
        little="exposure*|exposed|weight*|heavy|heavi*|mix|where",
    ),
    Intent(
        "edge",
        "edge",
        firm="are you sure|how sure|or is it|or noise|or luck|or chance|just luck|just noise|just chance|"
        "by chance|statistically|is * real|could * luck|could * noise|confidence interval*|error bar*|"
        "by luck|sample size|t stat*|stat sig*|long enough|enough to say|enough to tell|enough to know|"
        "enough to conclude|enough data|enough history|too short",
        plain="significan*|luck|lucky|chance|random*|noise|noisy|real|trust|confiden*|skill|meaningful|"
        "fluke|p value|coincidence|robust|by accident|accident|evidence|reliable|prove*|proof|odds|"
        "genuine*|believe|repeatable|persist*|distinguish*",
        little="difference|gap|lead|outperform*|sure|certain",
    ),
    Intent(
        "rates",
        "rates",
        firm="rates rise|rates fall|rates go|rising rates|falling rates|higher rates|lower rates|"
        "rate hike*|rate cut*|fed cut*|fed hike*|interest rate*|bond yield*|treasury yield*|yields rise|"
        "yields fall|yields go|yields move|if yields|when yields|rising yields|higher yields|"
        "rate sensitiv*|the fed|yield curve|duration*|rates are|rates went|to yields",
        plain="rates|rate|fed|hike*|treasur*|powell|fomc|tighten*|monetary",
        little="sensitiv*|bond*|rise|rises|cut|cuts",
    ),
    Intent(
        "regimes",
        "regimes",
        firm="up and down market*|down markets|up markets|calm month*|calm one*|calm period*|rate months|"
        "months when|months in which|bear market*|bull market*|market fall*|market drop*|market crash*|"
        "market goes down|market environment*|market regime*|inflation was high|high inflation|"
        "falling market*|rising market*|down market*|up market*|stressed market*|recession*|stocks fall|"
        "stocks drop|stocks crash|when stocks|if stocks|equities fall|market is down|market is up|"
        "markets are down|markets are up|market sells off|market rall*|markets fall|markets rise|"
        "market cycle*|which markets|what markets|hold up when|holds up when|hold up if|kind of market*|"
        "kinds of market*|type of market*|when small caps|when large caps|if small caps|small caps lag|"
        "small caps lead|good times|bad times",
        plain="markets do*|markets did|regime*|scenario*|stress*|inflation*|stagflation|environment*|"
        "turmoil|downturn*|macro|expansion|vix|cycle*",
        little="behav*|when|market|markets",
    ),
    Intent(
        "style",
        "style",
        firm="factor exposure*|value or growth|growth or value|value tilt*|growth tilt*|value vs growth|"
        "factor regression*|factor loading*|style exposure*|what * driving|what drives|what drove|"
        "size tilt*|momentum tilt*|more value|more growth|why * win|why * won|why * beat|why * outperform*|"
        "why * underperform*|why * lag*|why * ahead|why * behind|why * better|why * worse|what explains",
        plain="growthy|valuey|deep value|factor*|style*|tilt*|growth|value|momentum|quality|fama|"
        "size premium|smb|hml|small cap|mid cap|large cap|blend",
        little="small|lean*|bias*|regression|load*|explain*",
        of_all=True,
    ),
    Intent(
        "origin",
        "attribution",
        firm="gap * from|difference * from|lead * from|edge come from|outperformance * from|behind the gap|"
        "which sectors made|which sectors drove|which stocks drove|which stocks made|stock picking|brinson|"
        "allocation and selection",
        plain="attribut*|contribut*",
    ),
    Intent("alone", "holdings", "does only|do only|only * own", "only|stocks|hold", of_all=True),
    Intent(
        "together",
        "correlation",
        firm="move together|moves together|in lockstep|in step|move alike|move in tandem|how closely|"
        "same fund|same thing|same bet|interchangeable|redundant|identical|holding both|hold both of|"
        "reduce * risk|same direction|in sync|how related",
        plain="correlat*|corelat*|diversif*|lockstep|hedge*|tandem|co move*|decoupl*|follow each other|"
        "track each other|related|offset*|mirror*|synch*|relationship|linked",
        little="together|closely|both",
    ),
    Intent(
        "rolling",
        "rolling",
        firm="has * risen|has * increased|have * increased|has * gone up|has * gone down|over time|"
        "through time|through the years|over the years|has * changed|have * changed|trending|rolling|"
        "evolv*|time series",
        plain="history of|stable|stability|consistent*|drift*|getting|chart of|path of",
        little="chang*|trend*|always",
    ),
    Intent(
        "risk",
        "risk",
        firm="more risk|less risk|risk adjusted",
        plain="risk*|volatil*|bump*|swing*|safe|safer|safest|jump*|wobbl*|choppy|choppier|"
        "standard deviation|nervous|downside|steady|steadier|smooth*|vol|fluctuat*|dangerous|variance|"
        "stomach|calm*",
        little="ride|beta|tail|aggressive|defensive|conservative",
    ),
    Intent(
        "measure",
        "explain",
        firm="tell me about|tell me more about|define|definition of|formula*|what does|stands for|explain|"
        "describe|how do you calc*|how do you comput*|how do you work out|how do you measure|"
        "how * calculated|how * computed|how * worked out|how * defined|meaning of|what do you mean",
        plain="what is|what s|whats|what are|what a|what an|meaning|mean|means|calculat*|comput*|"
        "definition|understand|interpret",
        measured=True,
    ),
    Intent(
        "other figures",
        "explain sortino",
        firm="morningstar*|bloomberg*|factset|yahoo*|factsheet*|fact sheet*|differ* from|my own|"
        "my spreadsheet|other website*|another source|do not match|don t match|does not match|"
        "doesn t match|not the same as|why * differ*|your numbers|your figures|disagree*",
        little="why|differ*|wrong|match*|website|numbers|figures",
        says=CONVENTIONS,
        measured=True,
    ),
    Intent(
        "returns",
        "returns",
        firm="calendar year*|best month*|worst month*|best and worst|best year*|worst year*|did * make|"
        "did * return|did * earn|did * gain|how much * up|month by month|year by year|did * perform|"
        "year to date|total return*|made the most|growth of 100",
        plain="return*|perform*|gain*|made|grew|earn*|annuali*|compounded|went up|went down|track record|"
        "how did|how are|how is|how have|how has|how well|appreciat*|profit*|do in|do over|monthly|"
        "cumulative",
        little="make|money|did|done|doing|year|years|months",
    ),
    Intent(
        "ahead",
        "",
        firm="did better|doing better|do better|performed better|did best|done better|came out ahead|"
        "who won|who wins|beat|beats|beaten|beating|better year|top performer",
        plain="ahead|outperform*|winner|won|side by side|underperform*|compar*|stack up|behind|lagg*|lags|"
        "leading|fared",
        little="better|best|difference*|differ*|led",
    ),
    Intent(
        "advice",
        "",
        firm="should i|should we|should one|would you|which one is better|which is better|which is best|"
        "what s better|recommend*|advise|advice|what do you think|your opinion|good idea|better buy|"
        "better choice|better investment|better fund|do i buy|do we buy|convince me|what should",
        plain="good time|worth it|is it worth|worth switching|rotate*|rotating|worth|prefer*|pick|choose|"
        "opinion|swap*",
        little="buy|sell|switch*|invest*|into|own|better|best",
        says=NO_ADVICE,
    ),
    Intent(
        "forecast",
        "",
        firm="going to|next year|next month|next quarter|price target*|will * outperform|will * beat|"
        "will * do better|which will|in the future",
        plain="forecast*|predict*|expect*|future|outlook",
        says=NO_FORECAST,
    ),
    Intent(
        WINDOWED,
        "",
        firm="same thing|same again|same question",
        plain="what changed|what happened|what has changed|what about|how about|same|only|instead|what s new",
    ),
    Intent(
        ADDING,
        "",
        firm="add|also show|show * as well|show * too|include|throw * in|throw * into|throw in|put in|"
        "bring in|put * in|stick * in",
        plain="adding",
        little="as well|too|also",
    ),
    Intent(
        "files",
        "csv",
        firm="email me|email us|email it|email them|email the|e mail me|e mail us|e mail it|"
        "underlying data|underlying numbers|underlying figures|raw data|as a file|as csv|to csv|to excel|"
        "in excel",
        plain="csv|excel|spreadsheet*|xls*|download*|export*|file|files|table",
        little="data|send|numbers|email|e mail",
    ),
    Intent(
        WATCHING,
        "watch",
        firm="watch this|watch it|watch them|watch these|alert me|alert us|warn me|notify me|ping me|"
        "keep an eye|set an alert|set up an alert|monitor|me * when|us * when|me * if|us * if|"
        "ping * when|ping * if|notify * when|notify * if|let * know if|let * know when|shout if|shout when|"
        "flag if|flag when|"
        "morning post|daily post|every morning|each morning",
        plain="alert*|warn*",
    ),
    Intent(
        HELPING,
        "help",
        firm="can i ask|be asking|should i ask|to ask you|can you do|are you able|can you help|can we ask|"
        "what else|how do you work|how does this work|how do i use|what do you do|who are you|"
        "how does this bot|what do you know",
    ),
)

WATCH = next(row for row in _ROWS if row.name == WATCHING)
"""Asks to be told once something happens: a rule."""

INTENTS: Sequence[Intent] = (
    *_ROWS,
    *(
        Intent(section.value, section.value)
        for section in Section
        if section is not Section.COMPARE and section not in {row.section for row in _ROWS}
    ),
)
"""A study without a row of its own is voted for by its names."""


@dataclass(frozen=True)
class Vote:
    """How much the words say for an intent.  words: which of them."""

    intent: Intent
    count: int
    words: frozenset[str] = frozenset()


def vote(line: str) -> list[Vote]:
    """Return the intents that the words of a line speak for, the likeliest first; of the same, the earlier
    in the table.

    line: words in small letters, one space apart.
    """
    found = [each for intent in INTENTS if (each := _count(intent, line)).count]
    return sorted(found, key=lambda each: -each.count)


def _count(intent: Intent, line: str) -> Vote:
    total, words = 0, set[str]()
    for weight, cues in _CUES[intent.name]:
        # What a longer phrase has taken counts no second time.
        for cue in {found[0] for found in cues.finditer(line)}:
            if not words >= set(cue.split()):
                total += weight
                words |= set(cue.split())
    return Vote(intent, total, frozenset(words))


_NAMES_LEFT_OUT = frozenset(
    {"years", "months", "mean", "assets", "fall", "falls", "holding", "return", "real", "position"}
)
"""Names of studies that mean much else in a sentence."""


def _names(intent: Intent) -> Iterator[str]:
    if intent.section and not intent.measured and intent.name not in {"fees", "income"}:
        yield from (name for name in intent.section.names if name not in _NAMES_LEFT_OUT)


def _cue_pattern(cues: str, names: Iterable[str] = ()) -> re.Pattern[str]:
    """Return a pattern of whole words; ` * ` between two stands for up to four words."""
    spelled = sorted({*filter(None, cues.split("|")), *(name.replace("-", " ") for name in names)})
    spelled.sort(key=len, reverse=True)
    parts = (
        re.escape(each).replace(r"\ \*\ ", r"(?: \S+){0,4}? ").replace(r"\*", r"\w*") for each in spelled
    )
    return re.compile(rf"(?<!\S)(?:{'|'.join(parts) or '(?!)'})(?!\S)")


ABSENT = _cue_pattern(
    "esg|sustainab*|p e|pe ratio|price to book|price to earnings|valuation*|earnings|to nav|flows|rating*"
)
"""What nothing is known of here."""
_CUES = {
    intent.name: (
        (FIRM, _cue_pattern(intent.firm)),
        (PLAIN, _cue_pattern(intent.plain, _names(intent))),
        (LITTLE, _cue_pattern(intent.little)),
    )
    for intent in INTENTS
}
