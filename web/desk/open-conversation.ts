import { PAGE_SIZE } from "../shared/api/customer";
import type { DeskApi } from "../shared/api/desk";
import { type ApiError, ResponseError } from "../shared/api/errors";
import type { Attachment, DeskConversation, Handoff, Message } from "../shared/api/types";
import { CatchUp } from "../shared/conversation/catch-up";
import { MessageLog } from "../shared/conversation/message-log";
import { SendQueue } from "../shared/conversation/send-queue";
import { TypingReport } from "../shared/conversation/typing-report";
import { TypingSigns } from "../shared/conversation/typing-signs";
import { awaitsFile } from "./whatsapp/message-data";

export interface OpenConversationEvents {
  onChange: () => void;
  onConversation: (conversation: DeskConversation) => void;
  /** Something said before, fetched from the bridge. */
  onMessages: (messages: readonly Message[]) => void;
  onError: (error: ApiError) => void;
  /** A reply was refused; its text is given back. */
  onRefused: (text: string, error: ApiError) => void;
}

/** The one conversation an agent has open: its whole log, its handoff, replies on their way. */
export class OpenConversation {
  readonly log = new MessageLog();
  readonly queue: SendQueue;
  handoff: Handoff | null = null;
  /** The customer's files, by id. */
  attachments: ReadonlyMap<string, Attachment> = new Map();
  /** Who else is writing here. */
  readonly typing: TypingSigns;
  /** Tells the customer that the agent is writing. */
  readonly typingReport: TypingReport;
  loaded = false;
  missing = false;

  private readonly epochs = new Map<string, number>();
  private readonly catchUp: CatchUp;
  private stopped = false;

  constructor(
    readonly id: string,
    private readonly api: DeskApi,
    private readonly events: OpenConversationEvents,
  ) {
    this.typing = new TypingSigns(events.onChange);
    this.typingReport = new TypingReport((active) => api.typing(id, active));
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
    this.typingReport.ended();
  }

  /** Whether a file that was named in the log is still being fetched. */
  get awaitsFiles(): boolean {
    return this.log.messages.some((message) => awaitsFile(message, this.attachments));
  }

  attachmentUrl(attachmentId: string): string {
    return this.api.attachmentUrl(this.id, attachmentId);
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
    this.typing.end(message.sender);
    if (message.seq === this.log.cursor + 1) {
      this.log.follow([message]);
    } else {
      // Something before it may be missing: it is shown, and the cursor stays until the gap has been asked for.
      this.log.confirm(message);
      void this.sync();
    }
    this.events.onChange();
  }

  stop(): void {
    this.stopped = true;
    this.catchUp.stop();
    this.queue.stop();
    this.typing.clear();
  }

  private async fetchPages(): Promise<void> {
    for (;;) {
      const page = await this.api.detail(this.id, this.log.cursor);
      if (this.stopped) {
        return;
      }
      this.log.follow(page.messages);
      this.handoff = page.handoff;
      this.attachments = new Map((page.attachments ?? []).map((file) => [file.id, file]));
      this.events.onConversation(page.conversation);
      this.events.onMessages(page.messages);
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
