"""Which rules are listed: `list`, `list ISCB`, `list firing`, `list ISCB firing page 2`."""

from __future__ import annotations

import re
from difflib import get_close_matches

from bot.commands import WATCH
from bot.errors import Unclear
from bot.language.english import PLACED
from bot.language.requests import RuleListing, Stand
from bot.language.rule.written import symbol_text
from bot.language.words import MARKS, quoted, some, symbol_of
from bot.render.text import join_words

WORDS = {
    **{stand.value: stand for stand in Stand},
    "alerts": Stand.OPEN,
    "fired": Stand.FIRING,
    "no data": Stand.NO_DATA,
    "doubt": Stand.DOUBT,
    "acked": Stand.ACKNOWLEDGED,
}
_PAGE = re.compile(r"(?<!\S)page ?#?(\d{1,6})(?!\S)", re.IGNORECASE | re.ASCII)
_STAND = re.compile(rf"(?<!\S)(?:{'|'.join(sorted(WORDS, key=len, reverse=True))})(?!\S)", re.IGNORECASE)
_IDLE = frozenset({"all", "rules", "rule", "of", "and", "the", "for", "with", "that", "are", "is"})
_ENDS = ".:,;!?"


def read_list(word: str, rest: str, given: str) -> RuleListing:
    """Read what follows `list`.  word: as `list` was typed; given: the whole text.  Raises Unclear."""
    pages: list[int] = []
    stands: list[Stand] = []

    def page(found: re.Match[str]) -> str:
        pages.append(int(found[1]))
        return " "

    def stand(found: re.Match[str]) -> str:
        stands.append(WORDS[found[0].lower()])
        return " "

    left = rest.translate(MARKS | {ord(","): " "})
    left = _STAND.sub(stand, _PAGE.sub(page, " ".join(each.rstrip(_ENDS) for each in left.split())))
    words = [each for each in left.split() if each.lower() not in _IDLE]
    symbols = [symbol for each in words if PLACED.is_symbol(each) and (symbol := symbol_of(each))]
    unread = [each for each in words if not PLACED.is_symbol(each)]
    complaints = [
        *([_unread(word, unread)] if unread else []),
        *(["More than one state is given; keep one."] if len(set(stands)) > 1 else []),
        *(["Pages are counted from 1."] if 0 in pages else []),
        *(["More than one page is given; keep one."] if len(set(pages)) > 1 else []),
    ]
    if complaints:
        raise Unclear(WATCH.name, given, complaints)
    return RuleListing(tuple(dict.fromkeys(symbols)), next(iter(stands), None), next(iter(pages), 1))


def list_text(listing: RuleListing) -> str:
    """Write the question as it is typed after `/watch`; reading it again gives the same question."""
    named = [f"${each}" if _has_meaning(each) else symbol_text(each) for each in listing.symbols]
    stand = [listing.stand.value] if listing.stand else []
    page = [f"page {listing.page}"] if listing.page > 1 else []
    return " ".join(["list", *named, *stand, *page])


def _has_meaning(symbol: str) -> bool:
    return symbol.lower() in {*WORDS, *_IDLE} or bool(_PAGE.match(symbol))


def _unread(word: str, unread: list[str]) -> str:
    like = get_close_matches(unread[0].lower(), [*WORDS, "page"], 1, 0.75)
    meant = f"; did you mean `{word} {like[0]}{' 2' * (like[0] == 'page')}`?" if like else "."
    takes = join_words([f"`{word} {each}`" for each in ("ISCB", "firing", "page 2")], "or")
    named = some(f"`{quoted(each)}`" for each in unread)
    return (
        f"`{word}` takes a fund, a state or a page, like {takes}, and not {named}{meant} "
        f"A fund called {word.upper()} is `${word.upper()}`."
    )
