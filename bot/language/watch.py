"""What follows `/watch`."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from difflib import get_close_matches

from bot.commands import WATCH
from bot.errors import Unclear
from bot.language.acts import VERBS as ACTS
from bot.language.acts import read_act
from bot.language.lists import read_list
from bot.language.requests import About, ByHand, Help, RuleListing, Verb, Watch
from bot.language.rule.reading import read_rule
from bot.language.words import MOST_CHARACTERS, plain, quoted, require_readable

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
_LIST = frozenset({"list", "ls", "rules"})
_EDIT, _TEST = frozenset({"edit", "change"}), frozenset({"test", "try"})
ANYWAY = "anyway"
"""Before a rule: it is kept also where the channel has one that says the same."""
_KNOWN = (*_LIST, *_VERBS, *_EDIT, *_TEST, *ACTS, ANYWAY, "help")
_NUMBER = re.compile(r"(?:rule )?#?r?#?([1-9]\d{0,8})\b[.:,]?(?!\S)", re.IGNORECASE | re.ASCII)
_COUNT = re.compile(r"\d+ (?:out )?of\b", re.IGNORECASE | re.ASCII)
_ENDS = ".:,;!?"


def read_watch(text: str, today: date) -> Watch | About | RuleListing | ByHand | Help:
    """Read what follows `/watch`: a rule, or a verb and the number of one.

    Lower case, Slack's escapes, "drops below", "for 5 days", percentages and amounts are understood.  A `$`
    makes a symbol of any word: `$LIST`, `$MAX`.  Raises Unclear with everything that is wrong.
    """
    require_readable(WATCH, text)
    words = " ".join(plain(text).split())
    words = re.sub(r"^/?watch:?(?!\S) ?", "", words, flags=re.IGNORECASE)
    word, _, rest = words.partition(" ")
    verb = word.lower().rstrip(_ENDS)
    if not words or verb in {"help", ""}:
        return Help(WATCH)
    if verb in _LIST:
        return read_list(verb, rest, text)
    if verb in _VERBS:
        return _about(_VERBS[verb], verb, rest, text)
    if act := read_act(verb, rest, text, today):
        return act
    if verb in _EDIT:
        return _edited(verb, rest, text, today)
    if verb in _TEST:
        return _tested(verb, rest, text, today)
    if (found := _NUMBER.match(words)) and not _COUNT.match(words):
        after = words[found.end() :].strip()
        verb, _, rest = after.partition(" ")
        if verb.lower() in _EDIT:
            return _edited(verb.lower(), f"R{found[1]} {rest}", text, today)
        if act := read_act(verb.lower().rstrip(_ENDS), f"R{found[1]} {rest}".strip(), text, today):
            return act
        return _numbered(int(found[1]), after, text)
    _require_no_slip(verb, rest, text)
    return _watch(words, text, today)


def _require_no_slip(word: str, rest: str, given: str) -> None:
    """Raises Unclear for what is nearly a verb and can be no rule: neither a `$` symbol nor `X 2 of: …`."""
    if word.startswith("$") or _COUNT.match(rest):
        return
    named = _NUMBER.match(rest)
    # Before the number of a rule stands a verb, so a word that is less like one is meant for it too.
    like = get_close_matches(word.lower(), _KNOWN, 1, 0.6 if named else 0.75)
    if like and (not rest or named):
        raise _unclear(given, f"`{quoted(word)}` is neither a rule nor a verb; did you mean `{like[0]}`?")


def _about(verb: Verb, word: str, rest: str, given: str) -> About:
    found = _NUMBER.match(rest)
    if not found:
        raise _unclear(given, _number_wanted(word, rest))
    if more := rest[found.end() :].strip():
        what = "one rule at a time" if _NUMBER.search(more) else "the number of a rule and nothing more"
        raise _unclear(given, f"`{word}` takes {what}; leave `{quoted(more)}` out.")
    return About(verb, int(found[1]))


def _number_wanted(word: str, rest: str) -> str:
    wanted = f"`{word}` needs the number of a rule, like `{word} R7`; `list` shows them"
    return f"{wanted}. A fund called {word.upper()} is `${word.upper()}`." if rest else f"{wanted}."


def _numbered(number: int, rest: str, given: str) -> About:
    """A rule's number alone, or before its verb."""
    verb = _VERBS.get(rest.lower().strip(_ENDS), None if rest else Verb.SHOW)
    if verb is None:
        raise _unclear(
            given, f"`R{number}` is the number of a rule; write `show R{number}` or `edit R{number} …`."
        )
    return About(verb, number)


def _edited(verb: str, rest: str, given: str, today: date) -> Watch:
    found = _NUMBER.match(rest)
    if not found:
        raise _unclear(given, f"`{verb}` needs the number of a rule, like `{verb} R7 ISCB sortino < 0.9`.")
    rule = rest[found.end() :].strip()
    if not rule:
        number = f"R{found[1]}"
        raise _unclear(
            given, f"`{verb} {number}` needs the new rule, like `{verb} {number} ISCB sortino < 0.9`."
        )
    return replace(_watch(rule, given, today), number=int(found[1]))


def _tested(verb: str, rest: str, given: str, today: date) -> Watch:
    found = _NUMBER.match(rest)
    if not rest or (found and not rest[found.end() :].strip()):
        raise _unclear(
            given, f"`{verb}` needs a rule, like `{verb} ISCB sortino < 1.0`; `show R7` looks at one."
        )
    return replace(_watch(rest, given, today), test=True)


def _watch(words: str, given: str, today: date) -> Watch:
    first, _, rest = words.partition(" ")
    anyway = first.lower().rstrip(_ENDS) == ANYWAY
    watch = Watch(*read_rule(rest if anyway else words, given, today), anyway=anyway)
    if len(watch.text) > MOST_CHARACTERS:
        raise _unclear(
            given, f"Written out, the rule has {len(watch.text)} characters; at most {MOST_CHARACTERS} fit."
        )
    return watch


def _unclear(given: str, *complaints: str) -> Unclear:
    return Unclear(WATCH.name, given, complaints)
