"""What was typed after `/watch`, token by token."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from bot.language.rule.amounts import MONEY
from bot.language.rule.vocabulary import LONGEST, PHRASES, Meaning
from bot.language.windows import COUNTED, DAY, SLASHED, SPELLINGS, WORDED, rewritten
from bot.language.words import MARKS, plain


class TokenKind(Enum):
    """What a token looks like."""

    PHRASE = "phrase"
    WORD = "word"  # may be a symbol
    NUMBER = "number"
    PERIOD = "period"
    DATE = "date"
    RATE = "rate"
    JUNK = "junk"


@dataclass(frozen=True)
class Token:
    """A piece of the text.

    text: as typed; of a RATE what follows `rf=`.
    meaning: of a PHRASE.
    """

    kind: TokenKind
    text: str
    meaning: Meaning | None = None


_POSSESSIVE = re.compile(r"(?<=\w)['’´`]s\b", re.IGNORECASE)
_CLOSING = re.compile(r"([()\[\]{}]|[,;:.!?](?=\s|$))")
_BEFORE = r"(?<![\w$^.=-])"
_AFTER = r"(?![A-Za-z0-9])"
_CLASS = r"(?<=[A-Za-z]{2})/[A-Za-z](?![A-Za-z0-9/])"
_MONEY = rf"[$€£]?\d[\d.,]*,\d+(?:{'|'.join(sorted(MONEY, key=len, reverse=True))})"
_WORD = rf"[$€£]?\^?[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*(?:{_CLASS}|=[A-Za-z]{{1,2}}(?![A-Za-z0-9]))?"
_TOKENS = re.compile(
    "|".join(
        f"(?P<{name}>{pattern})"
        for name, pattern in (
            ("space", r"\s+"),
            ("mention", r"<[!@#][^<>\s]*>"),
            ("vs", rf"{_BEFORE}(?:vs|versus)\.? ?[:=]|{_BEFORE}vs\.(?=\s)"),
            ("rate", rf"{_BEFORE}rf(?: ?[:=] ?| (?=\d|t-?bill))(?:[\d.,]*\d ?%|\d+,\d+(?!\w)|[^\s,;()]*)"),
            ("range", rf"{_BEFORE}{DAY} ?(?:\.{{2,}}|-| to ) ?{DAY}{_AFTER}"),
            ("date", rf"{_BEFORE}(?:\d{{4}}-\d{{1,2}}-\d{{1,2}}|{SLASHED}){_AFTER}"),
            ("calendar", rf"{_BEFORE}{WORDED}"),
            ("money", rf"{_BEFORE}{_MONEY}{_AFTER}"),
            ("period", rf"{_BEFORE}{COUNTED}{_AFTER}"),
            ("ytd", rf"{_BEFORE}(?:[mqy]td|max){_AFTER}"),
            ("arrow", r"->|→|⇒"),
            ("sign", r"<>|<=|=<|≤|≦|⩽|>=|=>|≥|≧|⩾|<|>|==|!=|≠|="),
            (
                "number",
                r"(?:(?<![\w)])[-+])?(?:\d[\d.,]*\d|\d|[.,]\d+)(?:e[-+]?\d{1,4})?(?![\w^$]|[.=-][A-Za-z]|[.,]\d)",
            ),
            ("word", _WORD),
            ("point", r"[-&/%,;:()\[\]{}.!?|]"),
            ("junk", r"[^\s,;()<>=]+|."),
        )
    ),
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
_SIGNS = {"=<": "<=", "≤": "<=", "≦": "<=", "⩽": "<=", "=>": ">=", "≥": ">=", "≧": ">=", "⩾": ">=", "≠": "!="}


def tokens(text: str) -> list[Token]:
    """The text's tokens, its phrases recognised, the longest first.

    >>> [(token.kind.name, token.text) for token in tokens("ISCB drops below 1.0")]
    [('WORD', 'ISCB'), ('WORD', 'drops'), ('PHRASE', 'below'), ('NUMBER', '1.0')]
    """
    found = [_token(match) for match in _TOKENS.finditer(_settled(text)) if match.lastgroup != "space"]
    return _joined(_parted(found))


def _settled(text: str) -> str:
    apart = _CLOSING.sub(r" \1 ", _POSSESSIVE.sub("", plain(text)).translate(MARKS))
    return rewritten(" ".join(apart.split()), SPELLINGS)


def _token(match: re.Match[str]) -> Token:
    kind, text = match.lastgroup, match[0]
    if kind in {"period", "ytd", "range", "calendar"}:
        return Token(TokenKind.PERIOD, _window(match))
    if kind == "rate":
        return Token(TokenKind.RATE, re.sub(r"^rf ?[:=]? ?|\s", "", text, flags=re.IGNORECASE))
    simple = {
        "date": TokenKind.DATE,
        "number": TokenKind.NUMBER,
        "junk": TokenKind.JUNK,
        "mention": TokenKind.JUNK,
    }
    replaced = {"vs": "vs", "arrow": "->"}.get(str(kind), _SIGNS.get(text, text))
    return Token(simple.get(str(kind), TokenKind.WORD), replaced)


def _window(match: re.Match[str]) -> str:
    """The label that `bot.language.windows.read_window` reads."""
    text = match[0].lower()
    if found := re.fullmatch(COUNTED, text):
        return f"{found[1]}{found[2]}"
    if found := re.fullmatch(rf"({DAY}) ?(?:\.{{2,}}|-| to ) ?({DAY})", text):
        return f"{found[1]}..{found[2]}"
    return text


def _parted(found: list[Token]) -> list[Token]:
    """Hyphened words whose parts make a phrase, in parts: max-drawdown."""
    parted = []
    for token in found:
        parts = token.text.lower().split("-")
        split = token.kind is TokenKind.WORD and len(parts) > 1 and tuple(parts) in PHRASES
        parted += [Token(TokenKind.WORD, part) for part in parts] if split else [token]
    return parted


def _joined(found: list[Token]) -> list[Token]:
    joined: list[Token] = []
    at = 0
    while at < len(found):
        length, meaning = _phrase(found[at : at + LONGEST])
        if meaning is None:
            joined.append(found[at])
        else:
            text = " ".join(token.text for token in found[at : at + length])
            joined.append(Token(TokenKind.PHRASE, text, meaning))
        at += length
    return joined


def _phrase(ahead: list[Token]) -> tuple[int, Meaning | None]:
    """How many of the tokens make the longest phrase, and what it means; 1 and None for none."""
    texts = [token.text.lower() for token in ahead]
    for length in range(len(texts), 0, -1):
        meaning = PHRASES.get(tuple(texts[:length]))
        if meaning is not None and ahead[0].kind is not TokenKind.JUNK:
            return length, meaning
    return 1, None
