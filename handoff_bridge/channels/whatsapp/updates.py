"""From the body of a webhook to its updates: every entry, change, message, status and error becomes one.

Nothing is left out: what has no known form is an update as well, marked as not understood. The form of bodies is in
https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from handoff_bridge.channels.whatsapp.fields import Json, items, mapping, whole, words

MESSAGE, STATUS, ERROR, GROUP_MESSAGE, EMPTY = "message", "status", "error", "group_message", "empty"
#: Kinds that somebody works off; everything else is kept as it is.
UNDERSTOOD = frozenset({MESSAGE, STATUS, ERROR})
ACCOUNT = "whatsapp_business_account"
#: The parts of a value with field ``messages`` that are read; others are kept as not understood.
READ_PARTS = frozenset({"messaging_product", "metadata", "contacts", "messages", "statuses", "errors"})
MAX_KIND = 64
MAX_KEY = 255


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that a webhook told; ``sent_s`` is the sender's clock in seconds since 1970."""

    kind: str
    phone_number_id: str | None
    #: The same for a repeat of this update.
    dedup_key: str
    #: The same only for a repeat with the same content.
    fingerprint: str
    sender_key: str
    sent_s: int | None
    body: Json


def updates_of(body: object) -> list[Update]:
    """All updates of a body, in its order; at least one, so that nothing is answered without a trace."""
    found = list(_of_body(body))
    return found or [_other(EMPTY, None, {"body": body})]


def _of_body(body: object) -> Iterator[Update]:
    whole_body = mapping(body)
    entries = whole_body.get("entry")
    if whole_body.get("object") != ACCOUNT or not isinstance(entries, list):
        yield _other(f"object:{words(whole_body.get('object')) or 'none'}", None, {"body": body})
        return
    for entry in entries:
        changes = mapping(entry).get("changes")
        if not isinstance(changes, list):
            yield _other("entry", None, {"entry": entry})
            continue
        # Account updates have no time of their own; that of the entry tells two of them apart.
        around: Json = {part: held for part, held in mapping(entry).items() if part in ("id", "time")}
        for change in changes:
            yield from _of_change(change, around)


def _of_change(change: object, around: Json) -> Iterator[Update]:
    field, value = words(mapping(change).get("field")), mapping(change).get("value")
    number = words(mapping(mapping(value).get("metadata")).get("phone_number_id"))
    # Some senders leave the field out; what it holds says the same.
    is_messages = field == "messages" or (field is None and {"messages", "statuses"} & mapping(value).keys())
    if not is_messages or not isinstance(value, dict):
        yield _other(f"field:{field or 'none'}", number, {"change": change, "entry": around})
        return
    contacts = [mapping(contact) for contact in items(value.get("contacts"))]
    for part, make in (("messages", _message), ("statuses", _status), ("errors", _error)):
        if part in value and not isinstance(value[part], list):
            yield _other(f"value:{part}", number, {"value": {part: value[part]}})
        for each in items(value.get(part)):
            yield make(number, each, contacts)
    if unread := {part: held for part, held in value.items() if part not in READ_PARTS}:
        yield _other("value", number, {"value": unread})


def _message(number: str | None, raw: object, contacts: list[Json]) -> Update:
    message = mapping(raw)
    wamid = words(message.get("id"))
    contact = _contact_of(message, contacts)
    body = {"message": raw, "contact": contact}
    said = _fingerprint({**message, "contact_ids": [contact.get("user_id"), contact.get("wa_id")]})
    sender = (
        words(message.get("from_user_id")) or words(contact.get("user_id"))
        or words(message.get("from")) or words(contact.get("wa_id"))
    )  # fmt: skip
    if "group_id" in message:
        return _other(GROUP_MESSAGE, number, {**body, "group": message["group_id"]})
    if number is None or not isinstance(raw, dict) or (sender is None and message.get("type") != "system"):
        # Nobody could be answered.
        return _other("message_without_sender", number, body)
    return Update(
        MESSAGE,
        number,
        _key("m", number, wamid or said),
        said,
        _key("m", number, sender or "system"),
        whole(message.get("timestamp")),
        body,
    )


def _status(number: str | None, raw: object, contacts: list[Json]) -> Update:
    status = mapping(raw)
    wamid, state = words(status.get("id")), words(status.get("status"))
    if number is None or wamid is None or state is None:
        return _other("status_without_id", number, {"status": raw})
    return Update(
        STATUS,
        number,
        _key("s", number, wamid, state),
        # Told again at another time it is the same status.
        _fingerprint([wamid, state, [mapping(error).get("code") for error in items(status.get("errors"))]]),
        _key("s", number, wamid),
        whole(status.get("timestamp")),
        {"status": raw, "contact": contacts[0] if len(contacts) == 1 else {}},
    )


def _error(number: str | None, raw: object, _contacts: list[Json]) -> Update:
    return _other(ERROR, number, {"error": raw})


def _contact_of(message: Json, contacts: list[Json]) -> Json:
    """The sender's entry among the contacts; a single one unless it names somebody else."""
    own = {"user_id": words(message.get("from_user_id")), "wa_id": words(message.get("from"))}
    for key, wanted in own.items():
        for contact in contacts:
            if wanted is not None and words(contact.get(key)) == wanted:
                return contact
    if len(contacts) != 1:
        return {}
    (contact,) = contacts
    others = [key for key, wanted in own.items() if wanted and words(contact.get(key)) not in (None, wanted)]
    return {} if others else contact


def _other(kind: str, number: str | None, body: Json) -> Update:
    """An update without an id of its own: known by a hash of all it holds."""
    held = _fingerprint([kind, body])
    return Update(kind[:MAX_KIND], number, _key("x", held), held, _key("x", held), None, body)


def _key(*parts: str) -> str:
    key = "/".join(parts)
    return key if len(key) <= MAX_KEY else f"{parts[0]}/sha256:{hashlib.sha256(key.encode()).hexdigest()}"


def _fingerprint(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
