import type { DeskConversation, WhatsAppCustomer } from "../../shared/api/types";
import { el, setAttribute, setText } from "../../shared/dom/element";
import { fill } from "../../shared/text";
import { texts } from "./texts.de";
import { windowIsOpen, windowWords } from "./window";

/** What the customer is called at the desk: as WhatsApp names them, or as the bridge does. */
export function nameOf(conversation: DeskConversation): string {
  return conversation.whatsapp?.name || conversation.whatsapp?.phone || conversation.label;
}

/** The channel as a word in a small frame; the website, where most come from, goes without. */
export function channelBadge(conversation: DeskConversation): HTMLElement | null {
  if (conversation.channel === "webchat") {
    return null;
  }
  const name = texts.channel[conversation.channel] ?? fill(texts.channelOther, { name: conversation.channel });
  return el("span", { class: `channel ${conversation.channel}` }, name);
}

/** Below the name of a customer on WhatsApp: number, our number, and how long agents may write freely. */
export class CustomerLine {
  private readonly channel = el("span", { class: "channel whatsapp" }, texts.channel["whatsapp"]);
  private readonly phone = el("span", { class: "phone" });
  private readonly number = el("span", { class: "our-number" });
  private readonly window = el("span", { class: "window", title: texts.window.title, "data-testid": "desk-window" });
  readonly element = el(
    "p",
    { class: "whatsapp-line", hidden: true },
    this.channel,
    this.phone,
    this.number,
    this.window,
  );

  update(conversation: DeskConversation | undefined): void {
    const customer = conversation?.whatsapp;
    this.element.hidden = !customer;
    if (customer) {
      setText(this.phone, customer.phone ? `+${customer.phone.replace(/^\+/, "")}` : texts.phoneHidden);
      setText(this.number, fill(texts.number, { name: customer.number.name, number: customer.number.display_number }));
      this.showWindow(customer);
    }
  }

  private showWindow(customer: WhatsAppCustomer): void {
    const open = !customer.stopped && windowIsOpen(customer);
    setText(this.window, customer.stopped ? texts.stopped : windowWords(customer));
    setAttribute(this.window, "data-open", String(open));
  }
}
