"""Which pair a channel follows, in the words people use, and one clear answer to what is none."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import FOLLOW, UNFOLLOW
from bot.errors import Unclear
from bot.language import FollowListing, FollowPair, Help, UnfollowPair, daily_text, read_digest, read_pair
from bot.model import DigestMode


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("ISCB SPSM", FollowPair("ISCB", "SPSM")),
        ("iscb, spsm", FollowPair("ISCB", "SPSM")),
        ("ISCB and SPSM", FollowPair("ISCB", "SPSM")),
        ("ISCB/SPSM", FollowPair("ISCB", "SPSM")),
        ("ISCB - SPSM", FollowPair("ISCB", "SPSM")),
        ("ISCB vs SPSM", FollowPair("ISCB", "SPSM")),
        ("/follow ISCB SPSM vs IWM", FollowPair("ISCB", "SPSM", "IWM")),
        ("ISCB SPSM against IWM", FollowPair("ISCB", "SPSM", "IWM")),
        ("$LIST BRK.B", FollowPair("LIST", "BRK-B")),
        ("list", FollowListing()),
        ("", Help(FOLLOW)),
        ("help", Help(FOLLOW)),
    ],
)
def test_what_is_followed(typed: str, asked: object) -> None:
    assert read_pair(FOLLOW, typed) == asked


def test_what_is_followed_no_more() -> None:
    for typed in ("ISCB SPSM", "unfollow ISCB SPSM", "ISCB SPSM vs IWM"):
        assert read_pair(UNFOLLOW, typed) == UnfollowPair("ISCB", "SPSM")


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("ISCB", "Two funds are needed, like `/follow ISCB SPSM`."),
        ("ISCB ISCB", "ISCB is named more than once: a pair is two different funds."),
        ("ISCB SPSM vs ISCB", "ISCB is named more than once: a pair is two different funds."),
        (
            "ISCB SPSM IWM",
            "One pair at a time: `/follow ISCB SPSM`, or `/follow ISCB SPSM vs IWM` with IWM beside it.",
        ),
        ("ISCB vs SPSM IWM", "One pair at a time, like `/follow ISCB SPSM`."),
        (
            "ISCB SPSM 5y",
            "A followed pair is told over the day, the month and the year to date: leave `5y` out.",
        ),
        ("<!channel> SPSM", "`<!channel>` is not a symbol."),
    ],
)
def test_one_clear_answer_to_what_is_no_pair(typed: str, complaint: str) -> None:
    with pytest.raises(Unclear) as caught:
        read_pair(FOLLOW, typed)
    assert caught.value.complaints == (complaint,)


@given(st.text(max_size=60))
def test_anything_is_read_or_refused(typed: str) -> None:
    for command in (FOLLOW, UNFOLLOW):
        with suppress(Unclear):
            assert read_pair(command, typed)


@pytest.mark.parametrize(
    ("typed", "mode", "days"),
    [
        ("daily quiet on", DigestMode.QUIET, None),
        ("daily quiet off", DigestMode.ALWAYS, None),
        ("daily post quiet", DigestMode.QUIET, None),
        ("daily quiet on mondays", DigestMode.QUIET, (0,)),
        ("daily quiet but mon and fri", DigestMode.QUIET, (0, 4)),
        ("daily always", DigestMode.ALWAYS, None),
    ],
)
def test_the_daily_post_is_chosen_under_watch(
    typed: str, mode: DigestMode, days: tuple[int, ...] | None
) -> None:
    asked = read_digest(daily_text(typed) or "")
    assert (asked.mode, asked.days) == (mode, days)  # type: ignore[union-attr]


@pytest.mark.parametrize("typed", ["DAILY sortino < 1.0", "ISCB sortino < 1.0", "list", ""])
def test_a_rule_is_no_choice_of_days(typed: str) -> None:
    assert daily_text(typed) is None


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("quiet sat", "No post comes on Saturday: choose days from Monday to Friday."),
        ("always mon", "`always` posts on every day; `quiet mon` posts on Monday and on news."),
    ],
)
def test_days_that_cannot_be(typed: str, complaint: str) -> None:
    with pytest.raises(Unclear) as caught:
        read_digest(typed)
    assert caught.value.complaints == (complaint,)
