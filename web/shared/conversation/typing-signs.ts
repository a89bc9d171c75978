import type { Sender } from "../api/types";

/** A person who writes says so again every few seconds; a sign that is not renewed is taken down. */
const PERSON_MS = 10_000;
/** The bridge tells once per turn that the bot answers, and a turn may last this long. */
const BOT_MS = 60_000;

/** Who is writing just now. A sign is never stuck: it ends by itself, and with the message it announced. */
export class TypingSigns {
  private readonly timers = new Map<Sender, ReturnType<typeof setTimeout>>();

  constructor(private readonly onChange: () => void) {}

  /** Who began last, when several write at once. */
  get sender(): Sender | null {
    return [...this.timers.keys()].at(-1) ?? null;
  }

  show(sender: Sender, active: boolean): void {
    if (!active) {
      this.end(sender);
      return;
    }
    const before = this.timers.get(sender);
    clearTimeout(before);
    this.timers.set(
      sender,
      setTimeout(() => this.end(sender), sender === "bot" ? BOT_MS : PERSON_MS),
    );
    if (before === undefined) {
      this.onChange();
    }
  }

  /** The sender has said something or has left. */
  end(sender: Sender): void {
    if (this.timers.has(sender)) {
      clearTimeout(this.timers.get(sender));
      this.timers.delete(sender);
      this.onChange();
    }
  }

  clear(): void {
    for (const sender of [...this.timers.keys()]) {
      this.end(sender);
    }
  }
}
