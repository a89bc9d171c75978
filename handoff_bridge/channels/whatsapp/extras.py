"""The parts of messages that are more than words, in the form in which the log keeps them."""

import json

from handoff_bridge.channels.whatsapp.fields import Json, items, mapping, number, whole, words

MAX_ITEMS = 50
#: What is told of a part whose form is not known: so many fields, so many characters of each.
MAX_FIELDS, MAX_FIELD = 30, 500


def beside(message: Json) -> Json:
    """What stands beside the content: the message it replies to, whether it was forwarded, the ad it came from."""
    data: Json = {}
    context = mapping(message.get("context"))
    if (replied := words(context.get("id"))) is not None:
        data["reply_to"] = {"wamid": replied}
    if product := flat(mapping(context.get("referred_product"))):
        data["product"] = product
    if context.get("forwarded") is True or context.get("frequently_forwarded") is True:
        data["forwarded"] = True
    if referral := flat(mapping(message.get("referral"))):
        data["referral"] = referral
    return data


def location(raw: Json) -> Json | None:
    latitude, longitude = number(raw.get("latitude")), number(raw.get("longitude"))
    if latitude is None or longitude is None:
        return None
    named = {part: words(raw.get(part)) for part in ("name", "address", "url")}
    return {"latitude": latitude, "longitude": longitude, **{part: told for part, told in named.items() if told}}


def contacts(raw: object) -> list[Json]:
    """Each with its name and the ways to reach it."""
    return [_contact(mapping(contact)) for contact in items(raw)[:MAX_ITEMS] if mapping(contact)]


def _contact(raw: Json) -> Json:
    name = mapping(raw.get("name"))
    parts = (words(name.get("first_name")), words(name.get("last_name")))
    known: Json = {
        "phones": _values(raw.get("phones"), "phone"),
        "emails": _values(raw.get("emails"), "email"),
        "urls": _values(raw.get("urls"), "url"),
    }
    company = words(mapping(raw.get("org")).get("company"))
    told = words(name.get("formatted_name")) or " ".join(part for part in parts if part) or company
    contact: Json = {"name": told or next((held[0] for held in known.values() if held), "–")}
    if company is not None:
        contact["company"] = company
    return contact | {part: held for part, held in known.items() if held}


def _values(raw: object, field: str) -> list[str]:
    found = (words(mapping(each).get(field)) for each in items(raw)[:MAX_ITEMS])
    return [each for each in found if each is not None]


def order(raw: Json) -> Json:
    """Items of the catalogue with quantity and price; prices as WhatsApp tells them."""
    listed = []
    for each in items(raw.get("product_items"))[:MAX_ITEMS]:
        item = mapping(each)
        kept: Json = {
            "product": words(item.get("product_retailer_id")) or "–",
            "quantity": whole(item.get("quantity")) or 1,
        }
        price, currency = number(item.get("item_price")), words(item.get("currency"))
        if price is not None:
            kept["price"] = price
        if currency is not None:
            kept["currency"] = currency
        listed.append(kept)
    made: Json = {"items": listed}
    for part, field in (("catalog_id", "catalog"), ("text", "text")):
        if (told := words(raw.get(part))) is not None:
            made[field] = told
    return made


def form(raw: Json) -> tuple[Json, str]:
    """The answers of a filled-in form, and the same in one line."""
    try:
        answers = flat(mapping(json.loads(words(raw.get("response_json")) or "{}")))
    except (ValueError, RecursionError):
        answers = {}
    answers.pop("flow_token", None)
    told = "; ".join(f"{field}: {answer}" for field, answer in answers.items())
    return {"form": answers}, told or words(raw.get("body")) or "–"


def unsupported(raw: Json) -> Json:
    """What is known of a message that cannot be shown: its type, and the errors that WhatsApp tells."""
    inner = words(mapping(raw.get("unsupported")).get("type")) or words(mapping(raw.get("interactive")).get("type"))
    errors = [
        {part: told for part in ("code", "title") if (told := words(mapping(error).get(part))) is not None}
        for error in items(raw.get("errors"))[:MAX_ITEMS]
    ]
    made: Json = {"type": words(raw.get("type")) or "none"}
    if inner is not None:
        made["inner_type"] = inner
    if errors:
        made["errors"] = errors
    return made


def flat(raw: Json) -> Json:
    """The texts and numbers of an object, cut; what is nested deeper is left to the inbox, which has it whole."""
    made: Json = {}
    for field, held in list(raw.items())[:MAX_FIELDS]:
        if isinstance(held, bool | int | float):
            made[field[:MAX_FIELD]] = held
        elif isinstance(held, str) and held:
            made[field[:MAX_FIELD]] = held[:MAX_FIELD]
        elif isinstance(held, list) and all(isinstance(each, str) for each in held):
            made[field[:MAX_FIELD]] = ", ".join(held)[:MAX_FIELD]
    return made
