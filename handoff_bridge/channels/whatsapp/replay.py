"""``python -m handoff_bridge.channels.whatsapp.replay FOLDER``: posts recorded webhooks, signed, to a running bridge.

Each file of the folder is one body, posted as it is. Afterwards a table tells what the bridge answered, what it kept of
each body and what of it stands in a log. Reads the bridge's settings (app secret and database) from the environment.
"""

import argparse
import asyncio
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientError, ClientSession
from sqlalchemy import select

from handoff_bridge.bot.storable import storable
from handoff_bridge.channels.whatsapp.fields import items, mapping, words
from handoff_bridge.channels.whatsapp.signature import HEADER, signature_of
from handoff_bridge.channels.whatsapp.updates import MESSAGE, STATUS, Update, updates_of
from handoff_bridge.settings import Settings, SettingsError
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.schema import messages
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


async def replay(folder: Path, url: str, settings: Settings, number: str | None) -> int:
    """Return 0 when every body was answered without 5xx and every update of it is accounted for."""
    bodies = [Replayed(path.name, _for_number(path.read_bytes(), number)) for path in _files(folder)]
    async with ClientSession() as session:
        for body in bodies:
            body.read()
            await _post(session, url, settings.whatsapp_app_secret.get_secret_value(), body)
    database = Database(settings.database_url)
    try:
        kept = await _kept(database)
    finally:
        await database.close()
    rows = [_row(body, kept) for body in bodies]
    print(_table([HEAD, *rows]))
    lost = [body.name for body in bodies if body.status == 200 for each in body.updates if each.dedup_key not in kept]
    failed = [body.name for body in bodies if body.status == 0 or body.status >= 500]
    visible = {row.message_id for row in kept.values() if row.logged}
    in_inbox = Counter(row.status for row in kept.values())
    print(f"\n{len(bodies)} bodies; refused with 5xx or not answered: {len(failed)}; updates lost: {len(lost)}")
    print(f"in the inbox: {', '.join(f'{count} {status}' for status, count in sorted(in_inbox.items()))}")
    print(f"messages in logs: {len(visible)}, each once: {len(visible) == sum(row.logged for row in kept.values())}")
    return 1 if failed or lost else 0


@dataclass(frozen=True, slots=True)
class _Row:
    kind: str
    status: str
    note: str | None
    message_id: str | None
    #: How often it stands in a log.
    logged: int


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in (".json", ".bin") and path.is_file())


def _for_number(raw: bytes, number: str | None) -> bytes:
    """The body as it is, or with every number replaced by this one; what is no JSON stays as it is."""
    if number is None:
        return raw
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return raw
    for entry in items(mapping(body).get("entry")):
        for change in items(mapping(entry).get("changes")):
            value = mapping(change).get("value")
            metadata = value.get("metadata") if isinstance(value, dict) else None
            if isinstance(metadata, dict) and words(metadata.get("phone_number_id")) is not None:
                metadata["phone_number_id"] = number
    return json.dumps(body).encode()


async def _post(session: ClientSession, url: str, secret: str, body: Replayed) -> None:
    headers = {"Content-Type": "application/json", HEADER: signature_of(secret, body.raw)}
    try:
        async with session.post(f"{url.rstrip('/')}/webhooks/whatsapp", data=body.raw, headers=headers) as response:
            body.status = response.status
            answer = mapping(await response.json())
    except (ClientError, OSError, ValueError, TimeoutError) as error:
        print(f"{body.name}: not answered ({type(error).__name__})", file=sys.stderr)
        return
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
            row.kind, row.status, row.error, row.message_id, logged[row.message_id] if row.message_id else 0
        )
        for row in rows
    }


def _row(body: Replayed, kept: dict[str, _Row]) -> tuple[str, ...]:
    found = [kept[each.dedup_key] for each in body.updates if each.dedup_key in kept]
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code: 0 all is accounted for, 1 not, 2 wrong use."""
    parser = argparse.ArgumentParser(
        prog="python -m handoff_bridge.channels.whatsapp.replay", description=__doc__.splitlines()[0]
    )
    parser.add_argument("folder", type=Path, help="one webhook body in each .json or .bin file")
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="where the bridge answers")
    parser.add_argument("--phone-number-id", help="put this number into every body, in place of the one it has")
    options = parser.parse_args(arguments)
    try:
        settings = Settings.load()
        settings.complete_for_whatsapp()
    except SettingsError as error:
        print(f"replay: {error}", file=sys.stderr)
        return 2
    if not options.folder.is_dir():
        print(f"replay: there is no folder {options.folder}", file=sys.stderr)
        return 2
    return asyncio.run(replay(options.folder, options.url, settings, options.phone_number_id))


if __name__ == "__main__":
    sys.exit(main())
