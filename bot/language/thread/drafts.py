"""A question about funds as it is put together, and everything that can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from bot.commands import TALK
from bot.errors import Unclear
from bot.language.compare import two_wanted
from bot.language.options import MOST_SYMBOLS, Options, unless_zero
from bot.language.requests import FollowUp
from bot.language.thread.amounts import Size
from bot.language.thread.vocabulary import measure_text
from bot.language.thread.wording import looks_named
from bot.language.words import quoted, some, symbol_of
from bot.model import Section
from bot.render.text import join_words

BESIDE = frozenset({Section.SECTORS, Section.HOLDINGS})
"""What a benchmark has as well: it stands beside the funds, as the last column."""


@dataclass
class FollowUpDraft:
    """What the words say so far.

    early: words before anything that says what is asked of them.
    bare: words like "add" that nothing followed.
    """

    options: Options
    studies: list[Section] = field(default_factory=list)
    measures: list[str] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)
    symbols: list[str] = field(default_factory=list)
    add: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)

    def complain(self, *sentences: str) -> None:
        """Keep what is wrong until all is read."""
        self.options.complaints += sentences

    def question(self, given: str) -> FollowUp:
        """What it comes to; raises Unclear with every complaint."""
        self._settle()
        study = self._study()
        checks = (self._words(), self._turns(), self._questions(study), self._counts(study))
        self.complain(*(wrong for check in checks for wrong in check))
        self.options.check()
        if self.options.complaints:
            complaints = tuple(dict.fromkeys(self.options.complaints))
            raise Unclear(TALK.name, given, complaints, self._understood(), self._meant())
        return self._follow_up(study)

    def _settle(self) -> None:
        """Symbols with a `$` may stand before the study; what is named is changed at once."""
        if self.studies and all(word.startswith("$") for word in self.early):
            named: list[str] = []
            for word in self.early:
                self.options.read_symbol(word, named)
            self.symbols, self.early = [*named, *self.symbols], []
        if self.symbols:
            self._change()
        if self.symbols and len(self.symbols) < 2 and set(self.studies) == {Section.COMPARE}:
            # Two names with "vs" between them are two funds.
            self.symbols, self.options.versus = [*self.symbols, *self.options.versus], []

    def _change(self) -> None:
        everything = [*self.symbols, *self.add]
        if absent := [symbol for symbol in self.without if symbol not in everything]:
            self.complain(f"{join_words(absent)}: not among the funds named.")
        self.symbols = [symbol for symbol in everything if symbol not in self.without]
        if not self.symbols:
            self.complain("All funds that are named are left out.")
        self.add, self.without = [], []

    def _study(self) -> Section:
        asked = self._asked()
        if not asked:
            return Section.COST if self.sizes else Section.COMPARE
        return Section.EXPLAIN if Section.EXPLAIN in asked else asked[0]

    def _asked(self) -> list[Section]:
        """Each study once; "compare the sectors" asks for the sectors."""
        return list(dict.fromkeys(study for study in self.studies if study is not Section.COMPARE))

    def _words(self) -> Iterator[str]:
        names = [word for word in self.early if looks_named(word)]
        others = [f"`{quoted(word)}`" for word in self.early if word not in names]
        if unread := [*others, *self.options.unread]:
            yield f"{some(unread)} {_are(unread)} not understood."
        if symbols := _symbols(names):
            like = " ".join(symbols[:MOST_SYMBOLS])
            yield f"{some(symbols)}: say first what you want to know, like `returns {like}`."

    def _turns(self) -> Iterator[str]:
        for word in self.bare:
            yield f"`{word}` stands alone; it needs a symbol, like `{word} VB`."
        if both := [symbol for symbol in dict.fromkeys(self.add) if symbol in self.without]:
            yield f"{join_words(both)}: both put in and left out; keep one."
        for name, symbols in (("put in", self.add), ("left out", self.without)):
            if twice := sorted({symbol for symbol in symbols if symbols.count(symbol) > 1}):
                yield f"{join_words(twice)}: {name} more than once."

    def _questions(self, study: Section) -> Iterator[str]:
        asked = self._asked()
        unexplained = study is Section.EXPLAIN and not self.measures
        if unexplained:
            yield "`explain` needs one measure that is computed from prices, like `explain sortino`."
        elif len(asked) > 1:
            names = join_words([f"`{each}`" for each in asked])
            yield f"{names} are {len(asked)} questions; ask one at a time."
        if self.sizes and study is not Section.COST:
            yield "`size` belongs to `cost`; leave it out, or ask `cost size=25m`."
        if len(set(self.sizes)) > 1:
            yield "More than one size is given; keep one."

    def _counts(self, study: Section) -> Iterator[str]:
        if len(set(self.add)) >= MOST_SYMBOLS:
            yield f"{len(set(self.add))} symbols more; at most {MOST_SYMBOLS} fit side by side."
        if not self.symbols:
            return
        beside = [each for each in self.options.versus if each not in self.symbols and study in BESIDE]
        alone = study is not Section.COMPARE and (study is not Section.CORRELATION or self.options.versus)
        for wrong in two_wanted([*self.symbols, *beside], f"{study} ISCB SPSM"):
            if not (alone and wrong.startswith("At least")):
                yield wrong

    def _follow_up(self, study: Section) -> FollowUp:
        options = self.options
        asked = FollowUp(
            study=study,
            symbols=tuple(self.symbols),
            add=tuple(self.add),
            without=tuple(self.without),
            window=options.windows[0] if options.windows else None,
            versus=options.versus[0] if options.versus else None,
            rate=options.rates[0] if options.rates else None,
            as_of=options.as_ofs[0] if options.as_ofs else None,
            weekly=options.weekly[0] if options.weekly else None,
            amount=self.sizes[0].amount if self.sizes else None,
            currency=self.sizes[0].currency if self.sizes else "",
            measure=self.measures[0] if self.measures else "",
        )
        return by_default(asked)

    def _understood(self) -> tuple[str, ...]:
        parts = (
            ("question", " ".join(dict.fromkeys(self.studies))),
            ("measure", measure_text(self.measures[0]) if self.measures else ""),
            ("symbols", " ".join(self.symbols)),
            ("add", " ".join(self.add)),
            ("without", " ".join(self.without)),
            *self.options.understood(),
        )
        return tuple(f"{name} {value}" for name, value in parts if value)

    def _meant(self) -> tuple[str, ...]:
        early = _symbols(word for word in self.early if looks_named(word))
        return tuple(dict.fromkeys((*early, *self.symbols, *self.add, *self.without, *self.options.versus)))


def by_default(asked: FollowUp) -> FollowUp:
    """Where funds are named nothing is left of a thread, and what holds by default need not be said."""
    if not asked.symbols:
        return asked
    return replace(asked, rate=unless_zero(asked.rate), weekly=asked.weekly or None)


def _are(words: list[str]) -> str:
    return "is" if len(set(words)) == 1 else "are"


def _symbols(words: Iterable[str]) -> list[str]:
    return [symbol for word in words if (symbol := symbol_of(word))]
