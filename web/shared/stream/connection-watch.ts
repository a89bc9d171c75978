/** Short breaks are not worth a word: so long a connection may be away before it counts as lost. */
const LOST_AFTER_MS = 2_500;

/** Tells a lost connection from a short break. */
export class ConnectionWatch {
  lost = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly onChange: () => void) {}

  note(good: boolean): void {
    if (!good) {
      this.timer ??= setTimeout(() => this.set(true), LOST_AFTER_MS);
      return;
    }
    clearTimeout(this.timer);
    this.timer = undefined;
    this.set(false);
  }

  private set(lost: boolean): void {
    if (this.lost !== lost) {
      this.lost = lost;
      this.onChange();
    }
  }
}
