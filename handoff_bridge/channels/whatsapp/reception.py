"""From an update of the inbox to an entry of a log: person, conversation, message, attachment."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from handoff_bridge.business_whatsapp import WhatsAppRules
from handoff_bridge.channels.whatsapp.contents import Content, Contents, MediaSource
from handoff_bridge.channels.whatsapp.fields import Json, mapping, whole, words
from handoff_bridge.channels.whatsapp.identities import NobodyNamed, change_of, changed_person, person_of, sender_of
from handoff_bridge.channels.whatsapp.inbox import Afterwards
from handoff_bridge.channels.whatsapp.moving import Brought, Crossing
from handoff_bridge.conversations.arrivals import ArrivalSide, Reading, Taken, Wish
from handoff_bridge.conversations.core import new_id
from handoff_bridge.conversations.model import Channel, Conversation, Sender, State
from handoff_bridge.conversations.ports import Clock
from handoff_bridge.storage.attachments import Attachment, AttachmentStatus
from handoff_bridge.storage.store import SqlTransaction
from handoff_bridge.storage.whatsapp_inbox import InboxStatus, InboxUpdate
from handoff_bridge.storage.whatsapp_people import Person

#: What the log takes as a client_message_id.
MAX_ID = 128


def message_key(wamid: str | None, dedup_key: str) -> str:
    """WhatsApp's id of a message as the log keeps it; a hash where there is none that fits."""
    if wamid is not None and len(wamid) <= MAX_ID and wamid.isascii() and wamid.isprintable():
        return wamid
    return "sha256:" + hashlib.sha256((wamid or dedup_key).encode()).hexdigest()


class Reception:
    """Handles updates of kind ``message``."""

    def __init__(
        self,
        rules: WhatsAppRules,
        arrivals: ArrivalSide,
        clock: Clock,
        fetch_media: Callable[[], None],
        crossing: Crossing | None = None,
    ) -> None:
        self._rules = rules
        self._contents = Contents(rules)
        self._arrivals = arrivals
        self._clock = clock
        self._fetch_media = fetch_media
        self._crossing = crossing

    async def message(self, tx: SqlTransaction, update: InboxUpdate) -> Afterwards:
        """Take the message into its conversation, opening one if needed; settles the update in any case."""
        now = self._clock.now()
        message, contact = mapping(update.body.get("message")), mapping(update.body.get("contact"))
        person = await self._person(tx, update.phone_number_id, message, contact, now)
        if person is None:
            await tx.whatsapp_inbox.settle(
                update.id, now, note="nobody who has written before", status=InboxStatus.UNKNOWN
            )
            return _nothing
        sent_at = _sent_at(message, update.received_at)
        wamid = words(message.get("id"))
        content = self._contents.read(message, message_key(wamid, update.dedup_key), sent_at)
        brought = await self._brought(tx, person, content)
        conversation = brought.conversation if brought is not None else None
        if conversation is None:
            conversation = await self._conversation(tx, person, content, message)
        if conversation is None:
            await tx.whatsapp_inbox.settle(update.id, now, note="no open conversation to show it in")
            return _nothing
        content = await self._with_references(tx, conversation, content)
        taken = await self._take(tx, conversation, content, brought)
        if content.media is not None:
            await tx.attachments.add(_attachment(content, content.media, taken), now)
        if _opens_window(message, content):
            await tx.whatsapp_people.heard(conversation.id, wamid, sent_at)
        if taken.stopped:
            await tx.whatsapp_people.stop(conversation.id, now)
        await tx.whatsapp_inbox.settle(update.id, now, message_id=taken.message.id)

        def afterwards() -> None:
            self._arrivals.announce(taken)
            if content.media is not None:
                self._fetch_media()

        return afterwards

    async def _brought(self, tx: SqlTransaction, person: Person, content: Content) -> Brought | None:
        """What becomes of a code in the message; None where there is none."""
        arrival = content.arrival
        if (
            self._crossing is None
            or arrival.reading is not Reading.BOT
            or not self._crossing.has_code(arrival.draft.text)
        ):
            return None
        return await self._crossing.bring(tx, person, arrival.draft.text)

    async def _take(
        self, tx: SqlTransaction, conversation: Conversation, content: Content, brought: Brought | None
    ) -> Taken:
        arrival, crossing = content.arrival, self._crossing
        if crossing is None or (brought is None and arrival.wish is not Wish.WEB):
            return await self._arrivals.take(tx, conversation, arrival)
        # Answered here, whoever has the conversation.
        taken = await self._arrivals.take(tx, conversation, replace(arrival, reading=Reading.MARK, wish=None))
        if brought is not None:
            notice = crossing.notice(brought.type, brought.text, conversation)
        else:
            notice = await crossing.offer(tx, taken.conversation)
        return await self._arrivals.add(tx, taken, notice)

    async def _person(
        self, tx: SqlTransaction, number: str, message: Json, contact: Json, now: datetime
    ) -> Person | None:
        if (change := change_of(message, contact)) is not None:
            return await changed_person(tx.whatsapp_people, number, *change, now)
        try:
            return await person_of(tx.whatsapp_people, number, sender_of(message, contact), now)
        except NobodyNamed:
            return None

    async def _conversation(
        self, tx: SqlTransaction, person: Person, content: Content, message: Json
    ) -> Conversation | None:
        """The person's open conversation, locked; a new one where there is none and there is something to answer."""
        arrival = content.arrival
        thread = await tx.whatsapp_people.open_thread(person.id)
        if thread is not None and (thread.left_seq is None or arrival.wish is not Wish.STOP):
            conversation = await tx.conversations.get(thread.conversation_id, lock=True)
            if conversation.state is not State.CLOSED:
                if thread.left_seq is None or arrival.reading is Reading.MARK or self._crossing is None:
                    return conversation
                return await self._crossing.return_here(tx, conversation, person)
        if arrival.reading is Reading.MARK and message.get("type") != "request_welcome":
            return None
        if arrival.wish is Wish.STOP:
            latest = await tx.whatsapp_people.latest_thread(person.id)
            if latest is not None and latest.stopped_at is not None:
                # Confirmed once already; another word would be one too many.
                return None
        number = self._rules.number(person.phone_number_id)
        assert number is not None
        conversation = await self._arrivals.open(tx, Channel.WHATSAPP, number.locale, number.bot_disclosure)
        await tx.whatsapp_people.add_thread(conversation.id, person)
        return conversation

    async def _with_references(self, tx: SqlTransaction, conversation: Conversation, content: Content) -> Content:
        """Name the messages of this log that a reply, reaction, edit or deletion is about; and the attachment."""
        draft = content.arrival.draft
        data: Json = dict(draft.data or {})
        for name, field in (("reply_to", "wamid"), ("reaction", "of"), ("edited", "of"), ("revoked", "of")):
            wamid = words(mapping(data.get(name)).get(field))
            if wamid is None:
                continue
            own = await tx.messages.by_client_id(conversation.id, Sender.CUSTOMER.value, message_key(wamid, wamid))
            known_id = own.id if own is not None else await tx.delivery_views.message_sent_as(conversation.id, wamid)
            if known_id is not None:
                data[name] = {**mapping(data[name]), "message_id": known_id}
        if content.media is not None:
            data["attachment"] = {"id": new_id(), **mapping(data.get("attachment"))}
        draft = replace(draft, data=data or None)
        return replace(content, arrival=replace(content.arrival, draft=draft))


def _attachment(content: Content, media: MediaSource, taken: Taken) -> Attachment:
    about = mapping((content.arrival.draft.data or {}).get("attachment"))
    return Attachment(
        str(about["id"]),
        taken.conversation.id,
        taken.message.id,
        media.kind,
        AttachmentStatus.PENDING,
        mime=(media.mime or "")[:128] or None,
        name=media.name,
        source={"media_id": media.media_id},
    )


def _opens_window(message: Json, content: Content) -> bool:
    """Whether the customer has written. Marks are not words: WhatsApp makes some of them itself (a new number), others
    (a deletion, a reaction) may come days after the last word, and none of them surely opens the 24 hours.
    """
    return content.arrival.reading is not Reading.MARK or message.get("type") == "request_welcome"


def _sent_at(message: Json, received_at: datetime) -> datetime:
    """When the customer sent it, by WhatsApp's clock; never later than it was received."""
    sent_s = whole(message.get("timestamp"))
    if sent_s is None or sent_s > received_at.timestamp():
        return received_at
    return datetime.fromtimestamp(sent_s, UTC)


def _nothing() -> None:
    pass
