import type { DeskConversation, Handoff } from "../shared/api/types";
import { formatShort } from "../shared/dates";
import { el, setText } from "../shared/dom/element";
import { fill } from "../shared/text";
import { clockSince } from "./clock";
import { intentWords } from "./entry-view";
import { PHONE } from "./screen";
import { texts } from "./texts.de";

const words = texts.handoff;
const number = new Intl.NumberFormat("de-DE", { maximumFractionDigits: 2 });

/** The handoff card: why the bot stepped back and what is known, so that nobody has to be asked twice. */
export class HandoffView {
  /** On a phone the reason alone is shown at first; the rest unfolds. */
  readonly element = el("details", {
    class: "handoff",
    open: !window.matchMedia(PHONE).matches,
    "data-testid": "desk-handoff",
  });
  private readonly reason = el("span", { class: "reason" });
  private readonly facts = el("dl", { class: "facts" });
  private print = "";

  constructor() {
    this.element.append(el("summary", {}, el("h3", {}, words.heading, this.reason)), this.facts);
  }

  update(handoff: Handoff | null, conversation: DeskConversation | undefined): void {
    this.element.hidden = handoff === null;
    const print = JSON.stringify([handoff, conversation?.state, conversation?.waiting_since]);
    if (!handoff || print === this.print) {
      return;
    }
    this.print = print;
    setText(this.reason, ` ${reasonWords(handoff.reason)}`);
    this.facts.replaceChildren(
      ...waiting(handoff, conversation),
      ...fact(words.cues, handoff.decision?.cues.join(", ")),
      ...fact("", scoreWords(handoff)),
      ...fact(words.summary, handoff.summary),
      ...intent(handoff),
      ...slots(handoff),
    );
  }
}

function fact(name: string, value: string | Node | null | undefined): HTMLElement[] {
  if (!value) {
    return [];
  }
  const detail = el("dd", {}, value);
  return name ? [el("dt", {}, name), detail] : [detail];
}

function reasonWords(reason: string): string {
  return reason in words.reasons
    ? words.reasons[reason as keyof typeof words.reasons]
    : fill(words.otherReason, { reason });
}

function waiting(handoff: Handoff, conversation: DeskConversation | undefined): HTMLElement[] {
  if (conversation?.state === "waiting") {
    return fact(words.since, clockSince(conversation.waiting_since ?? handoff.requested_at));
  }
  return fact(words.requested, formatShort(handoff.requested_at));
}

function scoreWords({ decision }: Handoff): string {
  if (decision?.score === null || decision?.score === undefined) {
    return "";
  }
  const score = number.format(decision.score);
  return decision.threshold === null
    ? fill(words.scoreAlone, { score })
    : fill(words.score, { score, threshold: number.format(decision.threshold) });
}

function intent({ latest_intent: latest }: Handoff): HTMLElement[] {
  return latest ? fact(words.intent, intentWords({ intent: latest.name, confidence: latest.confidence })) : [];
}

function slots(handoff: Handoff): HTMLElement[] {
  const known = Object.entries(handoff.slots ?? {})
    .map(([name, value]) => [texts.slots[name] ?? name, slotWords(name, value)] as const)
    .filter(([, value]) => value !== "");
  if (known.length === 0) {
    return [];
  }
  const list = el("ul", { class: "slots" });
  for (const [name, value] of known) {
    list.append(el("li", {}, el("span", { class: "slot-name" }, `${name}: `), value));
  }
  return fact(words.slots, list);
}

function slotWords(name: string, value: unknown): string {
  const words = valueWords(value);
  return texts.slotValues[name]?.[words] ?? words;
}

function valueWords(value: unknown): string {
  if (value === null || value === undefined) {
    return "";
  }
  if (typeof value === "boolean") {
    return value ? words.yes : words.no;
  }
  if (typeof value === "number") {
    return number.format(value);
  }
  return Array.isArray(value)
    ? value
        .map(valueWords)
        .filter((part) => part !== "")
        .join(", ")
    : typeof value === "string"
      ? value
      : JSON.stringify(value);
}
