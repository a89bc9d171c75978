"""What stands beside the log has an end: webhooks as they came, and files."""

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Table, select, update

from handoff_bridge.attachments.storage import AttachmentFolder
from handoff_bridge.business_whatsapp import Retention
from handoff_bridge.channels.whatsapp.retention import Deletion
from handoff_bridge.channels.whatsapp.wiring import ATTACHMENTS
from handoff_bridge.http import keys
from handoff_bridge.settings import Settings
from handoff_bridge.storage.schema import UtcDateTime
from handoff_bridge.storage.whatsapp_schema import attachments, whatsapp_updates
from tests.integration.whatsapp.conftest import WhatsApp
from tests.integration.whatsapp.test_media import JPEG, ended, files_in
from tests.support.whatsapp import FOREIGN_NUMBER, NUMBER, Someone, about, body_of, escaped, message, statuses, text

ERIKA = Someone("4915100000001", "DE.1000001")
RULES = Retention(webhooks_days=10, files_days=20)


def deletion(whatsapp: WhatsApp) -> Deletion:
    app = whatsapp.bridge.server.app
    return Deletion(app[keys.store], app[keys.clock], app[ATTACHMENTS], RULES)


async def age(whatsapp: WhatsApp, table: Table, days: float, **of: object) -> None:
    """Make these rows as old as that."""
    app = whatsapp.bridge.server.app
    at = app[keys.clock].now() - timedelta(days=days)
    columns = [column for column in table.c if isinstance(column.type, UtcDateTime) and column.name != "due_at"]
    async with app[keys.store].database.write() as connection:
        rows = update(table).where(*(table.c[name] == value for name, value in of.items()))
        await connection.execute(rows.values(dict.fromkeys(columns, at)))


async def rows_of(whatsapp: WhatsApp, table: Table) -> list[Any]:
    async with whatsapp.bridge.server.app[keys.store].database.read() as connection:
        return list((await connection.execute(select(table))).all())


async def test_updates_are_deleted_when_their_days_are_over_whatever_became_of_them(whatsapp: WhatsApp) -> None:
    meta = whatsapp.meta
    await meta.say(ERIKA, "bleibt im Verlauf")
    await meta.tell(statuses({"id": "wamid.x", "status": "sent"}), {**about(NUMBER), "errors": [{"code": 131000}]})
    await meta.tell(ERIKA.value(text("für jemand anderen"), number=FOREIGN_NUMBER))
    await meta.post(escaped(body_of({"event": "X"}, field="account_update")))
    await meta.worked_off()
    assert {row.status for row in await meta.updates()} == {"done", "foreign", "unknown"}
    await age(whatsapp, whatsapp_updates, 9.9)
    assert await deletion(whatsapp).run_once() == (0, 0)
    await age(whatsapp, whatsapp_updates, 10.1)
    await meta.say(ERIKA, "von heute")
    assert await deletion(whatsapp).run_once() == (5, 0)
    (left,) = await meta.updates()
    assert left.body["message"]["text"]["body"] == "von heute"
    said = [entry.text for entry in await meta.log() if entry.sender == "customer"]
    assert said == ["bleibt im Verlauf", "von heute"]


async def test_what_is_still_to_be_done_is_never_deleted(whatsapp: WhatsApp) -> None:
    await whatsapp.meta.say(ERIKA, "erledigt", "noch offen")
    _, second = await whatsapp.meta.updates()
    await age(whatsapp, whatsapp_updates, 1000)
    async with whatsapp.bridge.server.app[keys.store].database.write() as connection:
        due_at = whatsapp.bridge.server.app[keys.clock].now() + timedelta(days=1)
        row = update(whatsapp_updates).where(whatsapp_updates.c.id == second.id)
        await connection.execute(row.values(status="new", due_at=due_at))
    assert await deletion(whatsapp).run_once() == (1, 0)
    assert [row.id for row in await whatsapp.meta.updates()] == [second.id]


async def test_more_than_one_round_takes_is_deleted_all_the_same(whatsapp: WhatsApp) -> None:
    told = [{"id": f"wamid.{number}", "status": "sent"} for number in range(1100)]
    await whatsapp.meta.tell(*(statuses(*told[start : start + 1000], number=FOREIGN_NUMBER) for start in (0, 1000)))
    await age(whatsapp, whatsapp_updates, 11)
    assert await deletion(whatsapp).run_once() == (1100, 0)


async def test_a_file_is_deleted_when_its_days_are_over_and_the_desk_says_so(
    whatsapp: WhatsApp, whatsapp_settings: Settings
) -> None:
    medium = whatsapp.graph.media.add(JPEG, "image/jpeg")
    await whatsapp.meta.say(ERIKA, message("image", {"id": medium.id, "mime_type": "image/jpeg"}))
    agent = await whatsapp.bridge.agent()
    conversation, found = await ended(whatsapp, agent)
    await age(whatsapp, attachments, 19.9)
    assert await deletion(whatsapp).run_once() == (0, 0)
    assert len(files_in(whatsapp_settings.attachments_folder)) == 1
    await age(whatsapp, attachments, 20.1)
    assert await deletion(whatsapp).run_once() == (0, 1)
    assert files_in(whatsapp_settings.attachments_folder) == []
    (row,) = await rows_of(whatsapp, attachments)
    assert (row.status, row.storage_key, row.sha256, row.source, row.error) == ("gone", None, None, None, "retention")
    (shown,) = (await agent.open(conversation))["attachments"]
    assert (shown["id"], shown["status"]) == (found["id"], "gone")
    url = f"{whatsapp.bridge.url}desk/api/conversations/{conversation}/attachments/{found['id']}"
    async with whatsapp.bridge.session.get(url, headers=agent.headers) as response:
        assert response.status == 410
    assert await deletion(whatsapp).run_once() == (0, 0)


async def test_a_deletion_that_broke_off_after_the_bytes_is_ended_by_the_next(
    whatsapp: WhatsApp, whatsapp_settings: Settings
) -> None:
    medium = whatsapp.graph.media.add(JPEG, "image/jpeg")
    await whatsapp.meta.say(ERIKA, message("image", {"id": medium.id, "mime_type": "image/jpeg"}))
    await ended(whatsapp, await whatsapp.bridge.agent())
    for path in files_in(whatsapp_settings.attachments_folder):
        path.unlink()
    await age(whatsapp, attachments, 21)
    assert await deletion(whatsapp).run_once() == (0, 1)
    (row,) = await rows_of(whatsapp, attachments)
    assert row.status == "gone"


async def test_what_a_dead_process_left_half_written_is_deleted_after_a_day(tmp_path: Path) -> None:
    (tmp_path / "ab").mkdir()
    names = (".abcdefgh-1.00ff", ".abcdefgh-2.00ff", "abcdefgh-3")
    half, fresh, whole = (tmp_path / "ab" / name for name in names)
    for path in (half, fresh, whole):
        path.write_bytes(b"x")
    for path in (half, whole):
        os.utime(path, (time.time() - 90_000,) * 2)
    await AttachmentFolder(tmp_path).discard_unfinished(timedelta(days=1))
    assert (half.exists(), fresh.exists(), whole.exists()) == (False, True, True)


@pytest.mark.parametrize("days", [{"webhooks_days": 7}, {"webhooks_days": 0}, {"files_days": 0}, {"files_days": -1}])
def test_a_repeat_of_a_webhook_is_known_for_as_long_as_meta_may_send_it(days: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Retention(**days)
