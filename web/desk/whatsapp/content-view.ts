import type { Attachment, Message } from "../../shared/api/types";
import { el } from "../../shared/dom/element";
import { icon } from "../../shared/dom/icon";
import { fill } from "../../shared/text";
import {
  type Afterwards,
  linesOf,
  numberOf,
  recordOf,
  recordsOf,
  referredTo,
  textOf,
  unknownLines,
} from "./message-data";
import { texts } from "./texts.de";

export interface ContentContext {
  messages: ReadonlyMap<string, Message>;
  attachments: ReadonlyMap<string, Attachment>;
  attachmentUrl: (attachmentId: string) => string;
  afterwards: Afterwards;
}

const QUOTED = 120;
const words = texts.content;

/** What stands above the words: what they reply to, and that they were forwarded. */
export function contentAbove(message: Message, context: ContentContext): HTMLElement[] {
  const { data } = message;
  const parts: HTMLElement[] = [];
  if (data?.["forwarded"] === true) {
    parts.push(aside(words.forwarded));
  }
  if (recordOf(data, "reply_to")) {
    parts.push(quote(context, referredTo(data, "reply_to"), words.replyTo, words.replyToUnknown));
  }
  const template = textOf(recordOf(data, "template"), "title") ?? textOf(recordOf(data, "template"), "name");
  if (template) {
    parts.push(aside(fill(words.template, { name: template })));
  }
  return parts;
}

/** What stands below the words: files, places, contacts, and everything that is not known. */
export function contentBelow(message: Message, context: ContentContext): HTMLElement[] {
  const { data } = message;
  if (!data) {
    return laterOf(message, context);
  }
  return [
    ...fileOf(message, context),
    ...locationOf(data),
    ...contactsOf(data),
    ...orderOf(data),
    ...referencesOf(data, context),
    ...flatOf(words.referral, recordOf(data, "referral")),
    ...flatOf(words.product, recordOf(data, "product")),
    ...unsupportedOf(data),
    ...listOf(words.other, unknownLines(data)),
    ...laterOf(message, context),
  ];
}

function fileOf(message: Message, context: ContentContext): HTMLElement[] {
  const about = recordOf(message.data, "attachment");
  const id = textOf(about, "id");
  if (!about || !id) {
    return [];
  }
  const file = context.attachments.get(id);
  const status = file?.status ?? "pending";
  if (status !== "stored") {
    return [aside(words[status])];
  }
  const url = context.attachmentUrl(id);
  const kind = textOf(about, "kind") ?? "document";
  const name = file?.name ?? textOf(about, "name") ?? (about["voice"] === true ? words.voice : words.file[kind]) ?? id;
  const save = el("a", { href: url, download: file?.name ?? "", class: "save" }, fill(words.save, { name }));
  const mime = file?.mime ?? "";
  if (mime.startsWith("image/")) {
    const picture = el("img", { src: url, alt: name, loading: "lazy", class: "picture" });
    return [el("a", { href: url, target: "_blank", rel: "noopener" }, picture)];
  }
  if (mime.startsWith("audio/")) {
    return [el("audio", { controls: true, preload: "none", src: url, "aria-label": name }), el("p", {}, save)];
  }
  if (mime.startsWith("video/")) {
    return [
      el("video", { controls: true, preload: "none", src: url, class: "picture", "aria-label": name }),
      el("p", {}, save),
    ];
  }
  return [el("p", {}, save)];
}

function locationOf(data: NonNullable<Message["data"]>): HTMLElement[] {
  const place = recordOf(data, "location");
  const latitude = numberOf(place, "latitude");
  const longitude = numberOf(place, "longitude");
  if (latitude === undefined || longitude === undefined) {
    return [];
  }
  const address = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`;
  return [el("p", {}, el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, words.map))];
}

function contactsOf(data: NonNullable<Message["data"]>): HTMLElement[] {
  return recordsOf(data["contacts"]).map((contact) => {
    const ways = ["company", "phones", "emails", "urls"].flatMap((part) => [contact[part]].flat());
    const told = ways.filter((way): way is string => typeof way === "string");
    return el("p", { class: "card" }, el("strong", {}, textOf(contact, "name") ?? "–"), ` ${told.join(" · ")}`);
  });
}

function orderOf(data: NonNullable<Message["data"]>): HTMLElement[] {
  const order = recordOf(data, "order");
  const items = recordsOf(order?.["items"]).map((item) => {
    const price = numberOf(item, "price");
    const currency = textOf(item, "currency");
    const line = fill(words.order, {
      quantity: numberOf(item, "quantity") ?? 1,
      product: textOf(item, "product") ?? "–",
    });
    return price === undefined ? line : `${line}: ${priceWords(price, currency)}`;
  });
  return items.length > 0 ? [el("ul", { class: "card" }, ...items.map((item) => el("li", {}, item)))] : [];
}

function priceWords(price: number, currency: string | undefined): string {
  try {
    return new Intl.NumberFormat("de-DE", currency ? { style: "currency", currency } : {}).format(price);
  } catch {
    return `${price} ${currency ?? ""}`; // a currency that nobody knows
  }
}

function referencesOf(data: NonNullable<Message["data"]>, context: ContentContext): HTMLElement[] {
  const parts: HTMLElement[] = [];
  if (recordOf(data, "reaction")) {
    parts.push(quote(context, referredTo(data, "reaction"), words.reactionTo, words.replyToUnknown));
  }
  if (recordOf(data, "edited")) {
    parts.push(quote(context, referredTo(data, "edited"), words.edited, words.editedUnknown));
  }
  if (recordOf(data, "revoked") && referredTo(data, "revoked")) {
    parts.push(quote(context, referredTo(data, "revoked"), words.revoked, ""));
  }
  return parts;
}

function unsupportedOf(data: NonNullable<Message["data"]>): HTMLElement[] {
  const unsupported = recordOf(data, "unsupported");
  if (!unsupported) {
    return [];
  }
  const types = [textOf(unsupported, "type"), textOf(unsupported, "inner_type")].filter((type) => type !== undefined);
  return [aside(fill(words.unsupported, { type: types.join(", ") }))];
}

function laterOf(message: Message, { afterwards }: ContentContext): HTMLElement[] {
  if (afterwards.revoked.has(message.id)) {
    return [aside(words.revokedLater, "later")];
  }
  return afterwards.edited.has(message.id) ? [aside(words.editedLater, "later")] : [];
}

function flatOf(heading: string, record: Readonly<Record<string, unknown>> | undefined): HTMLElement[] {
  return record ? listOf(heading, linesOf(record)) : [];
}

function listOf(heading: string, lines: readonly string[]): HTMLElement[] {
  if (lines.length === 0) {
    return [];
  }
  const list = el("ul", {}, ...lines.map((line) => el("li", {}, line)));
  return [el("details", { class: "more" }, el("summary", {}, heading), list)];
}

function quote(context: ContentContext, id: string | undefined, known: string, unknown: string): HTMLElement {
  const text = id === undefined ? undefined : context.messages.get(id)?.text;
  return text === undefined
    ? aside(unknown, "quote")
    : el("blockquote", { class: "aside quote" }, fill(known, { text: shortened(text) }));
}

function shortened(text: string): string {
  const signs = [...text];
  return signs.length > QUOTED ? `${signs.slice(0, QUOTED).join("").trimEnd()} …` : text;
}

function aside(text: string, kind = ""): HTMLElement {
  return el("p", { class: `aside ${kind}`.trim() }, kind === "later" ? icon("close") : null, text);
}
