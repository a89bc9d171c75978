import type { Delivery } from "../../shared/api/types";
import { button, el } from "../../shared/dom/element";
import { type IconName, icon } from "../../shared/dom/icon";
import { fill } from "../../shared/text";
import { texts } from "./texts.de";

export interface DeliveryActions {
  resend: (deliveryIds: readonly string[], uncertain: boolean) => void;
  drop: (deliveryIds: readonly string[]) => void;
}

const SIGNS: Readonly<Partial<Record<Delivery["status"], IconName>>> = {
  pending: "clock",
  held: "clock",
  sent: "done",
  delivered: "doneTwice",
  read: "doneTwice",
};

/** Where a message is on its way to WhatsApp, as it stands beside the time: sign and word. */
export function deliveryMark({ status }: Delivery): HTMLElement {
  const sign = SIGNS[status];
  return el(
    "span",
    { class: `delivery ${status}`, "data-testid": "desk-delivery", "data-status": status },
    sign ? icon(sign) : null,
    texts.delivery[status],
  );
}

/** Why it has not gone, and what can be done about it; null for a message on its way. */
export function deliveryProblem({ status, error, open_ids }: Delivery, actions: DeliveryActions): HTMLElement | null {
  if (!error) {
    return null;
  }
  const line = el("div", { class: `delivery-problem ${status}` }, el("p", {}, error.message));
  if (error.code) {
    line.append(el("p", { class: "hint" }, fill(texts.code, { code: error.code })));
  }
  const ways = waysOf(status, error.kind, open_ids ?? [], actions);
  if (ways.length > 0) {
    line.append(el("p", { class: "delivery-ways" }, ...ways));
  }
  return line;
}

/** What an agent can do: a reply that waits for the customer goes by itself, so it can only be dropped. */
export function waysOf(
  status: Delivery["status"],
  kind: string,
  ids: readonly string[],
  actions: DeliveryActions,
): HTMLElement[] {
  if (ids.length === 0) {
    return [];
  }
  const drop = button(texts.drop, () => actions.drop(ids), { class: "link" });
  if (status === "held" && kind !== "operator") {
    return [drop];
  }
  const label = status === "held" ? texts.resendNow : texts.resend;
  return [button(label, () => actions.resend(ids, status === "indeterminate"), { class: "link" }), drop];
}
