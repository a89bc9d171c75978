"""Where is my order."""

from __future__ import annotations

from actions.clients.shop import today_in_shop
from actions.retail.identified import ORDER_FIELDS, identified_order
from actions.retail.words import order_values
from actions.tasks.case import Case
from actions.tasks.task import Task


class TrackOrder(Task):
    """Tells the state of an order and when it comes."""

    intent = "track_order"
    fields = ORDER_FIELDS
    takes_bare_number = True

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        order = await identified_order(case)
        overdue = order.is_overdue(today_in_shop())
        case.end("utter_order_overdue" if overdue else f"utter_order_{order.status}", **order_values(order))
