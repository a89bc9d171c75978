"""Meta in front of a bridge: signed webhooks with messages as WhatsApp tells them, all people invented."""

import asyncio
import itertools
import json
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import ClientSession
from sqlalchemy import select

from handoff_bridge.business import BusinessRules
from handoff_bridge.channels.whatsapp.signature import signature_of
from handoff_bridge.storage.database import Database
from handoff_bridge.storage.schema import messages as log
from handoff_bridge.storage.whatsapp_schema import whatsapp_threads, whatsapp_updates
from tests.support.people import PATIENCE_S

Json = dict[str, Any]
NUMBER, OTHER_NUMBER, FOREIGN_NUMBER = "100000000000001", "100000000000002", "999999999999999"
APP_SECRET = "app-secret-of-the-tests-0123456789"
_numbers = itertools.count(1)


def with_numbers(rules: BusinessRules, *numbers: str, **whatsapp: object) -> BusinessRules:
    """The rules with WhatsApp on: these numbers, or the usual two."""
    assert rules.whatsapp is not None
    listed = [
        {"phone_number_id": number, "name": f"Nummer {place}", "display_number": f"+49 800 000000{place}"}
        for place, number in enumerate(numbers or (NUMBER, OTHER_NUMBER), 1)
    ]
    section = {**rules.whatsapp.model_dump(), "numbers": listed, **whatsapp}
    return BusinessRules.model_validate({**rules.model_dump(), "whatsapp": section})


def wamid() -> str:
    return f"wamid.TEST{next(_numbers):08d}"


def message(kind: str, content: Json | None = None, **fields: object) -> Json:
    """One of ``messages``, without who it is from."""
    made: Json = {"id": wamid(), "timestamp": "1760000000", "type": kind, **fields}
    if content is not None:
        made[kind] = content
    return made


def text(body: str, **fields: object) -> Json:
    return message("text", {"body": body}, **fields)


class Someone:
    """A customer with a phone number, a user id, or both."""

    def __init__(self, phone: str | None = None, user_id: str | None = None, name: str | None = "Erika Muster") -> None:
        self.phone, self.user_id, self.name = phone, user_id, name

    def value(self, *sent: Json, number: str = NUMBER) -> Json:
        """The value of a change: these messages of this person, to this number."""
        contact: Json = {"profile": {"name": self.name}} if self.name else {}
        own: Json = {}
        if self.phone is not None:
            contact["wa_id"] = own["from"] = self.phone
        if self.user_id is not None:
            contact["user_id"] = own["from_user_id"] = self.user_id
        return {**about(number), "contacts": [contact], "messages": [{**own, **each} for each in sent]}


def about(number: str) -> Json:
    return {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "498000000001", "phone_number_id": number},
    }


def statuses(*told: Json, number: str = NUMBER) -> Json:
    return {**about(number), "statuses": list(told)}


def body_of(*values: Json, field: str = "messages") -> Json:
    changes = [{"field": field, "value": value} for value in values]
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}


def escaped(body: object) -> bytes:
    """As Meta writes it: umlauts and slashes escaped."""
    return json.dumps(body).replace("/", "\\/").encode()


class Meta:
    """Posts to one bridge and looks into its database."""

    def __init__(self, session: ClientSession, base_url: str, database: Database, secret: str = APP_SECRET) -> None:
        self._session = session
        self._url = f"{base_url.rstrip('/')}/webhooks/whatsapp"
        self._database = database
        self._secret = secret

    async def post(self, raw: bytes, signature: str | None = None) -> tuple[int, Json]:
        """Post these bytes, rightly signed unless told otherwise; returns status and answer."""
        headers = {"Content-Type": "application/json"}
        headers["X-Hub-Signature-256"] = signature_of(self._secret, raw) if signature is None else signature
        async with self._session.post(self._url, data=raw, headers=headers) as response:
            return response.status, await response.json()

    async def tell(self, *values: Json) -> Json:
        """Post values as one webhook and return the answer once it was taken."""
        status, answer = await self.post(escaped(body_of(*values)))
        assert status == 200, answer
        return answer

    async def say(self, someone: Someone, *sent: Json | str, number: str = NUMBER) -> list[Json]:
        """Somebody's messages, in one webhook; returned as they were sent, once they are worked off."""
        made = [text(each) if isinstance(each, str) else each for each in sent]
        await self.tell(someone.value(*made, number=number))
        await self.worked_off()
        return made

    async def updates(self) -> Sequence[Any]:
        async with self._database.read() as connection:
            return (await connection.execute(select(whatsapp_updates))).all()

    async def worked_off(self) -> None:
        """Wait until no update is new."""
        await self._until(lambda rows: all(row.status != "new" for row in rows))

    async def _until(self, matches: Callable[[Sequence[Any]], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if matches(await self.updates()):
                    return
                await asyncio.sleep(0.02)

    async def conversations(self) -> list[str]:
        async with self._database.read() as connection:
            query = select(whatsapp_threads.c.conversation_id)
            return list((await connection.execute(query)).scalars())

    async def log(self, conversation_id: str | None = None) -> Sequence[Any]:
        """The entries of a conversation, or of the only one."""
        if conversation_id is None:
            (conversation_id,) = await self.conversations()
        async with self._database.read() as connection:
            query = select(log).where(log.c.conversation_id == conversation_id).order_by(log.c.seq)
            return (await connection.execute(query)).all()

    async def log_until(self, matches: Callable[[Sequence[Any]], bool]) -> Sequence[Any]:
        """The only conversation's log, as soon as it is like this."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if matches(entries := await self.log()):
                    return entries
                await asyncio.sleep(0.02)
