"""What a question in plain English says besides what it is about: windows, amounts, funds and the like.

name_indices("the Russell 2000")   ("$IWM", ["Russell 2000 is read as IWM."])
"""

from __future__ import annotations

import re
from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date

from analytics.errors import UnknownWindow
from analytics.fund import is_mix
from analytics.returns import Rate
from analytics.window import Window, parse
from bot.language.amounts import Ambiguous, Misread, Size, read_size, read_term
from bot.language.english.intents import MONEY, PLAIN, vote
from bot.language.options import PACES
from bot.language.thread_words import EXPLAINED, PHRASES, is_term, longest_phrase, spelled_words
from bot.language.windows import is_relative, is_window, near_windows, possible_days, read_window
from bot.language.words import ENGLISH, IDLE, SHORT, plain_text, rate_of, symbol_of

_KNOWN_SHORT = 3
"""Letters of a fund in small letters at least."""
_LATEST = re.compile(r"last-(?:week|month|quarter|half|year)")
_SOLD = frozenset({"from", "of", "sell", "selling", "leave", "leaving", "exit"})
_BOUGHT = frozenset({"to", "into", "buy", "buying", "enter"})
_MILLIONS = re.compile(r"\d ?(?:million|mio|mn|bn|billion|mm|k)(?!\w)", re.IGNORECASE)
_AMOUNT_LEFT = re.compile(r"(?<!\S)\d[\d.]* ?(?:bps?|%|basis)(?!\w)")
"""Beside a spread that was read: the one of the other fund, "12 bp on ISCB and 3 bp on SPSM"."""


_CUTTING = (
    "without|excluding|exclude|excludes|except for|except|excl|ex|ignoring|ignore|minus|leaving out|"
    "leave out|leaves out|apart from|aside from|net of|stripping out|strip out|taking out|take out"
)
"""What follows is to be taken out of what is shown."""
_DENYING = re.compile(
    rf"(?:(?P<cuts>{_CUTTING})|(?P<drops>drop|dropping|remove|removing)|(?P<firmly>rather than|instead of|"
    r"other than|skip|skipping|forget about|forget|never mind|(?:do not|don ?t|did ?n t|didnt|did not) "
    r"(?:want|need|show|mean|care about|include|use))|not)(?!\S)"
)
_LEADING = frozenset(
    {
        *("the", "a", "an", "any", "it", "me", "over", "in", "for", "use", "using", "last", "past", "to"),
        *("from", "by", "on", "with", "about", "including", "of", "during"),
    }
)
"""Small words between those that turn something down and what they turn down."""
_JOINING = frozenset({"and", "or", "nor", "&"})
_EACH_OTHER = frozenset({"each", "one", "the", "it", "them", "themselves"})
_FAR = 10


@dataclass
class Slots:
    """What a question says besides what it is about.

    sold, bought: the fund that is left, and the one that is gone into, where the words say so.
    bare: nothing is said but a measure ("value at risk", of which each word speaks for something else).
    without: funds that are not meant.
    line: its other words in small letters, one space apart, without studies and figures that are not meant.
    wrong: a word among them is nearly a window, and it is not known which, or no spread or the like; a part
        of the question is turned down that nothing stands in place of.
    asides: words that turn down or hold against something, and it is not known what: right only where they
        are part of what the question is known by ("value vs growth").
    """

    windows: list[Window] = field(default_factory=list)
    symbols: list[str] = field(default_factory=list)
    versus: str | None = None
    measures: list[str] = field(default_factory=list)
    bare: bool = False
    size: Size | None = None
    terms: list[tuple[str, object]] = field(default_factory=list)
    sold: str | None = None
    bought: str | None = None
    rate: Rate | None = None
    as_of: date | None = None
    weekly: bool | None = None
    without: list[str] = field(default_factory=list)
    line: str = ""
    wrong: bool = False
    asides: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said but words."""
        return replace(self, line="") == Slots()


def read_slots(
    text: str, today: date, known: Container[str], about: date | None = None, reached: date | None = None
) -> Slots:
    """Read windows, amounts, funds and the like; the other words are left over.

    about: the day from which "last week" is told.  reached: the last session of the place.
    """
    spending = bool(_MILLIONS.search(text)) or any(
        each.intent.name in MONEY and each.count >= PLAIN for each in vote(" ".join(text.lower().split()))
    )
    reader = _SlotReader(spelled_words(text, spending=spending), about or today, reached, known)
    reader.read()
    return reader.slots


class _SlotReader:
    """Goes through the words once."""

    def __init__(self, words: list[str], about: date, reached: date | None, known: Container[str]) -> None:
        self.slots = Slots()
        self._words, self._about, self._reached, self._known = words, about, reached, known
        self._shouted = all(word == word.upper() for word in words)
        self._denied = False

    def read(self) -> None:
        """Sort them all."""
        left, at = list[str](), 0
        while at < len(self._words):
            taken = self._turn_down(at) or self._take(at)
            if not taken:
                left.append(self._words[at])
            at += max(taken, 1)
        self.slots.line = " ".join(" ".join(left).lower().replace("-", " ").split())
        self.slots.wrong |= bool(self.slots.terms and _AMOUNT_LEFT.search(self.slots.line))
        self.slots.wrong |= self._denied and not self.slots.windows
        self._read_measures()

    def _turn_down(self, at: int) -> int:
        """Take what is not meant, with the words that say so; 0 where nothing is turned down."""
        rest = self._words[at : at + _FAR]
        found = _DENYING.match(" ".join(rest).lower())
        if not found:
            return 0
        begin = end = len(found[0].split())
        while not found["drops"] and end < len(rest) and rest[end].lower() in _LEADING:
            end += 1
        denied = _SlotReader(rest, self._about, self._reached, self._known)
        while length := denied._take(end) if end < len(rest) else 0:
            begin = end = end + length
            end += end < len(rest) and rest[end].lower() in _JOINING
        if begin > len(found[0].split()):
            if found["drops"] and denied.slots != Slots(symbols=denied.slots.symbols):
                return 0
            self._leave_out(denied.slots, cut=bool(found["cuts"]))
            return begin
        if found["drops"]:
            return 0
        if not found["cuts"]:
            named = max(longest_phrase(rest[end:] or [""], known)[0] for known in (PHRASES, EXPLAINED))
            if named and (found["firmly"] or end > begin or at == 0):
                return end + named
        self.slots.asides += [found[0].split()[0]] if found["cuts"] or found["firmly"] else []
        return 0

    def _leave_out(self, denied: Slots, *, cut: bool) -> None:
        """Leave out what was turned down; of what is shown only funds can be taken out, and a window needs
        another in its place.
        """
        self.slots.without += denied.symbols
        self._denied |= bool(denied.windows)
        others = replace(denied, symbols=[], sold=None, bought=None)
        if not cut:
            others = replace(others, windows=[], weekly=None)
        self.slots.wrong |= others != Slots()

    def _take(self, at: int) -> int:
        """Take an option or a fund; return how many words it is, 0 for none."""
        word, small = self._words[at], self._words[at].lower()
        value = self._words[at + 1] if at + 1 < len(self._words) else ""
        if small in {"since", "asof", "vs"}:
            taken = bool(value) and self._take_value(small, value)
            self.slots.wrong |= small == "since" and not taken  # "since the election"
            self.slots.asides += [] if taken or value in _EACH_OTHER else [small]
            return 2 if taken else 0
        if small in PACES:
            self.slots.weekly = PACES[small]
        elif small.startswith("size="):
            return int(self._take_size(small.removeprefix("size=")))
        elif is_term(small):
            return int(self._take_term(small))
        elif small.startswith("rf=") and (rate := rate_of(small.removeprefix("rf="))):
            self.slots.rate = rate
        elif is_window(small):
            return int(self._take_window(small))
        elif symbol := self._symbol(word):
            self._place(symbol, self._words[at - 1].lower() if at else "")
        else:
            return 0
        return 1

    def _place(self, symbol: str, before: str) -> None:
        self.slots.symbols.append(symbol)
        if before in _SOLD:
            self.slots.sold = symbol
        elif before in _BOUGHT:
            self.slots.bought = symbol

    def _take_value(self, option: str, value: str) -> bool:
        small, days = value.lower(), possible_days(value)
        if option == "vs":
            before, self.slots.versus = self.slots.versus, self._symbol(value) or self.slots.versus
            self.slots.wrong |= before not in {None, self.slots.versus}
            return self._symbol(value) is not None
        if option == "asof" and len(days) == 1:
            self.slots.as_of = days[0]
            return True
        if len(days) == 1:
            return self._take_window(f"since {days[0]}")
        if is_relative(small) and _LATEST.fullmatch(small):
            last = read_window(small, self._about)
            # On a Monday nothing has happened yet since last week: its own course is meant.
            is_new = self._reached is None or last.end is None or last.end < self._reached
            begin = last.end if is_new else last.start
            return bool(begin) and self._take_window(f"since {begin}")
        return False

    def _take_size(self, typed: str) -> bool:
        with suppress(Ambiguous):
            self.slots.size = read_size(typed)
        return self.slots.size is not None

    def _take_term(self, typed: str) -> bool:
        known = {name for name, _ in self.slots.terms}
        with suppress(Misread):
            self.slots.terms.append(read_term(typed))
        self.slots.wrong |= len({name for name, _ in self.slots.terms}) == len(known)
        return True

    def _take_window(self, typed: str) -> bool:
        try:
            window = parse(typed) if typed.startswith("since ") else read_window(typed, self._about)
        except UnknownWindow:
            near = [each for each in near_windows(typed, self._about) if each.start]
            self.slots.wrong |= not near
            self.slots.windows += near
            return bool(near)
        self.slots.windows.append(window)
        return True

    def _symbol(self, word: str) -> str | None:
        """Return a word as a fund: behind a `$`, in capitals, or well known; none of English is one."""
        symbol, small = symbol_of(word), word.lower()
        if symbol is None or word.startswith(("$", "^")) or is_mix(symbol):
            return symbol
        if small in ENGLISH or small in IDLE or (small,) in EXPLAINED:
            return None
        if symbol in self._known:
            return symbol if word.isupper() or len(word) >= _KNOWN_SHORT else None
        is_ticker = word.isupper() and word.isalpha() and 1 < len(word) <= SHORT
        return symbol if is_ticker and not self._shouted else None

    def _read_measures(self) -> None:
        words, at = [each for each in self.slots.line.split() if each != "at"], 0  # "value at risk"
        while at < len(words):
            length, measure = longest_phrase(words[at:], EXPLAINED)
            if measure:
                self.slots.measures.append(measure)
                self.slots.bare = length == len(words)
            at += max(length, 1)


_HISTORY = (
    ("2020", "covid(?:[- ]?19)?(?: (?:crash|crisis|pandemic|sell-?off))?|(?:the )?pandemic"),
    ("2008", "(?:the )?(?:great |global )?financial crisis|gfc|lehman"),
    ("2000", "(?:the )?dot-?com (?:crash|bubble|bust)"),
)
"""Years by what happened in them."""
_S_AND_P = r"s ?(?:&|and|n|\+)? ?p(?: ?small-?cap| ?small cap| ?mid-?cap)?"
_BILLS = r"t[- ]?bills?|treasury bills?"
_INDICES = (
    ("IWN", "russell 2000 value"),
    ("IWO", "russell 2000 growth"),
    ("IWD", "russell 1000 value"),
    ("IWF", "russell 1000 growth"),
    ("IWM", r"russell ?2000|russell ?2k|r2k|(?<=the )russell(?! ?(?:\d|micro|mid|top))"),
    ("IWB", "russell ?1000"),
    ("IWV", "russell ?3000"),
    ("SPY", rf"(?:{_S_AND_P}) ?500|spx|s ?& ?p(?! ?(?:\d|small|mid|global))"),
    ("IJR", rf"(?:{_S_AND_P}) ?600"),
    ("IJH", rf"(?:{_S_AND_P}) ?400"),
    ("QQQ", r"nasdaq(?:[- ]?100)?|ndx"),
    ("DIA", "dow jones(?: industrial average)?|the dow|djia"),
    ("BIL", _BILLS),
    (
        "AGG",
        "(?:us |u s |bloomberg )?aggregate bonds?(?: index)?|the agg|(?:the )?bond market|"
        "(?<=with )bonds|(?<=to )bonds|(?<=against )bonds",
    ),
    ("GLD", "(?<=with )gold|(?<=to )gold|(?<=vs )gold|(?<=against )gold"),
    ("EFA", "(?:msci )?eafe"),
    ("URTH", "msci world"),
    ("EEM", "(?:msci )?emerging markets"),
    ("VTI", "(?:the )?(?:total|broad|whole) (?:stock )?market"),
)
"""Funds by the names of what they follow."""
_NAMED = re.compile(
    rf"(?<![\w$=&])(?:the )?(?:{'|'.join(f'(?P<{symbol}>{names})' for symbol, names in _INDICES)})"
    r"(?: index)?(?!\w)",
    re.IGNORECASE,
)
_HAPPENED = re.compile(
    rf"(?<![\w$=&])(?:{'|'.join(f'(?P<y{year}>{names})' for year, names in _HISTORY)})(?!\w)", re.IGNORECASE
)
_YEARS = r"(?:(?:2|5|10|30|two|five|ten|thirty)[- ]?y(?:ea)?r|10y)"
_TENOR = re.compile(
    rf"(?<!\w)(?:(?:the )?{_YEARS}(?: us)? (?:treasur(?:y|ies)|t-?notes?|notes?|bonds?|"
    rf"(?:bond |treasury )?yields?|rates?(?! of))(?!\w)|(?<=to )the {_YEARS}(?=[ ?.!]*$)|"
    rf"the {_YEARS}(?= (?:goes|go|moves?|rises?|falls?|is|was|hits?|drops?|jumps?|at|up|down)(?!\w)))",
    re.IGNORECASE,
)
"""Bonds by the years they run, which are no window."""
_RISK_FREE = re.compile(
    rf"(?<![\w$=])(?:(?:{_BILLS}) as (?:the |a )?risk[- ]free(?: rate)?|"
    rf"risk[- ]free(?: rate)?(?: of| from| is|:)? (?:{_BILLS}))(?!\w)",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"(?<!\w)(?:(?<=beta )(?:to|against)|next to|alongside|relative to|"
    r"(?:compar(?:e|es|ed|ing|ison)|up|fare|stand|do|look|hold up|"
    r"measure up|stack up)(?: (?:them|it|these|this|both|those))? (?:with|to|against))"
    r"(?: the)? (?=\$|[A-Z]{2,5}(?!\w))"
)
"""What stands before a benchmark."""
_LAID = re.compile(
    r"(?<!\w)(?:put|set|lay|show|plot|place) (?:the )?(\$[\w.^-]+|[A-Z]{2,5}) "
    r"(?:next to|beside|alongside|against) (?:them|it|these|this|those|both|the two)(?!\w)"
)
"""A benchmark between the words that say it is one."""


def name_indices(text: str) -> tuple[str, list[str]]:
    """Return the text with funds in place of indices and years in place of what happened, and what to say
    of it.
    """
    said: dict[str, None] = {}

    def fund(found: re.Match[str]) -> str:
        symbol = str(found.lastgroup)
        if found[symbol].lower() != symbol.lower():
            said[f"{found[symbol]} is read as {symbol}."] = None
        return f"${symbol}"

    def year(found: re.Match[str]) -> str:
        number = str(found.lastgroup)[1:]
        said[f"{found[0]} is read as {number}."] = None
        return f"{found[0]} {number}"

    bare = _TENOR.sub("treasury yields", plain_text(text))
    named = _NAMED.sub(fund, _RISK_FREE.sub("rf=tbill", bare))
    if not re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", named):
        named = _HAPPENED.sub(year, named)
    return _BESIDE.sub("vs ", _LAID.sub(r"vs \1", named)), list(said)
