"""Windows and days as people type them, to words that `read_window` and `read_day` understand.

A day becomes its ISO date, a calendar period its label (2025, 2025q3, 2025h1, 2025-03), and what depends on
the day of the question a word like `last-year` or `since-last-03`.  A day between slashes is read two ways
and stays as it is: it is asked back.
"""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from analytics.errors import UnknownWindow
from analytics.window import MOST_YEARS, REGIME, USAGE, WORDS, Window, months_before, parse
from bot.render.text import join_words

Spelling = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

NEAREST = 3
SHORT_YEAR = 2
_NO_DATE = "is not a date; write it like `2026-01-16`"
DAY = r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{8})"
COUNTED = r"(\d{1,3})[ -]?([dwmqy])(?:ays?|eeks?|o|os|ths?|onths?|uarters?|rs?|ears?)?"
SLASHED = r"\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d\d)"
YEAR = r"(?:19|20)\d\d"
_PERIOD = rf"{YEAR}(?:q[1-4]|h[12]|-(?:0[1-9]|1[0-2])(?![-\d]))?"
_POINT = rf"(?:{DAY}|{SLASHED}|{_PERIOD})"
_MONTHS = {name.lower(): at for at, name in enumerate(calendar.month_name) if name}
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS).replace("(?:tember", "t?(?:ember")
_COUNTS = "one two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {word: at for at, word in enumerate(_COUNTS.split(), 1)} | {
    "fifteen": 15,
    "eighteen": 18,
    "twenty": 20,
    "thirty": 30,
}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_ORDINAL = "|".join(_ORDINALS)
_CONNECTING = (
    "in during of for from since between and the past last previous prior this year quarter month to until",
    "till til through thru calendar full sept",
)
OPENERS = frozenset(
    {
        *(word for line in _CONNECTING for word in line.split()),
        *(*_NUMBERS, *_ORDINALS, *_MONTHS, *(name[:3] for name in _MONTHS)),
    }
)
"""Words that a spelling holds; before or after a window they are symbols only behind a `$`."""
_UNTIL = r"(?: ?(?:\.{2,}|-) ?| (?:to|until|till|til|through|thru) )"
_TRAILING = {"month": "1m", "quarter": "3m", "year": "1y", "yr": "1y"}
_TO_DATE = {"month": "mtd", "quarter": "qtd", "year": "ytd"}
_LATEST = r"(since-)?last-(year|half|quarter|month|week|q[1-4]|h[12]|\d\d)"
WORDED = rf"(?:(?:since-)?last-[a-z0-9]+|{YEAR}(?:q[1-4]|h[12]|-(?:0[1-9]|1[0-2])))(?![\w-])"
"""Of the windows that are one word, those with a period of the calendar."""
_MONTH_OR_FUND = rf"(?:{'|'.join(name[:3] for name in _MONTHS)})~{YEAR}"
_AGO = r"(since-)?(\d{1,3})([dwmqy])-ago"
_SLIP = r"\d{1,4}(?:[dwqy][a-z]{1,8}|m(?!m|n|io|ill)[a-z]{1,8})"
"""Nearly a stretch: `7yy`, `3yrss`; `10mm` and `3mn` are money."""
_LIKE = re.compile(
    rf"{_LATEST}|{_AGO}|{_PERIOD}|[0-9]{{1,4}}[dwmqy]|{_SLIP}|{_MONTH_OR_FUND}|.*\.\..*",
    re.IGNORECASE | re.ASCII,
)
_UNITS = {"d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}
_DAYS = {"d": 1, "w": 7}
_MONTHS_EACH = {"d": 1 / 30.4, "w": 1 / 4.35, "m": 1.0, "q": 3.0, "y": 12.0}


def spelling_patterns(*spellings: tuple[str, str | Callable[[re.Match[str]], str]]) -> list[Spelling]:
    """Return spellings of one meaning, each from the start of a word, so that what follows a `$` is left
    alone.
    """
    return [(re.compile(rf"(?<!\S){typed}", re.IGNORECASE | re.ASCII), meant) for typed, meant in spellings]


def rewrite_spellings(line: str, spellings: Sequence[Spelling]) -> str:
    """Return the line with each spelling in place of what was typed, in their order."""
    for spelling, meaning in spellings:
        line = spelling.sub(meaning, line)
    return line


def is_window(word: str) -> bool:
    """Return whether a word in small letters is a window, or looks like one that does not exist."""
    return word in WORDS or word == "qtd" or bool(_LIKE.fullmatch(word))


def read_window(text: str, today: date) -> Window:
    """Read a window that was rewritten by `SPELLINGS`; what is relative counts from `today`.

    Raises UnknownWindow: what it is, and what to write instead.
    """
    if re.fullmatch(_MONTH_OR_FUND, text, re.IGNORECASE):
        month, year = text.upper().split("~")
        instead = f"`{year}-{_month(month):02}`, or `${month} {year}` for the fund"
        raise UnknownWindow(f"{month} {year}", f"can be a month and a fund; write {instead}")
    if found := re.fullmatch(_LATEST, text):
        return _latest_period(found[2], since=bool(found[1]), today=today)
    if found := re.fullmatch(_AGO, text):
        return _since_ago(found, today)
    if slashed := re.search(SLASHED, text):
        raise UnknownWindow(slashed[0], _ask_back(slashed[0]))
    try:
        return parse(re.sub(DAY, lambda day: _pad_day(day[0]), text))
    except UnknownWindow as unknown:
        near = near_windows(text)
        if not near or not re.fullmatch(r"\d+[dwq]", text):
            raise
        names = join_words([f"`{window.label}`" for window in near], "or")
        told = f"is not a window: they are counted in months or years, like {names}"
        raise UnknownWindow(unknown.text, told) from None


def read_day(text: str) -> date:
    """Read a day that was rewritten by `SPELLINGS`; ValueError with what is wrong and what to write."""
    if re.fullmatch(SLASHED, text):
        raise ValueError(_ask_back(text))
    found = possible_days(text)
    if not found:
        raise ValueError(_NO_DATE)
    return found[0]


def is_day(word: str) -> bool:
    """Return whether a word looks like a day."""
    return bool(re.fullmatch(rf"{DAY}|{SLASHED}", word))


def is_relative(word: str) -> bool:
    """Return whether a word stands for a window that is told from a day, like `last-year`."""
    return bool(re.fullmatch(rf"{_LATEST}|{_AGO}", word))


def near_windows(word: str, today: date | None = None) -> Sequence[Window]:
    """Return the windows nearest to a stretch that is counted otherwise or misspelt: 90d is nearly 3m, then
    6m.

    today: with it a stretch of days or weeks is first of all the time since so many days before.
    """
    found = re.fullmatch(r"(?:since-)?(\d{1,4})([dwmqy])(?:[a-z]*|-ago)", word)
    if not found or not int(found[1]):
        return ()
    days, months = int(found[1]) * _DAYS.get(found[2], 0), int(found[1]) * _MONTHS_EACH[found[2]]
    counted = word.endswith("q") or (found[2] in "my" and 0 < months <= 12 * MOST_YEARS)
    since = [parse(f"since {today - timedelta(days=days)}")] if today and days else []
    usual = [window for label in WORDS if (window := Window(label)).months]
    ordered = sorted(usual, key=lambda window: abs(math.log(months / (window.months or 1))))
    exact = [parse(f"{months:.0f}m")] if counted and months <= 12 * MOST_YEARS else []
    return list(dict.fromkeys([*since, *exact, *ordered]))[:NEAREST]


def _since_ago(found: re.Match[str], today: date) -> Window:
    """Return the time since so long before `today`; without "since" a point in time is no window."""
    count, unit = int(found[2]), found[3]
    if found[1] and count and unit in _DAYS:
        return parse(f"since {today - timedelta(days=count * _DAYS[unit])}")
    if found[1] and count:
        return parse(f"since {months_before(today, count * int(_MONTHS_EACH[unit]))}")
    given = f"{count} {_UNITS[unit]}{'s' * (count != 1)} ago"
    raise UnknownWindow(given, f"is not a window; windows are {USAGE}")


def _latest_period(which: str, *, since: bool, today: date) -> Window:
    """Return the last period of a kind before `today`, or of a name that has begun."""
    label = _previous_period(which, today) if which.isalpha() else _last_begun_label(which, today)
    return parse(f"since {_begin(label)}") if since else parse(label)


def _previous_period(kind: str, today: date) -> str:
    """Return the period before the one that `today` is in."""
    if kind == "week":
        friday = today - timedelta(days=today.weekday() + 3)
        return f"{friday - timedelta(days=7)}..{friday}"
    if kind == "year":
        return str(today.year - 1)
    length = {"half": 6, "quarter": 3, "month": 1}[kind]
    first = date(today.year, today.month - (today.month - 1) % length, 1)
    last = first - timedelta(days=1)
    mark = {"half": "h", "quarter": "q"}.get(kind)
    return f"{last.year}{mark}{(last.month - 1) // length + 1}" if mark else f"{last:%Y-%m}"


def _last_begun_label(name: str, today: date) -> str:
    label = f"{{}}{name}" if name[0] in "qh" else f"{{}}-{name}"
    begins = parse(label.format(today.year)).start
    return label.format(today.year if begins and begins < today else today.year - 1)


def _pad_day(day: str) -> str:
    parts = day.split("-")
    return "-".join(part.zfill(2) for part in parts)


def _begin(point: str) -> str:
    """Return the day whose close is the base of what begins with a point: a day itself, else the one
    before it.
    """
    start = parse(point).start if re.fullmatch(_PERIOD, point, re.IGNORECASE) else None
    return start.isoformat() if start else _pad_day(point)


def _end(point: str) -> str:
    end = parse(point).end if re.fullmatch(_PERIOD, point, re.IGNORECASE) else None
    return end.isoformat() if end else _pad_day(point)


def possible_days(day: str) -> list[date]:
    """Return the days that a word can mean: between slashes the day or the month may come first."""
    if not re.fullmatch(SLASHED, day):
        return [found for found in [_date(*_pad_day(day).split("-"))] if found] if is_day(day) else []
    one, other, year = re.split(r"[/.]", day)
    century = f"20{year}" if len(year) == SHORT_YEAR else year
    found = (_date(century, month, number) for number, month in ((one, other), (other, one)))
    return list(dict.fromkeys(each for each in found if each))


def _date(*parts: str) -> date | None:
    """Return a day from year, month and day, or from all of them in one; None where there is no such day."""
    try:
        return date.fromisoformat("-".join(part.zfill(2) for part in parts))
    except ValueError:
        return None


def _ask_back(day: str) -> str:
    """Return what is to be said of a day whose parts stand in an order of their own country."""
    found = possible_days(day)
    if not found:
        return _NO_DATE
    names = join_words([f"`{each}`" for each in found], "or")
    return f"can be read {'two ways' if len(found) > 1 else 'as day or month first'}; write {names}"


def _month(name: str) -> int:
    return next(at for month, at in _MONTHS.items() if month.startswith(name[:3].lower()))


def _named_day(found: re.Match[str]) -> str:
    year = found["year"] if len(found["year"]) == 4 else f"20{found['year']}"
    return f"{year}-{_month(found['month']):02}-{int(found['day']):02}"


def _named_month(found: re.Match[str]) -> str:
    before, month, year = found["before"] or "", found["month"], found["year"]
    if not before and month.isupper() and len(month) == 3:
        return f"{month}~{year}"
    return f"{before}{year}-{_month(month):02}"


def _part(found: re.Match[str]) -> str:
    """Return a quarter or half of a year."""
    year = found["year"] if len(found["year"]) == 4 else f"20{found['year']}"
    number = found["number"].lower()
    return f"{year}{found['kind'][0].lower()}{_ORDINALS.get(number, number)}"


def _since(found: re.Match[str]) -> str:
    return (
        f"since {_end(found['point']) if (found['edge'] or '').lower() == 'end' else _begin(found['point'])}"
    )


def _parts(kind: str, numbers: str, word: str) -> list[tuple[str, Callable[[re.Match[str]], str]]]:
    """Return the spellings of the quarters, or halves, of a year."""
    year, short = rf"(?P<year>{YEAR})", rf"(?P<year>{YEAR}|\d\d)"
    number, mark = f"(?P<number>{numbers})", f"(?P<kind>{kind})"
    return [
        (rf"{mark}{number}[ /-]?{short}(?!\S)", _part),
        (rf"{number}{mark}[ /-]?{short}(?!\S)", _part),
        (rf"{year}[ /-]?{mark}{number}(?!\S)", _part),
        (rf"(?P<number>{_ORDINAL}) (?P<kind>{word})(?: of| in)? {year}(?!\S)", _part),
    ]


_APART = re.compile(rf"(?<=\d) ?\.{{2,}} ?(?=\d|[qh]\d|{_MONTH}|now|today)", re.IGNORECASE | re.ASCII)
_TOGETHER = re.compile(r"(?<=\S) \.\. (?=\S)")
_WORDED = spelling_patterns(
    (
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ -]?(?:of )?(?P<month>{_MONTH})[ -]?"
        rf"(?P<year>{YEAR}|\d\d)(?!\S)",
        _named_day,
    ),
    (rf"(?P<month>{_MONTH})[ -](?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ -](?P<year>{YEAR})(?!\S)", _named_day),
    (rf"({YEAR})/(\d{{1,2}})/(\d{{1,2}})(?!\d)", r"\1-\2-\3"),
    (
        rf"(?P<before>(?:since|from|in|during|for|to|until|till|through|between|and|of) )?"
        rf"(?P<month>{_MONTH})[ -]?(?P<year>{YEAR})(?!\S)",
        _named_month,
    ),
    *_parts("q", "[1-4]", "quarter"),
    *_parts("h", "[12]", "half"),
    (rf"(?:the )?(?:calendar |full )?year (?={YEAR}(?!\S))", ""),
    (
        rf"(?:from |since )?(?P<point>{_POINT}){_UNTIL}(?:today|now|date|present)(?!\S)",
        lambda found: f"since {_begin(found['point'])}",
    ),
    *(
        (
            rf"{opening}(?P<one>{_POINT}){until}(?P<other>{_POINT})(?!\S)",
            lambda found: f"{_begin(found['one'])}..{_end(found['other'])}",
        )
        for opening, until in (("(?:from |since )?", _UNTIL), ("between ", "(?: and | ?- ?)"))
    ),
    (
        rf"(?:since|from|back to)(?: the)?(?: (?P<edge>start|beginning|end) of)? (?P<point>{_POINT})(?!\S)",
        _since,
    ),
    (r"since (?:inception|launch)(?!\S)", "max"),
    (
        r"since (?:the )?(?:last |latest )?(?:change[ ]of(?: the)? )?(?:index|regime)(?:[ ]changed?)?(?!\S)",
        REGIME,
    ),
    (r"(month|quarter|year)[ -]to[ -]date(?!\S)", lambda found: _TO_DATE[found[1].lower()]),
    (r"this (month|quarter|year)(?!\S)", lambda found: _TO_DATE[found[1].lower()]),
    (
        r"(?:(?:the )?past|the[ ]last) (month|quarter|year|yr)(?!\S)",
        lambda found: _TRAILING[found[1].lower()],
    ),
    (
        r"(?:the )?(?:last|previous|prior)[ -]?(?:calendar )?(year|yr|half|quarter|month|week)(?!\S)",
        lambda found: f"last-{found[1].lower().replace('yr', 'year')}",
    ),
    (r"since (q[1-4]|h[12])(?!\S)", lambda found: f"since-last-{found[1].lower()}"),
    (
        r"(?:in |during )?(?:the )?(?:last )?(?:q[1-4]|h[12])(?!\S)",
        lambda found: f"last-{found[0][-2:].lower()}",
    ),
    (rf"since ({_MONTH})(?!\S)", lambda found: f"since-last-{_month(found[1]):02}"),
    (rf"(?:in|during|last) ({_MONTH})(?!\S)", lambda found: f"last-{_month(found[1]):02}"),
    (
        rf"({'|'.join(_NUMBERS)})[ -](?=(?:year|month|quarter)s?(?!\S))",
        lambda found: f"{_NUMBERS[found[1].lower()]} ",
    ),
    (rf"(since )?{COUNTED} ago(?!\S)", lambda found: f"{'since-' * bool(found[1])}{found[2]}{found[3]}-ago"),
    (rf"{COUNTED}(?!\S)", r"\1\2"),
    (r"(?:ttm|ltm|trailing 1y)(?!\S)", "1y"),
    (r"(?:all time|(?:all|full|entire|whole) history)(?!\S)", "max"),
    (rf"(?:cy ?|calendar )(?={YEAR}(?!\S))", ""),
    (rf"(?:in|during|of) (?:the )?(?:last |past )?(?=(?:{_PERIOD}|last-\S+|\d+[my]|[myq]td)(?!\S))", ""),
)
SPELLINGS: Sequence[Spelling] = ((_APART, " .. "), *_WORDED, (_TOGETHER, ".."))
"""From what people type to the words that are read here."""
