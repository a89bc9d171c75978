import { ApiError } from "../api/errors";

/** The bridge drops a sign of writing after 8 s; so often it is renewed while text is being typed. */
const EVERY_MS = 4_000;

/**
 * Tells the other side that one is writing. It is only a courtesy: what cannot be told is left untold, nothing waits
 * for it.
 */
export class TypingReport {
  private told = false;
  private silentUntil = 0;

  constructor(private readonly tell: (active: boolean) => Promise<void>) {}

  /** The field was changed by its writer and now holds this text. */
  changed(text: string): void {
    if (text.trim() === "") {
      this.ended();
    } else if (Date.now() >= this.silentUntil) {
      this.told = true;
      this.silentUntil = Date.now() + EVERY_MS;
      void this.attempt(true);
    }
  }

  /** The text was sent or thrown away. */
  ended(): void {
    if (this.told) {
      this.told = false;
      void this.attempt(false);
    }
  }

  private async attempt(active: boolean): Promise<void> {
    try {
      await this.tell(active);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this.silentUntil = Math.max(this.silentUntil, Date.now() + error.waitMs);
    }
  }
}
