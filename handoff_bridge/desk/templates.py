"""Templates at the desk: the list, and writing one to a customer whose 24 hours are over."""

from aiohttp import web

from handoff_bridge.channels.whatsapp.sender.templates import filled
from handoff_bridge.conversations.model import Channel
from handoff_bridge.desk.access import signed_in
from handoff_bridge.desk.bodies import AgentTemplate
from handoff_bridge.desk.routes import ONE
from handoff_bridge.desk.whatsapp_view import WhatsAppView
from handoff_bridge.errors import IllegalTransition, NotFound
from handoff_bridge.http import keys
from handoff_bridge.http.bodies import read_body

routes = web.RouteTableDef()


@routes.get("/desk/api/templates")
async def templates(request: web.Request) -> web.Response:
    """Every template of the business rules; without WhatsApp there is none."""
    await signed_in(request)
    rules = request.app[keys.rules].whatsapp
    listed = [
        {
            "name": template.name,
            "language": template.language,
            "title": template.title,
            "text": template.text,
            "variables": [
                {
                    "name": variable.name,
                    "label": variable.label,
                    "example": variable.example,
                    "default": variable.default,
                }
                for variable in template.variables
            ],
        }
        for template in (rules.templates if rules is not None else ())
    ]
    return web.json_response({"templates": listed})


@routes.post(ONE + "/templates")
async def send_template(request: web.Request) -> web.Response:
    """Write a template as the owner; it goes whether the window is open or not."""
    agent = await signed_in(request)
    body = await read_body(request, AgentTemplate)
    conversation_id = request.match_info["conversation_id"]
    rules = request.app[keys.rules].whatsapp
    template = rules.template(body.name, body.language) if rules is not None else None
    if template is None:
        raise NotFound("There is no such template.")
    async with request.app[keys.store].read() as tx:
        if (await tx.conversations.get(conversation_id)).channel is not Channel.WHATSAPP:
            raise IllegalTransition("Templates are for conversations on WhatsApp.")
    text, data = filled(template, body.variables)
    _, message, created = await request.app[keys.desk].write(
        conversation_id, agent, body.epoch, body.client_message_id, text, {"template": data}
    )
    async with request.app[keys.store].read() as tx:
        wire = await WhatsAppView(request.app).written(tx, message)
    return web.json_response({"message": wire}, status=202 if created else 200)
