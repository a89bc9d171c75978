"""What holds for every conversation whatever happened: its log is replayed and each broken promise is named.

A scripted bot writes into each answer which message it answers (``answer_text``), so the log alone shows what was
answered, how often and in what order.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from handoff_bridge.conversations.model import Conversation, Message, NoticeType, Sender, State

_ANSWER = re.compile(r"^Antwort (?P<run>\d+) auf (?P<message_id>\S+), Teil (?P<part>\d+)$")


def answer_text(message_id: str, run: int = 1, part: int = 1) -> str:
    """The words of a scripted bot; ``run`` counts how often it was asked, ``part`` the messages of one answer."""
    return f"Antwort {run} auf {message_id}, Teil {part}"


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A message that the bridge has answered with success."""

    sender: str
    client_message_id: str
    message_id: str
    seq: int


class BrokenPromise(AssertionError):
    """The log shows something that must never happen."""


def check_conversation(
    conversation: Conversation,
    log: Sequence[Message],
    acknowledged: Iterable[Acknowledged] = (),
    *,
    drained: bool = False,
) -> None:
    """Raise BrokenPromise with everything that is wrong.

    ``drained`` says that nothing is under way any more: then each message the bot owned has its answer or a person.
    """
    replay = Replay()
    for message in log:
        replay.read(message)
    replay.compare(conversation)
    replay.compare_acknowledged(log, acknowledged)
    if drained:
        replay.compare_drained()
    if replay.problems:
        raise BrokenPromise("\n".join([f"conversation {conversation.id}:", *replay.problems, *_told(log)]))


@dataclass(slots=True)
class Replay:
    """Goes through a log entry by entry and keeps who owns the conversation, as the log tells it."""

    state: State = State.BOT
    epoch: int = 1
    seq: int = 0
    owner: str | None = None
    leaving: bool = False
    #: Whether the entry before was the bot's.
    bot_spoke: bool = False
    #: Customer messages the bot owes an answer: id → seq.
    owed: dict[str, int] = field(default_factory=dict)
    answered: dict[str, set[int]] = field(default_factory=dict)
    answered_seq: int = 0
    runs: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    #: The last thing a customer wrote while waiting and no person has answered.
    unheard: str | None = None
    #: The last word of a person: what was asked before it is theirs.
    heard_seq: int = 0
    problems: list[str] = field(default_factory=list)

    def read(self, message: Message) -> None:
        self._number(message)
        if self.state is State.CLOSED:
            self._wrong(message, "comes after the end")
        if message.draft.notice is not None:
            self._notice(message)
        else:
            self._said(message)
        self.bot_spoke = message.draft.sender is Sender.BOT

    def compare(self, conversation: Conversation) -> None:
        """Hold the conversation's row to what the log tells."""
        told = (self.state, self.epoch, self.seq)
        kept = (conversation.state, conversation.epoch, conversation.last_seq)
        if told != kept:
            self.problems.append(f"the log tells {told}, the conversation says {kept}")
        if self.state is State.HUMAN and self.owner != conversation.agent_id:
            self.problems.append(f"the log gives it to {self.owner}, the conversation to {conversation.agent_id}")

    def compare_acknowledged(self, log: Sequence[Message], acknowledged: Iterable[Acknowledged]) -> None:
        """Each acknowledged message is there exactly once, as it was acknowledged."""
        kept: dict[tuple[str, str], list[tuple[str, int]]] = {}
        for message in log:
            if client_id := message.draft.client_message_id:
                kept.setdefault((message.draft.sender.value, client_id), []).append((message.id, message.seq))
        for ack in acknowledged:
            found = kept.get((ack.sender, ack.client_message_id), [])
            if found != [(ack.message_id, ack.seq)]:
                self.problems.append(f"{ack} was acknowledged, the log has {found}")

    def compare_drained(self) -> None:
        if self.state is State.BOT and self.owed:
            self.problems.append(f"never answered, though the bot owns: {self.owed}")

    def _number(self, message: Message) -> None:
        if message.seq != self.seq + 1:
            self._wrong(message, f"follows seq {self.seq}")
        self.seq = message.seq

    def _said(self, message: Message) -> None:
        if message.epoch != self.epoch:
            self._wrong(message, f"has epoch {message.epoch} under epoch {self.epoch}")
        if self.leaving:
            self._wrong(message, "stands between the notices of one change")
        match message.draft.sender:
            case Sender.CUSTOMER:
                self._customer(message)
            case Sender.BOT:
                self._bot(message)
            case Sender.AGENT:
                self._agent(message)
            case Sender.SYSTEM:
                self._wrong(message, "is the system's but no notice")

    def _customer(self, message: Message) -> None:
        self.asked[message.id] = message.seq
        if self.state is State.BOT:
            self.owed[message.id] = message.seq
        elif self.state is State.WAITING:
            self.unheard = message.id

    def _agent(self, message: Message) -> None:
        self.unheard, self.heard_seq = None, message.seq
        if self.state is not State.HUMAN or message.draft.agent_id != self.owner:
            self._wrong(message, f"is from {message.draft.agent_id} while {self.owner or self.state} owns")

    def _bot(self, message: Message) -> None:
        if self.state is not State.BOT:
            self._wrong(message, f"is the bot's while {self.owner or self.state} owns")
        found = _ANSWER.match(message.draft.text)
        if found is None:
            return
        message_id, part = found["message_id"], int(found["part"])
        asked_seq = self.asked.get(message_id, 0)
        if self.runs.setdefault(message_id, int(found["run"])) != int(found["run"]):
            self._wrong(message, "answers a second time")
        parts = self.answered.setdefault(message_id, set())
        if part in parts:
            self._wrong(message, "is the same part of an answer again")
        parts.add(part)
        if asked_seq < self.answered_seq:
            self._wrong(message, f"answers seq {asked_seq} after seq {self.answered_seq}")
        if asked_seq < self.heard_seq:
            self._wrong(message, f"answers seq {asked_seq}, to which a person has spoken at seq {self.heard_seq}")
        self.answered_seq = asked_seq
        self.owed.pop(message_id, None)

    def _notice(self, message: Message) -> None:
        notice = message.draft.notice
        assert notice is not None
        kind = NoticeType(notice["type"])
        if notice["epoch"] != message.epoch or not notice["actor"]:
            self._wrong(message, "does not name its change")
        changes = message.epoch == self.epoch + 1
        if not changes and message.epoch != self.epoch:
            self._wrong(message, f"has epoch {message.epoch} after epoch {self.epoch}")
        self.epoch = message.epoch
        second, self.leaving = self.leaving, False
        if second and changes:
            self._wrong(message, "leaves the change before it half told")
        self._change(message, kind, notice["actor"], changes=changes, second=second)

    def _change(self, message: Message, kind: NoticeType, actor: str, *, changes: bool, second: bool) -> None:
        before, legal = self.state, False
        match kind:
            case NoticeType.BOT_DISCLOSURE:
                legal = message.seq == 1
            case NoticeType.HANDOFF_REQUESTED:
                legal = changes and before is State.BOT
                self.state, self.unheard = State.WAITING, None
                if actor == Sender.BOT.value and self.owed and not self.bot_spoke:
                    # A turn without words: what the bot asked for a person about has its answer in the handoff.
                    self.owed.pop(min(self.owed, key=self.owed.__getitem__))
            case NoticeType.OUT_OF_HOURS:
                legal = not changes and before is State.WAITING
            case NoticeType.WAITING:
                # The second notice of a change, or a word to somebody who waits for long.
                legal = not changes and (second or before is State.WAITING)
                self.state = State.WAITING
            case NoticeType.HUMAN_JOINED:
                legal = changes and before in (State.BOT, State.WAITING)
                self.state, self.owner = State.HUMAN, actor.removeprefix("agent:")
                self.owed.clear()
            case NoticeType.HUMAN_LEFT:
                legal = changes and before is State.HUMAN and self._by_owner(actor)
                self.leaving, self.owner = True, None
            case NoticeType.RETURNED_TO_BOT:
                legal = second or (changes and before is State.WAITING)
                self._back_to_bot(cancelled=changes)
            case NoticeType.CLOSED:
                legal = changes and self._by_owner(actor)
                self.state = State.CLOSED
                self.owed.clear()
        if not legal:
            self._wrong(message, f"is no legal change from {before}")

    def _by_owner(self, actor: str) -> bool:
        """No agent but the owner ends or gives away a conversation; customers and the system may."""
        return not actor.startswith("agent:") or actor == f"agent:{self.owner}"

    def _back_to_bot(self, *, cancelled: bool) -> None:
        self.state = State.BOT
        if cancelled and self.unheard is not None:
            self.owed[self.unheard] = self.asked[self.unheard]

    def _wrong(self, message: Message, what: str) -> None:
        self.problems.append(f"seq {message.seq} ({message.draft.sender}) {what}")


def _told(log: Sequence[Message]) -> list[str]:
    return [
        f"  {m.seq:3} e{m.epoch} {m.draft.sender:8} "
        + (f"<{m.draft.notice['type']} by {m.draft.notice['actor'][:14]}>" if m.draft.notice else m.draft.text[:80])
        + f"  [{m.id[:8]}]"
        for m in log
    ]
