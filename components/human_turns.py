"""What the tracker is given when a person hands the conversation back to the bot.

The person's part is written into the tracker as it was said, an open form ends, and what had led to the handoff is
forgotten, so that the bot does not hand over again for the old reason.
"""

from __future__ import annotations

from datetime import datetime, timezone

from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.events import ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from components.channel_bodies import HumanTurn, Returned

#: Marks the events of a person's part in their metadata: {"with_person": true, "sender": …, "created_at": …}.
WITH_PERSON = "with_person"

#: Slots that belong to the matter the person has settled. What locks the order lookup stays: it protects the order.
SETTLED_SLOTS = (
    "request",
    "paused_request",
    "confirmation",
    "last_told",
    "unusable_answers",
    "missing_answers",
    "order_number",
    "postal_code",
    "order_wanted",
    "tried_postal_code",
    "new_address",
    "article",
    "exchange_wish",
    "repair_number",
    "voucher_code",
    "report_order",
    "remedy",
    "problem_description",
    *("contract_number", "supply_postal_code", "tried_supply_postal_code", "meter_reading", "read_on"),
    *("reading_doubt", "doubted_reading", "amount", "iban", "own_account", "tariff"),
    *("moving_on", "moving_to", "takes_contract", "supply_address", "supply_from"),
    *("policy_number", "claim_number", "policy_proof", "tried_policy_proof", "policy_wish", "certificate"),
    *("claim_event", "claim_hurt", "claim_on", "claim_place", "claim_involved", "claim_photos", "claim_warned"),
    "handoff_id",
)


def events_of_return(returned: Returned, tracker: DialogueStateTracker) -> list[Event]:
    """The events to append before the next customer message is handled; turns the tracker holds are left out."""
    known = {
        (event.metadata.get("sender"), event.metadata.get("created_at"), event.text)
        for event in tracker.events
        if isinstance(event, (UserUttered, BotUttered)) and event.metadata.get(WITH_PERSON)
    }
    said = [_event(turn) for turn in returned.turns if (turn.sender, turn.created_at, turn.text) not in known]
    settled = [name for name in SETTLED_SLOTS if name in tracker.slots]
    return [
        ActiveLoop(None),
        SlotSet(REQUESTED_SLOT, None),
        *said,
        *(SlotSet(name, tracker.slots[name].initial_value) for name in settled),
        SlotSet("person_note", returned.note),
        # Last: whoever counts signals in the tracker stops here.
        SlotSet("returned_at", datetime.now(timezone.utc).isoformat()),
    ]


def _event(turn: HumanTurn) -> Event:
    metadata = {WITH_PERSON: True, "sender": turn.sender, "created_at": turn.created_at}
    if turn.sender == "customer":
        # No intent: it was said to a person, and no policy may react to it.
        return UserUttered(turn.text, intent={"name": None, "confidence": 0.0}, metadata=metadata)
    return BotUttered(turn.text, metadata=metadata)
