import { isRecord } from "../../shared/api/errors";
import type { Attachment, Message } from "../../shared/api/types";

/** What later messages say about earlier ones, by the id of the earlier. */
export interface Afterwards {
  revoked: ReadonlySet<string>;
  edited: ReadonlySet<string>;
}

/** Parts of a message's data that are shown in their own way; `sent_at` says nothing an agent needs. */
const SHOWN = new Set([
  "attachment",
  "location",
  "contacts",
  "order",
  "form",
  "reply_to",
  "forwarded",
  "reaction",
  "edited",
  "revoked",
  "referral",
  "product",
  "unsupported",
  "template",
  "sent_at",
]);

/** Reads what was taken back or changed later, so that the earlier message can say so. */
export function afterwardsOf(messages: readonly Message[]): Afterwards {
  const revoked = new Set<string>();
  const edited = new Set<string>();
  for (const { data } of messages) {
    const gone = referredTo(data, "revoked");
    const changed = referredTo(data, "edited");
    if (gone) {
      revoked.add(gone);
    }
    if (changed) {
      edited.add(changed);
    }
  }
  return { revoked, edited };
}

/** The id of the message in this log that a part is about, where the bridge knows it. */
export function referredTo(data: Message["data"], part: string): string | undefined {
  return textOf(recordOf(data, part), "message_id");
}

export function recordOf(data: Message["data"], part: string): Readonly<Record<string, unknown>> | undefined {
  const value = data?.[part];
  return isRecord(value) ? value : undefined;
}

export function textOf(record: Readonly<Record<string, unknown>> | undefined, part: string): string | undefined {
  const value = record?.[part];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function numberOf(record: Readonly<Record<string, unknown>> | undefined, part: string): number | undefined {
  const value = record?.[part];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function recordsOf(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Whether a file of this message is still to come; the page then asks again. */
export function awaitsFile(message: Message, attachments: ReadonlyMap<string, Attachment>): boolean {
  const id = textOf(recordOf(message.data, "attachment"), "id");
  return id !== undefined && (attachments.get(id)?.status ?? "pending") === "pending";
}

/** Everything a newer bridge may send that this page does not know, as lines to read: nothing is hidden. */
export function unknownLines(data: Message["data"]): string[] {
  return Object.entries(data ?? {})
    .filter(([part]) => !SHOWN.has(part))
    .map(([part, value]) => `${part}: ${plain(value)}`);
}

/** The lines of a flat object, for parts whose fields WhatsApp may change. */
export function linesOf(record: Readonly<Record<string, unknown>> | undefined): string[] {
  return Object.entries(record ?? {}).map(([part, value]) => `${part}: ${plain(value)}`);
}

function plain(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : JSON.stringify(value);
}
