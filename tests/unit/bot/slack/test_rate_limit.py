"""One post a second per channel, short bursts, and as long a wait as Slack says."""

from __future__ import annotations

import asyncio

import pytest

from bot.slack import rate_limit
from bot.slack.errors import FaultKind, SlackFault
from bot.slack.rate_limit import RateLimit
from tests.fakes.slack_clock import SleptClock

TOO_MANY = SlackFault(FaultKind.RATE, "ratelimited", "too many messages", retry_after=30.0)
NO_WAY = SlackFault(FaultKind.BUSY, "", "no connection")


class Calls:
    """Fails as told, then answers; knows when it was called."""

    def __init__(self, clock: SleptClock, *faults: SlackFault) -> None:
        self._clock, self._faults, self.at = clock, list(faults), list[float]()

    async def __call__(self) -> str:
        self.at.append(self._clock.monotonic())
        if self._faults:
            raise self._faults.pop(0)
        return "ok"


@pytest.fixture
def clock() -> SleptClock:
    return SleptClock()


async def test_a_burst_goes_at_once_and_then_one_a_second(clock: SleptClock) -> None:
    paced, call = RateLimit(clock, clock.sleep), Calls(clock)
    for _ in range(6):
        await paced.send("C1", call)
    assert call.at == [0.0, 0.0, 0.0, 1.0, 2.0, 3.0]


async def test_channels_do_not_wait_for_each_other(clock: SleptClock) -> None:
    paced, call = RateLimit(clock, clock.sleep), Calls(clock)
    for channel in ("C1", "C2", "C3", "C4", "C5"):
        await paced.send(channel, call)
    assert clock.slept == []


async def test_those_who_come_together_go_one_after_another(clock: SleptClock) -> None:
    paced, call = RateLimit(clock, clock.sleep), Calls(clock)
    await asyncio.gather(*(paced.send("C1", call) for _ in range(5)))
    assert (len(call.at), clock.monotonic()) == (5, 2.0)


async def test_slack_is_obeyed_and_the_channel_goes_on_slowly(clock: SleptClock) -> None:
    paced, call = RateLimit(clock, clock.sleep), Calls(clock, TOO_MANY)
    assert await paced.send("C1", call) == "ok"
    await paced.send("C1", call)
    assert call.at == [0.0, 30.0, 31.0]


async def test_after_a_minute_of_waiting_the_fault_is_told(clock: SleptClock) -> None:
    call = Calls(clock, *[TOO_MANY] * 5)
    with pytest.raises(SlackFault) as caught:
        await RateLimit(clock, clock.sleep).send("C1", call)
    assert caught.value is TOO_MANY
    assert call.at == [0.0, 30.0, 60.0]


async def test_what_never_reached_slack_is_tried_again_twice(clock: SleptClock) -> None:
    call = Calls(clock, *[NO_WAY] * 5)
    with pytest.raises(SlackFault):
        await RateLimit(clock, clock.sleep).send("C1", call)
    assert call.at == [0.0, 1.0, 4.0]


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.DOUBT,
        FaultKind.SETUP,
        FaultKind.CHANNEL,
        FaultKind.BLOCKS,
        FaultKind.PICTURE,
        FaultKind.REFUSED,
    ],
)
async def test_everything_else_is_not_repeated(clock: SleptClock, kind: FaultKind) -> None:
    call = Calls(clock, SlackFault(kind, "", "cause"))
    with pytest.raises(SlackFault):
        await RateLimit(clock, clock.sleep).send("C1", call)
    assert len(call.at) == 1


async def test_channels_that_rest_are_forgotten(clock: SleptClock) -> None:
    paced, call = RateLimit(clock, clock.sleep), Calls(clock)
    for number in range(rate_limit.REMEMBERED + 1):
        await paced.send(f"C{number}", call)
    await clock.sleep(60.0)
    await paced.send("C0", call)
    assert len(paced._due) == 1


async def test_a_turn_that_would_take_too_long_is_not_taken(clock: SleptClock) -> None:
    paced = RateLimit(clock, clock.sleep)
    paced.hold("C1", 30.0)
    for _ in range(3):
        with pytest.raises(SlackFault) as caught:
            await paced.turn("C1", 29.0)
        assert (caught.value.kind, caught.value.retry_after) == (FaultKind.BUSY, 30.0)
    await paced.turn("C1", 30.0)
    await paced.turn("C2", 0.0)
    assert clock.slept == [30.0]
