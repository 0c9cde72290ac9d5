"""What to say when there is no answer: what was wrong, how it was read, what to do; and help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.commands import (
    CARD_WORDS,
    CHANGE_WORDS,
    COMMANDS,
    ELSEWHERE_WORDS,
    MEASURES,
    OPERATORS,
    STUDY_WORDS,
    TALK,
    Command,
    Phrase,
)
from bot.errors import NothingPriced, Unavailable, Unclear, UnknownSymbols, UserError
from bot.model import Crowded, LimitScope, SectionQuery, ThreadContext
from bot.render.blocks import actions, context, question_button, section, watch_button
from bot.render.measures import operator_words, watchable_words
from bot.render.message import Message
from bot.render.text import count, day, escape, join_words, printable

MOST = 6
"""Complaints, and hints, in one answer: a longer list is not read and pushes the usage out of sight."""
LONGEST = 200
FEW = 4
"""Examples beside a complaint; help has all of them."""

Nearest = Callable[[str], Sequence[str]]
"""The known symbols most like one, the symbol itself first where it is known."""


def usage(command: Command) -> Message:
    """Tell how a command is used, after four examples that run."""
    lines = (
        f"*{command.name}* {escape(command.usage)}",
        f"{command.description}.",
        *_usage_lines(command),
        *filled_remarks(command),
    )
    tries = [(text, SectionQuery(text)) for text in command.runs]
    return _help_message("Press one, or type your own.", tries, lines)


def filled_remarks(command: Command) -> Sequence[str]:
    """Return what else help says, with the measures and operators that there are."""
    return [
        remark.replace(MEASURES, watchable_words()).replace(OPERATORS, operator_words())
        for remark in command.remarks
    ]


@dataclass(frozen=True)
class Trial:
    """A question to begin with.  of_two, of_one: what its button says; empty where it is none of that many
    funds.  typed: the question itself, without its funds.  since: the first year that it is asked of.
    """

    of_two: str
    of_one: str
    typed: str
    since: int = 0


TRIALS = (
    Trial("Which fell more in 2020?", "How far did it fall in 2020?", "drawdowns 2020", 2021),
    Trial("Is the gap real?", "", "edge"),
    Trial("Which is cheaper?", "What does it cost?", "cost"),
    Trial("Which is riskier?", "How risky is it?", "risk"),
    Trial("Their drawdowns", "Its drawdowns", "drawdowns"),
    # Bonds have none, so it comes last.
    Trial("Their sectors", "Its sectors", "sectors"),
)
MOST_TRIALS = 4
TRIED = ("ISCB", "SPSM")
"""Funds of the questions to begin with, where none have been asked about."""


def _trials(context: ThreadContext | None) -> list[tuple[str, SectionQuery]]:
    """Return the first questions by what their buttons say: of the funds of the thread, else of an
    example.
    """
    if context is None:
        funds = " ".join(TRIED)
        compare = (f"Compare {join_words(TRIED)}", SectionQuery(f"compare {funds}"))
        asked = [(each.of_two, SectionQuery(f"{each.typed} {funds}")) for each in TRIALS]
        return [compare, *asked][:MOST_TRIALS]
    query = context.comparing
    labels = [each.of_two if len(query.symbols) > 1 else each.of_one for each in TRIALS]
    fitting = [
        (label, SectionQuery(each.typed, context))
        for label, each in zip(labels, TRIALS, strict=True)
        if label and query.as_of.year >= each.since
    ]
    return fitting[:MOST_TRIALS]


def talk_help(commands: Sequence[Command], context: ThreadContext | None = None) -> Message:
    """Give four questions that run, and list what can be asked in a conversation, a line for each kind of
    thing.

    commands: those that there are.  context: funds that have been asked about above; None: none have.
    """
    in_thread = context is not None
    about = "About the funds above" if in_thread else "In a thread, about the funds above"
    above = (
        f"*{about}*: {_phrases(STUDY_WORDS)}.",
        f"*The same in another way*: {_phrases(CHANGE_WORDS)}; combined: `sectors vs IWM 5y`.",
    )
    others = "other funds" if in_thread else "funds that you name"
    named = f"*About {others}*: {_phrases(ELSEWHERE_WORDS)}."
    lines = (*above, named) if in_thread else (named, *above)
    names = join_words([f"`{each.name}`" for each in commands])
    card = f"*In the thread of a card, about its rule*: {_phrases(CARD_WORDS)}."
    of = join_words(context.comparing.symbols if context else TRIED)
    head = f"About {escape(of)}: press one, or ask in your own words, like `what is tracking error?`"
    last = f"*Commands*: {names}; each with `help` says more."
    return _help_message(head, _trials(context), [*lines, card, last])


def _help_message(head: str, tries: Sequence[tuple[str, SectionQuery]], lines: Sequence[str]) -> Message:
    """Put questions that run, by what their buttons say, over a list of all there is."""
    words = "\n".join(lines)
    buttons = [question_button(label, f"try.{at}", asked) for at, (label, asked) in enumerate(tries, 1)]
    return Message(words, (section(head), *actions(TRY, buttons), section(words)))


TRY = "talk.try"


def unclear_message(fault: Unclear, nearest: Nearest, meant: Sequence[str] = ()) -> Message:
    """Tell everything that is wrong with a text, how it was read, the usage and the nearest known
    symbols.

    meant: what it may have been, as it is typed to the bot; a button each, in place of the usage.
    """
    command = next(command for command in (*COMMANDS, TALK) if command.name == fault.command)
    wrong = (
        f"I could not read `{fault.command} {_inline(fault.given)}`.",
        *_complaints(fault),
        *([f"Read as: {escape(_cut_words(', '.join(fault.read)))}."] if fault.read else []),
        *_hints(fault.symbols, nearest),
    )
    if meant:
        return _questions_message([*wrong, *_choice(meant)], [SectionQuery(text) for text in meant])
    lines = (
        *wrong,
        f"Usage: `{command.name} {escape(command.usage)}`",
        *_usage_lines(command, FEW),
        *([f"`{command.name} help` says more."] if len(command.examples) > FEW else []),
    )
    return _message(lines)


def refusal_message(fault: UserError) -> Message:
    """Refuse a question that was read but cannot be answered as asked."""
    return _message([escape(complaint) for complaint in fault.complaints])


def busy_message(crowd: Crowded) -> Message:
    """Say that a limit of questions that are open at once is met."""
    questions = "question" if crowd.open == 1 else "questions"
    theirs = {
        LimitScope.PERSON: f"{count(crowd.open)} of your questions",
        LimitScope.CHANNEL: f"{count(crowd.open)} {questions} in this channel",
        LimitScope.WORKSPACE: f"{count(crowd.open)} {questions} of this workspace",
    }
    are, one = ("is", "it") if crowd.open == 1 else ("are", "one")
    return _message([f"{theirs[crowd.whose]} {are} being worked on; ask again when {one} is answered."])


def unavailable_message(fault: Unavailable, reference: str) -> Message:
    """Tell of a source that does not answer; the reference finds the details in the log."""
    return _message([f"{escape(str(fault))} Reference {reference}."])


def failure_message(reference: str) -> Message:
    """Tell of something that should not have happened."""
    return _message(
        [
            "Something went wrong on our side; nothing was lost but this answer.",
            f"Ask again, and if it stays so, give the person who runs this bot the reference {reference}.",
        ]
    )


def _phrases(phrases: Sequence[Phrase]) -> str:
    return ", ".join(f"`{escape(each.typed)}`" for each in phrases)


def _usage_lines(command: Command, most: int | None = None) -> list[str]:
    examples = [f"`{escape(example)}`" for example in command.examples[:most]]
    return [*command.terms, f"Examples: {join_words(examples)}"]


def _complaints(fault: Unclear) -> list[str]:
    told = [f"• {escape(printable(complaint))}" for complaint in fault.complaints[:MOST]]
    more = len(fault.complaints) - MOST
    return [*told, f"• and {more} more"] if more > 0 else told


def _hints(symbols: Sequence[str], nearest: Nearest) -> list[str]:
    """Return a hint for each word that may be a misspelt symbol; known symbols need none."""
    found = {symbol: tuple(nearest(symbol)) for symbol in symbols[:MOST]}
    return [
        f"{escape(symbol)}: nearest known {'symbol' if len(like) == 1 else 'symbols'} "
        f"{join_words(like, 'or')}."
        for symbol, like in found.items()
        if like and symbol not in like
    ]


def _inline(given: str) -> str:
    shown = printable(given).replace("`", "'")
    return escape(_cut_words(" ".join(shown.split())))


def _cut_words(shown: str) -> str:
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def _message(lines: Sequence[str]) -> Message:
    words = "\n".join(lines)
    return Message(words, (section(words),))


MOST_QUESTIONS = 3
"""Things that may have been meant: more are a list to read, not a choice to make."""
MOST_COMPLAINTS = 6
LONGEST_WORDS = 200
ROW = "talk.meant"


def not_understood_message(fault: Unclear, meant: Sequence[str]) -> Message:
    """Refuse a question that cannot be read.

    meant: the things most like it that can be asked, the likeliest first, as they are typed.
    One complaint takes one line, and the buttons say the rest.
    """
    asks = [SectionQuery(text) for text in meant]
    if fault.given.strip() and len(fault.complaints) == 1:
        line = f"I could not read {_code_line(fault.given)}: {_go_on(escape(printable(fault.complaints[0])))}"
        short = _questions_message([line], asks)
        return replace(short, text=" ".join([line, *_choice(meant)]))
    lines = [
        f"I could not read {_code_line(fault.given)}."
        if fault.given.strip()
        else "What do you want to know?",
        *(f"• {escape(printable(each))}" for each in fault.complaints[:MOST_COMPLAINTS]),
        *([f"Read as: {escape(', '.join(fault.read))}."] if fault.read else []),
        *_choice(meant),
        "`help` says all that can be asked.",
    ]
    return _questions_message(lines, asks)


def _go_on(sentence: str) -> str:
    """Return a sentence as it goes on behind a colon; a symbol at its beginning stays one."""
    word = sentence.partition(" ")[0]
    return f"{word.lower()}{sentence[len(word) :]}" if word[1:].islower() or word == "A" else sentence


def unknown_symbols_message(fault: UnknownSymbols | NothingPriced, meant: Sequence[SectionQuery]) -> Message:
    """Tell of symbols that the source does not have, or not in the window asked for.

    meant: the same question with other symbols, or over another window.
    """
    lines = [escape(printable(each)) for each in fault.complaints]
    return _questions_message([*lines, *_choice([each.text for each in meant])], meant)


def no_funds_message(told: str, meant: Sequence[SectionQuery]) -> Message:
    """Say that nobody knows of which funds something is asked.  meant: the same with funds."""
    shown = list(meant[:MOST_QUESTIONS])
    return _questions_message([escape(told), *_choice([each.text for each in shown])], shown)


def watch_these_message(about: ThreadContext) -> Message:
    """Offer a form for a rule about the funds of a thread, and what helps to choose a threshold."""
    words = (
        f"A rule about {join_words(about.comparing.symbols)} needs a measure and a threshold: `Watch this` "
        "opens a form for both; the others show what it has been like so far."
    )
    asks = [question_button(text, f"meant.{text}", SectionQuery(text, about)) for text in WATCHED_FIRST]
    row = actions(ROW, [watch_button(about), *asks])
    return Message(words, ({"type": "section", "text": {"type": "mrkdwn", "text": words}}, *row))


WATCHED_FIRST = ("rolling", "drawdowns")
"""What one looks at before one chooses a threshold."""
READINGS = "talk.readings"


def reading_line(typed: str, says: Sequence[str]) -> str:
    """Say how a question in plain English was read, and of what it says besides."""
    return " ".join([f"Read as {_code_line(typed)}.", *(escape(printable(each)) for each in says)])


def say_reading(message: Message, line: str, others: Sequence[SectionQuery]) -> Message:
    """Put how a question was read over its answer, and under it what else it may have been."""
    buttons = [question_button(each.text, f"reading.{at}", each) for at, each in enumerate(others, 1)]
    blocks = (context(line), *message.blocks, *actions(READINGS, buttons))
    return replace(message, text=f"{message.text} {line}", blocks=blocks)


def say_above(message: Message, line: str) -> Message:
    """Put a line over an answer: plain text; nothing for an empty one."""
    if not line:
        return message
    said = escape(line)
    return replace(message, text=f"{said} {message.text}", blocks=(context(said), *message.blocks))


def moved_day_words(asked: date, session: date) -> str:
    """Say that no exchange held a session on the day asked for, and of which one the prices are."""
    name = asked.strftime("%A") if asked.weekday() >= SATURDAY else ""
    is_what = f"a {name}" if name else "no trading day"
    return f"{day(asked)} is {is_what}: prices of {day(session)}."


SATURDAY = 5


def _choice(meant: Sequence[str]) -> list[str]:
    codes = [_code_line(each) for each in meant[:MOST_QUESTIONS]]
    return [f"You can ask {join_words(codes, 'or')}."] if codes else []


def _code_line(typed: str) -> str:
    """Return what somebody typed, on one line and safe between backticks."""
    shown = " ".join(printable(typed).replace("`", "'").split())
    return f"`{escape(shown if len(shown) <= LONGEST_WORDS else f'{shown[:LONGEST_WORDS]}…')}`"


def _questions_message(lines: Sequence[str], asks: Sequence[SectionQuery]) -> Message:
    words = "\n".join(lines)
    buttons = [
        question_button(each.text, f"meant.{at}", each) for at, each in enumerate(asks[:MOST_QUESTIONS], 1)
    ]
    return Message(words, (section(words), *actions(ROW, buttons)))


def note_funds_left_out(message: Message, more: int) -> Message:
    """Add a line that says how many funds of the post above are not in it; none for none."""
    if not more:
        return message
    funds = "1 more fund is" if more == 1 else f"{count(more)} more funds are"
    line = f"{funds} named above than fit side by side; name those to be shown, e.g. `sectors ISCB SPSM`."
    return replace(message, text=f"{message.text} {line}", blocks=(*message.blocks, context(f"_{line}_")))


def progress_message(symbols: Sequence[str]) -> Message:
    """Say that prices are being fetched: the answer takes a while."""
    return _message([f"Fetching {escape(', '.join(symbols))} …"])


def other_source_text(source: str, now: str, symbols: Sequence[str]) -> str:
    """Say that a thread's prices are not those that the bot takes now.  source, now: by name."""
    return (
        f"The answer above rests on prices from {source}; this bot now takes them from {now}, and the two "
        f"are not mixed. Ask anew: `compare {' '.join(symbols)}`."
    )


def silent_source_text(fault: Unavailable | UnknownSymbols, symbols: Sequence[str]) -> str:
    """Say that the source which a thread keeps to gives no prices, though another one may."""
    cause = (
        fault.cause if isinstance(fault, Unavailable) else f"no prices of {join_words(list(fault.nearest))}"
    )
    return (
        f"The answer above rests on prices from {fault.source}, which now gives none ({cause}); those of "
        f"another source are not mixed in. Ask anew, of all sources: `compare {' '.join(symbols)}`."
    )
