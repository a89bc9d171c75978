import type { Undelivered } from "../../shared/api/types";
import { formatDay, formatTime } from "../../shared/dates";
import { button, el } from "../../shared/dom/element";
import type { DeskSession } from "../desk-session";
import { ask } from "../dialogs";
import { nameOf } from "./customer-line";
import { type DeliveryActions, deliveryMark, deliveryProblem } from "./delivery-view";
import { texts } from "./texts.de";

const words = texts.undelivered;

/** Sends again or drops; where the customer may get a message twice, or never, the agent is asked first. */
export function actionsOf(session: DeskSession): DeliveryActions {
  return {
    resend: (ids, uncertain) => {
      if (uncertain) {
        ask(texts.resendDialog, [], () => session.whatsapp.resend(ids));
      } else {
        void session.whatsapp.resend(ids);
      }
    },
    drop: (ids) => ask(texts.dropDialog, [], () => session.whatsapp.drop(ids)),
  };
}

/** The list of everything that has not gone, with what can be done about it. It follows what happens meanwhile. */
export class UndeliveredDialog {
  private readonly list = el("ul", { class: "undelivered" });
  private readonly state = el("p", { class: "hint", role: "status" });
  private readonly element = el("dialog", { class: "dialog wide", "aria-labelledby": "undelivered-heading" });
  private print = "";

  constructor(
    private readonly session: DeskSession,
    private readonly open: (conversationId: string) => void,
  ) {
    this.element.append(
      el("h2", { id: "undelivered-heading" }, words.heading),
      this.state,
      this.list,
      el(
        "div",
        { class: "ways" },
        button(words.done, () => this.element.close(), { class: "primary" }),
      ),
    );
    document.body.append(this.element);
  }

  show(): void {
    void this.session.whatsapp.undelivered.load();
    this.update();
    this.element.showModal();
  }

  close(): void {
    this.element.close();
  }

  update(): void {
    const { items, loaded, failed } = this.session.whatsapp.undelivered;
    const print = JSON.stringify([items, loaded, failed]);
    if (print === this.print) {
      return;
    }
    this.print = print;
    this.state.textContent = failed ? words.failed : !loaded ? words.loading : items.length === 0 ? words.empty : "";
    this.state.hidden = this.state.textContent === "";
    this.list.replaceChildren(...items.map((item) => this.item(item)));
  }

  private item(item: Undelivered): HTMLLIElement {
    const conversation = this.session.store.get(item.conversation_id);
    const go = button(words.open, () => this.goTo(item.conversation_id), { class: "link" });
    const text = item.kind === "reopen" ? words.reopen : item.text || words.noWords;
    return el(
      "li",
      { "data-testid": "desk-undelivered" },
      el("p", { class: "who" }, conversation ? nameOf(conversation) : words.someone, " ", deliveryMark(item.delivery)),
      el("p", { class: "said" }, text),
      deliveryProblem(item.delivery, actionsOf(this.session)),
      el("p", { class: "time" }, `${formatDay(item.updated_at)}, ${formatTime(item.updated_at)} `, go),
    );
  }

  private goTo(conversationId: string): void {
    this.element.close();
    this.open(conversationId);
  }
}
