"""What follows `/watch`: a rule, a verb and the number of one, `list`, `ack`, `snooze`, `unsnooze`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from difflib import get_close_matches

from bot.commands import WATCH
from bot.errors import Unclear
from bot.language.requests import (
    Acknowledge,
    Help,
    IncidentAction,
    ListedState,
    NoisiestRules,
    Review,
    ReviewRequest,
    RuleCommand,
    RuleListing,
    Snooze,
    Unsnooze,
    Verb,
    Watch,
)
from bot.language.rule import read_rule, rule_symbol_text
from bot.language.windows import SPELLINGS, read_day, rewrite_spellings
from bot.language.words import (
    MARKS,
    MOST_CHARACTERS,
    PLACED,
    list_some,
    plain_text,
    require_readable,
    safe_word,
    symbol_of,
)
from bot.render.rules.audit import DECIDED
from bot.render.text import join_words

STATE_WORDS = {
    **{stand.value: stand for stand in ListedState},
    "alerts": ListedState.OPEN,
    "firing": ListedState.FIRING,
    "fired": ListedState.FIRING,
    "pending": ListedState.PENDING,
    "recovering": ListedState.RECOVERING,
    "no data": ListedState.NO_DATA,
    "doubt": ListedState.DOUBT,
    "acked": ListedState.ACKNOWLEDGED,
}
_PAGE = re.compile(r"(?<!\S)page ?#?(\d{1,6})(?!\S)", re.IGNORECASE | re.ASCII)
_STAND = re.compile(
    rf"(?<!\S)(?:{'|'.join(sorted(STATE_WORDS, key=len, reverse=True))})(?!\S)", re.IGNORECASE
)
_LIST_FILLERS = frozenset({"all", "rules", "rule", "of", "and", "the", "for", "with", "that", "are", "is"})
_LIST_ENDS = ".:,;!?"


def read_list(word: str, rest: str, given: str) -> RuleListing:
    """Read what follows `list`.  word: as `list` was typed; given: the whole text.  Raises Unclear."""
    pages: list[int] = []
    stands: list[ListedState] = []

    def page(found: re.Match[str]) -> str:
        pages.append(int(found[1]))
        return " "

    def stand(found: re.Match[str]) -> str:
        stands.append(STATE_WORDS[found[0].lower()])
        return " "

    left = rest.translate(MARKS | {ord(","): " "})
    left = _STAND.sub(stand, _PAGE.sub(page, " ".join(each.rstrip(_LIST_ENDS) for each in left.split())))
    words = [each for each in left.split() if each.lower() not in _LIST_FILLERS]
    symbols = [symbol for each in words if PLACED.is_symbol(each) and (symbol := symbol_of(each))]
    unread = [each for each in words if not PLACED.is_symbol(each)]
    complaints = [
        *([_unread_part(word, unread)] if unread else []),
        *(["More than one state is given; keep one."] if len(set(stands)) > 1 else []),
        *(["Pages are counted from 1."] if 0 in pages else []),
        *(["More than one page is given; keep one."] if len(set(pages)) > 1 else []),
    ]
    if complaints:
        raise Unclear(WATCH.name, given, complaints)
    return RuleListing(tuple(dict.fromkeys(symbols)), next(iter(stands), None), next(iter(pages), 1))


def _read_noisiest(verb: str, rest: str, given: str) -> NoisiestRules:
    words = rest.strip(_ENDS).removeprefix("rules").strip()
    page = _PAGE.fullmatch(words)
    if words and not page:
        raise _unclear(given, f"`{verb}` takes a page, like `{verb} page 2`; {_leave_out(rest)}")
    if page and not int(page[1]):
        raise _unclear(given, "Pages are counted from 1.")
    return NoisiestRules(int(page[1]) if page else 1)


def list_text(listing: RuleListing) -> str:
    """Write the question as it is typed after `/watch`; reading it again gives the same question."""
    named = [f"${each}" if _has_meaning(each) else rule_symbol_text(each) for each in listing.symbols]
    stand = [listing.stand.value] if listing.stand else []
    page = [f"page {listing.page}"] if listing.page > 1 else []
    return " ".join(["list", *named, *stand, *page])


def _has_meaning(symbol: str) -> bool:
    return symbol.lower() in {*STATE_WORDS, *_LIST_FILLERS} or bool(_PAGE.match(symbol))


def _unread_part(word: str, unread: list[str]) -> str:
    like = get_close_matches(unread[0].lower(), [*STATE_WORDS, "page"], 1, 0.75)
    state = STATE_WORDS.get(like[0]) if like else None
    meant = f"; did you mean `{word} {state.value if state else 'page 2'}`?" if like else "."
    takes = join_words([f"`{word} {each}`" for each in ("ISCB", "triggered", "page 2")], "or")
    named = list_some(f"`{safe_word(each)}`" for each in unread)
    return (
        f"`{word}` takes a fund, a state or a page, like {takes}, and not {named}{meant} "
        f"A fund called {word.upper()} is `${word.upper()}`."
    )


MOST_SNOOZED = 125
MOST_SNOOZED_DAYS = timedelta(days=183)
"""Half a year: who wants to hear of a rule no more pauses it."""

_NAMED = re.compile(r"(?:rule ?#?|#r?|r#?)([1-9]\d{0,8})\b[.:,]?(?!\S)", re.IGNORECASE | re.ASCII)
"""A rule's number that nobody takes for another one."""
_ALONE = re.compile(r"([1-9]\d{0,8})[.:,]?", re.ASCII)
_BARE = re.compile(r"([1-9]\d{0,8})[.:,]? (?=.*\d)(.+)", re.ASCII)
_COUNTS = {"a": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
_COUNTED = re.compile(
    r"(\d{1,4}) ?(sessions?|(?:trading|business) days?|d(?:ays?)?|w(?:eeks?|ks?)?|m(?:onths?|os?)?)",
    re.IGNORECASE | re.ASCII,
)
_LEAD = re.compile(r"(?:for|until|till?|through|thru|to)(?: the)? ", re.IGNORECASE)
_DAYS = {"d": 1, "w": 7, "m": 30}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_YEARLESS = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)? ?(?:of )?([a-z]{3,9})\.?|([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?", re.I
)
_DATED = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d|\d{8}$")
"""What is meant as a date, however it is spelt."""
_HOW = "a number of sessions, weeks or a day, like `5 sessions`, `1w` or `until 2026-02-02`"


_STOPS = ":,.;-"
_DECISION = re.compile(
    rf"((?:{'|'.join(DECIDED)})(?: (?:into|at) it)?) ?[:;] ?(.+)", re.IGNORECASE | re.DOTALL
)
"""What was decided, and the reason behind a colon."""


def read_act(verb: str, rest: str, given: str, today: date) -> IncidentAction | None:
    """Read what follows one of `ACTS`; None for any other word.

    given: the whole text.  Without a number the rule is that of the card in whose thread it is said.
    Raises Unclear.
    """
    reader = ACTS.get(verb)
    return reader(rest, given, today) if reader else None


def _acknowledge(rest: str, given: str, today: date) -> Acknowledge:  # noqa: ARG001
    number, reason = _split_number(rest)
    reason = reason.lstrip(":,-").strip()
    found = _DECISION.fullmatch(reason)
    word, decided = reason.split(" ", 1)[0].lower().rstrip(_STOPS), None
    if found:
        word, reason = found[1].split(" ", 1)[0].lower(), found[2]
    return Acknowledge(number, reason, DECIDED.get(word, decided))


def _unsnooze(rest: str, given: str, today: date) -> Unsnooze:  # noqa: ARG001
    number, more = _split_number(rest)
    if more:
        raise _unclear_act(
            given, f"`unsnooze` takes the number of a rule and nothing more; {_leave_out(more)}"
        )
    return Unsnooze(number)


def _snooze(rest: str, given: str, today: date) -> Snooze:
    number, span = _split_number(rest)
    words = _LEAD.sub("", span, count=1).strip(" .,:")
    if not words:
        return Snooze(number)
    name = f"R{number}" if number else "R7"
    if found := _COUNTED.fullmatch(_count_in_figures(words)):
        return _snooze_count(number, int(found[1]), found[2].lower(), given, today)
    try:
        until, wrong = _day(words.lower(), today), f"is not how long; write {_HOW}"
    except ValueError as fault:
        until, wrong = None, str(fault)
    if until is None:
        if number is None and (found := _BARE.fullmatch(words)):
            return _snooze(f"R{found[1]} {found[2]}", given, today)
        raise _unclear_act(given, f"`{safe_word(span)}` {wrong}.")
    if until < today:
        raise _unclear_act(
            given, f"`{safe_word(span)}` is over; name a day to come, like `snooze {name} 1w`."
        )
    return Snooze(number, until=_require_near(until, number, given, today))


def _snooze_count(number: int | None, count: int, unit: str, given: str, today: date) -> Snooze:
    if count < 1:
        raise _unclear_act(given, f"A snooze lasts one session or more; write {_HOW}.")
    if unit.startswith(("s", "t", "b")):
        if count > MOST_SNOOZED:
            raise _too_long(number, given)
        return Snooze(number, sessions=count)
    until = today + timedelta(days=count * _DAYS[unit[0]])
    return Snooze(number, until=_require_near(until, number, given, today))


def _require_near(until: date, number: int | None, given: str, today: date) -> date:
    if until > today + MOST_SNOOZED_DAYS:
        raise _too_long(number, given)
    return until


def _too_long(number: int | None, given: str) -> Unclear:
    name = f"R{number or 7}"
    return _unclear_act(
        given,
        f"A snooze lasts {MOST_SNOOZED} sessions or half a year at most; "
        f"`pause {name}` has it read no more until `resume {name}`.",
    )


def _split_number(rest: str) -> tuple[int | None, str]:
    """Return the rule's number, and what follows it."""
    if found := _NAMED.match(rest) or _ALONE.fullmatch(rest):
        return int(found[1]), rest[found.end() :].strip()
    return None, rest


def _count_in_figures(words: str) -> str:
    first, _, more = words.partition(" ")
    return f"{_COUNTS[first.lower()]} {more}" if first.lower() in _COUNTS else words


def _day(words: str, today: date) -> date | None:
    """Return a day to come; None for what is none.  ValueError with what is wrong with one."""
    if words in ("today", "tomorrow"):
        return today + timedelta(days=words == "tomorrow")
    for at, name in enumerate(_WEEKDAYS):
        if words.removeprefix("next ") in (name, name[:3]):
            return today + timedelta(days=(at - today.weekday() - 1) % 7 + 1)
    if found := _YEARLESS.fullmatch(words):
        day, month = (found[1], found[2]) if found[1] else (found[4], found[3])
        return _next_date(f"{day} {month}", today)
    written = rewrite_spellings(words.replace(",", ""), SPELLINGS)
    return read_day(written) if _DATED.match(written) else None


def _next_date(day_month: str, today: date) -> date | None:
    """Return the next such day."""
    for year in (today.year, today.year + 1):
        try:
            found = read_day(rewrite_spellings(f"{day_month} {year}", SPELLINGS))
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def _leave_out(more: str) -> str:
    return f"leave `{safe_word(more)}` out."


def _unclear_act(given: str, *complaints: str) -> Unclear:
    return Unclear(WATCH.name, given, complaints)


WatchQuestion = Watch | RuleCommand | RuleListing | NoisiestRules | ReviewRequest | IncidentAction
"""What follows `/watch`, read."""

ACTS: dict[str, Callable[[str, str, date], IncidentAction]] = {
    "ack": _acknowledge,
    "acknowledge": _acknowledge,
    "snooze": _snooze,
    "unsnooze": _unsnooze,
}


_VERBS = {
    "show": Verb.SHOW,
    "view": Verb.SHOW,
    "pause": Verb.PAUSE,
    "resume": Verb.RESUME,
    "unpause": Verb.RESUME,
    "delete": Verb.DELETE,
    "remove": Verb.DELETE,
    "history": Verb.HISTORY,
    "why": Verb.WHY,
}
_REVIEWS = {
    **{each.value: each for each in Review},
    "decision": Review.DECISIONS,
    "scorecards": Review.SCORECARD,
}
_LIST = frozenset({"list", "ls", "rules"})
_NOISIEST = frozenset({"noisiest", "noisy", "noise"})
_EDIT, _TEST = frozenset({"edit", "change"}), frozenset({"test", "try"})
ANYWAY = "anyway"
"""Before a rule: it is kept also where the channel has one that says the same."""
_KNOWN = (*_LIST, *_NOISIEST, *_REVIEWS, *_VERBS, *_EDIT, *_TEST, *ACTS, ANYWAY, "help")
_RULE_NUMBER = re.compile(r"(?:rule )?#?r?#?([1-9]\d{0,8})\b[.:,]?(?!\S)", re.IGNORECASE | re.ASCII)
_CONDITION_COUNT = re.compile(r"\d+ (?:out )?of\b", re.IGNORECASE | re.ASCII)
_ENDS = ".:,;!?"


def read_watch(text: str, today: date) -> WatchQuestion | Help:
    """Read what follows `/watch`: a rule, or a verb and the number of one.

    Lower case, Slack's escapes, "drops below", "for 5 days", percentages and amounts are understood.  A `$`
    makes a symbol of any word: `$LIST`, `$MAX`.  Raises Unclear with everything that is wrong.
    """
    require_readable(WATCH, text)
    words = " ".join(plain_text(text).split())
    words = re.sub(r"^/?watch:?(?!\S) ?", "", words, flags=re.IGNORECASE)
    word, _, rest = words.partition(" ")
    verb = word.lower().rstrip(_ENDS)
    if not words or verb in {"help", ""}:
        return Help(WATCH)
    if verb in _LIST:
        return read_list(verb, rest, text)
    if verb in _NOISIEST and not _CONDITION_COUNT.match(rest):
        return _read_noisiest(verb, rest, text)
    if verb in _REVIEWS:
        return _read_review(verb, rest, text)
    if verb in _VERBS:
        return _read_verb(_VERBS[verb], verb, rest, text)
    if act := read_act(verb, rest, text, today):
        return act
    if verb in _EDIT:
        return _read_edit(verb, rest, text, today)
    if verb in _TEST:
        return _read_test(verb, rest, text, today)
    if (found := _RULE_NUMBER.match(words)) and not _CONDITION_COUNT.match(words):
        after = words[found.end() :].strip()
        verb, _, rest = after.partition(" ")
        if verb.lower() in _EDIT:
            return _read_edit(verb.lower(), f"R{found[1]} {rest}", text, today)
        if act := read_act(verb.lower().rstrip(_ENDS), f"R{found[1]} {rest}".strip(), text, today):
            return act
        return _read_number_first(int(found[1]), after, text)
    _require_no_slip(verb, rest, text)
    return _read_kept_rule(words, text, today)


def _require_no_slip(word: str, rest: str, given: str) -> None:
    """Raise Unclear for what is nearly a verb and can be no rule: neither a `$` symbol nor `X 2 of: …`."""
    if word.startswith("$") or _CONDITION_COUNT.match(rest):
        return
    named = _RULE_NUMBER.match(rest)
    # Before the number of a rule stands a verb, so a word that is less like one is meant for it too.
    like = get_close_matches(word.lower(), _KNOWN, 1, 0.6 if named else 0.75)
    if like and (not rest or named):
        raise _unclear(given, f"`{safe_word(word)}` is neither a rule nor a verb; did you mean `{like[0]}`?")


def _read_verb(verb: Verb, word: str, rest: str, given: str) -> RuleCommand:
    found = _RULE_NUMBER.match(rest)
    if not found:
        raise _unclear(given, _number_wanted(word, rest))
    if more := rest[found.end() :].strip():
        what = "one rule at a time" if _RULE_NUMBER.search(more) else "the number of a rule and nothing more"
        raise _unclear(given, f"`{word}` takes {what}; leave `{safe_word(more)}` out.")
    return RuleCommand(verb, int(found[1]))


def _read_review(word: str, rest: str, given: str) -> ReviewRequest:
    more = rest.strip(" .,:;!?").lower().removeprefix("as ")
    if more not in ("", "csv"):
        raise _unclear(
            given,
            f"`{word}` takes `csv` and nothing more; leave `{safe_word(rest)}` out. "
            f"A fund called {word.upper()} is `${word.upper()}`.",
        )
    return ReviewRequest(_REVIEWS[word], csv=more == "csv")


def _number_wanted(word: str, rest: str) -> str:
    wanted = f"`{word}` needs the number of a rule, like `{word} R7`; `list` shows them"
    return f"{wanted}. A fund called {word.upper()} is `${word.upper()}`." if rest else f"{wanted}."


def _read_number_first(number: int, rest: str, given: str) -> RuleCommand:
    """Read a rule's number alone, or before its verb."""
    verb = _VERBS.get(rest.lower().strip(_ENDS), None if rest else Verb.SHOW)
    if verb is None:
        raise _unclear(
            given, f"`R{number}` is the number of a rule; write `show R{number}` or `edit R{number} …`."
        )
    return RuleCommand(verb, number)


def _read_edit(verb: str, rest: str, given: str, today: date) -> Watch:
    found = _RULE_NUMBER.match(rest)
    if not found:
        raise _unclear(given, f"`{verb}` needs the number of a rule, like `{verb} R7 ISCB sortino < 0.9`.")
    rule = rest[found.end() :].strip()
    if not rule:
        number = f"R{found[1]}"
        raise _unclear(
            given, f"`{verb} {number}` needs the new rule, like `{verb} {number} ISCB sortino < 0.9`."
        )
    return replace(_read_kept_rule(rule, given, today), number=int(found[1]))


def _read_test(verb: str, rest: str, given: str, today: date) -> Watch:
    found = _RULE_NUMBER.match(rest)
    if not rest or (found and not rest[found.end() :].strip()):
        raise _unclear(
            given, f"`{verb}` needs a rule, like `{verb} ISCB sortino < 1.0`; `show R7` looks at one."
        )
    return replace(_read_kept_rule(rest, given, today), test=True)


def _read_kept_rule(words: str, given: str, today: date) -> Watch:
    first, _, rest = words.partition(" ")
    anyway = first.lower().rstrip(_ENDS) == ANYWAY
    rule, policy, added = read_rule(rest if anyway else words, given, today)
    watch = Watch(rule, policy, anyway=anyway, added=added)
    if len(watch.text) > MOST_CHARACTERS:
        raise _unclear(
            given, f"Written out, the rule has {len(watch.text)} characters; at most {MOST_CHARACTERS} fit."
        )
    return watch


def _unclear(given: str, *complaints: str) -> Unclear:
    return Unclear(WATCH.name, given, complaints)
