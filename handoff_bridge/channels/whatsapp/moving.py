"""Conversations that come to WhatsApp from the website, go there, and come back."""

from dataclasses import dataclass, replace
from datetime import datetime

from handoff_bridge.business_moving import Moving
from handoff_bridge.conversations.codes import find_code
from handoff_bridge.conversations.core import Core
from handoff_bridge.conversations.model import Channel, Conversation, Draft, NoticeType, State
from handoff_bridge.conversations.moves import CODE_TTL, MoveSide
from handoff_bridge.errors import CodeExpired, CodeUnknown, CodeUsed, ConversationClosed
from handoff_bridge.storage.store import SqlTransaction
from handoff_bridge.storage.whatsapp_people import Person

MINUTES = int(CODE_TTL.total_seconds() // 60)


@dataclass(frozen=True, slots=True)
class Brought:
    """``conversation`` is the one from the website, None where the code was not taken; ``text`` is to be said."""

    conversation: Conversation | None
    text: str
    type: NoticeType


class Crossing:
    """Both ways, with the company's words; everything in the caller's transaction."""

    def __init__(self, core: Core, moves: MoveSide, texts: Moving) -> None:
        self._core = core
        self._moves = moves
        self._texts = texts

    def has_code(self, text: str) -> bool:
        return find_code(text) is not None

    async def bring(self, tx: SqlTransaction, person: Person, text: str) -> Brought:
        """Take the conversation that the code in this text is for to WhatsApp."""
        texts = self._texts
        try:
            code_hash, conversation = await self._moves.look_up(tx, text, Channel.WHATSAPP)
        except CodeExpired:
            return self._refused(texts.expired.format(minutes=MINUTES))
        except CodeUsed:
            return self._refused(texts.used)
        except ConversationClosed:
            return self._refused(texts.closed)
        except CodeUnknown:
            return self._refused(texts.unknown)
        here = await self._here(tx, person)
        if here is not None and here.id != conversation.id:
            if here.state in (State.WAITING, State.HUMAN):
                return self._refused(texts.busy)
            await self._replace(tx, here)
        await self._moves.use(tx, code_hash)
        text = self._words(conversation, texts.to_whatsapp)
        return Brought(await self._join(tx, conversation, person), text, NoticeType.CHANNEL_CHANGED)

    def notice(self, type_: NoticeType, text: str, conversation: Conversation) -> Draft:
        return self._core.notices.on_channels(type_, text, conversation.epoch)

    async def return_here(self, tx: SqlTransaction, conversation: Conversation, person: Person) -> Conversation:
        """The customer writes on WhatsApp again: the conversation comes back from the website."""
        conversation = await self._join(tx, conversation, person)
        text = self._words(conversation, self._texts.to_whatsapp)
        return await self._moves.arrive(tx, conversation, self.notice(NoticeType.CHANNEL_CHANGED, text, conversation))

    async def offer(self, tx: SqlTransaction, conversation: Conversation) -> Draft:
        """A notice with the way to the website. ``conversation`` is locked and not closed."""
        code = await self._moves.offer(tx, conversation, Channel.WEBCHAT)
        # Behind the hash: programs that look at a link before the customer does must not use the code up.
        link = f"{self._texts.web_page}#weiter={code.code}"
        text = self._texts.offer.format(link=link, minutes=MINUTES)
        return self.notice(NoticeType.CHANNEL_OFFERED, text, conversation)

    async def go_to_web(self, tx: SqlTransaction, conversation: Conversation) -> Conversation:
        """The conversation goes on on the website, said as the last thing on WhatsApp. ``conversation`` is locked."""
        if conversation.channel is Channel.WEBCHAT:
            return conversation
        await tx.codes.set_channel(conversation.id, Channel.WEBCHAT)
        conversation = replace(conversation, channel=Channel.WEBCHAT)
        text = self._words(conversation, self._texts.to_web)
        notice = self.notice(NoticeType.CHANNEL_CHANGED, text, conversation)
        conversation = await self._moves.arrive(tx, conversation, notice)
        await tx.whatsapp_people.leave(conversation.id, conversation.last_seq, self._core.clock.now())
        return conversation

    async def _here(self, tx: SqlTransaction, person: Person) -> Conversation | None:
        """What the customer has open on WhatsApp, locked."""
        thread = await tx.whatsapp_people.open_thread(person.id)
        if thread is None or thread.left_seq is not None:
            return None
        return await tx.conversations.get(thread.conversation_id, lock=True)

    async def _replace(self, tx: SqlTransaction, here: Conversation) -> None:
        now: datetime = self._core.clock.now()
        if here.state is State.CLOSED:
            return
        await self._core.apply(tx, self._core.changes.close_by_stop(here, self._texts.replaced, now))
        await tx.turns.supersede(here.id, now)

    async def _join(self, tx: SqlTransaction, conversation: Conversation, person: Person) -> Conversation:
        await tx.codes.set_channel(conversation.id, Channel.WHATSAPP)
        await tx.whatsapp_people.join(conversation.id, person, conversation.last_seq)
        return replace(conversation, channel=Channel.WHATSAPP)

    def _words(self, conversation: Conversation, text: str) -> str:
        return text.format(owner=self._owner(conversation))

    def _owner(self, conversation: Conversation) -> str:
        match conversation.state:
            case State.WAITING:
                return self._texts.still_waiting
            case State.HUMAN:
                return self._texts.still_human.format(agent=conversation.agent_name or "")
        return self._texts.still_bot

    def _refused(self, text: str) -> Brought:
        return Brought(None, text, NoticeType.CODE_REFUSED)
