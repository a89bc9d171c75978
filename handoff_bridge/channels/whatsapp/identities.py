"""Who writes: known by the business-scoped user id, by the phone number where there is none.

https://developers.facebook.com/docs/whatsapp/business-scoped-user-ids: the phone number may be absent, and may belong
to somebody else tomorrow. A change of either is told by a system message, and people keep their conversations.
"""

from datetime import datetime

from handoff_bridge.channels.whatsapp.fields import Json, mapping, words
from handoff_bridge.storage.whatsapp_people import Identity, Person, WhatsAppPeople

CHANGES = frozenset({"user_changed_number", "user_changed_user_id", "customer_changed_number"})
#: Longer ones are nobody's: international numbers have at most 15 digits, user ids some 130 characters.
MAX_PHONE, MAX_USER_ID, MAX_NAME = 64, 255, 200


class NobodyNamed(Exception):
    """Neither a user id nor a phone number says who this is."""


def sender_of(message: Json, contact: Json) -> Identity:
    """How the message and its contact name the sender."""
    name = words(mapping(contact.get("profile")).get("name"))
    return Identity(
        _user_id(message.get("from_user_id")) or _user_id(contact.get("user_id")),
        _phone(message.get("from")) or _phone(contact.get("wa_id")),
        name[:MAX_NAME] if name else None,
    )


def change_of(message: Json, contact: Json) -> tuple[Identity, Identity] | None:
    """Who somebody was and who they are now, where a system message tells it."""
    system = mapping(message.get("system"))
    kind = words(system.get("type"))
    if kind not in CHANGES:
        return None
    sender = sender_of(message, contact)
    new_user_id = _user_id(system.get("user_id"))
    new_phone = _phone(system.get("wa_id")) or _phone(system.get("new_wa_id"))
    previous_user_id = _user_id(system.get("previous_user_id"))
    if kind == "user_changed_user_id":
        before = Identity(previous_user_id, sender.phone if previous_user_id is None else None)
        return before, Identity(new_user_id or sender.user_id, new_phone or sender.phone, sender.name)
    before = Identity(previous_user_id or (sender.user_id if new_user_id else None), sender.phone)
    return before, Identity(new_user_id or sender.user_id, new_phone, sender.name)


async def person_of(people: WhatsAppPeople, number: str, identity: Identity, now: datetime) -> Person:
    """The person, locked; new, or brought up to date with what is known now.

    Raises NobodyNamed.
    """
    if identity.user_id is None and identity.phone is None:
        raise NobodyNamed
    known = await people.known_as(number, identity)
    person = _by_user(known, identity) or _by_phone(known, identity)
    if person is not None and _is_somebody_else(person, identity):
        # The number has come to somebody with another id.
        await people.rename(person, Identity(person.user_id, None, person.profile_name), now)
        person = None
    if person is None:
        await people.add(number, identity, now)
        known = await people.known_as(number, identity)
        person = _by_user(known, identity) or _by_phone(known, identity)
        assert person is not None
    return await _updated(people, person, known, identity, now)


async def changed_person(
    people: WhatsAppPeople, number: str, before: Identity, after: Identity, now: datetime
) -> Person | None:
    """Carry a change of number or id out; None for somebody who has never written."""
    if before.user_id is None and before.phone is None:
        return None
    known = await people.known_as(number, before)
    person = _by_user(known, before) or _by_phone(known, before)
    if person is None:
        return None
    others = [each for each in await people.known_as(number, after) if each.id != person.id]
    for other in others:
        if after.user_id is not None and other.user_id not in (None, after.user_id):
            # Has only the number that is now this person's.
            await people.rename(other, Identity(other.user_id, None, other.profile_name), now)
        else:
            await people.merge(person, other)
    user_id, phone = after.user_id or person.user_id, after.phone or person.phone
    named = Identity(user_id, phone, after.name or person.profile_name)
    await people.rename(person, named, now)
    return person


async def _updated(
    people: WhatsAppPeople, person: Person, known: list[Person], identity: Identity, now: datetime
) -> Person:
    other = next((each for each in known if each.id != person.id), None)
    if other is not None and other.user_id is None:
        # Known by the number alone so far: the same person.
        await people.merge(person, other)
    elif other is not None:
        await people.rename(other, Identity(other.user_id, None, other.profile_name), now)
    named = Identity(
        identity.user_id or person.user_id, identity.phone or person.phone, identity.name or person.profile_name
    )
    if named != Identity(person.user_id, person.phone, person.profile_name):
        await people.rename(person, named, now)
    return person


def _by_user(known: list[Person], identity: Identity) -> Person | None:
    return next((each for each in known if identity.user_id and each.user_id == identity.user_id), None)


def _by_phone(known: list[Person], identity: Identity) -> Person | None:
    return next((each for each in known if identity.phone and each.phone == identity.phone), None)


def _is_somebody_else(person: Person, identity: Identity) -> bool:
    return None not in (person.user_id, identity.user_id) and person.user_id != identity.user_id


def _user_id(value: object) -> str | None:
    return _at_most(value, MAX_USER_ID)


def _phone(value: object) -> str | None:
    return _at_most(value, MAX_PHONE)


def _at_most(value: object, most: int) -> str | None:
    told = words(value)
    return told if told is not None and len(told) <= most else None
