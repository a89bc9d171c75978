import type { DeskConversation, Message, Sender } from "../shared/api/types";
import { isCurrent } from "../shared/conversation/freshness";

/** The last word of a customer, the bot or an agent; `name` is known of agents' words that were seen by the page. */
export interface LastWords {
  seq: number;
  sender: Sender;
  text: string;
  name?: string | undefined;
}

export type QueueName = "waiting" | "mine" | "colleagues" | "bot" | "closed";

/** What the desk knows of all conversations, sorted into the lists an agent works with. */
export class ConversationStore {
  private readonly byId = new Map<string, DeskConversation>();
  private readonly lastWords = new Map<string, LastWords>();
  private snapshotTaken = false;

  constructor(
    private readonly myId: () => string | null,
    /** Somebody began to wait after the page was loaded. */
    private readonly onWaiting: (conversation: DeskConversation) => void,
  ) {}

  get(id: string): DeskConversation | undefined {
    return this.byId.get(id);
  }

  /** Takes the list of all conversations that are not closed; what is missing in it has been closed meanwhile. */
  takeSnapshot(conversations: readonly DeskConversation[]): void {
    const named = new Set(conversations.map((conversation) => conversation.id));
    for (const [id, known] of this.byId) {
      if (known.state !== "closed" && !named.has(id)) {
        this.byId.delete(id);
        this.lastWords.delete(id);
      }
    }
    for (const conversation of conversations) {
      this.take(conversation);
    }
    this.snapshotTaken = true;
  }

  take(conversation: DeskConversation): void {
    const before = this.byId.get(conversation.id);
    if (!isCurrent(before, conversation)) {
      return;
    }
    this.byId.set(conversation.id, conversation);
    const { last_message: last, last_seq: seq, agent } = conversation;
    if (last) {
      this.keepWords(conversation.id, { seq, sender: last.sender, text: last.text, name: agent?.name });
    }
    if (this.snapshotTaken && conversation.state === "waiting" && before?.state !== "waiting") {
      this.onWaiting(conversation);
    }
  }

  /** Keeps the preview in step when a message comes before the conversation's own event. */
  takeMessage(message: Message): void {
    this.takeWords([message]);
    const conversation = this.byId.get(message.conversation_id);
    if (conversation && message.seq > conversation.last_seq) {
      const { text, sender, created_at } = message;
      const shown = message.kind === "notice" ? {} : { last_message: { text, sender, created_at } };
      this.byId.set(conversation.id, { ...conversation, last_seq: message.seq, ...shown });
    }
  }

  /** Notes what was said, also long ago, for the previews. */
  takeWords(messages: readonly Message[]): void {
    for (const { conversation_id, seq, sender, text, sender_name } of messages) {
      this.keepWords(conversation_id, { seq, sender, text, name: sender_name ?? undefined });
    }
  }

  /** What somebody said last, as far as the page has seen it: says more about a conversation than a notice. */
  words(id: string): LastWords | undefined {
    return this.lastWords.get(id);
  }

  queue(name: QueueName): DeskConversation[] {
    const chosen = [...this.byId.values()].filter((conversation) => this.queueOf(conversation) === name);
    return name === "waiting" ? chosen.sort(byPlace) : chosen.sort(newestFirst);
  }

  queueOf(conversation: DeskConversation): QueueName {
    if (conversation.state !== "human") {
      return conversation.state;
    }
    return this.isMine(conversation) ? "mine" : "colleagues";
  }

  isMine(conversation: DeskConversation): boolean {
    return conversation.state === "human" && conversation.agent?.id === this.myId();
  }

  /** Whether the last word in a conversation of mine is not ours: also right after taking it over. */
  isUnanswered(conversation: DeskConversation): boolean {
    return this.isMine(conversation) && conversation.last_message?.sender !== "agent";
  }

  /** How many customers wait for something an agent has to do. */
  get openTasks(): number {
    return this.queue("waiting").length + this.queue("mine").filter((mine) => this.isUnanswered(mine)).length;
  }

  clear(): void {
    this.byId.clear();
    this.lastWords.clear();
    this.snapshotTaken = false;
  }

  private keepWords(id: string, words: LastWords): void {
    const before = this.lastWords.get(id);
    const newer = !before || words.seq > before.seq || (words.seq === before.seq && before.name === undefined);
    if (newer && words.sender !== "system") {
      this.lastWords.set(id, words);
    }
  }
}

function byPlace(a: DeskConversation, b: DeskConversation): number {
  const place = (a.handoff?.queue_position ?? Infinity) - (b.handoff?.queue_position ?? Infinity);
  return place || compare(a.waiting_since ?? a.created_at, b.waiting_since ?? b.created_at);
}

function newestFirst(a: DeskConversation, b: DeskConversation): number {
  return compare(b.last_message?.created_at ?? b.created_at, a.last_message?.created_at ?? a.created_at);
}

function compare(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b);
}
