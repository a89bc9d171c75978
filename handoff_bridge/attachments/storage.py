"""Where the bytes are: one interface, a folder behind it by default."""

import asyncio
import os
import re
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Protocol

CHUNK = 256 * 1024
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{7,127}")


class AttachmentStore(Protocol):
    """Keys are lower case letters, digits and hyphens, made by the bridge."""

    async def save(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        """Keep all of it or, when ``chunks`` raises, nothing. A key that is there already gets the new content."""
        ...

    def read(self, key: str) -> AsyncIterator[bytes]:
        """The bytes in chunks. Raises FileNotFoundError."""
        ...

    async def delete(self, key: str) -> None:
        """Forget it; one that is not there is no error."""
        ...

    async def discard_unfinished(self, older_than: timedelta) -> None:
        """Delete what was begun longer ago than this and never became whole: its writer is gone."""
        ...


class AttachmentFolder:
    """A folder that only the bridge's user can look into; several bridges share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def save(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        path = self._path(key)
        aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        await asyncio.to_thread(path.parent.mkdir, mode=0o700, parents=True, exist_ok=True)
        try:
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                async for chunk in chunks:
                    await asyncio.to_thread(file.write, chunk)
                await asyncio.to_thread(_to_disk, file.fileno(), file.flush)
            # Under its name it is whole, also after a power cut.
            os.replace(aside, path)
        finally:
            with suppress(FileNotFoundError):
                aside.unlink()

    async def read(self, key: str) -> AsyncIterator[bytes]:
        with self._path(key).open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK):
                yield chunk

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def discard_unfinished(self, older_than: timedelta) -> None:
        await asyncio.to_thread(_delete_older, self._folder, time.time() - older_than.total_seconds())

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError("not a key of an attachment")
        return self._folder / key[:2] / key


def _delete_older(folder: Path, before_s: float) -> None:
    for aside in folder.glob("??/.*"):
        # Whoever is faster, it is gone.
        with suppress(FileNotFoundError):
            if aside.stat().st_mtime < before_s:
                aside.unlink()


def _to_disk(descriptor: int, flush: object) -> None:
    assert callable(flush)
    flush()
    os.fsync(descriptor)
