import { type CustomerApi, PAGE_SIZE } from "../shared/api/customer";
import { type ApiError, ResponseError } from "../shared/api/errors";
import type { Conversation, Message, TypingEvent } from "../shared/api/types";
import { CatchUp } from "../shared/conversation/catch-up";
import { isCurrent } from "../shared/conversation/freshness";
import { MessageLog } from "../shared/conversation/message-log";
import { SendQueue } from "../shared/conversation/send-queue";
import { TypingReport } from "../shared/conversation/typing-report";
import { TypingSigns } from "../shared/conversation/typing-signs";
import { ConnectionWatch } from "../shared/stream/connection-watch";
import { EventStream } from "../shared/stream/event-stream";
import { chatStorage } from "./chat-storage";

export interface LiveConversationEvents {
  onChange: () => void;
  /** The token opens this conversation no longer. */
  onExpired: () => void;
  /** Something new was said, other than by the customer and other than on loading. */
  onIncoming: (message: Message) => void;
}

/** One conversation of the customer, kept in step with the bridge: log, owner, typing, own messages on their way. */
export class LiveConversation {
  readonly log = new MessageLog();
  readonly queue: SendQueue;
  conversation: Conversation | null = null;
  /** Who else is writing. */
  readonly typing = new TypingSigns(() => this.events.onChange());
  readonly connection = new ConnectionWatch(() => this.events.onChange());
  loaded = false;

  private readonly stream: EventStream;
  private readonly catchUp = new CatchUp(
    () => this.fetchPages(),
    (error) => this.refused(error),
  );
  private readonly typingReport: TypingReport;
  private stopped = false;

  constructor(
    readonly id: string,
    readonly api: CustomerApi,
    private readonly events: LiveConversationEvents,
  ) {
    this.queue = new SendQueue({
      log: this.log,
      send: ({ clientMessageId, text, payload }) =>
        api.send({ client_message_id: clientMessageId, text, ...(payload === undefined ? {} : { payload }) }),
      onChange: () => this.pendingChanged(),
      onFailed: (_, error) => this.refused(error),
    });
    this.typingReport = new TypingReport((active) => api.typing(active));
    this.stream = new EventStream({
      url: () => api.eventsUrl(this.log.cursor),
      headers: () => api.headers,
      onEvent: (type, data) => this.receive(type, data),
      onOpen: () => this.resume(),
      onConnection: (connection) => this.connection.note(connection === "open"),
      onRefused: (error) => this.refused(error),
    });
  }

  start(): void {
    this.stream.start();
  }

  stop(): void {
    this.stopped = true;
    this.stream.stop();
    this.queue.stop();
    this.catchUp.stop();
    this.typing.clear();
    this.connection.note(true);
  }

  /** The customer changed the input, which now holds this text. Only a person is told. */
  wrote(text: string): void {
    if (this.conversation?.state === "human" && !this.stopped) {
      this.typingReport.changed(text);
    }
  }

  /** The page or, after a cut, the network is back. */
  wake(cut: boolean): void {
    if (this.isFollowing) {
      this.stream.wake(cut);
      this.queue.retry();
    }
  }

  networkLost(): void {
    if (this.isFollowing) {
      this.connection.note(false);
    }
  }

  private get isFollowing(): boolean {
    return !this.stopped && this.conversation?.state !== "closed";
  }

  takeMessages(messages: readonly Message[]): void {
    const known = this.log.cursor;
    this.log.follow(messages);
    for (const message of messages) {
      if (message.seq > known && message.sender !== "customer") {
        this.typing.end(message.sender);
        if (this.loaded) {
          this.events.onIncoming(message);
        }
      }
    }
    this.events.onChange();
  }

  takeConversation(conversation: Conversation): void {
    if (!isCurrent(this.conversation, conversation)) {
      return;
    }
    this.conversation = conversation;
    if (conversation.state === "closed" && this.log.cursor >= conversation.last_seq) {
      this.stream.stop(); // nothing follows any more
      this.connection.note(true);
    }
    if (conversation.state !== "bot") {
      this.typing.end("bot");
    }
    if (conversation.state !== "human") {
      this.typing.end("agent");
    }
    this.events.onChange();
  }

  /** Fetches everything after the cursor, with the state of the conversation. */
  sync(): Promise<void> {
    return this.catchUp.run();
  }

  /** The bridge answers (again): what was missed is fetched, what could not be sent is sent. */
  private resume(): void {
    void this.sync();
    this.queue.retry();
  }

  private async fetchPages(): Promise<void> {
    for (;;) {
      const page = await this.api.messages(this.log.cursor);
      if (this.stopped) {
        return;
      }
      this.takeMessages(page.messages);
      this.takeConversation(page.conversation);
      if (page.messages.length < PAGE_SIZE) {
        this.finishLoading();
        return;
      }
    }
  }

  private finishLoading(): void {
    if (this.loaded || this.stopped) {
      return;
    }
    this.loaded = true;
    this.queue.restore(chatStorage.unsent(this.id).filter((left) => !this.log.isAcknowledged(left.clientMessageId)));
    this.queue.retry();
  }

  private receive(type: string, data: unknown): void {
    if (type === "message") {
      this.takeMessages([data as Message]);
    } else if (type === "conversation") {
      this.takeConversation(data as Conversation);
    } else if (type === "typing") {
      const { sender, active } = data as TypingEvent;
      this.typing.show(sender, active);
    }
  }

  private refused(error: ApiError): void {
    if (!(error instanceof ResponseError)) {
      return;
    }
    if (error.unauthorized || error.status === 403 || error.status === 404) {
      this.events.onExpired();
    } else if (error.code === "conversation_closed") {
      void this.sync();
    }
  }

  private pendingChanged(): void {
    if (this.loaded && !this.stopped) {
      chatStorage.keepUnsent(this.id, this.log.pending);
    }
    this.events.onChange();
  }
}
