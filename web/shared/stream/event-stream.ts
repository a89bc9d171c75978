import { createParser } from "eventsource-parser";
import { ApiError, NetworkError, ResponseError, readError } from "../api/errors";
import { Backoff } from "./backoff";

/** A connection that lived this long was a good one; the next failure is a new one, waited for briefly. */
const PROVEN_MS = 5_000;

export type Connection = "connecting" | "open" | "lost";

export interface EventStreamOptions {
  /** Asked anew for every connection, so that it can carry the cursor reached by then. */
  url: () => string;
  headers?: () => Record<string, string>;
  onEvent: (type: string, data: unknown) => void;
  /** Called whenever a connection stands: the moment to ask for what was missed. */
  onOpen?: () => void;
  onConnection?: (connection: Connection) => void;
  /** The bridge refused for good (no longer signed in, no such conversation); the stream has stopped. */
  onRefused?: (error: ResponseError) => void;
  backoff?: Backoff;
  /** The bridge sends a heartbeat every 15 s; after this long without a byte the connection is dead. */
  silenceMs?: number;
}

/**
 * Server-sent events over fetch: unlike EventSource it sends headers, sees the status of a refusal and notices a
 * connection that is open in name only.
 */
export class EventStream {
  private abort: AbortController | null = null;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private silenceTimer: ReturnType<typeof setTimeout> | undefined;
  private lastByteAt = 0;
  private openedAt = Number.POSITIVE_INFINITY;
  private heldUntil = 0;
  private readonly backoff: Backoff;
  private readonly silenceMs: number;

  constructor(private readonly options: EventStreamOptions) {
    this.backoff = options.backoff ?? new Backoff();
    this.silenceMs = options.silenceMs ?? 40_000;
  }

  start(): void {
    this.stop();
    void this.connect();
  }

  stop(): void {
    clearTimeout(this.retryTimer);
    clearTimeout(this.silenceTimer);
    this.abort?.abort();
    this.abort = null;
  }

  /**
   * The network or the page came back: connects at once, unless the connection shows signs of life and the network
   * was not `cut`. Where the bridge asked to wait, the waiting goes on.
   */
  wake(cut: boolean): void {
    if (Date.now() < this.heldUntil) {
      return;
    }
    if (cut || !this.abort || Date.now() - this.lastByteAt > this.silenceMs / 2) {
      this.backoff.reset();
      this.start();
    }
  }

  private async connect(): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    this.options.onConnection?.("connecting");
    try {
      await this.read(abort);
    } catch (error) {
      if (abort.signal.aborted && this.abort !== abort) {
        return; // stopped or replaced on purpose
      }
      if (error instanceof ResponseError && !error.transient) {
        this.stop();
        this.options.onConnection?.("lost");
        this.options.onRefused?.(error);
        return;
      }
      this.scheduleRetry(abort, error instanceof ApiError ? error.waitMs : 0);
      if (!(error instanceof ApiError)) {
        throw error; // a fault of ours: reported by the browser, while the stream goes on
      }
      return;
    }
    this.scheduleRetry(abort, 0);
  }

  private scheduleRetry(abort: AbortController, waitMs: number): void {
    if (this.abort !== abort) {
      return;
    }
    clearTimeout(this.silenceTimer);
    abort.abort();
    this.abort = null;
    if (Date.now() - this.openedAt >= PROVEN_MS) {
      this.backoff.reset();
    }
    this.openedAt = Number.POSITIVE_INFINITY;
    this.options.onConnection?.("lost");
    this.heldUntil = Date.now() + waitMs;
    this.retryTimer = setTimeout(() => void this.connect(), Math.max(waitMs, this.backoff.next()));
  }

  private async read(abort: AbortController): Promise<void> {
    this.watchSilence(abort);
    const response = await this.open(abort);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (!reader) {
      throw new NetworkError(new Error("The answer has no body."));
    }
    this.openedAt = Date.now();
    this.options.onConnection?.("open");
    this.options.onOpen?.();
    const parser = createParser({
      onEvent: ({ event, data }) => this.dispatch(event ?? "message", data),
    });
    for (;;) {
      const chunk = await reader.read().catch((cause: unknown) => {
        throw new NetworkError(cause);
      });
      if (chunk.done) {
        return;
      }
      if (this.abort !== abort) {
        return;
      }
      this.watchSilence(abort);
      parser.feed(chunk.value);
    }
  }

  private async open(abort: AbortController): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(this.options.url(), {
        headers: { Accept: "text/event-stream", ...this.options.headers?.() },
        cache: "no-store",
        signal: abort.signal,
      });
    } catch (cause) {
      throw new NetworkError(cause);
    }
    if (!response.ok) {
      throw await readError(response);
    }
    return response;
  }

  private dispatch(type: string, data: string): void {
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      return; // half an event is none: it comes again after the next reconnect, the cursor has not moved
    }
    this.options.onEvent(type, value);
  }

  private watchSilence(abort: AbortController): void {
    this.lastByteAt = Date.now();
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => abort.abort(), this.silenceMs);
  }
}
