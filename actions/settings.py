"""What the actions need from the environment; read when it is used, so that nothing happens at import."""

from __future__ import annotations

import os
from pathlib import Path


def bridge_url() -> str:
    """Where the bridge is, without a slash at the end."""
    return os.environ.get("HANDSCHLAG_BRIDGE_URL", "http://127.0.0.1:8080").rstrip("/")


def internal_secret() -> str:
    """What the bridge wants to be shown; empty when it is not set, and then the bridge refuses."""
    return os.environ.get("HANDSCHLAG_INTERNAL_SECRET", "")


def shop_database_url() -> str:
    """SQLAlchemy's address of the shop's database."""
    return os.environ.get("HANDSCHLAG_SHOP_DATABASE_URL", "sqlite:///var/shop.db")


def lookup_guard_url() -> str:
    """SQLAlchemy's address of the database in which wrong proofs of identity are counted."""
    return os.environ.get("HANDSCHLAG_LOOKUP_GUARD_URL", "sqlite:///var/lookup_guard.db")


def energy_database_url() -> str:
    """SQLAlchemy's address of the energy supplier's database."""
    return os.environ.get("HANDSCHLAG_ENERGY_DATABASE_URL", "sqlite:///var/energy.db")


def insurance_database_url() -> str:
    """SQLAlchemy's address of the insurer's database."""
    return os.environ.get("HANDSCHLAG_INSURANCE_DATABASE_URL", "sqlite:///var/insurance.db")


def business_file() -> Path:
    """The file with the company's name, contact and opening hours."""
    return Path(os.environ.get("HANDSCHLAG_BUSINESS_FILE", "business.yml"))
