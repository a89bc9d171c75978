/** The shapes the bridge speaks on the wire. Times are ISO 8601 in UTC; durations are in seconds. */

export type ConversationState = "bot" | "waiting" | "human" | "closed";
export type Sender = "customer" | "bot" | "agent" | "system";
export type HandoffReason =
  | "customer_request"
  | "low_confidence"
  | "frustration"
  | "complex_intent"
  | "bot_failure"
  | "policy";

export interface Button {
  title: string;
  payload: string;
}

export interface Notice {
  type: string;
  reason?: string | null;
  queue_position?: number | null;
  estimated_wait_s?: number | null;
  next_opening?: string | null;
  agent?: string | null;
}

export interface Message {
  id: string;
  conversation_id: string;
  /** Place in the conversation's log, counted from 1. */
  seq: number;
  sender: Sender;
  sender_name?: string | null;
  kind: string;
  text: string;
  buttons?: readonly Button[] | null;
  /** Address of a picture, for kind `image`. */
  image?: string | null;
  notice?: Notice | null;
  client_message_id?: string | null;
  /** What a channel brings beside the words; parts the desk does not know are shown as they are. */
  data?: Readonly<Record<string, unknown>> | null;
  /** What became of it on WhatsApp; only told to the desk. */
  delivery?: Delivery | null;
  created_at: string;
}

export type DeliveryStatus =
  | "pending"
  | "held"
  | "sent"
  | "delivered"
  | "read"
  | "failed"
  | "indeterminate"
  | "cancelled";

export interface Delivery {
  status: DeliveryStatus;
  error?: { kind: string; message: string; code?: number | null } | null;
  /** Deliveries that somebody can decide about: send again, or drop. */
  open_ids?: readonly string[] | null;
}

export interface DeliveryEvent {
  conversation_id: string;
  seq: number;
  delivery: Delivery;
}

export interface QueueInfo {
  reason: string;
  queue_position?: number | null;
  estimated_wait_s?: number | null;
  next_opening?: string | null;
}

export interface Conversation {
  id: string;
  channel: string;
  state: ConversationState;
  /** Raised with every change of owner; a write made for an older epoch is refused. */
  epoch: number;
  last_seq: number;
  agent?: { name: string } | null;
  created_at: string;
  handoff?: QueueInfo | null;
  /** Channels the customer can take the conversation to; only told to customers. */
  continue_on?: readonly string[] | null;
}

/** A code that takes a conversation to WhatsApp, once and until `expires_at`. */
export interface ChannelCode {
  code: string;
  text: string;
  url: string;
  display_number: string;
  expires_at: string;
}

export interface TypingEvent {
  conversation_id?: string;
  sender: Sender;
  active: boolean;
}

export interface CreatedConversation {
  conversation: Conversation;
  token: string;
  messages: Message[];
}

export interface MessagePage<C extends Conversation = Conversation> {
  messages: Message[];
  conversation: C;
}

export interface Agent {
  id: string;
  name: string;
  email: string;
}

export interface Colleague {
  id: string;
  name: string;
  online: boolean;
}

export interface DeskSession {
  agent: Agent;
  csrf_token: string;
}

export interface DeskConversation extends Conversation {
  /** What an unnamed guest is called at the desk, e.g. "Gast 7F3K". */
  label: string;
  waiting_since?: string | null;
  last_message?: { text: string; sender: Sender; created_at: string } | null;
  agent?: { id: string; name: string } | null;
  /** Id of the agent it was passed on to and waits for. */
  reserved_for?: string | null;
  /** Whether the customer has the chat open; only kept while a person is asked for or there. */
  customer_online: boolean;
  locale: string;
  whatsapp?: WhatsAppCustomer | null;
}

/** The customer on WhatsApp; after `window_ends_at` only templates reach them until they write again. */
export interface WhatsAppCustomer {
  name: string | null;
  phone: string | null;
  window_ends_at: string | null;
  window_open: boolean;
  /** Wants no more messages. */
  stopped: boolean;
  /** The company's number; `reopen_title` names the template that asks for an answer when the window is closed. */
  number: { id: string; name: string; display_number: string; reopen_title: string | null };
}

export interface Attachment {
  id: string;
  message_id: string;
  kind: "image" | "audio" | "video" | "document" | "sticker";
  status: "pending" | "stored" | "refused" | "gone";
  mime?: string | null;
  size?: number | null;
  name?: string | null;
}

export interface Template {
  name: string;
  language: string;
  title: string;
  /** With its variables in braces. */
  text: string;
  variables: readonly { name: string; label: string; example: string; default: string | null }[];
}

/** A message, or a part of one, that has not gone. */
export interface Undelivered {
  id: string;
  conversation_id: string;
  kind: "message" | "template" | "reopen";
  sender: Sender;
  text: string;
  delivery: Delivery;
  created_at: string;
  updated_at: string;
}

export interface TranscriptTurn {
  sender: "customer" | "bot";
  text: string;
  intent?: string | null;
  confidence?: number | null;
  entities?: unknown[] | null;
  created_at: string;
}

export interface Handoff {
  id: string;
  reason: string;
  status: string;
  requested_at: string;
  decision?: { reason: string; score: number | null; threshold: number | null; cues: string[] } | null;
  summary?: string | null;
  slots?: Record<string, unknown> | null;
  latest_intent?: { name: string; confidence: number } | null;
  transcript?: TranscriptTurn[] | null;
}

export interface DeskDetail extends MessagePage<DeskConversation> {
  handoff: Handoff | null;
  attachments?: readonly Attachment[];
}
