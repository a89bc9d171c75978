"""One business number: what it may send, to whom, and what becomes of it on the customer's phone."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.graph.checks import MEDIA, check_message
from tests.fakes.graph.errors import GraphError
from tests.fakes.graph.ledger import Accepted, Ledger
from tests.fakes.graph.limits import Limits
from tests.fakes.graph.media import Media, Medium
from tests.fakes.graph.people import ChatEntry, People, Person, new_wamid
from tests.fakes.graph.webhooks import Webhooks

Json = dict[str, Any]


@dataclass(slots=True)
class Delays:
    """How long a message takes to each status, in seconds."""

    sent_s: float = 0.02
    delivered_s: float = 0.1
    read_s: float = 0.3


@dataclass(slots=True)
class PhoneLine:
    id: str
    display: str
    people: People
    media: Media
    webhooks: Webhooks
    ledger: Ledger
    limits: Limits
    now: Callable[[], float]
    rng: random.Random
    #: By (name, language): how many variables its body takes.
    templates: Mapping[tuple[str, str], int] = field(default_factory=dict)
    delays: Delays = field(default_factory=Delays)
    #: Meta tells a closed window in the answer or afterwards in a status, both have been seen.
    window_told_late: bool = False
    #: What customers see above the chat.
    name: str = ""
    #: Codes for which messages to a person fail after they were accepted, by user id.
    fails_later: dict[str, int] = field(default_factory=dict)
    _inbound: dict[str, str] = field(default_factory=dict)

    def send(self, body: Json) -> Accepted:
        """Take a message from the business. Raises GraphError."""
        person = self._recipient(body)
        check_message(body)
        self._look_up(body)
        if person.blocked:
            raise GraphError(131026, "the message cannot be delivered")
        late: int | None = self.fails_later.get(person.user_id)
        if body.get("type", "text") != "template" and not self.limits.window_is_open(person.user_id):
            self.ledger.breaches.append(f"outside_window: to {person.user_id}")
            if not self.window_told_late:
                raise GraphError(131047, "more than 24 hours have passed since the customer last replied")
            late = 131047
        self.limits.take(person.user_id)
        wamid, callback = new_wamid(), body.get("biz_opaque_callback_data")
        accepted = Accepted(wamid, person.user_id, callback, _content(body), self.now())
        self.ledger.accept(accepted)
        person.typing_until = 0.0
        if late is not None:
            self._status(person, wamid, callback, "failed", self.delays.sent_s, GraphError(late, "told afterwards"))
            return accepted
        entry = person.add(wamid, accepted.at, accepted.body, from_customer=False, callback=callback)
        self._deliver(person, entry)
        return accepted

    def mark_read(self, body: Json) -> None:
        """Raises GraphError when the message is none of a customer's."""
        user_id = self._inbound.get(str(body.get("message_id")))
        if user_id is None:
            raise GraphError(131009, "message_id: no message of a customer", "limits")
        self.ledger.calls["read"] += 1
        person = self.people.get(user_id)
        if person is None:
            return
        person.see_read(str(body["message_id"]))
        if "typing_indicator" in body:
            self.ledger.calls["typing"] += 1
            person.typing_until = self.now() + 25.0

    def receive(self, person: Person, content: Json, at: float | None = None, wamid: str | None = None) -> str:
        """The customer writes; ``content`` is the message without its envelope. Returns the message's id."""
        wamid, at = wamid or new_wamid(), at if at is not None else self.now()
        self._inbound[wamid] = person.user_id
        self.limits.received(person.user_id, at)
        person.add(wamid, at, content, from_customer=True).statuses.append("sent")
        message: Json = {"from_user_id": person.user_id, "id": wamid, "timestamp": str(int(at)), **content}
        if person.phone is not None:
            message["from"] = person.phone
        self.webhooks.send(self.id, self.display, {"contacts": [person.contact], "messages": [message]})
        return wamid

    def receive_media(self, person: Person, kind: str, medium: Medium, base_url: str, caption: str | None) -> str:
        content: Json = {
            "id": medium.id,
            "mime_type": medium.mime_type,
            "sha256": medium.sha256,
            "url": self.media.address(medium, base_url),
        }
        if caption:
            content["caption"] = caption
        if medium.filename and kind == "document":
            content["filename"] = medium.filename
        if kind == "voice":
            kind, content["voice"] = "audio", True
        return self.receive(person, {"type": kind, kind: content})

    def _recipient(self, body: Json) -> Person:
        if body.get("messaging_product") != "whatsapp":
            raise GraphError(100, "messaging_product: whatsapp", "limits")
        to, recipient = body.get("to"), body.get("recipient")
        if (to is None) == (recipient is None):
            raise GraphError(131008, "either to or recipient", "limits")
        person = self.people.by_phone(str(to)) if to is not None else self.people.get(str(recipient))
        if person is None:
            raise GraphError(131026, "no such customer")
        return person

    def _look_up(self, body: Json) -> None:
        type_ = body.get("type", "text")
        content = body[type_]
        if type_ in MEDIA and "id" in content and self.media.get(str(content["id"])) is None:
            raise GraphError(131053, "no such media id", "limits")
        if type_ == "template":
            takes = self.templates.get((content["name"], content["language"]["code"]))
            if takes is None:
                raise GraphError(132001, "no such template in this language", "limits")
            parts = [part for part in content.get("components", []) if part.get("type") == "body"]
            given = sum(len(part.get("parameters", [])) for part in parts)
            if given != takes:
                raise GraphError(132000, f"the template takes {takes} variables, {given} were given", "limits")

    def _deliver(self, person: Person, entry: ChatEntry) -> None:
        steps = [("sent", self.delays.sent_s), ("delivered", self.delays.delivered_s)]
        if person.reads:
            steps.append(("read", self.delays.read_s))
        for status, delay_s in steps:
            entry.statuses.append(status)
            self._status(person, entry.wamid, entry.callback, status, delay_s)

    def _status(
        self,
        person: Person,
        wamid: str,
        callback: str | None,
        status: str,
        delay_s: float,
        error: GraphError | None = None,
    ) -> None:
        told: Json = {
            "id": wamid,
            "status": status,
            "timestamp": str(int(self.now() + delay_s)),
            "recipient_user_id": person.user_id,
        }
        if person.phone is not None:
            told["recipient_id"] = person.phone
        if callback is not None:
            told["biz_opaque_callback_data"] = callback
        if error is not None:
            told["errors"] = [error.in_webhook()]
        self.webhooks.send(self.id, self.display, {"contacts": [person.contact], "statuses": [told]}, delay_s)


def _content(body: Json) -> Json:
    type_ = body.get("type", "text")
    return {"type": type_, type_: body[type_]}
