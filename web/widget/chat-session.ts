import { CustomerApi } from "../shared/api/customer";
import { ApiError, ResponseError } from "../shared/api/errors";
import type { ChannelCode, Conversation, CreatedConversation, Message } from "../shared/api/types";
import { chatStorage, type StoredConversation } from "./chat-storage";
import { LiveConversation } from "./live-conversation";

/**
 * Where the customer stands: `idle` (chat never opened), `starting`, `unreachable` (could not be started), `active`
 * (whoever owns the conversation, also when it is closed) or `expired` (the token opens nothing any more).
 */
export type Phase = "idle" | "starting" | "unreachable" | "active" | "expired";
/** Why a code from another channel was not taken. */
export type CodeProblem = "unknown" | "expired" | "used" | "closed" | "other";
const CODE_PROBLEMS: Readonly<Record<string, CodeProblem>> = {
  code_unknown: "unknown",
  code_expired: "expired",
  code_used: "used",
  conversation_closed: "closed",
};
export type Problem = "transient" | "busy" | "changed" | "other";

/** The customer's chat without its looks: starts, resumes and renews conversations and carries out what is asked. */
export class ChatSession {
  phase: Phase = "idle";
  live: LiveConversation | null = null;
  /** What the last request could not do, until the next one. */
  problem: Problem | null = null;
  /** How long the bridge asked to wait with that, in seconds; 0 when it did not. */
  problemWaitS = 0;
  busy = false;
  rated = false;
  /** The way to WhatsApp, once it was asked for. */
  channelCode: ChannelCode | null = null;
  codeProblem: CodeProblem | null = null;
  /** The bridge asked to wait so many seconds before a conversation begins; then it begins by itself. */
  beginHeldS = 0;
  private beginTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly base: string,
    private readonly onChange: () => void,
    private readonly onIncoming: (message: Message) => void,
  ) {}

  get conversation(): Conversation | null {
    return this.live?.conversation ?? null;
  }

  /** Goes on with the stored conversation, if there is one; never makes one. */
  resume(): boolean {
    const stored = chatStorage.conversation;
    if (stored && this.live?.id !== stored.id) {
      this.follow(stored).start();
    }
    return stored !== null;
  }

  /** The customer opened the chat: goes on, or begins a conversation. */
  async begin(): Promise<void> {
    if (
      this.beginHeldS > 0 ||
      this.phase === "starting" ||
      this.phase === "active" ||
      this.phase === "expired" ||
      this.resume()
    ) {
      return;
    }
    this.phase = "starting";
    this.onChange();
    try {
      this.enter(await CustomerApi.create(this.base, "de", location.href));
    } catch (error) {
      this.phase = "unreachable";
      this.onChange();
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this.beginLater(error);
    }
  }

  /** The customer comes with a code from another channel; one that is not taken leaves everything as it was. */
  async bring(code: string): Promise<void> {
    this.codeProblem = null;
    try {
      this.enter(await CustomerApi.bring(this.base, code));
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this.codeProblem = (error instanceof ResponseError && CODE_PROBLEMS[error.code]) || "other";
      await this.begin();
    }
    this.onChange();
  }

  private enter(created: CreatedConversation): void {
    const stored = { id: created.conversation.id, token: created.token, rated: false };
    chatStorage.keepConversation(stored);
    const live = this.follow(stored);
    live.takeMessages(created.messages);
    live.takeConversation(created.conversation);
    live.start();
  }

  /** Where the bridge said when to come back, nobody has to press anything. */
  private beginLater(error: ApiError): void {
    if (error.waitMs > 0) {
      this.beginHeldS = error.waitMs / 1_000;
      this.onChange();
      this.beginTimer = setTimeout(() => {
        this.beginHeldS = 0;
        void this.begin();
      }, error.waitMs);
    }
  }

  /** Leaves the present conversation and begins another. Returns the texts that were never sent. */
  renew(): string[] {
    const unsent = this.live?.log.pending.filter((pending) => !pending.payload).map((pending) => pending.text) ?? [];
    this.live?.stop();
    this.live = null;
    this.phase = "idle";
    this.problem = null;
    chatStorage.forgetConversation();
    void this.begin();
    return unsent;
  }

  /** Another tab began or left a conversation. */
  adoptFromOtherTab(): void {
    const stored = chatStorage.conversation;
    if (stored && stored.id === this.live?.id) {
      this.rated = stored.rated;
      this.onChange();
    } else if (this.phase !== "idle") {
      this.resume();
    }
  }

  askForPerson(): Promise<void> {
    return this.change((api) => api.askForPerson());
  }

  stopWaiting(): Promise<void> {
    return this.change((api) => api.stopWaiting());
  }

  /** Asks for the way to WhatsApp. */
  async askForChannelCode(): Promise<void> {
    await this.attempt(async (live) => {
      this.channelCode = await live.api.channelCode();
    });
  }

  dropChannelCode(): void {
    this.channelCode = null;
    this.onChange();
  }

  returnToWeb(): Promise<void> {
    this.channelCode = null;
    return this.change((api) => api.returnToWeb());
  }

  end(): Promise<void> {
    return this.change((api) => api.close());
  }

  async rate(score: number, comment: string): Promise<void> {
    await this.attempt(async (live) => {
      await live.api.rate(score, comment);
      this.rated = true;
      const stored = chatStorage.conversation;
      if (stored?.id === live.id) {
        chatStorage.keepConversation({ ...stored, rated: true });
      }
    });
  }

  /** The conversation as a text file, or null when it could not be fetched. */
  async transcript(): Promise<Blob | null> {
    let blob: Blob | null = null;
    await this.attempt(async (live) => {
      blob = await live.api.transcript();
    });
    return blob;
  }

  /** The page or, after a cut, the network is back. */
  wake(cut: boolean): void {
    if (this.phase === "unreachable") {
      void this.begin();
    }
    this.live?.wake(cut);
  }

  stop(): void {
    clearTimeout(this.beginTimer);
    this.beginHeldS = 0;
    this.live?.stop();
    this.live = null;
    this.phase = "idle";
  }

  private follow(stored: StoredConversation): LiveConversation {
    this.live?.stop();
    const live = new LiveConversation(stored.id, new CustomerApi(this.base, stored.id, stored.token), {
      onChange: this.onChange,
      onIncoming: this.onIncoming,
      onExpired: () => this.expire(live),
    });
    this.live = live;
    this.channelCode = null;
    this.rated = stored.rated;
    this.phase = "active";
    this.onChange();
    return live;
  }

  private expire(live: LiveConversation): void {
    if (this.live === live && this.phase === "active") {
      live.stop();
      this.phase = "expired";
      this.onChange();
    }
  }

  private change(call: (api: CustomerApi) => Promise<{ conversation: Conversation }>): Promise<void> {
    return this.attempt(async (live) => live.takeConversation((await call(live.api)).conversation));
  }

  private async attempt(work: (live: LiveConversation) => Promise<void>): Promise<void> {
    const live = this.live;
    if (!live || this.busy) {
      return;
    }
    this.busy = true;
    this.problem = null;
    this.onChange();
    try {
      await work(live);
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this.explain(error, live);
    } finally {
      this.busy = false;
      this.onChange();
    }
  }

  private explain(error: ApiError, live: LiveConversation): void {
    this.problemWaitS = error.waitMs / 1_000;
    if (!(error instanceof ResponseError)) {
      this.problem = "transient";
    } else if (error.unauthorized || error.status === 404) {
      this.expire(live);
    } else if (error.status === 409) {
      this.problem = "changed";
      void live.sync();
    } else {
      this.problem = error.status === 429 ? "busy" : error.transient ? "transient" : "other";
    }
  }
}
