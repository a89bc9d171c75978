"""Who writes on WhatsApp, and which conversations are theirs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from handoff_bridge.conversations.core import new_id
from handoff_bridge.conversations.model import State
from handoff_bridge.outbox.model import MOVED, Hold, Status
from handoff_bridge.storage.outbox_schema import deliveries
from handoff_bridge.storage.rows import AnyRow
from handoff_bridge.storage.schema import conversations
from handoff_bridge.storage.whatsapp_schema import whatsapp_people as people
from handoff_bridge.storage.whatsapp_schema import whatsapp_threads as threads


@dataclass(frozen=True, slots=True)
class Identity:
    """How WhatsApp names somebody; at least one of the two ids is there."""

    user_id: str | None
    phone: str | None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    phone_number_id: str
    user_id: str | None
    phone: str | None
    profile_name: str | None
    previous: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    conversation_id: str
    person_id: str
    phone_number_id: str
    last_inbound_at: datetime | None
    stopped_at: datetime | None
    #: The conversation goes on elsewhere since this entry.
    left_seq: int | None = None


class WhatsAppPeople:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def known_as(self, phone_number_id: str, identity: Identity) -> list[Person]:
        """Lock everybody on this number who has one of these ids."""
        named = [people.c.user_id == identity.user_id] if identity.user_id else []
        named += [people.c.phone == identity.phone] if identity.phone else []
        if not named:
            return []
        query = (
            select(people)
            .where(people.c.phone_number_id == phone_number_id, or_(*named))
            # The same order for everybody, so that nobody waits in a circle.
            .order_by(people.c.id)
            .with_for_update()
        )
        return [_person(row) for row in await self._connection.execute(query)]

    async def add(self, phone_number_id: str, identity: Identity, now: datetime) -> None:
        """Add somebody, unless somebody else has just done so."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        values = {
            "id": new_id(),
            "phone_number_id": phone_number_id,
            "user_id": identity.user_id,
            "phone": identity.phone,
            "profile_name": identity.name,
            "created_at": now,
            "updated_at": now,
        }
        await self._connection.execute(dialect.insert(people).values(values).on_conflict_do_nothing())

    async def rename(self, person: Person, identity: Identity, now: datetime) -> None:
        """Set the ids and the name; ids of before are kept."""
        before = {"user_id": person.user_id, "phone": person.phone}
        after = {"user_id": identity.user_id, "phone": identity.phone}
        previous = list(person.previous)
        if lost := {key: held for key, held in before.items() if held and held != after[key]}:
            previous.append(lost)
        await self._connection.execute(
            update(people)
            .where(people.c.id == person.id)
            .values(**after, profile_name=identity.name, previous=previous or None, updated_at=now)
        )

    async def merge(self, into: Person, gone: Person) -> None:
        """They are one: what ``gone`` has becomes that of ``into``."""
        await self._connection.execute(update(threads).where(threads.c.person_id == gone.id).values(person_id=into.id))
        # What waits for the customer waits for the same customer.
        await self._connection.execute(update(deliveries).where(deliveries.c.lane == gone.id).values(lane=into.id))
        await self._connection.execute(delete(people).where(people.c.id == gone.id))

    async def open_thread(self, person_id: str) -> Thread | None:
        """The conversation that is not closed; of several (after a merge) one that has not gone elsewhere, then
        that with people, then the newest.
        """
        with_people = case(
            (conversations.c.state == State.HUMAN.value, 0), (conversations.c.state == State.WAITING.value, 1), else_=2
        )
        query = (
            select(threads)
            .join(conversations, conversations.c.id == threads.c.conversation_id)
            .where(threads.c.person_id == person_id, conversations.c.state != State.CLOSED.value)
            .order_by(threads.c.left_seq.is_not(None), with_people, conversations.c.created_at.desc())
            .limit(1)
        )
        row = (await self._connection.execute(query)).one_or_none()
        return _thread(row) if row else None

    async def latest_thread(self, person_id: str) -> Thread | None:
        query = (
            select(threads)
            .join(conversations, conversations.c.id == threads.c.conversation_id)
            .where(threads.c.person_id == person_id)
            .order_by(conversations.c.created_at.desc())
            .limit(1)
        )
        row = (await self._connection.execute(query)).one_or_none()
        return _thread(row) if row else None

    async def add_thread(self, conversation_id: str, person: Person) -> None:
        await self._connection.execute(
            insert(threads).values(
                conversation_id=conversation_id,
                person_id=person.id,
                phone_number_id=person.phone_number_id,
                planned_seq=0,
            )
        )

    async def join(self, conversation_id: str, person: Person, planned_seq: int) -> None:
        """A conversation from elsewhere goes on with this person; what was said before stays where it was said."""
        dialect = sqlite if self._connection.dialect.name == "sqlite" else postgresql
        values = {
            "person_id": person.id,
            "phone_number_id": person.phone_number_id,
            "planned_seq": planned_seq,
            "left_seq": None,
        }
        await self._connection.execute(
            dialect.insert(threads)
            .values(conversation_id=conversation_id, **values)
            .on_conflict_do_update(index_elements=["conversation_id"], set_=values)
        )

    async def leave(self, conversation_id: str, seq: int, now: datetime) -> None:
        """The conversation goes on elsewhere after this entry; what waits for the customer here is read there."""
        await self._connection.execute(
            update(threads).where(threads.c.conversation_id == conversation_id).values(left_seq=seq)
        )
        await self._connection.execute(
            update(deliveries)
            .where(
                deliveries.c.conversation_id == conversation_id,
                deliveries.c.status == Status.HELD.value,
                deliveries.c.hold == Hold.WINDOW.value,
            )
            .values(status=Status.CANCELLED.value, hold=None, error=MOVED, updated_at=now)
        )

    async def heard(self, conversation_id: str, wamid: str | None, sent_at: datetime) -> None:
        """Note the customer's last message; one that comes late does not move the time back."""
        later = or_(threads.c.last_inbound_at.is_(None), threads.c.last_inbound_at <= sent_at)
        await self._connection.execute(
            update(threads)
            .where(threads.c.conversation_id == conversation_id, later)
            .values(last_inbound_at=sent_at, last_inbound_wamid=wamid)
        )

    async def stop(self, conversation_id: str, now: datetime) -> None:
        await self._connection.execute(
            update(threads).where(threads.c.conversation_id == conversation_id).values(stopped_at=now)
        )


def _person(row: AnyRow) -> Person:
    return Person(row.id, row.phone_number_id, row.user_id, row.phone, row.profile_name, tuple(row.previous or ()))


def _thread(row: AnyRow) -> Thread:
    return Thread(
        row.conversation_id, row.person_id, row.phone_number_id, row.last_inbound_at, row.stopped_at, row.left_seq
    )
