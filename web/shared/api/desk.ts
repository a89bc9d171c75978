import { PAGE_SIZE } from "./customer";
import { requestJson } from "./http";
import type {
  Colleague,
  ConversationState,
  DeskConversation,
  DeskDetail,
  DeskSession,
  Message,
  Template,
  Undelivered,
} from "./types";

const BASE = "/desk/api";
/** Sixteen megabytes over a slow line. */
const UPLOAD_TIMEOUT_MS = 180_000;

export interface OutgoingReply {
  client_message_id: string;
  text: string;
  /** The epoch the agent saw when writing; the bridge refuses the reply when ownership has changed since. */
  epoch: number;
}

/** A template with what is filled in, by the name of the variable. */
export interface OutgoingTemplate {
  client_message_id: string;
  name: string;
  language: string;
  variables: Readonly<Record<string, string>>;
  epoch: number;
}

type Changed = { conversation: DeskConversation };

/** The agent's side of the contract. The session is an HttpOnly cookie; writes carry the CSRF token. */
export class DeskApi {
  private csrfToken = "";

  readonly eventsUrl = `${BASE}/events`;

  async session(): Promise<DeskSession> {
    return this.keepToken(await requestJson<DeskSession>(`${BASE}/session`));
  }

  async signIn(email: string, password: string): Promise<DeskSession> {
    return this.keepToken(await this.post<DeskSession>("/session", { email, password }));
  }

  async signOut(): Promise<void> {
    await requestJson(`${BASE}/session`, { method: "DELETE", headers: this.headers });
    this.csrfToken = "";
  }

  async list(state: ConversationState): Promise<DeskConversation[]> {
    return (await requestJson<{ conversations: DeskConversation[] }>(`${BASE}/conversations?state=${state}`))
      .conversations;
  }

  detail(id: string, after: number): Promise<DeskDetail> {
    return requestJson(`${BASE}${this.path(id)}?after=${after}&limit=${PAGE_SIZE}`);
  }

  async colleagues(): Promise<Colleague[]> {
    return (await requestJson<{ agents: Colleague[] }>(`${BASE}/agents`)).agents;
  }

  async send(id: string, reply: OutgoingReply): Promise<Message> {
    return (await this.post<{ message: Message }>(`${this.path(id)}/messages`, reply)).message;
  }

  async templates(): Promise<Template[]> {
    return (await requestJson<{ templates: Template[] }>(`${BASE}/templates`)).templates;
  }

  async sendTemplate(id: string, template: OutgoingTemplate): Promise<Message> {
    return (await this.post<{ message: Message }>(`${this.path(id)}/templates`, template)).message;
  }

  /** Sends a file; `text` goes with it. */
  async sendFile(id: string, epoch: number, clientMessageId: string, file: File, text: string): Promise<Message> {
    const form = new FormData();
    form.append("client_message_id", clientMessageId);
    form.append("epoch", String(epoch));
    if (text) {
      form.append("text", text);
    }
    form.append("file", file, file.name);
    const options = { method: "POST", body: form, headers: this.headers, timeoutMs: UPLOAD_TIMEOUT_MS } as const;
    return (await requestJson<{ message: Message }>(`${BASE}${this.path(id)}/attachments`, options)).message;
  }

  /** Messages that have not gone: dead, held or of unknown outcome, the latest first. */
  async undelivered(): Promise<Undelivered[]> {
    return (await requestJson<{ deliveries: Undelivered[] }>(`${BASE}/deliveries?limit=200`)).deliveries;
  }

  async resend(deliveryId: string): Promise<void> {
    await this.post(`/deliveries/${encodeURIComponent(deliveryId)}/resend`, {});
  }

  async drop(deliveryId: string): Promise<void> {
    await this.post(`/deliveries/${encodeURIComponent(deliveryId)}/drop`, {});
  }

  /** Where the customer's file is to be had; only for who is signed in. */
  attachmentUrl(id: string, attachmentId: string): string {
    return `${BASE}${this.path(id)}/attachments/${encodeURIComponent(attachmentId)}`;
  }

  /** Says that the agent is writing, or no longer. */
  async typing(id: string, active: boolean): Promise<void> {
    await this.post(`${this.path(id)}/typing`, { active });
  }

  claim(id: string, epoch: number): Promise<Changed> {
    return this.post(`${this.path(id)}/claim`, { epoch });
  }

  giveBack(id: string, epoch: number, note: string): Promise<Changed> {
    return this.post(`${this.path(id)}/return`, note ? { epoch, note } : { epoch });
  }

  transfer(id: string, epoch: number, to: string, note: string): Promise<Changed> {
    return this.post(`${this.path(id)}/transfer`, note ? { epoch, to, note } : { epoch, to });
  }

  close(id: string, epoch: number): Promise<Changed> {
    return this.post(`${this.path(id)}/close`, { epoch });
  }

  private path(id: string): string {
    return `/conversations/${encodeURIComponent(id)}`;
  }

  private get headers(): Record<string, string> {
    return { "X-CSRF-Token": this.csrfToken };
  }

  private post<T>(path: string, body: unknown): Promise<T> {
    return requestJson<T>(BASE + path, { method: "POST", body, headers: this.headers });
  }

  private keepToken(session: DeskSession): DeskSession {
    this.csrfToken = session.csrf_token;
    return session;
  }
}
