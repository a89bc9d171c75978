import { DeskApi } from "../shared/api/desk";
import { ApiError, ResponseError } from "../shared/api/errors";
import type {
  Agent,
  Colleague,
  DeliveryEvent,
  DeskConversation,
  Message,
  Sender,
  DeskSession as SignedIn,
  TypingEvent,
} from "../shared/api/types";
import { CatchUp } from "../shared/conversation/catch-up";
import { tabStore } from "../shared/storage";
import { ConnectionWatch } from "../shared/stream/connection-watch";
import { EventStream } from "../shared/stream/event-stream";
import { ConversationStore } from "./conversation-store";
import { Drafts } from "./drafts";
import { OpenConversation } from "./open-conversation";
import { explain } from "./problems";
import { WhatsAppDesk } from "./whatsapp/whatsapp-desk";

/** `unreachable` is `checking` that has not succeeded yet; `expired` is `signed_out` with the desk's state kept until the agent is back. */
export type Access = "checking" | "unreachable" | "signed_out" | "expired" | "signed_in";

/** The desk without its looks: who works here, all conversations, the open one, and everything an agent can do. */
export class DeskSession {
  access: Access = "checking";
  agent: Agent | null = null;
  open: OpenConversation | null = null;
  /** What the last action could not do, in words for the agent. */
  problem: string | null = null;
  /** The epoch the problem speaks of; what happens in a later one has settled it. */
  private problemEpoch = Infinity;
  busy = false;

  readonly connection = new ConnectionWatch(() => this.onChange());
  readonly store: ConversationStore;
  readonly drafts = new Drafts(tabStore, () => this.agent?.id ?? null);
  private readonly api = new DeskApi();
  readonly whatsapp = new WhatsAppDesk({
    api: this.api,
    current: () => this.current,
    attempt: (work) => this.attempt(work),
    onSent: (message) => this.open?.take(message),
    onChange: () => this.onChange(),
    onError: (error) => this.expireOn(error),
  });
  private readonly checking = new CatchUp(
    async () => this.enter(await this.api.session()),
    (error) => {
      this.access = error.transient ? "unreachable" : "signed_out";
      this.onChange();
    },
  );
  private readonly stream: EventStream;

  constructor(
    private readonly onChange: () => void,
    onWaiting: (conversation: DeskConversation) => void,
  ) {
    this.store = new ConversationStore(() => this.agent?.id ?? null, onWaiting);
    this.stream = new EventStream({
      url: () => this.api.eventsUrl,
      onEvent: (type, data) => this.receive(type, data),
      onOpen: () => this.open?.resume(),
      onConnection: (connection) => this.connection.note(connection === "open"),
      onRefused: (error) => this.expireOn(error),
    });
  }

  /** Finds out whether the session of an earlier visit still holds; while the bridge is away, it keeps asking. */
  check(): Promise<void> {
    return this.checking.run();
  }

  /** @throws ApiError when the bridge does not let the agent in. */
  async signIn(email: string, password: string): Promise<void> {
    this.enter(await this.api.signIn(email, password));
  }

  async signOut(): Promise<void> {
    await this.attempt(async () => {
      await this.api.signOut();
      this.drafts.clear();
      this.leave();
    });
  }

  select(id: string | null): void {
    if (this.open?.id === (id ?? undefined)) {
      return;
    }
    this.open?.stop();
    this.problem = null;
    this.open = id ? this.makeOpen(id) : null;
    if (this.access === "signed_in") {
      void this.open?.sync();
    }
    this.onChange();
  }

  /** The conversation that is open, as the lists know it. */
  get current(): DeskConversation | undefined {
    return this.open ? this.store.get(this.open.id) : undefined;
  }

  claim(): Promise<boolean> {
    return this.change((id, epoch) => this.api.claim(id, epoch));
  }

  giveBack(note: string): Promise<boolean> {
    return this.change((id, epoch) => this.api.giveBack(id, epoch, note));
  }

  transfer(to: string, note: string): Promise<boolean> {
    return this.change((id, epoch) => this.api.transfer(id, epoch, to, note));
  }

  close(): Promise<boolean> {
    return this.change((id, epoch) => this.api.close(id, epoch));
  }

  reply(text: string): void {
    const { current, open } = this;
    if (open && current) {
      this.problem = null;
      open.reply(text, current.epoch);
    }
  }

  /** The agent changed the reply to this text, which has not been sent. */
  wrote(text: string): void {
    const { current, open } = this;
    if (open && current && this.store.isMine(current)) {
      open.typingReport.changed(text);
    }
  }

  async colleagues(): Promise<Colleague[]> {
    let others: Colleague[] = [];
    await this.attempt(async () => {
      others = (await this.api.colleagues()).filter((colleague) => colleague.id !== this.agent?.id);
    });
    return others;
  }

  async loadClosed(): Promise<void> {
    await this.attempt(async () => {
      for (const conversation of await this.api.list("closed")) {
        this.store.take(conversation);
      }
    });
  }

  dismissProblem(): void {
    this.problem = null;
    this.onChange();
  }

  /** The page or, after a cut, the network is back. */
  wake(cut: boolean): void {
    if (this.access === "signed_in") {
      this.stream.wake(cut);
      this.open?.queue.retry();
    }
  }

  networkLost(): void {
    if (this.access === "signed_in") {
      this.connection.note(false);
    }
  }

  private enter({ agent }: SignedIn): void {
    if (this.agent && this.agent.id !== agent.id) {
      this.leave(); // somebody else sits here now
    }
    this.agent = agent;
    this.access = "signed_in";
    this.problem = null;
    this.stream.start();
    void this.open?.sync();
    void this.whatsapp.undelivered.load();
    this.onChange();
  }

  private leave(): void {
    this.stream.stop();
    this.connection.note(true);
    this.store.clear();
    this.whatsapp.undelivered.clear();
    const id = this.open?.id;
    this.open?.stop();
    this.open = id ? this.makeOpen(id) : null;
    this.agent = null;
    this.access = "signed_out";
  }

  private makeOpen(id: string): OpenConversation {
    return new OpenConversation(id, this.api, {
      onChange: this.onChange,
      onConversation: (conversation) => this.store.take(conversation),
      onMessages: (messages) => this.store.takeWords(messages),
      onError: (error) => this.expireOn(error),
      onRefused: (text, error) => {
        this.drafts.putBack(id, text);
        this.refused(error);
      },
    });
  }

  private receive(type: string, data: unknown): void {
    if (type === "snapshot") {
      this.store.takeSnapshot((data as { conversations: DeskConversation[] }).conversations);
    } else if (type === "conversation") {
      this.takeConversation((data as { conversation: DeskConversation }).conversation);
    } else if (type === "message") {
      const message = data as Message;
      this.store.takeMessage(message);
      if (this.open?.id === message.conversation_id) {
        this.open.take(message);
      }
    } else if (type === "delivery") {
      const { conversation_id, seq, delivery } = data as DeliveryEvent;
      if (this.open?.id === conversation_id) {
        this.open.log.setDelivery(seq, delivery);
      }
      this.whatsapp.undelivered.changed();
    } else if (type === "typing") {
      const { conversation_id, sender, active } = data as TypingEvent;
      if (this.open && this.open.id === conversation_id) {
        this.showTyping(this.open, sender, active);
      }
    }
    this.onChange();
  }

  /** The bridge tells every desk who is writing; the owner knows what they do themselves. */
  private showTyping(open: OpenConversation, sender: Sender, active: boolean): void {
    const own = sender === "agent" && this.current !== undefined && this.store.isMine(this.current);
    open.typing.show(sender, active && !own);
  }

  private takeConversation(conversation: DeskConversation): void {
    const before = this.store.get(conversation.id);
    this.store.take(conversation);
    if (this.open?.id === conversation.id && this.open.awaitsFiles) {
      void this.open.sync(); // a file may have come
    }
    if (this.open?.id === conversation.id && before?.epoch !== conversation.epoch) {
      this.open.typing.clear(); // whoever was writing may have just left
      void this.open.sync(); // a new owner can bring a new handoff card
      if (conversation.epoch > this.problemEpoch) {
        this.problem = null;
      }
    }
  }

  private change(call: (id: string, epoch: number) => Promise<{ conversation: DeskConversation }>): Promise<boolean> {
    const { current } = this;
    return current
      ? this.attempt(async () => this.takeConversation((await call(current.id, current.epoch)).conversation))
      : Promise.resolve(false);
  }

  /** Runs an action, one at a time; true when it succeeded, otherwise `problem` says why not. */
  private async attempt(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) {
      return false;
    }
    this.busy = true;
    this.problem = null;
    this.onChange();
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) {
        throw error;
      }
      this.refused(error);
      return false;
    } finally {
      this.busy = false;
      this.onChange();
    }
  }

  private refused(error: ApiError): void {
    this.problem = explain(error);
    const epoch = error instanceof ResponseError ? error.details["epoch"] : undefined;
    this.problemEpoch = typeof epoch === "number" ? epoch : Infinity;
    this.expireOn(error);
    if (error instanceof ResponseError && error.status === 409) {
      void this.open?.sync();
    }
    this.onChange();
  }

  private expireOn(error: ApiError): void {
    if (error instanceof ResponseError && (error.unauthorized || error.status === 403)) {
      this.stream.stop();
      this.connection.note(true);
      this.problem = null;
      this.access = "expired";
    }
    this.onChange();
  }
}
