"""Funds by the names of what they follow, and years by what happened in them, before a question is read.

name_indices("the Russell 2000")   ("$IWM", ["Russell 2000 is read as IWM."])
"""

from __future__ import annotations

import re

from bot.language.words import plain_text

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
    ("IWM", r"russell ?2000|russell ?2k|r2k"),
    ("IWB", "russell ?1000"),
    ("IWV", "russell ?3000"),
    ("SPY", rf"(?:{_S_AND_P}) ?500|spx"),
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
    r"(?<!\w)(?:next to|alongside|relative to|(?:compar(?:e|es|ed|ing|ison)|up|fare|stand|do|look|hold up|"
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
