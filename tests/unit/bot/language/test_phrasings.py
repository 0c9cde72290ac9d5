"""Questions in plain English are read rightly, or refused with what fits; hardly one wrongly in silence."""

from __future__ import annotations

import pytest

from bot.language import FollowUp, Help, follow_text, read_english, read_follow, resolve_query, suggestions
from bot.language.english.intents import INTENTS, vote
from bot.language.english.slots import name_indices
from bot.market.reference import NAMES
from tests.unit.bot.language.phrasings import TODAY, TOPIC, Phrasing, Read, phrasings, read

RIGHT, SILENTLY_WRONG = 0.85, 0.02
TABLES = {"phrasings": 80, "phrasings_apart": 40, "phrasings_later": 204}


@pytest.mark.parametrize("asked", phrasings("phrasings_answer"), ids=lambda asked: asked.text)
def test_the_questions_of_the_specification_are_read(asked: Phrasing) -> None:
    found = read(asked)
    assert found.right, found


def shares(name: str) -> tuple[float, float]:
    """What part of a table is read rightly, and what part wrongly without saying so."""
    found = [read(each) for each in phrasings(name)]
    assert len({each.phrasing.text for each in found}) == TABLES[name]
    told = "\n".join(f"{each.phrasing.text}: {each.text}" for each in found if not each.right)
    print(f"{name}, not rightly read:\n{told}")
    return (
        sum(each.right for each in found) / len(found),
        sum(each.silently_wrong for each in found) / len(found),
    )


def test_of_120_questions_most_are_read_and_hardly_one_wrongly_in_silence() -> None:
    known, apart = shares("phrasings"), shares("phrasings_apart")
    assert min(known[0], apart[0]) >= RIGHT
    share = [(first * 80 + other * 40) / 120 for first, other in zip(known, apart, strict=True)]
    assert share[0] >= RIGHT
    assert share[1] <= SILENTLY_WRONG


def test_what_was_asked_later_is_still_read() -> None:
    right, silently_wrong = shares("phrasings_later")
    assert right >= 0.95
    assert silently_wrong <= 0.01


REST = [
    found
    for name in ("phrasings_answer", *TABLES)
    for found in map(read, phrasings(name))
    if found.text == "refuse"
]


@pytest.mark.parametrize("refused", REST, ids=lambda refused: refused.phrasing.text)
def test_what_is_in_doubt_gets_three_things_that_can_be_asked(refused: Read) -> None:
    context = refused.phrasing.context
    offered = suggestions(refused.phrasing.text, context=context, today=TODAY)
    assert len(set(offered)) == 3
    for each in offered:
        asked = read_follow(each, TODAY)
        if isinstance(asked, FollowUp) and context:
            resolve_query(asked, context, TODAY)


@pytest.mark.parametrize("found", phrasings("phrasings"), ids=lambda asked: asked.text)
def test_the_other_readings_can_be_asked_too(found: Phrasing) -> None:
    reading = read_english(found.text, TODAY, NAMES, found.context)
    if reading is None or reading.follow is None:
        return
    assert len(reading.others) <= 2
    for each in (reading.follow, *reading.others):
        again = read_follow(follow_text(each), TODAY)
        assert not isinstance(again, Help)
        assert follow_text(again) == follow_text(each)
        if found.context:
            resolve_query(again, found.context, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "good morning",
        "lol",
        "lunch at 12?",
        "I think the meeting is at 3pm, can you make it?",
        "what's the weather in Boston",
        "please forward this to the investment committee before the call on Friday",
        "why?",
        "2022 vs 2021",
        "capital gains distributions",
        "what was the return in 2021 and the drawdown",
        "V I CC YEAR?",
        "word " * 200,
        "",
    ],
)
def test_what_is_no_one_question_is_in_doubt(text: str) -> None:
    assert read_english(text, TODAY, NAMES, TOPIC) is None


@pytest.mark.parametrize(
    ("text", "meant", "said"),
    [
        ("vs the Russell 2000", "vs $IWM", ["Russell 2000 is read as IWM."]),
        ("S&amp;P 500 or s&p500", "$SPY or $SPY", ["S&P 500 is read as SPY.", "s&p500 is read as SPY."]),
        ("the S&P SmallCap 600", "$IJR", ["S&P SmallCap 600 is read as IJR."]),
        ("rf=t-bills", "rf=t-bills", []),
        ("SPX SPY IWM", "$SPY SPY IWM", ["SPX is read as SPY."]),
        ("the covid crash", "the covid crash 2020", ["covid crash is read as 2020."]),
        ("covid in March 2021", "covid in March 2021", []),
    ],
)
def test_indices_are_funds_and_said_to_be(text: str, meant: str, said: list[str]) -> None:
    assert name_indices(text) == (meant, said)


@pytest.mark.parametrize("intent", INTENTS, ids=lambda intent: intent.name)
def test_every_row_has_votes_and_can_be_asked(intent: object) -> None:
    row = next(each for each in INTENTS if each is intent)
    first = (row.firm or row.plain or row.name).split("|")[0].replace(" * ", " it ").replace("*", "")
    assert row in [each.intent for each in vote(first)]


def test_there_are_about_25_rows() -> None:
    assert 20 <= len(INTENTS) <= 30
    assert len({each.name for each in INTENTS}) == len(INTENTS)


@pytest.mark.parametrize("text", ["which is cheaper @ben", "cc @ben which is it that costs less?"])
def test_a_colleague_in_copy_is_no_fund(text: str) -> None:
    found = read_english(text, TODAY, NAMES, TOPIC)
    assert found is None or (found.follow and found.follow.symbols == ())


@pytest.mark.parametrize("amount", ["10m", "$10m", "10 million", "USD 10m"])
@pytest.mark.parametrize("said", ["what do I save by switching {}?", "if we trade {}", "and to save {}"])
def test_money_comes_before_months(amount: str, said: str) -> None:
    found = read(Phrasing("thread", said.format(amount), ()))
    assert found.text.startswith("cost size=")
    assert found.text.endswith("10m")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("weekly risk not daily", "risk weekly"),
        ("how risky over 5y, not 3y", "risk 5y"),
        ("how risky without 2020", None),
        ("how risky over 5y without 2020", None),
        ("does ISCB hold up better vs peers", None),
        ("which holdings do they share of 30 million", None),
    ],
)
def test_what_is_turned_down_or_has_no_place_is_not_passed_over(text: str, wanted: str | None) -> None:
    reading = read_english(text, TODAY, NAMES, TOPIC)
    assert (reading.text if reading else None) == wanted


def test_numbers_and_what_may_be_a_fund_are_said_not_to_be_read() -> None:
    reading = read_english("how risky is a move of 50bps beside zzzq", TODAY, NAMES, TOPIC)
    assert reading is not None
    said = ("`50bps` is not read.", "`zzzq` is not read; a fund of that name is `$ZZZQ`.")
    assert reading.says == said
