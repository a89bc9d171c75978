"""From a message as WhatsApp tells it to one that the conversation takes.

The forms are in https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components. Any part may be absent or
of another type; what cannot be understood is kept as not to be shown, never dropped.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from handoff_bridge.business_whatsapp import MediaKind, WhatsAppRules
from handoff_bridge.channels.whatsapp import extras
from handoff_bridge.channels.whatsapp.fields import Json, mapping, words
from handoff_bridge.conversations.arrivals import Arrival, Reading, Wish, WishWords
from handoff_bridge.conversations.model import Draft, Kind, Sender

#: The kinds under which files are kept, by the type of the message.
MEDIA: dict[str, MediaKind] = {
    "image": "image",
    "audio": "audio",
    "voice": "audio",
    "video": "video",
    "document": "document",
    "sticker": "sticker",
}
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class MediaSource:
    """A file that WhatsApp has: its id there, and what the sender says of it."""

    kind: MediaKind
    media_id: str
    mime: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Content:
    arrival: Arrival
    media: MediaSource | None = None


class Contents:
    """Reads messages with the texts of the business rules."""

    def __init__(self, rules: WhatsAppRules) -> None:
        self._texts = rules.texts.contents
        self._answers = rules.texts.answers
        self._cue = rules.texts.cue_unreadable
        self._wishes = WishWords(
            {
                Wish.STOP: rules.wishes.stop,
                Wish.PERSON: rules.wishes.person,
                Wish.STOP_WAITING: rules.wishes.stop_waiting,
                # Only where there is a page to go to.
                Wish.WEB: rules.moving.words if rules.moving is not None and rules.moving.web_page else (),
            }
        )
        self._readers: dict[str, Callable[[Json], Content]] = {
            "text": self._text,
            "button": self._button,
            "interactive": self._interactive,
            "location": self._location,
            "contacts": self._contacts,
            "order": self._order,
            "reaction": self._reaction,
            "edit": self._edit,
            "revoke": self._revoke,
            "system": self._system,
            "request_welcome": lambda _: self._mark(self._texts.welcome, {}),
        }

    def read(self, message: Json, client_message_id: str, sent_at: datetime | None) -> Content:
        """The message with everything that came beside it: context, referral, when it was sent."""
        content = self._read(message)
        data: Json = {**(content.arrival.draft.data or {}), **extras.beside(message)}
        if sent_at is not None:
            data["sent_at"] = sent_at.astimezone(UTC).isoformat()
        draft = replace(content.arrival.draft, client_message_id=client_message_id, data=data or None)
        return replace(content, arrival=replace(content.arrival, draft=draft))

    def _read(self, message: Json) -> Content:
        kind = words(message.get("type")) or ""
        if kind in MEDIA:
            return self._media(kind, message)
        reader = self._readers.get(kind)
        return reader(message) if reader is not None else self._unsupported(message)

    def _said(self, text: str, payload: str | None = None, data: Json | None = None) -> Content:
        wish = self._wishes.of(text)
        answer = self._answers.stopped if wish is Wish.STOP else ""
        draft = Draft(Sender.CUSTOMER, text, payload=payload, data=data)
        return Content(Arrival(draft, wish=wish, answer=answer))

    def _for_people(self, text: str, answer: str, data: Json, kind: Kind = Kind.TEXT) -> Content:
        cue = self._cue.format(content=text)
        return Content(Arrival(Draft(Sender.CUSTOMER, text, kind, data=data), Reading.PEOPLE, answer=answer, cue=cue))

    def _mark(self, text: str, data: Json) -> Content:
        return Content(Arrival(Draft(Sender.CUSTOMER, text, data=data), Reading.MARK))

    def _text(self, message: Json) -> Content:
        text = mapping(message.get("text")).get("body")
        return self._said(text) if isinstance(text, str) and text.strip() else self._unsupported(message)

    def _button(self, message: Json) -> Content:
        """A quick reply of a template."""
        button = mapping(message.get("button"))
        payload, text = words(button.get("payload")), words(button.get("text"))
        if text is None and payload is None:
            return self._unsupported(message)
        return self._said(text or payload or "", payload)

    def _interactive(self, message: Json) -> Content:
        interactive = mapping(message.get("interactive"))
        if form := mapping(interactive.get("nfm_reply")):
            data, told = extras.form(form)
            return self._for_people(self._texts.form.format(fields=told), self._answers.form, data)
        for kind in ("button_reply", "list_reply"):
            reply = mapping(interactive.get(kind))
            title, payload = words(reply.get("title")), words(reply.get("id"))
            if title is not None or payload is not None:
                return self._said(title or payload or "", payload)
        return self._unsupported(message)

    def _media(self, kind: str, message: Json) -> Content:
        media = mapping(message.get(kind))
        media_id = words(media.get("id"))
        if media_id is None:
            return self._unsupported(message)
        is_voice = kind == "voice" or media.get("voice") is True
        label = self._texts.voice if is_voice else getattr(self._texts, kind)
        caption = words(media.get("caption"))
        source = MediaSource(MEDIA[kind], media_id, words(media.get("mime_type")), _file_name(media.get("filename")))
        about: Json = {"kind": source.kind, "mime": source.mime, "name": source.name}
        attachment = {name: part for name, part in about.items() if part is not None}
        if is_voice:
            attachment["voice"] = True
        text = f"{label}: {caption or source.name}" if caption or source.name else label
        data: Json = {"attachment": attachment}
        if kind == "sticker":
            draft = Draft(Sender.CUSTOMER, text, Kind.FILE, data=data)
            return Content(Arrival(draft, Reading.NOBODY, answer=self._answers.sticker), source)
        answer = self._answers.voice if is_voice else self._answers.media
        return replace(self._for_people(text, answer, data, Kind.FILE), media=source)

    def _location(self, message: Json) -> Content:
        place = extras.location(mapping(message.get("location")))
        if place is None:
            return self._unsupported(message)
        named = [str(place[part]) for part in ("name", "address") if part in place]
        told = ", ".join(named) or f"{place['latitude']:.5f}, {place['longitude']:.5f}"
        return self._for_people(f"{self._texts.location}: {told}", self._answers.location, {"location": place})

    def _contacts(self, message: Json) -> Content:
        shared = extras.contacts(message.get("contacts"))
        if not shared:
            return self._unsupported(message)
        told = "; ".join(str(contact["name"]) for contact in shared)
        return self._for_people(f"{self._texts.contacts}: {told}", self._answers.contacts, {"contacts": shared})

    def _order(self, message: Json) -> Content:
        order = extras.order(mapping(message.get("order")))
        told = "; ".join(
            self._texts.order_item.format(quantity=item["quantity"], product=item["product"]) for item in order["items"]
        )
        said = "\n".join(part for part in (f"{self._texts.order}: {told}", order.get("text")) if part)
        return self._for_people(said, self._answers.order, {"order": order})

    def _reaction(self, message: Json) -> Content:
        reaction = mapping(message.get("reaction"))
        emoji, of = words(reaction.get("emoji")), words(reaction.get("message_id"))
        text = self._texts.reaction.format(emoji=emoji) if emoji else self._texts.reaction_removed
        return self._mark(text, {"reaction": {"of": of, "emoji": emoji}})

    def _edit(self, message: Json) -> Content:
        edit = mapping(message.get("edit"))
        edited = {"edited": {"of": words(edit.get("original_message_id"))}}
        after = mapping(edit.get("message"))
        text = mapping(after.get("text")).get("body")
        if isinstance(text, str) and text.strip():
            # Said anew, so it is answered anew.
            return self._said(text, data=edited)
        caption = words(mapping(after.get(str(after.get("type")))).get("caption"))
        told = f"{self._texts.edited_media}: {caption}" if caption else self._texts.edited_media
        return self._mark(told, edited)

    def _revoke(self, message: Json) -> Content:
        revoke = mapping(message.get("revoke"))
        return self._mark(self._texts.revoked, {"revoked": {"of": words(revoke.get("original_message_id"))}})

    def _system(self, message: Json) -> Content:
        system = mapping(message.get("system"))
        kind = words(system.get("type")) or ""
        text = {
            "user_changed_number": self._texts.number_changed,
            "user_changed_user_id": self._texts.number_changed,
            "customer_changed_number": self._texts.number_changed,
            "customer_identity_changed": self._texts.identity_changed,
        }.get(kind, self._texts.system)
        return self._mark(text, {"system": extras.flat(system)})

    def _unsupported(self, message: Json) -> Content:
        data: Json = {"unsupported": extras.unsupported(message)}
        draft = Draft(Sender.CUSTOMER, self._texts.unsupported, data=data)
        return Content(Arrival(draft, Reading.NOBODY, answer=self._answers.unsupported))


def _file_name(value: object) -> str | None:
    """The name as the sender's device has it, without a path and of a length that file systems take."""
    name = words(value)
    return name.replace("\\", "/").rsplit("/", 1)[-1][-MAX_NAME:] or None if name else None
