import type { WhatsAppCustomer } from "../../shared/api/types";
import { fill } from "../../shared/text";
import { texts } from "./texts.de";

const MINUTE_MS = 60_000;

/** Whether agents may write freely: judged by the desk's own clock, so that nobody has to be told when time runs out. */
export function windowIsOpen(customer: WhatsAppCustomer, nowMs: number = Date.now()): boolean {
  return customer.window_ends_at !== null && Date.parse(customer.window_ends_at) > nowMs;
}

/** How long they still may, in words. The last minute counts down to one, never to none. */
export function windowWords(customer: WhatsAppCustomer, nowMs: number = Date.now()): string {
  if (!customer.window_ends_at || !windowIsOpen(customer, nowMs)) {
    return texts.window.closed;
  }
  const left = Math.ceil((Date.parse(customer.window_ends_at) - nowMs) / MINUTE_MS);
  const hours = Math.floor(left / 60);
  return hours > 0
    ? fill(texts.window.hours, { hours, minutes: left % 60 })
    : fill(texts.window.minutes, { minutes: left });
}

/** What will become of the reply that is being written; empty when it just goes out. */
export function composerWords(customer: WhatsAppCustomer | null | undefined, nowMs: number = Date.now()): string {
  if (!customer) {
    return "";
  }
  if (customer.stopped) {
    return texts.composer.stopped;
  }
  if (windowIsOpen(customer, nowMs)) {
    return "";
  }
  const template = customer.number.reopen_title;
  return template ? fill(texts.composer.closedAsks, { template }) : texts.composer.closed;
}
