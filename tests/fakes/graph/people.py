"""The customers on their phones, and everything that lies in their chats."""

import base64
import itertools
import secrets
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
_numbers = itertools.count(1)


def new_wamid() -> str:
    return "wamid." + base64.b64encode(secrets.token_bytes(30)).decode()


@dataclass(slots=True)
class ChatEntry:
    """One message on the phone; ``number`` orders them all. ``statuses`` are those of a message to the customer."""

    number: int
    wamid: str
    from_customer: bool
    at: float
    body: Json
    callback: str | None = None
    statuses: list[str] = field(default_factory=list)

    def to_wire(self) -> Json:
        return {
            "number": self.number,
            "wamid": self.wamid,
            "from_customer": self.from_customer,
            "at": self.at,
            "body": self.body,
            "statuses": self.statuses,
        }


@dataclass(slots=True)
class Person:
    """A customer; ``phone`` is None for one who hides it."""

    user_id: str
    phone: str | None
    name: str
    chat: list[ChatEntry] = field(default_factory=list)
    typing_until: float = 0.0
    blocked: bool = False
    reads: bool = True

    def add(self, wamid: str, at: float, body: Json, *, from_customer: bool, callback: str | None = None) -> ChatEntry:
        entry = ChatEntry(next(_numbers), wamid, from_customer, at, body, callback)
        self.chat.append(entry)
        return entry

    def see_read(self, wamid: str) -> None:
        """The business has read this message of theirs, and everything before it."""
        last = next((entry.number for entry in self.chat if entry.wamid == wamid), 0)
        for entry in self.chat:
            if entry.from_customer and entry.number <= last and "read" not in entry.statuses:
                entry.statuses.append("read")

    @property
    def contact(self) -> Json:
        contact: Json = {"profile": {"name": self.name}, "user_id": self.user_id}
        if self.phone is not None:
            contact["wa_id"] = self.phone
        return contact

    def to_wire(self) -> Json:
        return {"user_id": self.user_id, "phone": self.phone, "name": self.name}


class People:
    """Found by business-scoped id or by phone number."""

    def __init__(self) -> None:
        self._people: dict[str, Person] = {}

    def add(self, name: str, phone: str | None = None, user_id: str | None = None) -> Person:
        person = Person(user_id or f"DE.{secrets.randbelow(10**17):017d}", phone, name)
        self._people[person.user_id] = person
        return person

    def get(self, user_id: str) -> Person | None:
        return self._people.get(user_id)

    def by_phone(self, phone: str) -> Person | None:
        digits = phone.removeprefix("+")
        return next((person for person in self._people.values() if person.phone == digits), None)

    def __iter__(self) -> "Any":
        return iter(self._people.values())
