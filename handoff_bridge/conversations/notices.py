"""The bridge's own words to the customer, one function per notice."""

from datetime import datetime

from babel.dates import format_datetime

from handoff_bridge.business import BusinessRules
from handoff_bridge.conversations.model import Draft, Kind, Notice, NoticeType, Reason, Sender
from handoff_bridge.conversations.promise import Promise, PromiseKind


class Notices:
    """Builds notice drafts from the texts in the business rules."""

    def __init__(self, rules: BusinessRules) -> None:
        self._texts = rules.texts
        self._company = rules.company.name
        self._phone = rules.company.phone
        self._zone = rules.opening_hours.zone

    def bot_disclosure(self, epoch: int, own_text: str | None = None) -> Draft:
        text = self._fill(self._texts.bot_disclosure) if own_text is None else own_text
        return _draft(NoticeType.BOT_DISCLOSURE, text, "system", epoch)

    def handoff_requested(
        self, promise: Promise, reason: Reason, actor: str, epoch: int, why: str = ""
    ) -> tuple[Draft, ...]:
        """One notice with what is promised, after ``why`` where there is something to say.

        Out of hours a second one with the next opening.
        """
        text = " ".join(part for part in (why, self._requested_text(promise, reason)) if part)
        requested = _draft(NoticeType.HANDOFF_REQUESTED, text, actor, epoch)
        assert requested.notice is not None
        requested.notice["reason"] = reason.value
        requested.notice["queue_position"] = promise.queue_position
        requested.notice["estimated_wait_s"] = promise.estimated_wait_s
        if promise.kind is not PromiseKind.OUT_OF_HOURS:
            return (requested,)
        return requested, self._out_of_hours(promise, epoch)

    def still_asked(self, promise: Promise, reason: Reason, epoch: int) -> tuple[Draft, ...]:
        """To somebody who waits and asks for a person again: the place in the queue, or the next opening."""
        text = self._requested_text(promise, reason)
        waiting = _draft(NoticeType.WAITING, text, Sender.CUSTOMER.value, epoch)
        if promise.kind is not PromiseKind.OUT_OF_HOURS:
            return (waiting,)
        return waiting, self._out_of_hours(promise, epoch)

    def waiting_after_transfer(self, agent_name: str, actor: str, epoch: int) -> Draft:
        text = self._fill(self._texts.waiting_after_transfer, agent=agent_name)
        return _draft(NoticeType.WAITING, text, actor, epoch)

    def waiting_after_drop_out(self, agent_name: str, epoch: int) -> Draft:
        text = self._fill(self._texts.waiting_after_drop_out, agent=agent_name)
        return _draft(NoticeType.WAITING, text, "system", epoch)

    def still_waiting(self, epoch: int) -> Draft:
        text = self._fill(self._texts.still_waiting, phone=self._phone)
        return _draft(NoticeType.WAITING, text, "system", epoch)

    def human_joined(self, agent_name: str, actor: str, epoch: int) -> Draft:
        text = self._fill(self._texts.human_joined, agent=agent_name)
        return _draft(NoticeType.HUMAN_JOINED, text, actor, epoch, agent_name)

    def human_left(self, agent_name: str, actor: str, epoch: int) -> Draft:
        text = self._fill(self._texts.human_left, agent=agent_name)
        return _draft(NoticeType.HUMAN_LEFT, text, actor, epoch, agent_name)

    def returned_to_bot(self, actor: str, epoch: int) -> Draft:
        text = self._fill(self._texts.returned_to_bot)
        return _draft(NoticeType.RETURNED_TO_BOT, text, actor, epoch)

    def wait_cancelled(self, epoch: int) -> Draft:
        text = self._fill(self._texts.wait_cancelled)
        return _draft(NoticeType.RETURNED_TO_BOT, text, "customer", epoch)

    def closed_by_agent(self, agent_name: str, actor: str, epoch: int) -> Draft:
        text = self._fill(self._texts.closed_by_agent, agent=agent_name)
        return _draft(NoticeType.CLOSED, text, actor, epoch, agent_name)

    def closed_by_customer(self, epoch: int) -> Draft:
        text = self._fill(self._texts.closed_by_customer)
        return _draft(NoticeType.CLOSED, text, "customer", epoch)

    def closed_by_stop(self, text: str, epoch: int) -> Draft:
        """The customer wants no more messages; ``text`` confirms it."""
        return _draft(NoticeType.CLOSED, text, Sender.CUSTOMER.value, epoch)

    def closed_as_abandoned(self, epoch: int) -> Draft:
        text = self._fill(self._texts.closed_as_abandoned)
        return _draft(NoticeType.CLOSED, text, "system", epoch)

    def on_channels(self, type_: NoticeType, text: str, epoch: int) -> Draft:
        """About the channel the conversation is on; the customer has asked for it."""
        return _draft(type_, text, Sender.CUSTOMER.value, epoch)

    def cue_bot_failure(self, attempts: int) -> str:
        """What an agent reads as the sign of a bot that gave no answer."""
        return self._fill(self._texts.cue_bot_failure, attempts=attempts)

    def _requested_text(self, promise: Promise, reason: Reason) -> str:
        texts = self._texts.handoff_requested
        position = promise.queue_position
        if promise.kind is PromiseKind.OUT_OF_HOURS:
            told = self._fill(texts.out_of_hours)
        elif promise.kind is PromiseKind.AGENT_AVAILABLE:
            told = self._fill(texts.agent_available)
        elif promise.estimated_wait_s is None:
            told = self._fill(texts.queued_unknown_wait, position=position)
        else:
            wait = self._wait(promise.estimated_wait_s)
            told = self._fill(texts.queued, position=position, wait=wait)
        if reason is Reason.BOT_FAILURE:
            return f"{self._fill(texts.bot_failure)} {told}"
        return told

    def _out_of_hours(self, promise: Promise, epoch: int) -> Draft:
        if promise.next_opening is None:
            text = self._fill(self._texts.out_of_hours_without_opening)
            return _draft(NoticeType.OUT_OF_HOURS, text, "system", epoch)
        text = self._fill(self._texts.out_of_hours, opening=self._opening(promise.next_opening))
        draft = _draft(NoticeType.OUT_OF_HOURS, text, "system", epoch)
        assert draft.notice is not None
        draft.notice["next_opening"] = promise.next_opening.isoformat()
        return draft

    def _wait(self, wait_s: int) -> str:
        minutes = max(1, round(wait_s / 60))
        if minutes == 1:
            return self._texts.wait_one_minute
        return self._fill(self._texts.wait_minutes, minutes=minutes)

    def _opening(self, opening: datetime) -> str:
        return format_datetime(opening, self._texts.opening_pattern, tzinfo=self._zone, locale="de_DE")

    def _fill(self, template: str, **values: object) -> str:
        return template.format(company=self._company, **values)


def _draft(type_: NoticeType, text: str, actor: str, epoch: int, agent: str | None = None) -> Draft:
    notice = Notice(type=type_.value, actor=actor, epoch=epoch)
    if agent is not None:
        notice["agent"] = agent
    return Draft(sender=Sender.SYSTEM, kind=Kind.NOTICE, text=text, notice=notice)
