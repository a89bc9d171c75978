"""Request bodies: read within bounds, checked, errors named by field."""

import json
from typing import Annotated, TypeVar

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from handoff_bridge.errors import BodyTooLarge, InvalidBody, TextTooLong

#: WhatsApp takes no longer text, so no channel does.
MAX_TEXT = 4096
#: The largest body a customer or agent may send, in bytes.
MAX_BODY = 64 * 1024

Model = TypeVar("Model", bound="Body")


class Body(BaseModel):
    """A JSON object; fields it does not know are ignored, as the contract may grow."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=False)


def _text(value: object) -> object:
    if not isinstance(value, str):
        return value
    if len(value) > MAX_TEXT:
        raise TextTooLong(f"The text has {len(value)} characters; {MAX_TEXT} are possible.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("the text has characters that are none (lone surrogates)") from None
    # PostgreSQL cannot store NUL, and no keyboard types it.
    value = value.replace("\x00", "")
    if not value.strip():
        raise ValueError("the text is empty")
    return value


Text = Annotated[str, BeforeValidator(_text), Field(max_length=MAX_TEXT)]
ClientMessageId = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]
Epoch = Annotated[int, Field(ge=1, le=2**31 - 1)]


async def read_body(request: web.Request, model: type[Model], max_bytes: int = MAX_BODY) -> Model:
    """Read and check a JSON body; an absent body counts as ``{}``.

    Raises InvalidBody with ``details.field``, TextTooLong, BodyTooLarge.
    """
    raw = await read_bounded(request, max_bytes)
    try:
        value = json.loads(raw, parse_constant=no_number) if raw.strip() else {}
    except (ValueError, RecursionError):
        raise InvalidBody("The body is not valid JSON.", field=None) from None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        raise InvalidBody(f"{field or 'body'}: {first['msg']}", field=field) from None


def no_number(name: str) -> object:
    """For ``json.loads``: refuses NaN and the infinities."""
    raise ValueError(f"{name} is no JSON number")


async def read_bounded(request: web.Request, max_bytes: int) -> bytes:
    """The body as it came. Raises BodyTooLarge."""
    raw = bytearray()
    async for chunk in request.content.iter_any():
        raw += chunk
        if len(raw) > max_bytes:
            raise BodyTooLarge(max_bytes=max_bytes)
    return bytes(raw)


def read_int(request: web.Request, name: str, default: int, low: int, high: int) -> int:
    """Read a whole number from the query. Raises InvalidBody outside ``low`` … ``high``."""
    raw = request.query.get(name)
    if raw is None:
        return default
    try:
        value = int(raw)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        raise InvalidBody(f"{name}: a whole number from {low} to {high}", field=name)
    return value
