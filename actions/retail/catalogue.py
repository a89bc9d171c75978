"""What there is to buy, and vouchers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.clients.lookup_guard import configured_guard
from actions.clients.shop import configured_shop, today_in_shop
from actions.clients.shop_records import Product
from actions.retail.words import spoken_amount
from actions.tasks.case import Case
from actions.tasks.message import Message
from actions.tasks.task import Task
from actions.texts import spoken_day_of_year, texts

_CODE = re.compile(r"(?<![\w@.])(?=[A-Z0-9-]*[A-Z])(?=[A-Z0-9-]*\d)[A-Z0-9][A-Z0-9-]{4,19}(?![\w@])")
_NAMED_CODE = re.compile(r"\b(?:code|gutschein|gutscheincode)\W{1,3}((?=[a-z-]*\d)[a-z0-9-]{5,20})\b", re.IGNORECASE)
_TYPED_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9-]{5,20}")
_SHOWN = 3
#: A word of a title counts this much, a word such a thing is called by less.
_TITLE_SCORE, _WORD_SCORE = 2, 1


def fitting(products: Sequence[Product], text: str) -> list[Product]:
    """The articles a text is about, the best first; those that fit equally well keep their order."""
    words = set(re.findall(r"[\w-]{3,}", text.lower()))
    scored = [(_score(product, words), product) for product in products]
    best = max((score for score, _ in scored), default=0)
    return [product for score, product in scored if score and score == best]


def _score(product: Product, words: set[str]) -> int:
    names = re.findall(r"\w{3,}", product.title.lower())
    score = sum(_TITLE_SCORE for name in names if name in words)
    return score + sum(_WORD_SCORE for word in product.words if _is_called(word.lower(), words))


def _is_called(word: str, words: set[str]) -> bool:
    # "Bluetoothkopfhörer", "Fernsehers", "Handys"
    return any(
        other == word or (len(word) >= 4 and (other.endswith(word) or other.startswith(word))) for other in words
    )


class AskProduct(Task):
    """Price, stock and features of an article; advice beyond that is for a person."""

    intent = "ask_product"
    is_question = True

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        found = fitting(await configured_shop().products(), case.message.words)
        if not found or len(found) > _SHOWN * 2:
            case.end("utter_product_unknown")
        if len(found) == 1:
            case.end("utter_product", product=found[0].title, **_values(found[0]))
        lines = [str(texts()["product_line"]).format(title=each.title, **_values(each)) for each in found[:_SHOWN]]
        case.end("utter_products", products="\n".join(lines))


def _values(product: Product) -> dict[str, str]:
    words = texts()["stock"]
    if product.stock:
        stock = words["few"].format(count=product.stock) if product.stock <= 3 else words["enough"]
    elif product.restock_on:
        stock = words["later"].format(day=spoken_day_of_year(product.restock_on))
    else:
        stock = words["none"]
    return {"price": spoken_amount(product.price_cents), "stock": str(stock), "features": product.features}


@dataclass(frozen=True)
class VoucherCode:
    """A code in capitals with a digit; asked for, any word that can be one."""

    slot: str = "voucher_code"

    def read(self, message: Message, asked: bool, known: Mapping[str, Any]) -> Any:
        """See `Field.read`."""
        written = _CODE.findall(message.words) or _NAMED_CODE.findall(message.words)
        if named := (message.values(self.slot) or written):
            return str(named[0]).upper()
        typed = [word.strip(".,!?:\"'„“") for word in message.words.split()]
        codes = [word for word in typed if _TYPED_CODE.fullmatch(word)] if asked else []
        return codes[0].upper() if codes else None


class CheckVoucher(Task):
    """Whether a voucher counts, and from which basket on. Guessing codes ends with a person."""

    intent = "voucher"
    fields = (VoucherCode(),)

    async def play(self, case: Case) -> None:
        """See `Task.play`."""
        guesser = f"voucher:{case.conversation_id}"
        if await configured_guard().is_locked(guesser):
            case.end("utter_voucher_given_up")
        code = case.need("voucher_code")
        voucher = await configured_shop().voucher(code)
        if voucher is None:
            locked = await configured_guard().count_wrong(guesser, case.message.id)
            case.end("utter_voucher_given_up" if locked else "utter_voucher_unknown", voucher_code=code)
        values = {
            "voucher_code": voucher.code,
            "amount": spoken_amount(voucher.value_cents),
            "least": spoken_amount(voucher.least_basket_cents),
            "until": spoken_day_of_year(voucher.valid_until),
        }
        if voucher.redeemed:
            case.end("utter_voucher_redeemed", **values)
        if voucher.valid_until < today_in_shop():
            case.end("utter_voucher_expired", **values)
        case.end("utter_voucher_valid" if voucher.least_basket_cents else "utter_voucher_valid_for_all", **values)
