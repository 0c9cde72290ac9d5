"""A question in plain English to what is surely asked, said beside the answer, with what else it may be.

The exact grammar of `read_follow` comes first: what it reads was never in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from analytics.fund import is_mix
from analytics.switch import NO_TERMS
from bot.errors import UserError
from bot.language.english.intents import (
    ABSENT,
    ADDING,
    FIRM,
    HELPING,
    LITTLE,
    MONEY,
    PLAIN,
    WATCH,
    WATCHING,
    WINDOWED,
    Intent,
    Vote,
    vote,
)
from bot.language.english.slots import Slots, name_indices, read_slots
from bot.language.options import MOST_SYMBOLS
from bot.language.portfolios.names import is_tilt, read_tilt
from bot.language.requests import FollowUp, Help
from bot.language.thread import read_follow
from bot.language.thread_query import follow_text, resolve_query
from bot.language.thread_words import EXPLAINED, longest_phrase
from bot.language.words import (
    ENGLISH,
    IDLE,
    MOST_CHARACTERS,
    PAIR,
    SHORT,
    is_english,
    safe_word,
)
from bot.model import Section, ThreadContext
from bot.sections import WITH_MEASURE, WITH_SIZE

OTHERS = 2
"""Other readings beside the one that is answered."""
_MANY_UNREAD = 3
_FEW = 3
_VAGUE = frozenset({"figures", "numbers", "instead", "period", "horizon", "everything", "window", "version"})
_PRONOUNS = frozenset({"this", "that", "it", "these", "those", "them", "both", "please", "here", "too"})


@dataclass(frozen=True)
class Reading:
    """What a question in plain English is read as.

    follow: None for a wish to be told of something (`watching`) and for one for help.
    others: what else it may be, the likeliest first, each can be asked.
    says: sentences that stand beside the answer.
    """

    follow: FollowUp | None
    others: tuple[FollowUp, ...] = ()
    says: tuple[str, ...] = ()
    watching: bool = False

    @property
    def text(self) -> str:
        """As one types it."""
        if self.follow is None:
            return "watch" if self.watching else "help"
        return follow_text(self.follow)


def read_english(
    text: str, today: date, known: Container[str] = frozenset(), context: ThreadContext | None = None
) -> Reading | None:
    """Return what a question is surely about; None where that is in doubt.

    known: funds that are ones in small letters too.
    context: what the place is about; without one nothing is held against it.
    """
    if len(text) > MOST_CHARACTERS:
        return None
    named, says = name_indices(text)
    about = context.told_from(today) if context else None
    reached = context.comparing.as_of if context else None
    if says and (exact := _exact(named, today, about)):
        return _with_others(exact, [], Slots(), context, today, tuple(says))
    if is_tilt(named):  # of what, where nothing is known, is not guessed
        tilted = read_tilt(named, context)
        return Reading(tilted, says=tuple(says)) if tilted else None
    slots = read_slots(named, today, known, about, reached)
    votes = vote(slots.line)
    sure = _surely(votes, slots, alone=context is None)
    if sure is None or slots.wrong or ABSENT.search(slots.line) or _drops(sure, votes, slots):
        return None
    if sure.name in {WATCHING, HELPING}:
        return Reading(None, watching=sure.name == WATCHING)
    follow = _settle(_directed(_follow(sure, slots), slots, context), sure, context)
    if not _can_be_asked(follow, context, today):
        if not follow.section.takes_terms:
            return None
        follow = replace(follow, section=WITH_SIZE, terms=NO_TERMS)  # of one fund, what it costs to trade
        if not _can_be_asked(follow, context, today):
            return None
    said = (*says, *([sure.says] if sure.says else []), *_unread(slots, votes, says))
    return _with_others(follow, votes, slots, context, today, said)


def _drops(sure: Intent, votes: Sequence[Vote], slots: Slots) -> bool:
    """Tell whether an answer would pass over a part of the question: terms or an amount that its study does
    not take, a second window, too many funds, or what is turned down or held against and is not known.
    """
    section = sure.section or Section.COMPARE
    if sure.name == WATCHING:
        return False
    words = {word for each in votes if each.intent is sure for word in each.words}
    return (
        bool(slots.terms and not section.takes_terms)
        or bool(slots.size and not section.takes_size)
        or len(set(slots.windows)) > 1
        or len(set(slots.symbols)) > MOST_SYMBOLS
        or not {*slots.asides} <= words
    )


_TICKER = re.compile(r"[a-z]{3,5}")


def _unread(slots: Slots, votes: Sequence[Vote], says: Sequence[str]) -> Iterator[str]:
    """Say which numbers of a question play no part in its answer, and which words may have been funds.

    says: what is said already, of words that were read as something else.
    """
    told = " ".join(says).lower().split()
    read = {word for each in votes for word in each.words}
    for word in dict.fromkeys(slots.line.split()):
        if word in read or word in told or word.startswith("@"):
            continue
        if any(map(str.isdigit, word)):
            yield f"`{safe_word(word)}` is not read."
        elif _TICKER.fullmatch(word) and not is_english(word):
            yield f"`{safe_word(word)}` is not read; a fund of that name is `${word.upper()}`."


def likely(
    text: str, today: date, known: Container[str] = frozenset(), context: ThreadContext | None = None
) -> list[str]:
    """Return what a text in doubt may ask for, as one types it, the likeliest first."""
    named, _ = name_indices(text[:MOST_CHARACTERS])
    about = context.told_from(today) if context else None
    slots = read_slots(named, today, known, about, context.comparing.as_of if context else None)
    votes = [each for each in vote(slots.line) if each.count >= PLAIN]
    return [follow_text(each) for each in _possible(votes, slots, context, today)]


def is_about_pronouns(text: str) -> bool:
    """Return whether a text names nothing itself: "this", "them please"."""
    words = re.findall(r"\w+", text.lower())
    return bool(words) and set(words) <= _PRONOUNS


def _exact(text: str, today: date, about: date | None) -> FollowUp | None:
    try:
        read = read_follow(text, today, about)
    except UserError:
        return None
    return None if isinstance(read, Help) else read


_COMPARED = Intent("compared", "")
_PAST = frozenset({"was", "were", "did", "launched", "started", "created", "began"})
"""Words of what has been: "tell us when it was launched" is no rule."""
"""Nothing is said but a window, a benchmark, a pace."""


def _surely(votes: Sequence[Vote], slots: Slots, *, alone: bool) -> Intent | None:
    """Return the one intent that the words speak for; None where there is none, or more than one.

    alone: nothing is known of other funds that could be meant beside those named.
    """
    if slots.bare and not slots.symbols:
        return Intent("figure", "explain", measured=True)
    counted = sorted(
        ((_weighed(each, slots), -at, each.intent) for at, each in enumerate(votes)), reverse=True
    )
    counted = [each for each in counted if each[0] > 0]
    asked_to_watch = any(intent.name == WATCHING and count >= FIRM for count, _, intent in counted)
    if (asked_to_watch or _tells_later(slots.line)) and not _PAST & {*slots.line.split()}:
        return WATCH  # what is to be watched votes for its study as well
    if not counted or counted[0][0] < PLAIN:
        return _surely_slots(slots, counted[0][0] if counted else 0, alone=alone)
    best, intent = counted[0][0], counted[0][2]
    rivals = [each for each in counted[1:] if each[2].reads != intent.reads]
    if rivals and rivals[0][0] >= best:
        return None
    unread = [word for word in slots.line.split() if len(word) > SHORT and word not in IDLE]
    voted = {word for each in votes for word in each.words}
    strange = [word for word in unread if word not in voted]
    return intent if len(strange) < _MANY_UNREAD or best > PLAIN else None


def _tells_later(line: str) -> bool:
    """Return whether a condition is followed by a wish to be told: "if it falls 10 percent, ping us"."""
    words = line.split()
    first = next((at for at, word in enumerate(words) if word in {"if", "when", "once"}), len(words))
    after = {*words[first:]}
    return bool(after & {"tell", "ping", "notify", "alert", "warn"} or {"let", "know"} <= after)


def _weighed(each: Vote, slots: Slots) -> float:
    """Return the votes with those of what else is said."""
    intent, count = each.intent, each.count
    if intent.measured and intent.reads == str(WITH_MEASURE):
        return count + 2 * LITTLE if slots.measures else 0
    if intent.name in MONEY and slots.size:
        return count + PLAIN
    if (intent.name == ADDING and not slots.symbols) or (intent.name == WINDOWED and not slots.windows):
        return 0
    return count + LITTLE if intent.name == WINDOWED else count


def _surely_slots(slots: Slots, most: float, *, alone: bool) -> Intent | None:
    """Return what is asked where no word says so: the figure named, the order named, else the comparison
    with a window, a benchmark or a pace, where few other words stand around.
    """
    read = ENGLISH | IDLE | _VAGUE
    left = [word for word in slots.line.split() if word not in read]
    if slots.size and not slots.symbols:
        return Intent("order", "cost")
    if slots.measures and most <= LITTLE:
        shown = "explain" if len(slots.line.split()) <= _FEW else _shown_in(slots.measures[0])
        return Intent("figure", shown, measured=True)
    changed = bool(slots.windows or slots.versus or slots.weekly is not None or slots.as_of or slots.rate)
    several = len({*slots.symbols, slots.versus} - {None}) > 1
    pair = alone and (several or any(map(is_mix, slots.symbols)))
    return _COMPARED if (changed or pair) and not left and (pair or not slots.symbols) else None


def _shown_in(measure: str) -> str:
    """Return the study that shows a figure of several funds side by side."""
    if measure in {"total_return", "cagr"}:
        return "returns"
    return "drawdowns" if "drawdown" in measure or "under_water" in measure else "risk"


def _follow(intent: Intent, slots: Slots) -> FollowUp:
    """Return the intent with what else is said."""
    section = intent.section or Section.COMPARE
    measure = ""
    if section.takes_measure:
        preset = longest_phrase(intent.reads.split()[1:] or [""], EXPLAINED)[1]
        measure = next(iter(slots.measures), preset or "sortino")
    return FollowUp(
        section=section,
        symbols=tuple(dict.fromkeys(slots.symbols))[:MOST_SYMBOLS],
        without=() if slots.symbols else tuple(dict.fromkeys(slots.without)),
        window=slots.windows[-1] if slots.windows else None,
        versus=slots.versus,
        rate=slots.rate,
        as_of=slots.as_of,
        weekly=slots.weekly,
        amount=slots.size.amount if slots.size and section.takes_size else None,
        currency=slots.size.currency if slots.size and section.takes_size else "",
        terms=replace(NO_TERMS, **dict(slots.terms)) if section.takes_terms else NO_TERMS,  # type: ignore[arg-type]
        measure=measure,
    )


def _directed(follow: FollowUp, slots: Slots, context: ThreadContext | None) -> FollowUp:
    """Put the fund that is sold before the one that is bought; the same way round as in the place they are
    not named, and the window of the place stays.
    """
    if not follow.section.takes_terms or not follow.symbols:
        return follow
    here = context.comparing.symbols if context else ()
    symbols = _sold_first(follow.symbols, slots, here)
    if symbols == here:
        return replace(follow, symbols=())
    if context:
        before = context.comparing
        window, as_of = follow.window or before.window, follow.as_of or before.as_of
        return replace(follow, symbols=symbols, window=window, as_of=as_of)
    return replace(follow, symbols=symbols)


def _sold_first(named: tuple[str, ...], slots: Slots, here: tuple[str, ...]) -> tuple[str, ...]:
    """Return the two funds of a switch in order; one that stands alone is bought where it is new."""
    if len(named) == PAIR:
        return named[::-1] if slots.bought == named[0] or slots.sold == named[1] else named
    others = [each for each in here if each not in named]
    if len(named) > PAIR or not others:
        return named
    if slots.sold in named:
        return (*named, others[0])
    return (others[0], *named) if slots.bought in named or named[0] not in here else here


def _settle(follow: FollowUp, intent: Intent, context: ThreadContext | None) -> FollowUp:
    """Fit the funds named to what the place is about: those that stand there anyway are not named, one more
    joins them.
    """
    here = context.comparing.symbols if context else ()
    if intent.name == ADDING and context:
        new = tuple(symbol for symbol in follow.symbols if symbol not in here)
        return replace(follow, symbols=(), add=new)
    named = {*follow.symbols, *([follow.versus] if follow.versus else [])}
    pair = follow.section.needs_two or follow.section is Section.COMPARE
    if not named or not here:
        return _pair_up(follow) if pair else follow
    if follow.section.takes_terms and len(follow.symbols) >= PAIR:
        return follow
    if named <= {*here} and (pair or intent.of_all or (len(named) > 1 and len(named) == len(here))):
        return replace(follow, symbols=(), versus=None)
    if pair and len(follow.symbols) == 1 and not follow.versus:
        return replace(follow, symbols=(), add=follow.symbols)
    return follow


def _pair_up(follow: FollowUp) -> FollowUp:
    """Put two funds with "against" between them side by side, where only a pair can be compared."""
    if follow.section is Section.COMPARE and len(follow.symbols) == 1 and follow.versus:
        return replace(follow, symbols=(*follow.symbols, follow.versus), versus=None)
    return follow


def _can_be_asked(follow: FollowUp, context: ThreadContext | None, today: date) -> bool:
    typed = follow_text(follow)
    read = _exact(typed, today, None)
    if read is None or follow_text(read) != typed:
        return False
    try:
        if context or read.symbols:
            resolve_query(read, context, today)
    except UserError:
        return False
    return True


def _possible(
    votes: Sequence[Vote], slots: Slots, context: ThreadContext | None, today: date
) -> Iterator[FollowUp]:
    """Yield what can be asked of what the words speak for, the likeliest first."""
    for each in sorted(votes, key=lambda each: -_weighed(each, slots)):
        if each.intent.name in {WATCHING, HELPING} or _weighed(each, slots) <= 0:
            continue
        follow = _settle(_directed(_follow(each.intent, slots), slots, context), each.intent, context)
        if _can_be_asked(follow, context, today):
            yield follow


def _with_others(
    follow: FollowUp,
    votes: Sequence[Vote],
    slots: Slots,
    context: ThreadContext | None,
    today: date,
    says: tuple[str, ...],
) -> Reading:
    asked = _possible([each for each in votes if each.count >= PLAIN], slots, context, today)
    beside = [each for each in _side_by_side(follow) if _can_be_asked(each, context, today)]
    others = {
        follow_text(each): each for each in (*beside, *asked) if follow_text(each) != follow_text(follow)
    }
    return Reading(follow, tuple(others.values())[:OTHERS], says)


def _side_by_side(follow: FollowUp) -> Iterator[FollowUp]:
    """Yield the comparison in which a benchmark is one fund more: "compare with IWM" may mean either."""
    if follow.section is Section.COMPARE and follow.versus and not follow.symbols:
        yield replace(follow, add=(*follow.add, follow.versus), versus=None)
