"""What customers send on channels that carry more than words: who can read it, and what happens then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from handoff_bridge.conversations.core import Core, hash_token, new_id, new_token
from handoff_bridge.conversations.model import (
    Channel,
    Conversation,
    Decision,
    Draft,
    HandoffDetails,
    Message,
    Reason,
    Sender,
    State,
)
from handoff_bridge.conversations.ports import Transaction


class Reading(StrEnum):
    """Who can read a message."""

    #: Words: everybody.
    BOT = "bot"
    #: A voice, a picture, a place: people only.
    PEOPLE = "people"
    #: Cannot be shown to anybody.
    NOBODY = "nobody"
    #: A reaction, a deletion: there is nothing to answer.
    MARK = "mark"


class Wish(StrEnum):
    """What the bridge itself understands, in each state."""

    STOP = "stop"
    PERSON = "person"
    STOP_WAITING = "stop_waiting"
    #: Wants to go on on the website.
    WEB = "web"


class WishWords:
    """Finds a wish in a message that is nothing but one of its words."""

    def __init__(self, words: Mapping[Wish, Sequence[str]]) -> None:
        self._wishes = {_plain(word): wish for wish, listed in words.items() for word in listed}

    def of(self, text: str) -> Wish | None:
        # Longer than any of the words: not worth looking at.
        return self._wishes.get(_plain(text)) if len(text) < 100 else None


def _plain(text: str) -> str:
    """The words alone, without capitals, punctuation and the spaces between."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.casefold()).split())


@dataclass(frozen=True, slots=True)
class Arrival:
    """A customer's message as a channel understands it.

    ``answer`` is what the customer reads where the bot cannot read it, or when they want no more messages; ``cue`` is
    what an agent reads as the sign.
    """

    draft: Draft
    reading: Reading = Reading.BOT
    wish: Wish | None = None
    answer: str = ""
    cue: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """``changed`` says that more happened than the message: notices, a change of owner."""

    conversation: Conversation
    message: Message
    changed: bool
    stopped: bool = False


class ArrivalSide:
    """Takes arrivals inside a transaction of the channel's; ``announce`` what was taken once it is committed."""

    def __init__(self, core: Core, token_ttl: timedelta) -> None:
        self._core = core
        self._token_ttl = token_ttl

    async def open(self, tx: Transaction, channel: Channel, locale: str, disclosure: str | None) -> Conversation:
        """A new conversation whose first entry says that a machine is answering, in these words if given."""
        now = self._core.clock.now()
        conversation = Conversation(new_id(), channel, State.BOT, epoch=1, last_seq=0, created_at=now, locale=locale)
        # Nobody is told the token: the channel itself proves who writes.
        await tx.conversations.add(conversation, hash_token(new_token()), now + self._token_ttl)
        notice = self._core.notices.bot_disclosure(conversation.epoch, disclosure)
        conversation, _ = await tx.messages.append(conversation.id, [notice], now)
        return conversation

    async def take(self, tx: Transaction, conversation: Conversation, arrival: Arrival) -> Taken:
        """Keep the message and do what it asks for. ``conversation`` is locked and not closed.

        Raises DuplicateMessage; the transaction must then end.
        """
        now = self._core.clock.now()
        draft = await self._with_offered_payload(tx, conversation, arrival.draft)
        conversation, (message,) = await tx.messages.append(conversation.id, [draft], now)
        if arrival.wish is Wish.STOP:
            await tx.turns.settle(message, now)
            change = self._core.changes.close_by_stop(conversation, arrival.answer, now)
            conversation = await self._core.apply(tx, change)
            await tx.turns.supersede(conversation.id, now)
            return Taken(conversation, message, changed=True, stopped=True)
        if arrival.reading is Reading.MARK:
            await tx.turns.settle(message, now)
            return Taken(conversation, message, changed=False)
        if conversation.state is State.BOT:
            return await self._for_bot(tx, conversation, message, arrival)
        if conversation.state is State.WAITING and arrival.wish is not None:
            return await self._while_waiting(tx, conversation, message, arrival.wish)
        return Taken(conversation, message, changed=False)

    async def add(self, tx: Transaction, taken: Taken, notice: Draft) -> Taken:
        """Say something after what was taken."""
        conversation, _ = await tx.messages.append(taken.conversation.id, [notice], self._core.clock.now())
        return replace(taken, conversation=conversation, changed=True)

    def announce(self, taken: Taken) -> None:
        """Wake whoever has to know, after the commit."""
        if taken.changed:
            self._core.announce(taken.conversation.id, queue=True)
        else:
            self._core.signals.messages_logged(taken.conversation.id, [taken.message])
        if taken.conversation.state is State.BOT:
            self._core.signals.turn_due()

    async def _for_bot(self, tx: Transaction, conversation: Conversation, message: Message, arrival: Arrival) -> Taken:
        now = self._core.clock.now()
        if arrival.reading is Reading.BOT:
            await tx.turns.owe(message, now)
            return Taken(conversation, message, changed=False)
        await tx.turns.settle(message, now)
        if arrival.reading is Reading.PEOPLE:
            decision = Decision(reason=Reason.POLICY.value, score=None, threshold=None, cues=[arrival.cue])
            conversation = await self._core.hand_over(
                tx, conversation, Reason.POLICY, Sender.SYSTEM.value,
                details=HandoffDetails(decision=decision), why=arrival.answer,
            )  # fmt: skip
            return Taken(conversation, message, changed=True)
        said = Draft(Sender.BOT, arrival.answer)
        conversation, _ = await tx.messages.append(conversation.id, [said], now, conversation.epoch)
        return Taken(conversation, message, changed=True)

    async def _while_waiting(self, tx: Transaction, conversation: Conversation, message: Message, wish: Wish) -> Taken:
        core, now = self._core, self._core.clock.now()
        await tx.turns.settle(message, now)
        if wish is Wish.STOP_WAITING:
            since_seq = conversation.handed_over_seq or conversation.last_seq
            conversation = await core.apply(tx, core.changes.cancel_handoff(conversation))
            await tx.turns.owe_again(conversation.id, since_seq, now)
            return Taken(conversation, message, changed=True)
        promise = await core.promise(tx, conversation)
        notices = core.notices.still_asked(promise, Reason.CUSTOMER_REQUEST, conversation.epoch)
        conversation, _ = await tx.messages.append(conversation.id, notices, now, conversation.epoch)
        return Taken(conversation, message, changed=True)

    async def _with_offered_payload(self, tx: Transaction, conversation: Conversation, draft: Draft) -> Draft:
        """A choice counts as one where it was offered in this conversation; elsewhere its words are what was said."""
        if draft.payload is None:
            return draft
        title = await tx.messages.offered_title(conversation.id, draft.payload)
        return replace(draft, payload=None) if title is None else replace(draft, text=title)
