import type { Delivery, DeliveryStatus, Message } from "../api/types";

export type PendingStatus = "sending" | "failed";

/** A message of one's own that the bridge has not acknowledged yet. */
export interface Pending {
  clientMessageId: string;
  text: string;
  payload?: string;
  status: PendingStatus;
  createdAt: string;
  /** The bridge asked to wait: it goes out by itself after so many seconds. */
  heldForS?: number;
  /** Code of the error that ended the sending, for status `failed`. */
  errorCode?: string;
}

/**
 * What one conversation shows: acknowledged messages in the order of their `seq`, each once, then one's own messages
 * still on their way.
 */
export class MessageLog {
  private readonly bySeq = new Map<number, Message>();
  private readonly pendingById = new Map<string, Pending>();
  private readonly acknowledged = new Set<string>();
  private reached = 0;

  /**
   * The `seq` up to which everything is known. It moves only with what comes in order (a page or the event stream):
   * the answer to one's own sending may overtake messages that are still missing.
   */
  get cursor(): number {
    return this.reached;
  }

  get messages(): Message[] {
    return [...this.bySeq.values()].sort((a, b) => a.seq - b.seq);
  }

  get pending(): Pending[] {
    return [...this.pendingById.values()];
  }

  /** Takes in messages that came in order from the cursor on. */
  follow(messages: readonly Message[]): void {
    for (const message of messages) {
      this.confirm(message);
      this.reached = Math.max(this.reached, message.seq);
    }
  }

  /** Takes in a message that came out of turn: the answer to one's own sending. */
  confirm(message: Message): void {
    const before = this.bySeq.get(message.seq);
    this.bySeq.set(
      message.seq,
      before?.delivery ? { ...message, delivery: newer(before.delivery, message.delivery) } : message,
    );
    if (message.client_message_id) {
      this.acknowledged.add(message.client_message_id);
      this.pendingById.delete(message.client_message_id);
    }
  }

  /** Notes what became of a message; one not known yet brings its state with it when it comes. */
  setDelivery(seq: number, delivery: Delivery): void {
    const message = this.bySeq.get(seq);
    if (message) {
      this.bySeq.set(seq, { ...message, delivery });
    }
  }

  /** Adds or changes one's own message; one that is acknowledged already stays so. */
  setPending(pending: Pending): void {
    if (!this.acknowledged.has(pending.clientMessageId)) {
      this.pendingById.set(pending.clientMessageId, pending);
    }
  }

  removePending(clientMessageId: string): void {
    this.pendingById.delete(clientMessageId);
  }

  isAcknowledged(clientMessageId: string): boolean {
    return this.acknowledged.has(clientMessageId);
  }
}

const REACHED: readonly DeliveryStatus[] = ["pending", "sent", "delivered", "read"];

/**
 * The event stream tells of a message and of its way apart, and a page that was asked for earlier can come later:
 * neither may undo what is known. Back to the start goes only what the stream says so of, after a decision to resend.
 */
function newer(known: Delivery, told: Delivery | null | undefined): Delivery {
  if (!told || told.status === "pending") {
    return known;
  }
  const further = REACHED.indexOf(told.status) >= REACHED.indexOf(known.status);
  return further || !REACHED.includes(told.status) ? told : known;
}
