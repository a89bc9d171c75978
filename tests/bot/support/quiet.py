"""Imported before Rasa: no telemetry, and no warnings of its dependencies about one another."""

import os
import warnings

warnings.filterwarnings("ignore", category=DeprecationWarning)
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

#: What pytest is told to leave out as well.
FILTERS = ("ignore::DeprecationWarning", "ignore:Slot auto-fill:UserWarning")
