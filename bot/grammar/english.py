"""Which words of a text are symbols.

Many words are tickers somewhere: YEAR, REAL, NOW, CASH.  A `$` makes a symbol of any word.  Without it they
are told by their letters: what is in small letters beside two symbols in capitals is none, and a word of
English is one only in capitals among capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.grammar.words import quoted, symbol_of

SHORT = 5
"""Letters of a ticker at most; longer words in small letters are none."""

PAIR = 2

_IDLE = (
    "@watchpoint a about above again all also an are as at be been between both but by can cc could did",
    "do does each etf etfs from fund funds get give has have hello here hey hi how hows i if in instead",
    "is it its just kindly let lets like look me much my need now of ok okay on only or other our out",
    "please pls plz s same see should show shows so tell thank thanks that their them then there these",
    "they this those to too us use using want was watchpoint we were what whats when which who will would",
    "you your",
)
IDLE = frozenset(word for line in _IDLE for word in line.split())
"""Words without a meaning of their own."""

_CAPITALS = (
    "ai am any api apr asap aug aum bn bp bps btw cagr capex ccy ceo cet cfo cio cnbc coo cpi csv cto",
    "data dd dec dm dxy ebit ecb edt em emea eod eom eps esg est et eta etc eu eur faq feb fed fomc fx fy",
    "fyi gbp gdp gmt hf id imo inc ipo ir irr isin jan jpy jul jun kpi llc lol ltd mar max mom mtd nav",
    "nov nyc nyse oct otc pa pdf pe pm pmi pnl ppt qa qe qoq qt qtd roe roi sec sep sept tba tbc tbd te",
    "ter ucits uk usa usd utc var wtd yoy ytd",
)
"""Abbreviations that stand in capitals in any talk about money."""

_WORDS = (
    "a.m able abort act acts add added adds after age agent ago agree ah ahead aid aim aint alias align",
    "alive allow almost alone along alpha alter always among and anti anyway apart apply apps april area",
    "arent arise around asia aside ask asked asks asset ate auto avoid await awake aware away awful back",
    "bad badly bail bank bar bare base basic basis bear beat beats began begin being below best bet beta",
    "bets better beyond bid biden big bill bills bit bits blank block blue body bold bond bonds book boom",
    "boss bought bound boy brazil break brexit brief bring bro broad build built bull bulls bunch bust",
    "buy buys call calls calm came cant cap caps care carry case cases cash catch cause cent chain chart",
    "cheap check cheer child china chop chose city class clean clear climb clock close club code codes",
    "coin color colour come comes cons cool core cost costs count cover covid crap crash crazy crew",
    "crisis cross crude curve cut cuts cycle daily damn dark dash date dates day days dead deal dear",
    "death debt decay deep defer delay delta desk despite didnt died diff dig dip ditto doesnt dog doing",
    "done dont door dots doubt down draft drag draw drawn drew drive drop drops dry dude due dull dumb",
    "duration during e.g early earn east easy eat edge eg eh either else empty end ended ends enter entry",
    "equal ethic europe eve even event ever every ex exact extra eye eyes face fact facts fail fails fair",
    "fake fall falls false fancy far fast fatal fear fee feel feels fees fell felt few fiat fifty fight",
    "file fill find finds fine fire first fit five fix fixed flag flat flow flows fly fold folk folks",
    "fond food for force form forms forth found four free fresh fri front full fully fun funny gain gains",
    "game gamma gap gaps gave girl given gives go goal goes gold gone gonna good got gotta grade grant",
    "great green greet grew group grow grows guess guide guy guys had half hand hang happy hard hasnt",
    "havent he head hear heard heart heat heavy hedge held hell help helps hence her heres hers hide high",
    "highs hike him hint his hit hits hmm hold holds home honor hope hot hour hours house huge huh human",
    "hurt i.e idea ideal ideas ie ill im image index india infer inner input into isnt issue italy item",
    "items ive japan job join joint july jump june junk keen keep kept key kick kid kind kinds king knew",
    "know known knows korea label lacks lady lag lags laid land large last late later law layer lazy lead",
    "leads leak leap learn least left legal lend less level lie lieu life lift light limit line lines",
    "link list little live load loads loan local lock log logic lone long looks loop loose lose loses",
    "loss lost lot lots loud love loved low lower lows luck lucky madam made magic mail main major make",
    "makes man many map march mark match mate may maybe mean means meant media median meet meets men mere",
    "merge mess met mid might mild mill mind mine minor minus miss mix mixed mode mon money month months",
    "mood more most move moved moves multi must mutual nah name named near neat needs never new news next",
    "nice nicer night nine no noise none noon nope nor north not note obvious odd off offer often oh oil",
    "old older once one onto opec open opens order ours outer over owe own owner owns p.m pace page pages",
    "paid pair pairs pal panel paper part parts party pass past path pay pays peer peers per perhaps",
    "period pick pipe place plain plan play plot plus point poor ports post power price prices prime",
    "print prior proof pros pull pure push put puts quant quart quest quick quiet quit quite quote rain",
    "raise rally ran range rank rare rate rates rather ratio raw reach read reads ready real rely reply",
    "rest rich ride right ring rise rises risk risks risky road rock role rolls room root rose rough",
    "round rows rule run runs sad safe said sale sales sat save saved saw say says scope score seat",
    "second seek seem seems seen self sell sells semi send sent serve set sets seven several shall shape",
    "share sharp sharpe she shift ship shit shop short shot shown side sigma sign signs since single sink",
    "sir sit six size sized skew skip sky sleep slip slow slump small smart soft sold sole solid some son",
    "soon sorry sort sound south space spain spare spend split sport spot spread stage stale stand start",
    "state stay stays step steps stick still stock stop stray strong stuff style such suck sucks suit sum",
    "sun super sure surge swap swing table tags tail tails take taken takes talk tall tax teach team",
    "teams tech ten tenor term test tests texts than thats the theirs theme theres theta theyre thick",
    "thin thing things think third three through thru thu thur thus tie tight till tilt time times tiny",
    "title today together token told took tool top total touch tough town track trade treat tree trend",
    "trick tries trip true trump truth try tue tues turn turns twice two type types u.k u.s ugh under",
    "unit units until unto up upon upper usage used uses usual v value vast vega versus very via view",
    "virus void vol vote vs wait walk wanna war warm warn wasnt watch water way ways weak wear wed week",
    "weeks well went west weve where while whole whom whos whose why wide wider width wife wild win wind",
    "wins wise wish with within without won wont wood word words work works world worry worse worst worth",
    "wow wrap write wrong wrote yeah year years yep yes yet yield yo young youre yours yr yrs zero zone",
)
"""Words of every day and of finance; only short ones, for longer ones are no tickers."""

ENGLISH = frozenset(word for lines in (_IDLE, _CAPITALS, _WORDS) for line in lines for word in line.split())
"""Words that are no symbols without a `$`, unless they stand in capitals among capitals."""

_MARKED = re.compile(r"[a-z0-9^]*[.=^][a-z0-9.=^-]*|[a-z^]+[0-9][a-z0-9]*", re.IGNORECASE | re.ASCII)
"""Written as no word is: VWCE.DE, EURUSD=X, ^TNX, A200."""


@dataclass(frozen=True)
class Script:
    """How the symbols of a text are written, by which they are told from its other words.

    capitals: two of them are in capitals, so nobody means a third one by small letters.
    prose: words in small letters stand among them, so a word of English in capitals is none.
    """

    capitals: bool = False
    prose: bool = False

    def is_symbol(self, word: str) -> bool:
        """Whether a word stands for a fund."""
        if word.startswith("$") or symbol_of(word) is None:
            return symbol_of(word) is not None
        small = word.lower()
        if word.isupper():
            is_long = word.isalpha() and len(word) > SHORT
            return not (self.prose and (small in ENGLISH or is_long))
        if small in ENGLISH or (word[0].isdigit() and word.isalnum()):
            return False
        if _MARKED.fullmatch(word):
            return True
        first = re.split("[-/]", small)[0]
        return not self.capitals and len(first) <= SHORT and first not in ENGLISH

    def refusal(self, word: str, like: str | None = None) -> str:
        """What is said of a word that is no symbol, with what to write where it is one.

        like: the word of ours that it nearly is.
        """
        symbol = symbol_of(word)
        if self.capitals and not like and not word.isupper() and PLACED.is_symbol(word):
            return f"`{quoted(word)}` in small letters is no fund beside those in capitals; write `{symbol}`."
        meant = f"; did you mean `{like}`?" if like else "."
        return f"`{quoted(word)}` is not understood{meant} A fund of that name is `${symbol}`."


PLACED = Script()
"""Of a word that stands where only a symbol can, like that after `vs`."""


def script_of(words: Iterable[str]) -> Script:
    """How the symbols among these words are written.  words: those that mean nothing else"""
    plain = [word for word in words if not word.startswith("$") and symbol_of(word)]
    capitals = sum(word.isupper() and word.lower() not in ENGLISH for word in plain)
    return Script(capitals >= PAIR, prose=any(not word.isupper() and word.isalpha() for word in plain))
