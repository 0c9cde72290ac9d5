"""The words of STYLE.md hold: in every sentence of the source, and in every message of these tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import bot
from analytics.notes import NoteKind
from bot.language.english.intents import INTENTS
from bot.render.values import RULES

BOT = Path(bot.__file__).parent
SPEAKING = sorted(
    [
        *(BOT / "render").rglob("*.py"),
        *(BOT / name for name in ("errors.py", "commands.py", "cli.py")),
        # These list the words that people say: it is not the bot that speaks.
        *(path for path in (BOT / "language").rglob("*.py") if path.name not in {"words.py", "intents.py"}),
        *(BOT / "use_cases").glob("*.py"),
        *(BOT / "slack").glob("*.py"),
    ]
)
SNAPSHOTS = sorted((Path(__file__).parents[3] / "snapshots").glob("*.txt"))
AVOIDED = re.compile(
    r"!|\bplease note|\bwinner|\bloser|\bshould\b|\brecommend|\bbuy\b|\bsell\b|\boops\b|\bsorry\b|\bsimply\b"
    r"|\bgreat\b|\bopportunit|\binvalid\b|\boutperform|\bunderperform|(?<!tracking )(?<!standard )\berror\b"
    # "Best day" and its like are what the field calls the highest return.
    r"|\bbest\b(?! (?:day|month|year|calendar))",
    re.IGNORECASE,
)
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")
SENTENCE = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of a file that reads like words to a person: no docstrings, no patterns, no logs."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("log.", "re.", "TypeAdapter")):
            silent |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in silent:
            continue
        if isinstance(node.value, str) and SENTENCE.search(node.value) and "(?" not in node.value:
            yield node.lineno, node.value


@pytest.mark.slow
def test_there_is_something_to_look_at() -> None:
    found = [words for path in SPEAKING for _, words in sentences(path)]
    assert len(found) > 80
    assert any("is neither a symbol nor a window" in words for words in found)
    assert any("much the same " in words for words in found)
    assert len(SNAPSHOTS) > 15


@pytest.mark.parametrize(
    "words",
    [
        "Well done!",
        "Please note",
        "the winner is",
        "you should",
        "an Error occurred",
        "best value",
        "best of days",
    ],
)
def test_the_lint_sees_what_we_avoid(words: str) -> None:
    assert AVOIDED.search(words)


@pytest.mark.slow
def test_no_sentence_of_the_source_uses_words_we_avoid() -> None:
    faults = [
        f"{path.relative_to(BOT)}:{line} {words}"
        for path in SPEAKING
        for line, words in sentences(path)
        if AVOIDED.search(words) or EMOJI.search(words)
    ]
    assert faults == []


def test_no_row_of_an_intent_says_words_we_avoid() -> None:
    assert [each.says for each in INTENTS if AVOIDED.search(each.says) or EMOJI.search(each.says)] == []


def test_no_message_uses_words_we_avoid() -> None:
    faults = []
    for path in SNAPSHOTS:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            # What a person typed is quoted as it is.
            spoken = re.sub(r"`[^`]*`", "", line)
            if AVOIDED.search(spoken) or EMOJI.search(spoken):
                faults.append(f"{path.name}:{number} {line}")
    assert faults == []


def test_what_stands_for_a_picture_concludes_in_thirty_words() -> None:
    told = [
        (path.name, alt)
        for path in SNAPSHOTS
        for shown, alt in pairwise(path.read_text(encoding="utf-8").splitlines())
        if shown == "[picture]"
    ]
    assert len({title.split("_")[1] for title, _ in told}) > 10
    faults = [(name, alt) for name, alt in told if not alt or len(alt.split()) > 30 or alt[-1] not in ".…"]
    assert faults == []


def test_negative_numbers_have_a_hyphen_that_spreadsheets_read() -> None:
    for path in SNAPSHOTS:
        assert not re.search("[\u2212\u2013]\\d", path.read_text(encoding="utf-8")), path.name


def test_the_style_guide_itself_is_one_sentence_a_line_and_true() -> None:
    style = (BOT / "render" / "STYLE.md").read_text(encoding="utf-8")
    rules = [line for line in style.splitlines() if line and not line.startswith(("#", "Good", "Bad"))]
    assert not [line for line in rules if re.search(r"[.!?] [A-Z]", line)]
    assert "`RULES` in `values.py`" in style
    assert RULES
    assert NoteKind.FEW_RETURNS
    assert len(style.splitlines()) < 140
