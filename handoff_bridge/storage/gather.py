"""Does together what is asked for at the same time."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Gathered(Generic[Asked, Answer]):
    """While a batch is under way, what is asked gathers; the next batch takes it all.

    So nothing waits where little is asked, and where much is asked one round trip and one commit serve many. ``work``
    gets what was asked, and returns as many answers. What is asked under the same key is done one after the other, in
    order.
    """

    def __init__(
        self, work: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer]]], *, at_once: int, most: int
    ) -> None:
        self._work = work
        self._at_once = at_once
        self._most = most
        self._waiting: deque[tuple[Hashable, Asked, asyncio.Future[Answer]]] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._under_way: set[Hashable] = set()

    async def ask(self, key: Hashable, asked: Asked) -> Answer:
        """Raises what ``work`` raises for the batch."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, asked, answer))
        self._start()
        return await answer

    def _start(self) -> None:
        if len(self._running) == self._at_once or all(key in self._under_way for key, *_ in self._waiting):
            return
        # The batch is taken when the task begins: whoever asks in the same moment is part of it.
        task = asyncio.create_task(self._run())
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            self._start()

    async def _run(self) -> None:
        batch = self._batch()
        if not batch:
            return
        self._under_way |= batch.keys()
        try:
            answers = await self._work([asked for asked, _ in batch.values()])
        except asyncio.CancelledError:
            for _, answer in batch.values():
                answer.cancel()
            raise
        except Exception as error:
            for _, answer in batch.values():
                if not answer.done():
                    answer.set_exception(error)
        else:
            for (_, answer), answered in zip(batch.values(), answers, strict=True):
                if not answer.done():
                    answer.set_result(answered)
        finally:
            self._under_way -= batch.keys()

    def _batch(self) -> dict[Hashable, tuple[Asked, asyncio.Future[Answer]]]:
        batch: dict[Hashable, tuple[Asked, asyncio.Future[Answer]]] = {}
        left: deque[tuple[Hashable, Asked, asyncio.Future[Answer]]] = deque()
        for key, asked, answer in self._waiting:
            if answer.done():
                continue  # who asked has gone
            if key in batch or key in self._under_way or len(batch) == self._most:
                left.append((key, asked, answer))
            else:
                batch[key] = asked, answer
        self._waiting = left
        return batch
