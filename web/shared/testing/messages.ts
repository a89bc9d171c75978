import type { DeskConversation, Message } from "../api/types";

/** A message for tests; what is not given is plausible. */
export function message(seq: number, values: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    conversation_id: "c1",
    seq,
    sender: "customer",
    kind: "text",
    text: `Text ${seq}`,
    created_at: "2026-11-21T10:00:00Z",
    ...values,
  };
}

/** A conversation at the desk for tests. */
export function conversation(id: string, values: Partial<DeskConversation> = {}): DeskConversation {
  return {
    id,
    channel: "webchat",
    state: "bot",
    epoch: 1,
    last_seq: 1,
    created_at: "2026-11-21T10:00:00Z",
    label: `Gast ${id}`,
    locale: "de",
    customer_online: false,
    ...values,
  };
}
