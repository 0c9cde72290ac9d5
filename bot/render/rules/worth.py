"""Whether a rule is worth having, in words: what nothing, a loss and the past make of it; what sees more."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.watch.followed import Followed
from analytics.watch.offers import Offer
from analytics.watch.preflight import Own, PreFlight, Record, Seen, Unchanged, losing_fund
from analytics.watch.rules import Condition, Rule
from analytics.watch.worlds import YEARS
from bot.model import RuleNoise, RuleReport, RuleVersion, SectionQuery
from bot.render import blocks, text
from bot.render.blocks import question_button
from bot.render.message import Block, Message
from bot.render.rules.conditions import breach_words, cut_symbol, figure_words, quantity_words, value_words
from bot.render.rules.convention import convention, sample_mark
from bot.render.rules.names import rule_name
from bot.render.text import NBSP, code_span

NOISE = "noise rather than a warning"
"""What is said of a rule beyond the budget, in bold where that can be."""
LONGEST = 400
"""Characters of a command that is shown to be typed."""
TELLING = 120
"""Sessions after which it is told first what has followed: half a year."""
HARDLY = 0.05
"""Firings a year that round to none."""


def worth_words(told: PreFlight) -> str:
    """Say what an unchanged world makes of a rule, the fund's own level first; plain text.

    "ISCB's Sortino ratio since it follows this index is 0.51, so this rule is noise rather than a warning: …"
    """
    if told.unchanged is None:
        why = f": {told.why_not}" if told.why_not else ""
        return f"How often it would trigger by chance is not known{why}."
    own = _own_words(told)
    noise = f"this rule is {NOISE}" if told.noisy else ""
    lead = {
        (True, True): f"{own}, so {noise}: when nothing changes it",
        (True, False): f"{own}. When nothing changes, this rule",
        (False, True): f"{text.capital(noise)}: when nothing changes it",
        (False, False): "When nothing changes, this rule",
    }[bool(own), bool(noise)]
    return f"{lead} {_chance_words(told.rule, told.unchanged)}."


def worth_lines(told: PreFlight) -> str:
    """Return what nothing and a loss make of a rule; safe mrkdwn, the warning in bold."""
    words = " ".join(filter(None, [worth_words(told), loss_words(told)]))
    return text.escape(words).replace(NOISE, f"*{NOISE}*")


def loss_words(told: PreFlight) -> str:
    """Say how soon a real loss would be seen, beside chance; plain text, empty where that is not known."""
    fund = losing_fund(told.rule)
    if told.seen is None or fund is None:
        return ""
    lost = f"If {cut_symbol(fund)} lost {_points(told.seen.loss)} a year"
    return f"{lost}, it would trigger {_seen_words(told.seen)}."


def record_words(told: PreFlight) -> str:
    """Say for how long it was on in the past, whether the target was too, and what followed; plain text."""
    if told.record is None or not told.record.fired:
        return ""
    sentences = [_share_on(told.rule, told.record), *_followed_words(told.record.followed)]
    return " ".join(sentences)


def method_lines(told: PreFlight | None) -> list[str]:
    """Return the line at the foot, where there is one; safe mrkdwn."""
    words = method_words(told) if told else ""
    return [text.escape(words)] if words else []


def method_words(told: PreFlight) -> str:
    """Say what an unchanged world is, in the line at the foot; plain text, empty where none was drawn."""
    if told.unchanged is None or told.start is None or told.end is None:
        return ""
    drawn = f"{told.unchanged.paths} paths of {YEARS} years drawn in blocks of a month"
    return f"When nothing changes: {drawn} from {text.day(told.start)} to {text.day(told.end)}"


@dataclass(frozen=True)
class OfferedRule:
    """A rule within the budget, as it is offered.

    typed : after `/watch`, the rule alone
    asks : what its button asks after `watch`: that sets it, or puts it in the place of another one
    """

    offer: Offer
    typed: str
    asks: str


def offer_blocks(offered: Sequence[OfferedRule]) -> list[Block]:
    """Show rules within the budget, each with a button that sets it; nothing without any."""
    if not offered:
        return []
    return [
        blocks.section(f"*{_LEAD[len(offered) > 1]}*"),
        *(
            {
                **blocks.section(f"{code_span(f'/watch {each.typed}', LONGEST)}\n{_offer_words(each.offer)}"),
                "accessory": question_button("Use this", f"offer.{at}", SectionQuery(f"watch {each.asks}")),
            }
            for at, each in enumerate(offered)
        ),
    ]


def offers_message(offered: Sequence[OfferedRule]) -> Message:
    """Tell rules within the budget alone, where they could not be added to the answer."""
    first = offered[0]
    said = f"{_LEAD[len(offered) > 1]} {code_span(f'/watch {first.typed}', LONGEST)}"
    return blocks.message(said, offer_blocks(offered))


_LEAD = {
    True: "These keep to a false alarm in two years, and to a fifth of days, when nothing changes:",
    False: "This one keeps to a false alarm in two years, and to a fifth of days, when nothing changes:",
}
"""Of several rules within the budget, and of one."""


def _offer_words(offer: Offer) -> str:
    """Write "0.4 false alarms a year, triggered on 18 % of days. If ISCB lost …"."""
    fund = cut_symbol(losing_fund(offer.rule) or "")
    chance = f"{text.capital(_alarms(offer.unchanged))}, triggered on {_share(offer.unchanged.open)} of days"
    loss = f"If {fund} lost {_points(offer.seen.loss)} a year: {_seen_words(offer.seen)}"
    return text.escape(f"{chance}. {loss}.")


def _own_words(told: PreFlight) -> str:
    """Write "ISCB's Sortino ratio since it follows this index is 0.51"; empty where that is not known."""
    if told.own is None or len(told.rule.conditions) > 1:
        return ""
    value = value_words(told.own.quantity, told.own.value, [told.rule.conditions[0].threshold])
    if told.own.middle:
        return f"The middle value of {quantity_words(told.own.quantity)} is {value}"
    return f"{figure_words(told.own.quantity)} {_since_words(told, told.own)} is {value}"


def _since_words(told: PreFlight, own: Own) -> str:
    if told.regime is None:
        return f"since {text.day(told.start)}" if told.start else "over the past"
    fund, change = told.regime
    if own.quantity.other is None and fund == own.quantity.symbol:
        return f"since it follows this index ({text.day(change.on)})"
    return f"since {cut_symbol(fund)} changed its index ({text.day(change.on)})"


def _chance_words(rule: Rule, found: Unchanged) -> str:
    """Write "is triggered on 65 % of days, with 1.1 false alarms a year, and SPSM is … in 88 % of them"."""
    return f"is triggered on {_share(found.open)} of days, with {_alarms(found)}{_beside(rule, found)}"


def _alarms(found: Unchanged) -> str:
    if found.alarms < HARDLY:
        return "hardly any false alarm"
    return f"{found.alarms:.1f} false alarms a year"


def _beside(rule: Rule, found: Unchanged) -> str:
    if found.target_too is None or rule.then is None or found.alarms < HARDLY:
        return ""
    return f", and {cut_symbol(rule.then)} {_beyond(rule)} too in {_share(found.target_too)} of them"


def _beyond(rule: Rule) -> str:
    """Write "is below 1.00"; of several conditions "meets it"."""
    return f"is {breach_words(rule.conditions[0])}" if len(rule.conditions) == 1 else "meets it"


def _was_beyond(condition: Condition, rule: Rule) -> str:
    return f"was {breach_words(condition)}" if len(rule.conditions) == 1 else "met it"


def _seen_words(seen: Seen) -> str:
    return f"within a year in {_tenths(seen.one)} cases ({_tenths(seen.chance_one)} by chance)"


def _tenths(share: float) -> str:
    return f"{round(share * 10)}{NBSP}of{NBSP}10"


def _share(share: float) -> str:
    if 0 < share < HARDLY / 10:
        return f"less than 1{NBSP}%"
    return text.percent(share, 0)


def _points(loss: float) -> str:
    return f"{loss * 100:g}{NBSP}pp"


def _share_on(rule: Rule, record: Record) -> str:
    on = f"It was triggered on {_share(record.open)} of the sessions"
    if record.target_too is None or rule.then is None:
        return f"{on}."
    too = f"{cut_symbol(rule.then)} {_was_beyond(rule.conditions[0], rule)} too"
    return f"{on}; on {_share(record.target_too)} of those on which it was met {too}."


def _followed_words(every: Sequence[Followed]) -> Iterator[str]:
    """Say what followed after half a year, else after the longest time of which something is known."""
    known = [each for each in every if each.firings and each.mean is not None and each.average is not None]
    if not known:
        return
    told = next((each for each in known if each.sessions == TELLING), known[-1])
    assert told.mean is not None, "a firing is known"
    assert told.average is not None, "every session has one beside it"
    ahead = f"in {told.times_ahead} of {told.firings} cases"
    if told.share is not None:
        ahead = f"in {_share(told.share)} of {told.firings} cases"
    usual = f" ({_share(told.ahead)} of all sessions)" if told.ahead is not None else ""
    gaps = f"by {text.points(told.mean)} on average ({text.points(told.average)} after any session)"
    yield (
        f"Counted from the session after, {told.sessions} sessions later {cut_symbol(told.target)} was ahead "
        f"of {cut_symbol(told.fund)} {ahead}{usual}, {gaps}."
    )


NOISIEST = 15
"""Rules on a page."""
TESTED = 3
"""Of those, so many have a button that tests them."""


@dataclass(frozen=True)
class WeighedRule:
    """A kept rule with what an unchanged world makes of it; None where that is not kept yet."""

    report: RuleReport
    found: RuleNoise | None

    @property
    def watched(self) -> RuleVersion:
        """The version."""
        return self.report.watched


def noisiest_message(rules: Sequence[WeighedRule], *, alone: bool, page: int = 1) -> Message:
    """List rules by how long, then how often, an unchanged world sets them off.

    alone : asked in direct messages, of the rules of several channels
    page : from 1 on; the last one where there are fewer
    """
    told = sorted(
        (each for each in rules if each.found and each.found.noise), key=lambda each: _loudness(each.found)
    )
    unknown = _unknown_words([each for each in rules if each not in told])
    where = "of yours and of public channels" if alone else "in this channel"
    if not told:
        none = f"It is not known of any rule {where} what it does when nothing changes."
        return blocks.message(none, [blocks.section(none), *([blocks.context(*unknown)] if unknown else [])])
    page = min(page, math.ceil(len(told) / NOISIEST))
    title, shown = _count_noisy(told, where), told[(page - 1) * NOISIEST : page * NOISIEST]
    head = ["Rule", "On when nothing changes", "False alarms a year"]
    rows = [
        [blocks.cell(each, bold=True) for each in head],
        *(map(blocks.cell, _noise_row(each)) for each in shown),
    ]
    reports = [each.report for each in shown]
    mark = sample_mark(reports)
    calmer = len(told) - page * NOISIEST
    left_out = [f"and {calmer} calmer ones: /watch noisiest page {page + 1}"] if calmer > 0 else []
    newest = max(each.found.session for each in told if each.found)
    return blocks.message(
        mark + text.escape(f"{title}: {'; '.join(map(_noise_line, shown[:TESTED]))}."),
        [
            blocks.section(f"*{mark}{title}*"),
            blocks.table_of_cells([list(row) for row in rows]),
            *blocks.actions("watch.noisiest", _noisy_buttons(shown, page, last=calmer <= 0)),
            blocks.context(
                *map(text.escape, left_out), *unknown, _noise_method(newest), convention(reports, newest)
            ),
        ],
    )


def _noisy_buttons(shown: Sequence[WeighedRule], page: int, *, last: bool) -> list[Block]:
    """Test the first ones, turn to the pages beside this one."""
    asked = {f"Test {each.watched.name}": f"test {each.watched.text}" for each in shown[:TESTED]}
    if page > 1:
        asked["Previous"] = f"noisiest page {page - 1}"
    if not last:
        asked["Next"] = f"noisiest page {page + 1}"
    return [
        question_button(label, f"noisy.{at}", SectionQuery(f"watch {words}"))
        for at, (label, words) in enumerate(asked.items())
    ]


def _count_noisy(told: Sequence[WeighedRule], where: str) -> str:
    noisy = sum(not each.found.noise.within_budget for each in told if each.found and each.found.noise)
    every = "1 rule" if len(told) == 1 else f"{len(told)} rules"
    return f"{noisy or 'None'} of {every} {where} {'is' if noisy < 2 else 'are'} {NOISE}"


def _loudness(found: RuleNoise | None) -> tuple[float, float]:
    assert found, "only rules with figures are sorted"
    assert found.noise, "only rules with figures are sorted"
    return -found.noise.open, -found.noise.alarms


def _noise_row(each: WeighedRule) -> list[str]:
    assert each.found, "a row is of a rule with figures"
    assert each.found.noise, "a row is of a rule with figures"
    noise = each.found.noise
    return [rule_name(each.watched), f"{_share(noise.open)} of days", f"{noise.alarms:.1f}"]


def _noise_line(each: WeighedRule) -> str:
    named, share, alarms = _noise_row(each)
    return f"{named}, on for {share}, {alarms} false alarms a year"


def _unknown_words(unknown: Sequence[WeighedRule]) -> list[str]:
    """Say of which rules nothing is known, and why, each reason once; safe mrkdwn."""
    why: dict[str, list[str]] = {}
    for each in unknown:
        reason = each.found.reason if each.found and each.found.reason else "weighed in the night to come"
        why.setdefault(reason, []).append(each.watched.name)
    return [text.escape(f"{_some(names)}: {reason}.") for reason, names in why.items()]


def _some(names: Sequence[str]) -> str:
    more = [f"{len(names) - NOISIEST} more"] if len(names) > NOISIEST else []
    return text.join_words([*names[:NOISIEST], *more])


def _noise_method(newest: date) -> str:
    drawn = f"paths of {YEARS} years drawn in blocks of a month from five years, or since the index changed"
    return f"When nothing changes: {drawn}; to {text.day(newest)}, worked out nightly."
