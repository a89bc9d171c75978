"""The OpenAPI document, served at ``/openapi.json``; request bodies come from the models that check them."""

from typing import Any

from aiohttp import web
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from handoff_bridge.bot.internal import HandoffRequest
from handoff_bridge.channels.webchat.bodies import BroughtCode, CustomerMessage, Rating, StartConversation, Typing
from handoff_bridge.desk.bodies import AgentMessage, AgentTemplate, AtEpoch, Return, SignIn, Transfer
from handoff_bridge.http import schemas

Json = dict[str, Any]
MODELS: tuple[type[BaseModel], ...] = (
    StartConversation,
    CustomerMessage,
    BroughtCode,
    Rating,
    Typing,
    SignIn,
    AtEpoch,
    AgentMessage,
    AgentTemplate,
    Return,
    Transfer,
    HandoffRequest,
    *schemas.ALL,
)
routes = web.RouteTableDef()


@routes.get("/openapi.json")
async def document(_request: web.Request) -> web.Response:
    return web.json_response(openapi())


def openapi() -> Json:
    """Build the document from the table of operations below."""
    _, definitions = models_json_schema(
        [(model, "validation") for model in MODELS], ref_template="#/components/schemas/{model}"
    )
    paths: Json = {}
    for path, method, operation in _operations():
        paths.setdefault(path, {})[method] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Handschlag",
            "version": "1",
            "description": "Customers talk to a bot and to people; agents take over at the desk.",
        },
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {
                "customer": {"type": "http", "scheme": "bearer"},
                "internal": {"type": "http", "scheme": "bearer"},
                "agent": {"type": "apiKey", "in": "cookie", "name": "handschlag_session"},
                "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"},
            },
        },
    }


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _content(model: type[BaseModel]) -> Json:
    return {"application/json": {"schema": _ref(model)}}


def _query(name: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "required": False, "schema": schema}


_AFTER = _query("after", {"type": "integer", "minimum": 0, "maximum": 2**31 - 1})
_LIMIT = _query("limit", {"type": "integer", "minimum": 1, "maximum": 200})
_DESK_LIMIT = _query("limit", {"type": "integer", "minimum": 1, "maximum": 1000})
_EVENT_STREAM = {"text/event-stream": {"schema": {"type": "string"}}}


def _operation(
    summary: str,
    answers: dict[int, type[BaseModel] | Json | None],
    *,
    body: type[BaseModel] | None = None,
    body_required: bool = True,
    security: str | None = None,
    parameters: tuple[Json, ...] = (),
    conversation: bool = False,
    errors: tuple[int, ...] = (),
) -> Json:
    operation: Json = {"summary": summary, "responses": {}}
    for status, answer in answers.items():
        response: Json = {"description": summary}
        if isinstance(answer, dict):
            response["content"] = answer
        elif answer is not None:
            response["content"] = _content(answer)
        operation["responses"][str(status)] = response
    if body is not None:
        operation["requestBody"] = {"required": body_required, "content": _content(body)}
        errors = (*errors, 413, 422)
    if security is not None:
        errors = (*errors, 401)
        schemes: Json = {"agent": [{"agent": []}], "agent_unsafe": [{"agent": [], "csrf": []}]}
        operation["security"] = schemes.get(security, [{security: []}])
        if security == "agent_unsafe":
            errors = (*errors, 403)
    parameters = tuple(parameters)
    if conversation:
        parameter = {"name": "conversation_id", "in": "path", "required": True, "schema": {"type": "string"}}
        parameters = (parameter, *parameters)
        errors = (*errors, 404)
    if parameters:
        operation["parameters"] = list(parameters)
        errors = (*errors, 422)
    for status in sorted({*errors, 500, 503}):
        operation["responses"][str(status)] = _error()
    return operation


def _error() -> Json:
    return {"description": "An error as JSON.", "content": _content(schemas.ErrorAnswer)}


def _operations() -> list[tuple[str, str, Json]]:
    by_people = [*_customer_operations(), *_desk_operations()]
    for _, _, operation in by_people:
        # Whatever is asked for: an address may ask only so often.
        operation["responses"].setdefault("429", _error())
    return [*by_people, *_inner_operations()]


def _customer_operations() -> list[tuple[str, str, Json]]:
    base = "/v1/conversations"
    one = base + "/{conversation_id}"
    mine: Any = {"security": "customer", "conversation": True}
    return [
        (base, "post", _operation(
            "Open a conversation", {201: schemas.StartedAnswer}, body=StartConversation, body_required=False)),
        (one + "/messages", "post", _operation(
            "Send a message; the same client_message_id again returns the first result",
            {202: schemas.MessageAnswer, 200: schemas.MessageAnswer},
            body=CustomerMessage, errors=(409,), **mine)),
        (one + "/messages", "get", _operation(
            "Read messages after a number, or the latest", {200: schemas.MessagesAnswer},
            parameters=(_AFTER, _LIMIT), **mine)),
        (one + "/events", "get", _operation(
            "Follow the conversation: message (id = seq), conversation, typing",
            {200: _EVENT_STREAM}, parameters=(_AFTER,), **mine)),
        (one + "/typing", "post", _operation(
            "Say that one is writing, every few seconds", {204: None}, body=Typing, **mine)),
        (one + "/handoff", "post", _operation(
            "Ask for a person", {202: schemas.ConversationAnswer}, errors=(409,), **mine)),
        (one + "/handoff", "delete", _operation(
            "Stop waiting, back to the bot", {200: schemas.ConversationAnswer}, errors=(409,), **mine)),
        (one + "/channel-codes", "post", _operation(
            "A code for going on on WhatsApp, good once and for 15 minutes", {201: schemas.ChannelCodeAnswer},
            errors=(409,), **mine)),
        ("/v1/channel-codes", "post", _operation(
            "Go on on the website with a code from WhatsApp", {200: schemas.StartedAnswer}, body=BroughtCode,
            errors=(404, 409, 410, 429))),
        (one + "/return-to-web", "post", _operation(
            "Go on on the website again", {200: schemas.ConversationAnswer}, errors=(409,), **mine)),
        (one + "/close", "post", _operation(
            "End the conversation", {200: schemas.ConversationAnswer}, errors=(409,), **mine)),
        (one + "/rating", "post", _operation(
            "Rate the conversation", {201: schemas.RatingAnswer}, body=Rating, **mine)),
        (one + "/transcript", "get", _operation(
            "The conversation as a text to keep", {200: {"text/plain": {"schema": {"type": "string"}}}}, **mine)),
    ]  # fmt: skip


def _desk_operations() -> list[tuple[str, str, Json]]:
    session, base = "/desk/api/session", "/desk/api/conversations"
    one = base + "/{conversation_id}"
    states = _query("state", {"type": "string", "enum": ["waiting", "human", "bot", "closed"]})
    change: Any = {"security": "agent_unsafe", "conversation": True, "errors": (409,)}
    conversation = schemas.DeskConversationAnswer
    deliveries = "/desk/api/deliveries"
    delivery_id = {"name": "delivery_id", "in": "path", "required": True, "schema": {"type": "string"}}
    decision: Any = {"security": "agent_unsafe", "parameters": (delivery_id,), "errors": (404, 409)}
    return [
        (session, "post", _operation(
            "Sign in", {200: schemas.SessionAnswer}, body=SignIn, errors=(401, 429))),
        (session, "get", _operation("Who is signed in", {200: schemas.SessionAnswer}, security="agent")),
        (session, "delete", _operation("Sign out", {204: None}, security="agent_unsafe")),
        ("/desk/api/agents", "get", _operation("All agents", {200: schemas.AgentsAnswer}, security="agent")),
        (base, "get", _operation(
            "List conversations", {200: schemas.DeskConversationsAnswer}, security="agent",
            parameters=(
                states, _query("mine", {"type": "string"}), _query("q", {"type": "string", "maxLength": 200})))),
        (one, "get", _operation(
            "One conversation with its handoff and messages", {200: schemas.DeskDetailAnswer},
            security="agent", conversation=True, parameters=(_AFTER, _DESK_LIMIT))),
        (one + "/claim", "post", _operation("Take over", {200: conversation}, body=AtEpoch, **change)),
        (one + "/messages", "post", _operation(
            "Write to the customer; on WhatsApp the answer says whether it has to wait for them",
            {202: schemas.DeskMessageAnswer, 200: schemas.DeskMessageAnswer}, body=AgentMessage, **change)),
        (one + "/templates", "post", _operation(
            "Write a template to a customer on WhatsApp, also when 24 hours are over",
            {202: schemas.DeskMessageAnswer, 200: schemas.DeskMessageAnswer}, body=AgentTemplate, **change)),
        (one + "/typing", "post", _operation(
            "Say that one is writing, every few seconds", {204: None}, body=Typing, **change)),
        (one + "/return", "post", _operation("Back to the bot", {200: conversation}, body=Return, **change)),
        (one + "/transfer", "post", _operation("Pass on", {200: conversation}, body=Transfer, **change)),
        (one + "/close", "post", _operation("End", {200: conversation}, body=AtEpoch, **change)),
        (one + "/attachments", "post", _operation(
            "Send a file to a customer on WhatsApp: a form with client_message_id, epoch, text if wanted, and file",
            {202: schemas.DeskMessageAnswer, 200: schemas.DeskMessageAnswer},
            security="agent_unsafe", conversation=True, errors=(409, 413, 422))),
        (one + "/attachments/{attachment_id}", "get", _operation(
            "A file of the customer", {200: {"*/*": {"schema": {"type": "string"}}}},
            security="agent", conversation=True, errors=(409, 410),
            parameters=({"name": "attachment_id", "in": "path", "required": True, "schema": {"type": "string"}},))),
        ("/desk/api/templates", "get", _operation(
            "The company's templates for WhatsApp", {200: schemas.TemplatesAnswer}, security="agent")),
        (deliveries, "get", _operation(
            "Messages that did not go: dead, held, indeterminate", {200: schemas.DeliveriesAnswer}, security="agent",
            parameters=(_query("status", {"type": "string", "enum": ["dead", "held", "indeterminate"]}), _LIMIT))),
        (deliveries + "/{delivery_id}/resend", "post", _operation(
            "Send again what is dead or indeterminate; try at once what waits for the operator",
            {200: schemas.DeliveryAnswer}, **decision)),
        (deliveries + "/{delivery_id}/drop", "post", _operation(
            "Give up what has not gone", {200: schemas.DeliveryAnswer}, **decision)),
        ("/desk/api/events", "get", _operation(
            "Follow everything: snapshot, conversation, message, delivery, typing",
            {200: _EVENT_STREAM}, security="agent")),
    ]  # fmt: skip


def _inner_operations() -> list[tuple[str, str, Json]]:
    return [
        ("/internal/handoffs", "post", _operation(
            "The bot asks for a person; idempotent per message",
            {202: schemas.HandoffAnswer, 200: schemas.HandoffAnswer},
            body=HandoffRequest, security="internal", errors=(404, 409))),
        ("/webhooks/whatsapp", "get", _operation(
            "Meta asks whether the address is ours", {200: {"text/plain": {"schema": {"type": "string"}}}},
            errors=(403, 404), parameters=tuple(
                _query(f"hub.{name}", {"type": "string"}) for name in ("mode", "verify_token", "challenge")))),
        ("/webhooks/whatsapp", "post", _operation(
            "Meta tells of messages and statuses; signed", {200: schemas.WebhookAnswer}, errors=(403, 404, 413, 422),
            parameters=({"name": "X-Hub-Signature-256", "in": "header", "required": True,
                         "schema": {"type": "string"}},))),
        ("/healthz", "get", _operation("Alive", {200: schemas.Health})),
        ("/metrics", "get", _operation(
            "Numbers for Prometheus", {200: {"text/plain": {"schema": {"type": "string"}}}})),
        ("/readyz", "get", _operation("Ready to serve", {200: schemas.Readiness, 503: schemas.Readiness})),
    ]  # fmt: skip
