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
  created_at: string;
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
}
