import { PAGE_SIZE } from "../shared/api/customer";
import type { DeskApi } from "../shared/api/desk";
import { type ApiError, ResponseError } from "../shared/api/errors";
import type { DeskConversation, Handoff, Message, Sender } from "../shared/api/types";
import { CatchUp } from "../shared/conversation/catch-up";
import { MessageLog } from "../shared/conversation/message-log";
import { SendQueue } from "../shared/conversation/send-queue";

const TYPING_MS = 60_000;

export interface OpenConversationEvents {
  onChange: () => void;
  onConversation: (conversation: DeskConversation) => void;
  onError: (error: ApiError) => void;
  /** A reply was refused; its text is given back. */
  onRefused: (text: string, error: ApiError) => void;
}

/** The one conversation an agent has open: its whole log, its handoff, replies on their way. */
export class OpenConversation {
  readonly log = new MessageLog();
  readonly queue: SendQueue;
  handoff: Handoff | null = null;
  typing: Sender | null = null;
  loaded = false;
  missing = false;

  private readonly epochs = new Map<string, number>();
  private readonly catchUp: CatchUp;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  constructor(
    readonly id: string,
    private readonly api: DeskApi,
    private readonly events: OpenConversationEvents,
  ) {
    this.catchUp = new CatchUp(
      () => this.fetchPages(),
      (error) => this.failed(error),
    );
    this.queue = new SendQueue({
      log: this.log,
      send: ({ clientMessageId, text }) =>
        api.send(id, { client_message_id: clientMessageId, text, epoch: this.epochs.get(clientMessageId) ?? 0 }),
      onChange: events.onChange,
      onFailed: (pending, error) => {
        if (!error.transient) {
          this.queue.discard(pending.clientMessageId);
          events.onRefused(pending.text, error);
        }
      },
    });
  }

  /** Sends a reply for the epoch the agent sees. */
  reply(text: string, epoch: number): void {
    const clientMessageId = crypto.randomUUID();
    this.epochs.set(clientMessageId, epoch);
    this.queue.add(text, undefined, clientMessageId);
  }

  /** The bridge answers (again): what was missed is fetched, what could not be sent is sent. */
  resume(): void {
    void this.sync();
    this.queue.retry();
  }

  sync(): Promise<void> {
    return this.catchUp.run();
  }

  take(message: Message): void {
    this.typing = null;
    if (message.seq === this.log.cursor + 1) {
      this.log.follow([message]);
    } else {
      // Something before it may be missing: it is shown, and the cursor stays until the gap has been asked for.
      this.log.confirm(message);
      void this.sync();
    }
    this.events.onChange();
  }

  showTyping(sender: Sender, active: boolean): void {
    clearTimeout(this.typingTimer);
    this.typing = active ? sender : null;
    if (active) {
      this.typingTimer = setTimeout(() => this.showTyping(sender, false), TYPING_MS);
    }
    this.events.onChange();
  }

  stop(): void {
    this.stopped = true;
    this.catchUp.stop();
    this.queue.stop();
    clearTimeout(this.typingTimer);
  }

  private async fetchPages(): Promise<void> {
    for (;;) {
      const page = await this.api.detail(this.id, this.log.cursor);
      if (this.stopped) {
        return;
      }
      this.log.follow(page.messages);
      this.handoff = page.handoff;
      this.events.onConversation(page.conversation);
      if (page.messages.length < PAGE_SIZE) {
        this.loaded = true;
        this.events.onChange();
        return;
      }
    }
  }

  private failed(error: ApiError): void {
    if (error instanceof ResponseError && error.status === 404) {
      this.missing = true;
      this.events.onChange();
    } else {
      this.events.onError(error);
    }
  }
}
