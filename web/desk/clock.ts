import { formatElapsed } from "../shared/dates";
import { el, setText } from "../shared/dom/element";

/** A running clock since a moment. It is moved by `tickClocks` and not read aloud at every second. */
export function clockSince(iso: string): HTMLTimeElement {
  return el("time", { class: "clock", datetime: iso, "data-since": "" }, formatElapsed(iso));
}

export function tickClocks(root: ParentNode): void {
  for (const clock of root.querySelectorAll<HTMLTimeElement>("time[data-since]")) {
    setText(clock, formatElapsed(clock.dateTime));
  }
}
