import type { DeskApi } from "../../shared/api/desk";
import type { ApiError } from "../../shared/api/errors";
import type { DeskConversation, Message, Template } from "../../shared/api/types";
import { UndeliveredList } from "./undelivered";

export interface WhatsAppDeskParts {
  api: DeskApi;
  current: () => DeskConversation | undefined;
  /** Runs an action, one at a time; what it could not do is then said at the conversation. */
  attempt: (work: () => Promise<void>) => Promise<boolean>;
  onSent: (message: Message) => void;
  onChange: () => void;
  onError: (error: ApiError) => void;
}

/** What an agent can do on WhatsApp besides writing: templates, and deciding about what has not gone. */
export class WhatsAppDesk {
  readonly undelivered: UndeliveredList;

  constructor(private readonly parts: WhatsAppDeskParts) {
    this.undelivered = new UndeliveredList(parts.api, parts.onChange, parts.onError);
  }

  /** The company's templates; null where they could not be fetched. */
  async templates(): Promise<Template[] | null> {
    let found: Template[] | null = null;
    await this.parts.attempt(async () => {
      found = await this.parts.api.templates();
    });
    return found;
  }

  sendTemplate({ name, language }: Template, variables: Readonly<Record<string, string>>): Promise<boolean> {
    const current = this.parts.current();
    if (!current) {
      return Promise.resolve(false);
    }
    // Made once: should the same request go out again, it is the same message.
    const clientMessageId = crypto.randomUUID();
    const template = { client_message_id: clientMessageId, name, language, variables, epoch: current.epoch };
    return this.parts.attempt(async () => this.parts.onSent(await this.parts.api.sendTemplate(current.id, template)));
  }

  sendFile(file: File, text: string): Promise<boolean> {
    const current = this.parts.current();
    if (!current) {
      return Promise.resolve(false);
    }
    const { api, attempt, onSent } = this.parts;
    const clientMessageId = crypto.randomUUID();
    return attempt(async () => onSent(await api.sendFile(current.id, current.epoch, clientMessageId, file, text)));
  }

  resend(deliveryIds: readonly string[]): Promise<boolean> {
    return this.decide(deliveryIds, (id) => this.parts.api.resend(id));
  }

  drop(deliveryIds: readonly string[]): Promise<boolean> {
    return this.decide(deliveryIds, (id) => this.parts.api.drop(id));
  }

  private async decide(ids: readonly string[], call: (id: string) => Promise<void>): Promise<boolean> {
    const done = await this.parts.attempt(async () => {
      for (const id of ids) {
        await call(id);
      }
    });
    await this.undelivered.load();
    return done;
  }
}
