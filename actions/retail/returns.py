"""Sending back: the right of withdrawal, exchanges, and where the money is. Reasons are never asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.clients.shop import configured_shop, today_in_shop
from actions.clients.shop_changes import configured_changes
from actions.clients.shop_records import Order
from actions.confirmation import confirm
from actions.retail.identified import ORDER_FIELDS, identified_order
from actions.retail.words import order_values, spoken_amount
from actions.tasks.case import Button, Case
from actions.tasks.fields import TextField
from actions.tasks.message import Message
from actions.tasks.task import Task
from actions.texts import spoken_date, texts

ALL = "all"
#: "ja, aber nur das Tablet", when everything was about to be sent back
_ONLY = re.compile(r"\b(?:nur|sondern|doch lieber)\b", re.IGNORECASE)
_NOT_ARTICLE = re.compile(r"[\d\s]+")


@dataclass(frozen=True)
class ArticleField:
    """Which article of the order: words of its title, "beides", or all. Kept as typed; the script finds the title."""

    slot: str = "article"

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        if named := message.values(self.slot):
            return named[0]
        corrects = known.get(self.slot) and _ONLY.search(message.words)
        if not (asked or corrects) or message.is_payload or message.intent == "deny":
            return None
        text = message.words.strip()
        return None if _NOT_ARTICLE.fullmatch(text) or not text else text[:200]


def article_of(order: Order, typed: str) -> str | None:
    """The titles that are meant, as one text; None where the words fit none of them."""
    titles = [item.title for item in order.items]
    lowered = typed.lower()
    if typed == ALL or any(re.search(rf"\b{word}", lowered) for word in texts()["all_articles"]):
        return ", ".join(titles)
    meant = [title for title in titles if _fits(title, lowered)]
    return ", ".join(meant) if meant else None


def _fits(title: str, lowered: str) -> bool:
    others = re.findall(r"[^\W\d_]{4,}", lowered)
    return any(
        word in title.lower() or part in word for word in others for part in re.findall(r"\w{4,}", title.lower())
    )


def chosen_articles(case: Case, order: Order) -> str:
    """Asks which article when there are several.

    Raises:
        Asked: it is not known yet.
    """
    if len(order.items) == 1:
        return order.items[0].title
    titles = [item.title for item in order.items]
    buttons: list[Button] = [{"title": title, "payload": _tap(title)} for title in titles[:2]]
    buttons.append({"title": str(texts()["all_of_it"]), "payload": _tap(ALL)})
    typed = case.need("article", "utter_ask_article", buttons=buttons, **order_values(order))
    meant = article_of(order, str(typed))
    if meant is None:
        case.set("article", None)
        case.need("article", "utter_article_unknown", buttons=buttons, **order_values(order))
    return str(meant)


def _tap(value: str) -> str:
    return f'/inform{{"article": "{value}"}}'


def refuse_late_return(case: Case, order: Order) -> None:
    """Lets through what has been received and is within the fourteen days.

    Raises:
        Ended: it is not there yet, or the time is over.
    """
    if order.status in ("cancelled", "returned", "refunded"):
        case.end(f"utter_order_{order.status}", **order_values(order))
    until = order.withdrawal_until
    if until is None:
        case.end("utter_return_not_there_yet", **order_values(order))
    if until < today_in_shop():
        case.end("utter_return_too_late", until=spoken_date(until), **order_values(order))


class ReturnItem(Task):
    """Opens a return and tells the number of its label."""

    intent = "return_item"
    fields = (*ORDER_FIELDS, ArticleField())

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        if case.is_opening and not case.get("order_number") and not case.get("verified_order"):
            case.say("utter_return_rights")
        order = await identified_order(case)
        if order.is_in_house:
            case.end("utter_return_cancel_instead", **order_values(order))
        refuse_late_return(case, order)
        articles = chosen_articles(case, order)
        for known in await configured_shop().returns_of(order.number):
            if known.articles == articles:
                case.end("utter_return_opened_already", label_number=known.label_number, articles=articles)
        until = spoken_date(order.withdrawal_until)
        confirm(case, "utter_confirm_return_item", articles=articles, until=until, **order_values(order))
        changes = configured_changes()
        label = await changes.open_return(order.number, "return", articles, None, today_in_shop(), key=case.key())
        case.end("utter_return_opened", label_number=label, articles=articles)


class ExchangeItem(Task):
    """Opens an exchange: a label for the way back, and the wish for the team."""

    intent = "exchange_item"
    fields = (*ORDER_FIELDS, ArticleField(), TextField("exchange_wish", 300))

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        order = await identified_order(case)
        if order.is_in_house:
            case.end("utter_exchange_not_sent_yet", **order_values(order))
        refuse_late_return(case, order)
        articles = chosen_articles(case, order)
        wish = case.need("exchange_wish", articles=articles)
        confirm(case, "utter_confirm_exchange_item", articles=articles, wish=wish, **order_values(order))
        changes = configured_changes()
        label = await changes.open_return(order.number, "exchange", articles, wish, today_in_shop(), key=case.key())
        case.end("utter_exchange_opened", label_number=label, articles=articles)


class RefundStatus(Task):
    """Where the money is after a return or a cancellation."""

    intent = "refund_status"
    fields = ORDER_FIELDS

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        order = await identified_order(case)
        values = {**order_values(order), "payment_method": order.payment_method}
        known = await configured_shop().returns_of(order.number)
        if not known:
            case.end("utter_refund_of_cancelled" if order.status == "cancelled" else "utter_refund_none", **values)
        latest = known[0]
        values |= {
            "label_number": latest.label_number,
            "articles": latest.articles,
            "amount": spoken_amount(latest.refund_cents or 0),
            "received_on": spoken_date(latest.received_on),
            "refunded_on": spoken_date(latest.refunded_on),
        }
        if latest.refunded_on is not None:
            case.end("utter_refund_paid", **values)
        if latest.kind == "exchange":
            case.end("utter_refund_exchange", **values)
        case.end("utter_refund_received" if latest.received_on is not None else "utter_refund_awaits_goods", **values)
