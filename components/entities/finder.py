"""All recognisers over one message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from components.entities.amounts import amounts, readings
from components.entities.contacts import emails, ibans, phones
from components.entities.dates import dates
from components.entities.found import Found, without_overlaps
from components.entities.products import products
from components.entities.references import customer_numbers, meter_numbers, order_numbers, postal_codes
from components.entities.view import View, view_of

#: Every kind of entity that is found here.
ENTITIES = (
    "order_number", "customer_number", "meter_number", "meter_reading", "postal_code", "email", "phone", "iban",
    "date", "amount", "product",
)  # fmt: skip
#: What is longer than any message is not searched to its end.
LONGEST_TEXT = 4096

_RECOGNISERS: tuple[Callable[[View], Iterator[Found]], ...] = (
    order_numbers, customer_numbers, meter_numbers, readings, postal_codes, emails, phones, ibans, amounts, products,
)  # fmt: skip


def find_entities(message: str, today: date) -> list[Found]:
    """What the message names, in its order, without overlaps; `start` and `end` count characters of the message.

    `today` is the day in Germany on which it was written.
    """
    view = view_of(message[:LONGEST_TEXT])
    found = [one for recogniser in _RECOGNISERS for one in recogniser(view)]
    found += dates(view, today)
    kept = without_overlaps(found)
    return [replace(one, start=start, end=end) for one in kept for start, end in (view.span(one.start, one.end),)]
