"""An event runs once, however often Slack delivers it, in bounded memory."""

from __future__ import annotations

from bot.slack.listeners import SeenIds


def test_an_id_is_new_once() -> None:
    seen = SeenIds()
    assert [seen.is_new("Ev1", 0.0), seen.is_new("Ev1", 1.0), seen.is_new("Ev2", 1.0)] == [True, False, True]


def test_the_redelivery_after_five_minutes_is_still_known_and_one_after_ten_is_not() -> None:
    seen = SeenIds(kept=600.0)
    seen.is_new("Ev1", 0.0)
    assert not seen.is_new("Ev1", 301.0)
    assert not seen.is_new("Ev1", 599.9)
    assert seen.is_new("Ev1", 600.0)


def test_a_redelivery_does_not_make_it_last_longer() -> None:
    seen = SeenIds(kept=10.0)
    seen.is_new("Ev1", 0.0)
    seen.is_new("Ev1", 9.0)
    assert seen.is_new("Ev1", 11.0)


def test_memory_is_bounded_and_the_oldest_goes_first() -> None:
    seen = SeenIds(most=3)
    for number in range(4):
        seen.is_new(f"Ev{number}", float(number))
    assert [seen.is_new(event, 4.0) for event in ("Ev3", "Ev2")] == [False, False]
    assert seen.is_new("Ev0", 4.0)
