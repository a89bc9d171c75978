"""JSON text for answers and streams; a message is encoded once for all who get it.

A new message goes to the one who wrote it, to the other side and to every open desk within the same moment.
"""

import json
from collections import OrderedDict

from aiohttp import web

from handoff_bridge.conversations.model import Message
from handoff_bridge.http.wire import message_to_wire

#: Messages whose text is kept; streams that are further behind encode anew.
KEPT = 256

#: ``json.dumps`` with an option makes a new encoder for each call.
encode = json.JSONEncoder(ensure_ascii=False).encode

# By identity: a message read again from the log may have been changed there. Holding it keeps its identity taken.
_kept: OrderedDict[int, tuple[Message, str]] = OrderedDict()


def encoded_message(message: Message) -> str:
    """The message as the public contract shows it."""
    if (kept := _kept.get(id(message))) is not None:
        return kept[1]
    text = encode(message_to_wire(message))
    _kept[id(message)] = message, text
    if len(_kept) > KEPT:
        _kept.popitem(last=False)
    return text


def message_response(message: Message, *, created: bool) -> web.Response:
    """What the writer of a message is told: 202 when it is new, 200 for a repeat."""
    return web.Response(
        text=f'{{"message": {encoded_message(message)}}}',
        status=202 if created else 200,
        content_type="application/json",
    )
