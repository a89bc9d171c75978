"""The customer's use cases."""

from dataclasses import dataclass
from datetime import timedelta

from handoff_bridge.conversations.core import Core, hash_token, new_id, new_token
from handoff_bridge.conversations.model import (
    Channel,
    Conversation,
    Draft,
    Message,
    Reason,
    Sender,
    State,
)
from handoff_bridge.conversations.ports import DuplicateMessage
from handoff_bridge.errors import ConversationClosed, StoreUnavailable, UnknownPayload


@dataclass(frozen=True, slots=True)
class Started:
    conversation: Conversation
    token: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """``created`` is False when the same client_message_id was received before."""

    message: Message
    created: bool


class CustomerSide:
    """What a customer may do with a conversation of their own."""

    def __init__(self, core: Core, token_ttl: timedelta) -> None:
        self._core = core
        self._token_ttl = token_ttl

    async def start(self, channel: Channel, locale: str, page_url: str | None) -> Started:
        """Open a conversation; its first entry says that a machine is answering."""
        core = self._core
        now = core.clock.now()
        conversation = Conversation(
            new_id(), channel, State.BOT, epoch=1, last_seq=0, created_at=now,
            locale=locale, page_url=page_url,
        )  # fmt: skip
        token = new_token()
        disclosure = core.notices.bot_disclosure(conversation.epoch)
        async with core.store.write() as tx:
            await tx.conversations.add(conversation, hash_token(token), now + self._token_ttl)
            conversation, messages = await tx.messages.append(conversation.id, [disclosure], now)
        core.signals.conversation_changed(conversation.id)
        return Started(conversation, token, tuple(messages))

    async def receive(self, conversation_id: str, client_message_id: str, text: str, payload: str | None) -> Received:
        """Keep a customer's message and, where the bot owns the conversation, owe it a turn.

        Raises UnknownPayload, ConversationClosed, NotFound.
        """
        core = self._core
        try:
            if payload is not None:
                text = await self._offered(conversation_id, payload)
            draft = Draft(Sender.CUSTOMER, text, payload=payload, client_message_id=client_message_id)
            conversation, message = await self._append(conversation_id, draft)
        except (DuplicateMessage, ConversationClosed) as refused:
            # A repeat stays a repeat even after the conversation was closed.
            first = await self._first(conversation_id, client_message_id)
            if first is None and isinstance(refused, ConversationClosed):
                raise
            assert first is not None
            return Received(first, created=False)
        core.signals.messages_logged(conversation_id, [message])
        if conversation.state is State.BOT:
            core.signals.turn_due()
        return Received(message, created=True)

    async def request_handoff(self, conversation_id: str) -> Conversation:
        """Ask for a person; already waiting or already with a person is no error."""
        core = self._core
        async with core.store.write() as tx:
            conversation = await tx.conversations.get(conversation_id, lock=True)
            if conversation.state in (State.WAITING, State.HUMAN):
                return conversation
            conversation = await core.hand_over(tx, conversation, Reason.CUSTOMER_REQUEST, Sender.CUSTOMER.value)
        core.announce(conversation_id, queue=True)
        return conversation

    async def cancel_handoff(self, conversation_id: str) -> Conversation:
        """Stop waiting; what the bot still owed and what was written last while waiting goes to the bot."""
        core = self._core
        async with core.store.write() as tx:
            conversation = await tx.conversations.get(conversation_id, lock=True)
            if conversation.state is State.BOT:
                return conversation
            since_seq = conversation.handed_over_seq or conversation.last_seq
            conversation = await core.apply(tx, core.changes.cancel_handoff(conversation))
            await tx.turns.owe_again(conversation_id, since_seq, core.clock.now())
        core.announce(conversation_id, queue=True)
        core.signals.turn_due()
        return conversation

    async def close(self, conversation_id: str) -> Conversation:
        core = self._core
        async with core.store.write() as tx:
            conversation = await tx.conversations.get(conversation_id, lock=True)
            if conversation.state is State.CLOSED:
                return conversation
            now = core.clock.now()
            change = core.changes.close_by_customer(conversation, now)
            conversation = await core.apply(tx, change)
            await tx.turns.supersede(conversation_id, now)
        core.announce(conversation_id, queue=True)
        return conversation

    async def _append(self, conversation_id: str, draft: Draft) -> tuple[Conversation, Message]:
        store, now = self._core.store, self._core.clock.now()
        try:
            return await store.append(conversation_id, draft, now)
        except StoreUnavailable:
            # A connection that broke under the first try. Should it have been committed all the same, the second
            # one meets it as a duplicate.
            return await store.append(conversation_id, draft, now)

    async def _first(self, conversation_id: str, client_message_id: str) -> Message | None:
        async with self._core.store.read() as tx:
            return await tx.messages.by_client_id(conversation_id, Sender.CUSTOMER.value, client_message_id)

    async def _offered(self, conversation_id: str, payload: str) -> str:
        async with self._core.store.read() as tx:
            title = await tx.messages.offered_title(conversation_id, payload)
        if title is None:
            raise UnknownPayload
        return title
