"""Whether customers are addressed with Sie or du: `address` in business.yml, which the bridge checks too."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

import yaml

from actions import settings

logger = logging.getLogger(__name__)

FORMAL, INFORMAL = "sie", "du"


def is_informal() -> bool:
    """As the business file says; formal where it cannot be used, for a customer must not wait for its repair."""
    path = settings.business_file()
    try:
        changed_at = path.stat().st_mtime_ns
    except OSError:
        changed_at = 0
    return _address(path, changed_at) == INFORMAL


@lru_cache(maxsize=4)
def _address(path: Path, changed_at: int) -> str:
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        logger.error("The address is formal: %s cannot be read (%s).", path.name, type(error).__name__)
        return FORMAL
    address = loaded.get("address", FORMAL) if isinstance(loaded, dict) else FORMAL
    if address not in (FORMAL, INFORMAL):
        logger.error("The address is formal: %s has an address that is neither sie nor du.", path.name)
        return FORMAL
    return str(address)
