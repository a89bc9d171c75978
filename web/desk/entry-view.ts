import type { Message } from "../shared/api/types";
import type { Entry } from "../shared/conversation/entries";
import type { Pending } from "../shared/conversation/message-log";
import { formatDay, formatTime } from "../shared/dates";
import { button, el, setText } from "../shared/dom/element";
import { icon } from "../shared/dom/icon";
import { linkedText, splitLinks } from "../shared/dom/links";
import { pauseWords } from "../shared/pause-words";
import { fill } from "../shared/text";
import { texts } from "./texts.de";
import type { Understanding } from "./understanding";
import { type ContentContext, contentAbove, contentBelow } from "./whatsapp/content-view";
import { type DeliveryActions, deliveryMark, deliveryProblem } from "./whatsapp/delivery-view";
import { recordOf } from "./whatsapp/message-data";

export interface EntryContext {
  customerName: string;
  myName: string;
  understanding: ReadonlyMap<string, Understanding>;
  retry: (clientMessageId: string) => void;
  content: ContentContext;
  delivery: DeliveryActions;
}

export function createEntry(entry: Entry): HTMLElement {
  return el("div", { class: "entry", "data-key": entry.key });
}

export function updateEntry(node: HTMLElement, entry: Entry, context: EntryContext): void {
  const understood = entry.type === "message" ? context.understanding.get(entry.message.id) : undefined;
  const print = JSON.stringify([entry, understood, context.customerName, contentPrint(entry, context)]);
  if (shown.get(node) === print) {
    return;
  }
  shown.set(node, print);
  if (entry.type === "day") {
    node.className = "entry day";
    setText(node, formatDay(entry.date));
  } else if (entry.type === "pending") {
    showPending(node, entry.pending, context);
  } else if (entry.message.kind === "notice") {
    showNotice(node, entry.message, context);
  } else {
    showMessage(node, entry, understood, context);
  }
}

const shown = new WeakMap<HTMLElement, string>();

/** What changes the look of a message without being part of it: its file, and what was said of it later. */
function contentPrint(entry: Entry, { content }: EntryContext): unknown {
  if (entry.type !== "message") {
    return null;
  }
  const { id, data } = entry.message;
  const file = recordOf(data, "attachment")?.["id"];
  return [
    typeof file === "string" ? content.attachments.get(file)?.status : null,
    content.afterwards.revoked.has(id),
    content.afterwards.edited.has(id),
  ];
}

function showNotice(node: HTMLElement, message: Message, context: EntryContext): void {
  node.className = "entry notice";
  node.title = texts.sender.system;
  node.replaceChildren(
    el("span", { class: "visually-hidden" }, `${texts.sender.system}: `),
    // The way to the website is the customer's: it opens once.
    el("p", {}, message.notice?.type === "channel_offered" ? message.text : linkedText(message.text)),
    footer(message, undefined),
    ...problemOf(message, context),
  );
}

function showMessage(
  node: HTMLElement,
  entry: Entry & { type: "message" },
  understood: Understanding | undefined,
  context: EntryContext,
): void {
  const { message, named } = entry;
  node.className = `entry message from-${message.sender}${named ? " named" : ""}`;
  const sign = message.sender === "bot" ? icon("machine") : message.sender === "agent" ? icon("person") : null;
  const gone = context.content.afterwards.revoked.has(message.id);
  const bubble = el(
    "div",
    { class: gone ? "bubble gone" : "bubble" },
    ...contentAbove(message, context.content),
    el("p", { class: "text" }, linkedText(message.text)),
  );
  if (message.image) {
    bubble.append(picture(message.image));
  }
  if (message.buttons?.length) {
    const titles = message.buttons.map((offered) => offered.title).join(" · ");
    bubble.append(el("p", { class: "offered" }, fill(texts.offered, { titles })));
  }
  bubble.append(...contentBelow(message, context.content));
  node.replaceChildren(
    el("p", { class: named ? "name" : "visually-hidden" }, sign, senderName(message, context)),
    bubble,
    footer(message, understood),
    ...problemOf(message, context),
  );
}

function problemOf({ delivery }: Message, context: EntryContext): HTMLElement[] {
  const problem = delivery ? deliveryProblem(delivery, context.delivery) : null;
  return problem ? [problem] : [];
}

function footer(message: Message, understood: Understanding | undefined): HTMLElement {
  const line = timeOf(message.created_at);
  if (message.delivery) {
    line.append(deliveryMark(message.delivery));
  }
  if (understood) {
    line.append(el("span", { class: "intent", title: texts.intentTitle }, intentWords(understood)));
  }
  return line;
}

export function intentWords({ intent, confidence }: Understanding): string {
  const name = texts.intents[intent] ?? intent;
  return confidence === null ? name : fill(texts.intent, { name, percent: Math.round(confidence * 100) });
}

function showPending(node: HTMLElement, pending: Pending, context: EntryContext): void {
  node.className = `entry message from-agent ${pending.status}`;
  const state =
    pending.status === "sending"
      ? el("p", { class: "time" }, sendingWords(pending))
      : el(
          "p",
          { class: "failure" },
          `${texts.failed} `,
          button(texts.retry, () => context.retry(pending.clientMessageId), { class: "link" }),
        );
  node.replaceChildren(
    el("p", { class: "visually-hidden" }, texts.sender.me),
    el("div", { class: "bubble" }, el("p", { class: "text" }, linkedText(pending.text))),
    state,
  );
}

function sendingWords({ heldForS }: Pending): string {
  return heldForS === undefined ? texts.sending : fill(texts.held, { pause: pauseWords(texts.pause, heldForS) });
}

function picture(address: string): HTMLElement {
  const [link, ...rest] = splitLinks(address);
  return link?.href && rest.length === 0
    ? el("p", {}, el("a", { href: link.href, target: "_blank", rel: "noopener noreferrer" }, texts.image))
    : el("p", {}, address);
}

function timeOf(iso: string): HTMLElement {
  return el("p", { class: "time" }, el("time", { datetime: iso }, formatTime(iso)));
}

function senderName(message: Message, context: EntryContext): string {
  switch (message.sender) {
    case "customer":
      return context.customerName || texts.sender.customer;
    case "agent":
      return message.sender_name === context.myName
        ? texts.sender.me
        : (message.sender_name ?? texts.sender.agentUnnamed);
    default:
      return texts.sender[message.sender];
  }
}
