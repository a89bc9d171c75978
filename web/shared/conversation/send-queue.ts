import { ApiError, ResponseError } from "../api/errors";
import type { Message } from "../api/types";
import { Backoff } from "../stream/backoff";
import type { MessageLog, Pending } from "./message-log";

export interface SendQueueOptions {
  log: MessageLog;
  send: (pending: Pending) => Promise<Message>;
  /** Called after every change of the log. */
  onChange: () => void;
  /** A message was refused, or the tries are used up; it stays in the log as failed until it is sent again. */
  onFailed?: (pending: Pending, error: ApiError) => void;
  tries?: number;
  backoff?: Backoff;
}

/**
 * Sends one's own messages one after the other, in order, each under one client message id however often it is tried:
 * the bridge keeps it once. Where the bridge asks to wait, it waits that long and does not count it as a failed try.
 */
export class SendQueue {
  private readonly waiting: Pending[] = [];
  private running = false;
  private stopped = false;
  private pausing: Pause | null = null;
  private readonly tries: number;
  private readonly backoff: Backoff;

  constructor(private readonly options: SendQueueOptions) {
    this.tries = options.tries ?? 4;
    this.backoff = options.backoff ?? new Backoff(800, 8_000);
  }

  add(text: string, payload?: string, clientMessageId: string = crypto.randomUUID()): Pending {
    const pending: Pending = {
      clientMessageId,
      text,
      ...(payload === undefined ? {} : { payload }),
      status: "sending",
      createdAt: new Date().toISOString(),
    };
    this.enqueue(pending);
    return pending;
  }

  /** Sends failed messages again, the given one or (network back, page reloaded) all that may now succeed. */
  retry(clientMessageId?: string): void {
    this.pausing?.cutShort();
    for (const pending of this.options.log.pending) {
      const chosen = clientMessageId ? pending.clientMessageId === clientMessageId : pending.errorCode === TRANSIENT;
      if (chosen && pending.status === "failed") {
        this.enqueue(fresh(pending));
      }
    }
  }

  /** Takes over messages left from before a reload. */
  restore(left: readonly Pending[]): void {
    for (const pending of left) {
      this.options.log.setPending({ ...fresh(pending), status: "failed", errorCode: pending.errorCode ?? TRANSIENT });
    }
    this.options.onChange();
  }

  /** Takes a failed message out, for instance to write it anew. */
  discard(clientMessageId: string): void {
    this.options.log.removePending(clientMessageId);
    this.options.onChange();
  }

  stop(): void {
    this.stopped = true;
    this.pausing?.end();
  }

  private enqueue(pending: Pending): void {
    this.options.log.setPending(pending);
    this.waiting.push(pending);
    this.options.onChange();
    void this.run();
  }

  private async run(): Promise<void> {
    if (this.running) {
      return;
    }
    this.running = true;
    try {
      for (let next = this.waiting.shift(); next && !this.stopped; next = this.waiting.shift()) {
        await this.deliver(next);
      }
    } finally {
      this.running = false;
    }
  }

  private async deliver(pending: Pending): Promise<void> {
    const { log, send, onChange } = this.options;
    let failures = 0;
    while (!this.stopped && !log.isAcknowledged(pending.clientMessageId)) {
      try {
        log.confirm(await send(pending));
        this.backoff.reset();
        onChange();
        return;
      } catch (error) {
        if (!(error instanceof ApiError)) {
          this.fail(pending, FAULT, null);
          throw error;
        }
        failures += isHeld(error) ? 0 : 1;
        if (!error.transient || failures >= this.tries) {
          this.giveUp(pending, error);
          return;
        }
        await this.pause(pending, error);
      }
    }
  }

  /** When the bridge cannot be reached, what waits behind would fare no better and must not overtake. */
  private giveUp(pending: Pending, error: ApiError): void {
    this.backoff.reset();
    this.fail(pending, error.transient ? TRANSIENT : codeOf(error), error);
    if (error.transient) {
      for (const next of this.waiting.splice(0)) {
        this.fail(next, TRANSIENT, error);
      }
    }
  }

  private fail(pending: Pending, errorCode: string, error: ApiError | null): void {
    const failed: Pending = { ...pending, status: "failed", errorCode };
    this.options.log.setPending(failed);
    this.options.onChange();
    if (error) {
      this.options.onFailed?.(failed, error);
    }
  }

  private async pause(pending: Pending, error: ApiError): Promise<void> {
    const { log, onChange } = this.options;
    const waitMs = Math.max(error.waitMs, this.backoff.next());
    if (isHeld(error)) {
      log.setPending({ ...pending, heldForS: Math.ceil(waitMs / 1_000) });
      onChange();
    }
    this.pausing = new Pause(waitMs, error.waitMs === 0);
    await this.pausing.over;
    this.pausing = null;
    log.setPending(pending);
    onChange();
  }
}

/** Time between two tries. Only one that the bridge did not ask for may be cut short. */
class Pause {
  readonly over: Promise<void>;
  private resolve: () => void = () => undefined;
  private readonly timer: ReturnType<typeof setTimeout>;

  constructor(
    waitMs: number,
    private readonly ours: boolean,
  ) {
    this.over = new Promise((resolve) => {
      this.resolve = resolve;
    });
    this.timer = setTimeout(this.resolve, waitMs);
  }

  cutShort(): void {
    if (this.ours) {
      this.end();
    }
  }

  end(): void {
    clearTimeout(this.timer);
    this.resolve();
  }
}

/** Marks a failure that may pass by itself (no network, bridge restarting). */
export const TRANSIENT = "transient";
const FAULT = "fault";

function codeOf(error: ApiError): string {
  return error instanceof ResponseError ? error.code : TRANSIENT;
}

function isHeld(error: ApiError): boolean {
  return error instanceof ResponseError && error.askedToWait;
}

/** The message as on its first try. */
function fresh({ errorCode: _, heldForS: __, ...pending }: Pending): Pending {
  return { ...pending, status: "sending" };
}
