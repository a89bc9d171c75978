import type { DeskConversation } from "../shared/api/types";
import { el } from "../shared/dom/element";
import { icon } from "../shared/dom/icon";
import { texts } from "./texts.de";

/** Whether the customer has the chat open, for a conversation where somebody waits or a person answers. */
export type Presence = "here" | "away" | null;

/** The bridge follows the customer's presence only where it matters to a person. */
export function presenceOf({ state, channel, customer_online }: DeskConversation): Presence {
  // On WhatsApp nobody knows who has the chat open.
  if (channel === "whatsapp" || (state !== "waiting" && state !== "human")) {
    return null;
  }
  return customer_online ? "here" : "away";
}

/** For the lists: a full or an empty circle, and the words for those who cannot see it. */
export function presenceMark(conversation: DeskConversation): HTMLElement | null {
  const presence = presenceOf(conversation);
  if (!presence) {
    return null;
  }
  const words = texts.presence[presence];
  return el(
    "span",
    { class: `presence ${presence}`, title: words },
    icon(presence),
    el("span", { class: "visually-hidden" }, `, ${words}`),
  );
}

/** For the open conversation: sign and words. It changes quietly, nothing is read aloud. */
export class PresenceView {
  readonly element = el("p", { class: "presence" });
  private shown: Presence = null;

  update(conversation: DeskConversation | undefined): void {
    const presence = conversation ? presenceOf(conversation) : null;
    this.element.hidden = presence === null;
    if (presence && presence !== this.shown) {
      this.element.className = `presence ${presence}`;
      this.element.replaceChildren(icon(presence), texts.presence[presence]);
    }
    this.shown = presence;
  }
}
