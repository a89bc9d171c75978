"""JSON from the bot, made into what both databases can keep."""

from math import isfinite

#: Nothing that is meant is nested deeper.
MAX_DEPTH = 32


def storable(value: object, depth: int = MAX_DEPTH) -> object:
    """The same value without NUL characters, lone surrogates and numbers that JSON does not have.

    A handoff or an answer must not be lost to one odd character. Raises ValueError when nested too deep.
    """
    if depth < 0:
        raise ValueError("nested too deep")
    match value:
        case str():
            return value.replace("\x00", "").encode("utf-8", "replace").decode()
        case float():
            return value if isfinite(value) else None
        case dict():
            return {storable(name, depth - 1): storable(part, depth - 1) for name, part in value.items()}
        case list():
            return [storable(part, depth - 1) for part in value]
        case _:
            return value
