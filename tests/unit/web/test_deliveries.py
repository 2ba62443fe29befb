from __future__ import annotations

import asyncio

import pytest

from bot.web.conversations import Message
from bot.web.deliveries import LIFETIME, MOST, Deliveries


class Counted:
    """Something to deliver that counts how often it was."""

    def __init__(self, failing: bool = False) -> None:
        self.times = 0
        self.failing = failing
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self) -> list[Message]:
        self.times += 1
        await self.go.wait()
        if self.failing:
            raise RuntimeError("down")
        return [Message(str(self.times))]


def test_a_repeat_while_the_first_is_under_way_waits_for_the_same_answer():
    async def run() -> None:
        deliveries, deliver = Deliveries(), Counted()
        deliver.go.clear()
        both = asyncio.gather(*(deliveries.once("p", "1", deliver) for _ in range(2)))
        await asyncio.sleep(0)
        deliver.go.set()
        assert await both == [[Message("1")], [Message("1")]]
        assert deliver.times == 1

    asyncio.run(run())


def test_a_phone_that_hangs_up_does_not_stop_the_delivery():
    async def run() -> None:
        deliveries, deliver = Deliveries(), Counted()
        deliver.go.clear()
        first = asyncio.ensure_future(deliveries.once("p", "1", deliver))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        deliver.go.set()
        assert await deliveries.once("p", "1", deliver) == [Message("1")]
        assert deliver.times == 1

    asyncio.run(run())


def test_the_same_id_of_another_person_is_another_message():
    async def run() -> None:
        deliveries, deliver = Deliveries(), Counted()
        await deliveries.once("p", "1", deliver)
        await deliveries.once("q", "1", deliver)
        assert deliver.times == 2

    asyncio.run(run())


def test_a_failed_delivery_is_not_kept():
    async def run() -> None:
        deliveries, deliver = Deliveries(), Counted(failing=True)
        for _ in range(2):
            with pytest.raises(RuntimeError):
                await deliveries.once("p", "1", deliver)
            await asyncio.sleep(0)
        assert deliver.times == 2

    asyncio.run(run())


def test_answers_are_forgotten_after_a_while():
    async def run() -> None:
        now = [0.0]
        deliveries, deliver = Deliveries(lambda: now[0]), Counted()
        await deliveries.once("p", "1", deliver)
        now[0] = LIFETIME - 1
        await deliveries.once("p", "1", deliver)
        assert deliver.times == 1
        now[0] = LIFETIME
        await deliveries.once("p", "1", deliver)
        assert deliver.times == 2

    asyncio.run(run())


def test_only_so_many_answers_are_kept():
    async def run() -> None:
        deliveries, deliver = Deliveries(lambda: 0.0), Counted()
        for number in range(MOST + 1):
            await deliveries.once("p", str(number), deliver)
        await deliveries.once("p", str(MOST), deliver)
        assert deliver.times == MOST + 1
        await deliveries.once("p", "0", deliver)
        assert deliver.times == MOST + 2

    asyncio.run(run())
