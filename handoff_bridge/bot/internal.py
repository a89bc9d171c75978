"""The inner door: custom actions ask for a person here, with the shared secret."""

import hmac
from typing import Annotated, Any

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, StringConstraints

from handoff_bridge.bot.storable import storable
from handoff_bridge.channels.webchat.access import bearer
from handoff_bridge.conversations.model import Decision, HandoffDetails, Reason, TranscriptEntry
from handoff_bridge.errors import Unauthenticated
from handoff_bridge.http import keys
from handoff_bridge.http.bodies import Body, read_body
from handoff_bridge.http.wire import promise_to_wire

routes = web.RouteTableDef()

Id = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00]*$")]
#: A whole conversation travels with the request, in bytes.
MAX_HANDOFF = 4 * 1024 * 1024

Share = Annotated[float, Field(allow_inf_nan=False)]
Storable = BeforeValidator(storable)


class DecisionBody(BaseModel):
    reason: Reason
    score: Share | None = None
    threshold: Share | None = None
    cues: list[str] = Field(default_factory=list)


class Said(BaseModel):
    sender: Annotated[str, StringConstraints(pattern="^(customer|bot|agent|system)$")]
    text: str
    created_at: AwareDatetime
    intent: str | None = None
    confidence: Share | None = None
    entities: list[dict[str, Any]] | None = None


class HandoffRequest(Body):
    """What the bot knows when it steps back."""

    conversation_id: Id
    message_id: Id
    reason: Reason
    decision: Annotated[DecisionBody | None, Storable] = None
    summary: Annotated[str | None, Storable] = None
    slots: Annotated[dict[str, Any], Storable] = Field(default_factory=dict)
    latest_intent: Annotated[dict[str, Any] | None, Storable] = None
    transcript: Annotated[list[Said], Storable] = Field(default_factory=list)

    def details(self) -> HandoffDetails:
        details = HandoffDetails(summary=self.summary, slots=self.slots, latest_intent=self.latest_intent)
        if self.decision is not None:
            details["decision"] = Decision(
                reason=self.decision.reason.value,
                score=self.decision.score,
                threshold=self.decision.threshold,
                cues=self.decision.cues,
            )
        if self.transcript:
            details["transcript"] = [_entry(said) for said in self.transcript]
        return details


def _entry(said: Said) -> TranscriptEntry:
    entry = TranscriptEntry(sender=said.sender, text=said.text, created_at=said.created_at.isoformat())
    if said.intent is not None:
        entry["intent"] = said.intent
        entry["confidence"] = said.confidence
    if said.entities:
        entry["entities"] = said.entities
    return entry


@routes.post("/internal/handoffs")
async def request_handoff(request: web.Request) -> web.Response:
    """Idempotent per triggering message: 202 the first time, 200 after that."""
    secret = request.app[keys.settings].internal_secret.get_secret_value()
    if not hmac.compare_digest(bearer(request).encode("utf-8", "replace"), secret.encode()):
        raise Unauthenticated("The shared secret is not right.")
    body = await read_body(request, HandoffRequest, MAX_HANDOFF)
    handoff, promise, created = await request.app[keys.bot].record_handoff(
        body.conversation_id, body.message_id, body.reason, body.details()
    )
    return web.json_response(
        {
            "handoff": {"id": handoff.id, "status": handoff.status.value},
            "promise": promise_to_wire(promise),
        },
        status=202 if created else 200,
    )
