"""Worker processes that answer queries, each with a time limit."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
import sys
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.serve.lexer import keywords

Answer = tuple[int, str, bytes]
"""Status, media type and body."""

MOST_KEPT = 64
LONGEST_KEPT = 1_000_000
"""Answers that are kept, and the bytes that one of them may have."""

FLEETING = frozenset(("NOW", "RAND", "UUID", "STRUUID", "BNODE"))
"""Functions that answer otherwise each time."""

QUEUE = 3
"""How many times the limit of a query a request waits for its turn."""


@dataclass
class Pool:
    """At most ``size`` processes over the store at ``location``; a query that takes longer than ``seconds`` is stopped.

    A request that finds no free process within ``QUEUE`` times as long is turned away. Answers that are not long are kept, for
    the store does not change while it is served, and who asks what is being asked already waits for that answer.
    """

    location: Path
    size: int = 2
    seconds: float = 30.0
    _idle: list[asyncio.subprocess.Process] = field(default_factory=list)
    _all: set[asyncio.subprocess.Process] = field(default_factory=set)
    _free: asyncio.Semaphore | None = None
    _kept: OrderedDict[str, Answer] = field(default_factory=OrderedDict)
    _running: dict[str, asyncio.Task[Answer]] = field(default_factory=dict)

    async def start(self) -> None:
        """Start the first process, so that the first query does not wait for it."""
        self._free = asyncio.Semaphore(self.size)
        self._idle.append(await self._spawn())

    async def ask(self, request: dict[str, Any]) -> Answer:
        """The answer to ``request``, as ``kg.serve.worker`` reads it."""
        if keywords(request["query"]) & FLEETING:
            return await self._ask(request)
        key = json.dumps(request, sort_keys=True)
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        task = self._running.get(key)
        if task is None:
            task = self._running[key] = asyncio.create_task(self._ask(request))
            task.add_done_callback(lambda done: self._keep(key, done))
        # One that goes away does not end what others wait for; the limit of time ends what nobody waits for.
        return await asyncio.shield(task)

    def _keep(self, key: str, done: asyncio.Task[Answer]) -> None:
        self._running.pop(key, None)
        if done.cancelled() or done.exception() is not None:
            return
        status, _, body = done.result()
        if status == 200 and len(body) + len(key) <= LONGEST_KEPT:
            self._kept[key] = done.result()
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    async def _ask(self, request: dict[str, Any]) -> Answer:
        assert self._free is not None, "the pool was not started"  # noqa: S101
        try:
            await asyncio.wait_for(self._free.acquire(), QUEUE * self.seconds)
        except TimeoutError:
            return 503, "text/plain", b"too many queries are running: try again later"
        try:
            worker = self._idle.pop() if self._idle else await self._spawn()
            try:
                found = await asyncio.wait_for(_exchange(worker, request), self.seconds)
            except TimeoutError:
                await self._end(worker)
                return 503, "text/plain", f"the query took longer than {self.seconds:g} s and was stopped".encode()
            except (OSError, asyncio.IncompleteReadError):
                await self._end(worker)
                return 500, "text/plain", b"the query needed more memory than it may use, or the store is damaged"
            except BaseException:
                # The client went away: what the worker would still write must not become another's answer.
                await self._end(worker)
                raise
            self._idle.append(worker)
            return found
        finally:
            self._free.release()

    async def close(self) -> None:
        """End every process."""
        for task in list(self._running.values()):
            task.cancel()
        for worker in list(self._all):
            await self._end(worker)
        self._idle.clear()

    async def _spawn(self) -> asyncio.subprocess.Process:
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "kg.serve.worker",
            str(self.location),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        self._all.add(worker)
        return worker

    async def _end(self, worker: asyncio.subprocess.Process) -> None:
        self._all.discard(worker)
        with contextlib.suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()


async def _exchange(worker: asyncio.subprocess.Process, request: dict[str, Any]) -> Answer:
    assert worker.stdin is not None and worker.stdout is not None  # noqa: S101
    data = json.dumps(request).encode()
    worker.stdin.write(struct.pack(">I", len(data)) + data)
    await worker.stdin.drain()
    head, body = struct.unpack(">II", await worker.stdout.readexactly(8))
    told = json.loads(await worker.stdout.readexactly(head))
    return told["status"], told["type"], await worker.stdout.readexactly(body)
