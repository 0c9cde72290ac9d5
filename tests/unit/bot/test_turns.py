"""Who waits is let in by turns, whoever came first with however many."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.drawing import Turns


@dataclass
class Line:
    """People before a few places.  entered: in their order; each stays until it is told to leave."""

    places: int = 1
    entered: list[str] = field(default_factory=list)
    staying: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.turns = Turns(self.places)

    async def come(self, *names: str) -> None:
        """Line up: "C1" is of C; of nobody where it begins with a digit."""
        for name in names:
            self.gates[name] = asyncio.Event()
            self.staying[name] = asyncio.create_task(self._stay(name))
        await _settled()

    async def leave(self, name: str) -> None:
        self.gates[name].set()
        await self.staying[name]
        await _settled()

    async def all_leave(self) -> list[str]:
        """One after the other, as they entered; the order."""
        for at in range(len(self.staying)):
            await self.leave(self.entered[at])
        return self.entered

    async def _stay(self, name: str) -> None:
        async with self.turns.turn(name[0] if name[0].isalpha() else ""):
            self.entered.append(name)
            await self.gates[name].wait()


async def _settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_asks_for_much_does_not_stand_before_the_others() -> None:
    line = Line()
    await line.come("C1", "C2", "C3", "C4", "A1", "A2", "B1")
    assert await line.all_leave() == ["C1", "A1", "B1", "C2", "A2", "C3", "C4"]


async def test_of_several_places_the_next_is_for_whoever_has_the_fewest() -> None:
    line = Line(places=3)
    await line.come("C1", "C2", "C3", "C4", "A1", "A2")
    await line.leave("C1")
    await line.leave("C2")
    assert line.entered == ["C1", "C2", "C3", "A1", "C4"]
    await line.leave("C3")
    assert line.entered[-1] == "A2"


async def test_what_is_nobodys_turn_goes_before() -> None:
    line = Line()
    await line.come("C1", "A1", "1", "2")
    assert await line.all_leave() == ["C1", "1", "2", "A1"]


async def test_who_goes_while_waiting_leaves_no_place_empty() -> None:
    line = Line()
    await line.come("C1", "A1", "B1")
    line.staying["A1"].cancel()
    await line.leave("C1")
    assert line.entered == ["C1", "B1"]
    with pytest.raises(asyncio.CancelledError):
        await line.staying["A1"]


async def test_who_is_cut_off_inside_leaves_the_place_to_the_next() -> None:
    line = Line()
    await line.come("C1", "A1")
    line.staying["C1"].cancel()
    await _settled()
    assert line.entered == ["C1", "A1"]
    await line.leave("A1")
    await line.come("C2")
    assert line.entered[-1] == "C2"
