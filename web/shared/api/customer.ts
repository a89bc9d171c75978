import { type RequestOptions, request, requestJson } from "./http";
import type { ChannelCode, Conversation, CreatedConversation, Message, MessagePage } from "./types";

export interface OutgoingMessage {
  client_message_id: string;
  text: string;
  payload?: string;
}

export const PAGE_SIZE = 200;

/** The customer's side of the contract. Every call but `create` needs the conversation's token. */
export class CustomerApi {
  constructor(
    private readonly base: string,
    private readonly id: string,
    private readonly token: string,
  ) {}

  static create(base: string, locale: string, pageUrl: string): Promise<CreatedConversation> {
    return requestJson(`${base}/v1/conversations`, { method: "POST", body: { locale, page_url: pageUrl } });
  }

  /** Goes on with a conversation of another channel. */
  static bring(base: string, code: string): Promise<CreatedConversation> {
    return requestJson(`${base}/v1/channel-codes`, { method: "POST", body: { code } });
  }

  get headers(): Record<string, string> {
    return { Authorization: `Bearer ${this.token}` };
  }

  eventsUrl(after: number): string {
    return `${this.path}/events?after=${after}`;
  }

  messages(after: number): Promise<MessagePage> {
    return this.json(`/messages?after=${after}&limit=${PAGE_SIZE}`);
  }

  async send(message: OutgoingMessage): Promise<Message> {
    return (await this.json<{ message: Message }>("/messages", { method: "POST", body: message })).message;
  }

  /** Says that the customer is writing, or no longer. */
  async typing(active: boolean): Promise<void> {
    await this.json("/typing", { method: "POST", body: { active } });
  }

  askForPerson(): Promise<{ conversation: Conversation }> {
    return this.json("/handoff", { method: "POST", body: {} });
  }

  stopWaiting(): Promise<{ conversation: Conversation }> {
    return this.json("/handoff", { method: "DELETE" });
  }

  /** A code for going on on WhatsApp. */
  channelCode(): Promise<ChannelCode> {
    return this.json("/channel-codes", { method: "POST", body: {} });
  }

  returnToWeb(): Promise<{ conversation: Conversation }> {
    return this.json("/return-to-web", { method: "POST", body: {} });
  }

  close(): Promise<{ conversation: Conversation }> {
    return this.json("/close", { method: "POST", body: {} });
  }

  /** `score` is 1 (very dissatisfied) to 5 (very satisfied). */
  async rate(score: number, comment: string): Promise<void> {
    await this.json("/rating", { method: "POST", body: comment ? { score, comment } : { score } });
  }

  async transcript(): Promise<Blob> {
    return (await request(`${this.path}/transcript`, { headers: this.headers })).blob();
  }

  private get path(): string {
    return `${this.base}/v1/conversations/${encodeURIComponent(this.id)}`;
  }

  private json<T>(path: string, options: RequestOptions = {}): Promise<T> {
    return requestJson<T>(this.path + path, { ...options, headers: this.headers });
  }
}
