"""Writes that come together share a transaction, and nothing else: each hears of its own end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import Unavailable
from bot.store.engine import BATCH_MOST, BatchWriter, Database


class Table:
    """One column of numbers, each of which may be there once; remembers how many came in each batch."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.fault: Exception | None = None

    def work(self, connection: sa.Connection, numbers: Sequence[int]) -> list[int]:
        self.batches.append(len(numbers))
        if self.fault:
            raise self.fault
        for number in numbers:
            connection.exec_driver_sql("INSERT INTO numbers VALUES (?)", (number,))
        return [number * 10 for number in numbers]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(sa.make_url(f"sqlite+pysqlite:///{tmp_path}/numbers.db"))
    await database.write(
        lambda each: each.exec_driver_sql("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
    )
    yield database
    await database.close()


async def kept(database: Database) -> list[int]:
    question = "SELECT number FROM numbers ORDER BY number"
    return await database.read(lambda each: list(each.exec_driver_sql(question).scalars()))


async def test_each_hears_what_its_own_came_to(database: Database) -> None:
    table = Table()
    together = BatchWriter(database, table.work)
    found = await asyncio.gather(*(together.write(number) for number in range(250)))
    assert found == [number * 10 for number in range(250)]
    assert await kept(database) == list(range(250))
    assert max(table.batches) == BATCH_MOST
    assert len(table.batches) < 10


async def test_one_alone_is_written_at_once_and_the_next_again(database: Database) -> None:
    table = Table()
    together = BatchWriter(database, table.work)
    assert [await together.write(1), await together.write(2)] == [10, 20]
    assert table.batches == [1, 1]


async def test_one_that_is_not_taken_costs_the_others_nothing(database: Database) -> None:
    together = BatchWriter(database, Table().work)
    await together.write(3)
    found = await asyncio.gather(*(together.write(number) for number in range(6)), return_exceptions=True)
    assert [each for each in found if isinstance(each, int)] == [0, 10, 20, 40, 50]
    assert isinstance(found[3], sa.exc.IntegrityError)
    assert await kept(database) == [0, 1, 2, 3, 4, 5]


async def test_a_database_that_does_not_answer_is_everybodys_affair_once(database: Database) -> None:
    table = Table()
    together = BatchWriter(database, table.work)
    table.fault = Unavailable("The database", "it is locked")
    found = await asyncio.gather(*(together.write(number) for number in range(6)), return_exceptions=True)
    assert [type(each) for each in found] == [Unavailable] * 6
    assert sum(table.batches) == 6
    table.fault = None
    assert await together.write(7) == 70


async def test_who_has_gone_takes_nothing_from_who_waits(database: Database) -> None:
    together = BatchWriter(database, Table().work)
    asking = [asyncio.create_task(together.write(number)) for number in range(4)]
    await asyncio.sleep(0)
    asking[1].cancel()
    found = await asyncio.gather(*asking, return_exceptions=True)
    assert [each for each in found if isinstance(each, int)] == [0, 20, 30]
    assert await kept(database) == [0, 1, 2, 3]
