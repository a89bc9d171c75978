import type { SafeStorage } from "../shared/storage";

const PREFIX = "handschlag.desk.draft.";

/**
 * Unsent replies, one per agent and conversation. They outlive a reload and an expired session, but not signing out,
 * and belong to their writer: another agent at the same screen does not see them.
 */
export class Drafts {
  constructor(
    private readonly storage: SafeStorage,
    private readonly agentId: () => string | null,
  ) {}

  get(conversationId: string): string {
    return this.storage.get(this.key(conversationId)) ?? "";
  }

  set(conversationId: string, text: string): void {
    if (text) {
      this.storage.set(this.key(conversationId), text);
    } else {
      this.storage.remove(this.key(conversationId));
    }
  }

  /** Puts a text that could not be sent back in front of what has been written since. */
  putBack(conversationId: string, text: string): void {
    this.set(conversationId, [text, this.get(conversationId)].filter((part) => part !== "").join("\n\n"));
  }

  clear(): void {
    const mine = `${PREFIX}${this.agentId() ?? ""}.`;
    for (const key of this.storage.keys()) {
      if (key.startsWith(mine)) {
        this.storage.remove(key);
      }
    }
  }

  private key(conversationId: string): string {
    return `${PREFIX}${this.agentId() ?? ""}.${conversationId}`;
  }
}
