"""Each file of a folder is one body, posted as it is; then the inbox and the logs are asked what became of it."""

import asyncio
import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientError, ClientSession
from sqlalchemy import select

from handoff_bridge.bot.storable import storable
from handoff_bridge.channels.whatsapp.fields import Json, items, mapping, words
from handoff_bridge.channels.whatsapp.signature import HEADER, signature_of
from handoff_bridge.channels.whatsapp.updates import MESSAGE, STATUS, Update, updates_of
from handoff_bridge.settings import Settings
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.schema import messages
from handoff_bridge.storage.whatsapp_inbox import key_of_other
from handoff_bridge.storage.whatsapp_schema import whatsapp_updates

#: How long the bridge may take to work everything off.
PATIENCE_S = 120.0
HEAD = ("body", "HTTP", "messages", "statuses", "errors", "other", "new", "repeats", "done with it", "in a log")


@dataclass(slots=True)
class Replayed:
    """One body: what it holds, and what came of it."""

    name: str
    raw: bytes
    status: int = 0
    new: int = 0
    received: int = 0
    held: Counter[str] = field(default_factory=Counter)
    updates: list[Update] = field(default_factory=list)

    def read(self) -> None:
        """Count by hand what is in it, and name each as the bridge names it. What is no JSON holds nothing."""
        try:
            body = json.loads(self.raw)
            self.updates = updates_of(storable(body))
        except (ValueError, RecursionError):
            return
        for entry in items(mapping(body).get("entry")):
            for change in items(mapping(entry).get("changes")):
                value = mapping(mapping(change).get("value"))
                for part in ("messages", "statuses", "errors"):
                    self.held[part] += len(items(value.get(part)))


@dataclass(frozen=True, slots=True)
class Changes:
    """What is changed in bodies before they are posted: the number they are for, and borrowed ids made different."""

    number: str | None = None
    fresh_ids: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """``failed`` and ``lost`` name bodies: answered with 5xx or not at all, and with an update that nobody has."""

    table: str
    bodies: int
    failed: list[str]
    lost: list[str]
    inbox: Counter[str]
    #: Updates that became a message, and how many entries of logs those are.
    messages: int
    entries: int

    @property
    def complete(self) -> bool:
        return not self.failed and not self.lost and self.messages == self.entries


async def replay(folder: Path, url: str, settings: Settings, changes: Changes) -> Result:
    """Post all bodies, wait until everything is worked off, and compare."""
    bodies = [Replayed(path.name, _changed(path, changes)) for path in _files(folder)]
    async with ClientSession() as session:
        for body in bodies:
            body.read()
            await _post(session, url, settings.whatsapp_app_secret.get_secret_value(), body)
    database = Database(settings.database_url)
    try:
        kept = await _kept(database)
    finally:
        await database.close()
    return Result(
        _table([HEAD, *(_row(body, kept) for body in bodies)]),
        len(bodies),
        [body.name for body in bodies if body.status == 0 or body.status >= 500],
        [body.name for body in bodies if body.status == 200 and not all(_found(each, kept) for each in body.updates)],
        Counter(row.status for row in kept.values()),
        sum(row.message_id is not None for row in kept.values()),
        sum(row.logged for row in kept.values()),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    kind: str
    status: str
    note: str | None
    message_id: str | None
    fingerprint: str
    #: How often it stands in a log.
    logged: int


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in (".json", ".bin") and path.is_file())


def _changed(path: Path, changes: Changes) -> bytes:
    """The body as it is, unless something is to be changed; what is no JSON stays as it is."""
    raw = path.read_bytes()
    if changes == Changes():
        return raw
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    places = itertools.count()
    for entry in items(mapping(body).get("entry")):
        for change in items(mapping(entry).get("changes")):
            value = mapping(change).get("value")
            if isinstance(value, dict):
                _change_value(value, path.stem, changes, places)
    return json.dumps(body).encode()


def _change_value(value: Json, name: str, changes: Changes, places: Iterator[int]) -> None:
    metadata = value.get("metadata")
    if changes.number is not None and isinstance(metadata, dict) and words(metadata.get("phone_number_id")):
        metadata["phone_number_id"] = changes.number
    if changes.fresh_ids:
        for part in ("messages", "statuses"):
            for each in items(value.get(part)):
                if isinstance(each, dict) and words(each.get("id")):
                    # The same each time, so that a second run brings repeats only.
                    mark = hashlib.sha256(f"{name}/{each['id']}/{next(places)}".encode()).hexdigest()[:16]
                    each["id"] = f"wamid.{mark}"


async def _post(session: ClientSession, url: str, secret: str, body: Replayed) -> None:
    headers = {"Content-Type": "application/json", HEADER: signature_of(secret, body.raw)}
    try:
        async with session.post(f"{url.rstrip('/')}/webhooks/whatsapp", data=body.raw, headers=headers) as response:
            body.status = response.status
            answer = mapping(await response.json())
    except (ClientError, OSError, ValueError, TimeoutError):
        return  # its status stays 0
    body.received, body.new = int(answer.get("received", 0)), int(answer.get("new", 0))


async def _kept(database: Database) -> dict[str, _Row]:
    """The inbox by key, once nothing in it is new any more or the patience has ended."""
    query = select(whatsapp_updates)
    loop = asyncio.get_running_loop()
    ends = loop.time() + PATIENCE_S
    while True:
        async with database.read() as connection:
            rows = (await connection.execute(query)).all()
        if all(row.status != "new" for row in rows) or loop.time() > ends:
            break
        await asyncio.sleep(0.2)
    async with database.read() as connection:
        logged = Counter((await connection.execute(select(messages.c.id))).scalars())
    return {
        row.dedup_key: _Row(
            row.kind,
            row.status,
            row.error,
            row.message_id,
            row.fingerprint,
            logged[row.message_id] if row.message_id else 0,
        )
        for row in rows
    }


def _found(update: Update, kept: dict[str, _Row]) -> _Row | None:
    """What the inbox has of it, under its own key or beside another one with the same id."""
    row = kept.get(update.dedup_key)
    if row is not None and row.fingerprint != update.fingerprint:
        return kept.get(key_of_other(update.dedup_key, update.fingerprint))
    return row


def _row(body: Replayed, kept: dict[str, _Row]) -> tuple[str, ...]:
    found = [row for each in body.updates if (row := _found(each, kept)) is not None]
    outcomes = Counter(_outcome(row) for row in found)
    other = sum(each.kind not in (MESSAGE, STATUS, "error") for each in body.updates)
    counts = (*(body.held[part] for part in ("messages", "statuses", "errors")), other)
    told = ", ".join(f"{count}× {outcome}" for outcome, count in sorted(outcomes.items()))
    return (
        body.name,
        str(body.status),
        *(str(count) if count else "" for count in counts),
        str(body.new),
        str(body.received - body.new or ""),
        told or "–",
        str(sum(row.logged for row in found) or ""),
    )


def _outcome(row: _Row) -> str:
    if row.status == "unknown":
        return f"unknown, kept ({row.kind})"
    return row.status if row.note is None else f"{row.status} ({row.note})"


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
