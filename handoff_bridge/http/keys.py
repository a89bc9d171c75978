"""The application's parts under typed keys."""

from aiohttp import web

from handoff_bridge.bot.client import RasaBot
from handoff_bridge.business import BusinessRules
from handoff_bridge.channels.whatsapp.moving import Crossing
from handoff_bridge.channels.whatsapp.sender.channel import WhatsAppChannel
from handoff_bridge.conversations.core import Core
from handoff_bridge.conversations.customer import CustomerSide
from handoff_bridge.conversations.desk import DeskSide
from handoff_bridge.conversations.moves import MoveSide
from handoff_bridge.conversations.ports import Clock, Signals
from handoff_bridge.conversations.turns import BotSide
from handoff_bridge.desk.sessions import Sessions
from handoff_bridge.http.limits import Limits
from handoff_bridge.metrics import Metrics
from handoff_bridge.realtime.hub import Hub
from handoff_bridge.settings import Settings
from handoff_bridge.storage.store import SqlStore

settings = web.AppKey("settings", Settings)
rules = web.AppKey("rules", BusinessRules)
store = web.AppKey("store", SqlStore)
hub = web.AppKey("hub", Hub)
limits = web.AppKey("limits", Limits)
metrics = web.AppKey("metrics", Metrics)
process_name = web.AppKey("process_name", str)
clock: web.AppKey[Clock] = web.AppKey("clock")
signals: web.AppKey[Signals] = web.AppKey("signals")
core = web.AppKey("core", Core)
customers = web.AppKey("customers", CustomerSide)
desk = web.AppKey("desk", DeskSide)
bot = web.AppKey("bot", BotSide)
rasa = web.AppKey("rasa", RasaBot)
sessions = web.AppKey("sessions", Sessions)
#: Only where business.yml names a number, and the words for it.
moves = web.AppKey("moves", MoveSide)
crossing = web.AppKey("crossing", Crossing)
#: Only where business.yml names a number.
whatsapp_channel = web.AppKey("whatsapp_channel", WhatsAppChannel)
