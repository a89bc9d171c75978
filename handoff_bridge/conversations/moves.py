"""Taking a conversation along to another channel: history, owner and place in the queue stay as they are."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from handoff_bridge.conversations.codes import CodeSigner, find_code, hash_code
from handoff_bridge.conversations.core import Core, hash_token, new_token
from handoff_bridge.conversations.model import Channel, Conversation, Draft, State
from handoff_bridge.conversations.ports import Transaction
from handoff_bridge.errors import CodeExpired, CodeUnknown, CodeUsed, ConversationClosed

#: Long enough to change over, too short to be found in an old chat.
CODE_TTL = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Code:
    """``code`` is shown to the customer once; only its hash is kept."""

    code: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class KeptCode:
    conversation_id: str
    expires_at: datetime
    used: bool


class CodeRows(Protocol):
    async def add(self, code_hash: str, conversation_id: str, to: Channel, now: datetime, until: datetime) -> None: ...

    async def get(self, code_hash: str, to: Channel) -> KeptCode | None:
        """The code, locked."""
        ...

    async def use(self, code_hash: str, now: datetime) -> bool:
        """Mark it used; False when somebody was faster."""
        ...

    async def open_for(self, code_hash: str, token_hash: str, until: datetime) -> None:
        """From now on this token opens the code's conversation, too."""
        ...


class MovingTransaction(Transaction, Protocol):
    @property
    def codes(self) -> CodeRows: ...


class MoveSide:
    """Hands out codes and takes them; all in the caller's transaction."""

    def __init__(self, core: Core, codes: CodeSigner, token_ttl: timedelta) -> None:
        self._core = core
        self._codes = codes
        self._token_ttl = token_ttl

    async def offer(self, tx: MovingTransaction, conversation: Conversation, to: Channel) -> Code:
        """A code that takes this conversation to another channel. Raises ConversationClosed."""
        if conversation.state is State.CLOSED:
            raise ConversationClosed(state=conversation.state.value)
        now = self._core.clock.now()
        code = Code(self._codes.make(to), now + CODE_TTL)
        await tx.codes.add(hash_code(code.code), conversation.id, to, now, code.expires_at)
        return code

    async def look_up(self, tx: MovingTransaction, text: str, to: Channel) -> tuple[str, Conversation]:
        """The hash of the code in a text, and the conversation it is for, both locked; nothing is changed yet.

        Raises CodeUnknown, CodeExpired, CodeUsed, ConversationClosed.
        """
        code = find_code(text)
        if code is None or not self._codes.is_genuine(code, to):
            raise CodeUnknown
        code_hash, now = hash_code(code), self._core.clock.now()
        kept = await tx.codes.get(code_hash, to)
        if kept is None:
            raise CodeUnknown
        if kept.used:
            raise CodeUsed
        if kept.expires_at <= now:
            raise CodeExpired
        conversation = await tx.conversations.get(kept.conversation_id, lock=True)
        if conversation.state is State.CLOSED:
            raise ConversationClosed(state=conversation.state.value)
        return code_hash, conversation

    async def use(self, tx: MovingTransaction, code_hash: str) -> None:
        """Use a code up. Raises CodeUsed."""
        if not await tx.codes.use(code_hash, self._core.clock.now()):
            raise CodeUsed

    async def arrive(self, tx: MovingTransaction, conversation: Conversation, notice: Draft) -> Conversation:
        """Append the notice of the move. ``conversation`` is locked and has its new channel already."""
        appended, _ = await tx.messages.append(conversation.id, [notice], self._core.clock.now())
        return replace(conversation, last_seq=appended.last_seq)

    async def new_token(self, tx: MovingTransaction, code_hash: str) -> str:
        """A token for the browser that has brought the code."""
        token = new_token()
        await tx.codes.open_for(code_hash, hash_token(token), self._core.clock.now() + self._token_ttl)
        return token
