import { isRecord } from "../shared/api/errors";
import type { Pending } from "../shared/conversation/message-log";
import { localStore, tabStore } from "../shared/storage";

const CONVERSATION = "handschlag.conversation";
const UNSENT = "handschlag.unsent";
const DRAFT = "handschlag.draft";
const OPEN = "handschlag.open";

export interface StoredConversation {
  id: string;
  token: string;
  rated: boolean;
}

/**
 * What the chat keeps in the browser. Nothing is written before the customer has opened the chat. The conversation is
 * shared by all tabs; unsent text belongs to the tab it was written in.
 */
export const chatStorage = {
  get conversation(): StoredConversation | null {
    const value = localStore.getJson(CONVERSATION);
    if (!isRecord(value) || typeof value["id"] !== "string" || typeof value["token"] !== "string") {
      return null;
    }
    return { id: value["id"], token: value["token"], rated: value["rated"] === true };
  },

  keepConversation(conversation: StoredConversation): void {
    localStore.set(CONVERSATION, JSON.stringify(conversation));
  },

  forgetConversation(): void {
    localStore.remove(CONVERSATION);
    tabStore.remove(UNSENT);
  },

  isConversationEvent(event: StorageEvent): boolean {
    return event.key === CONVERSATION || event.key === null;
  },

  /** Messages of this conversation that were on their way when the page went. */
  unsent(conversationId: string): Pending[] {
    const value = tabStore.getJson(UNSENT);
    if (!isRecord(value) || value["conversationId"] !== conversationId || !Array.isArray(value["pending"])) {
      return [];
    }
    return value["pending"].filter(isPending);
  },

  keepUnsent(conversationId: string, pending: readonly Pending[]): void {
    if (pending.length > 0) {
      tabStore.set(UNSENT, JSON.stringify({ conversationId, pending }));
    } else {
      tabStore.remove(UNSENT);
    }
  },

  get draft(): string {
    return tabStore.get(DRAFT) ?? "";
  },

  keepDraft(text: string): void {
    if (text) {
      tabStore.set(DRAFT, text);
    } else {
      tabStore.remove(DRAFT);
    }
  },

  get wasOpen(): boolean {
    return tabStore.get(OPEN) === "yes";
  },

  keepOpen(open: boolean): void {
    if (open) {
      tabStore.set(OPEN, "yes");
    } else {
      tabStore.remove(OPEN);
    }
  },
};

function isPending(value: unknown): value is Pending {
  return (
    isRecord(value) &&
    typeof value["clientMessageId"] === "string" &&
    typeof value["text"] === "string" &&
    typeof value["createdAt"] === "string" &&
    (value["payload"] === undefined || typeof value["payload"] === "string")
  );
}
