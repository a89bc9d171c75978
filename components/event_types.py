"""Finds the class of a stored event by its name without walking through all of Rasa's event classes each time.

Rasa restores a conversation event by event and walks the whole tree of classes for each (`Event.resolve_by_type`):
at turn 100 of a conversation that was half of the turn's time.
"""

from __future__ import annotations

from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses

_WALK = Event.resolve_by_type
_known: dict[str, type[Event]] = {}


def resolve_by_type(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    """As `Event.resolve_by_type`: the class, `default` for a name nobody knows, ValueError without a default."""
    if type_name not in _known:
        # The first class of a name wins, as in Rasa's walk; a class that was made since is found now.
        for event_class in reversed(all_subclasses(Event)):
            _known[event_class.type_name] = event_class
    return _known.get(type_name) or _WALK(type_name, default)


def install() -> None:
    """Let Rasa look event classes up here; doing it twice does no harm."""
    Event.resolve_by_type = staticmethod(resolve_by_type)  # type: ignore[method-assign]
