import { ApiError } from "../api/errors";
import { Backoff } from "../stream/backoff";

/**
 * Runs one piece of fetching at a time. Asked again meanwhile, it runs once more afterwards; failed for a passing
 * reason, it tries again by itself until it is stopped, and never sooner than the bridge asked for.
 */
export class CatchUp {
  private running = false;
  private again = false;
  private stopped = false;
  private heldUntil = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly onError: (error: ApiError) => void,
    private readonly backoff: Backoff = new Backoff(),
  ) {}

  async run(): Promise<void> {
    if (this.running) {
      this.again = true;
      return;
    }
    if (Date.now() < this.heldUntil) {
      return; // the timer will run it
    }
    this.running = true;
    clearTimeout(this.timer);
    try {
      do {
        this.again = false;
        await this.work();
        this.backoff.reset();
      } while (this.again && !this.stopped);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this.failed(error);
    } finally {
      this.running = false;
    }
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private runAgain(): void {
    this.heldUntil = 0;
    void this.run();
  }

  private failed(error: ApiError): void {
    if (this.stopped) {
      return;
    }
    this.onError(error);
    if (error.transient) {
      this.heldUntil = Date.now() + error.waitMs;
      this.timer = setTimeout(() => this.runAgain(), Math.max(error.waitMs, this.backoff.next()));
    }
  }
}
