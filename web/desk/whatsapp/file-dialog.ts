import { el } from "../../shared/dom/element";
import { fill } from "../../shared/text";
import type { DeskSession } from "../desk-session";
import { ask, tell } from "../dialogs";
import { texts } from "./texts.de";

const words = texts.fileDialog;
/** The most the bridge takes from agents. */
export const MAX_FILE = 16_000_000;

/** "820 kB", "3,4 MB" */
export function sizeWords(bytes: number): string {
  const [value, unit] = bytes < 1_000_000 ? [Math.ceil(bytes / 1_000), "kB"] : [bytes / 1_000_000, "MB"];
  return `${new Intl.NumberFormat("de-DE", { maximumFractionDigits: 1 }).format(value)} ${unit}`;
}

/** Lets the agent choose a file, shows which one it is, and sends it with words of theirs. */
export function chooseFile(session: DeskSession): void {
  const input = el("input", { type: "file" });
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file) {
      askFile(session, file);
    }
  });
  input.click();
}

export function askFile(session: DeskSession, file: File): void {
  const size = sizeWords(file.size);
  if (file.size > MAX_FILE) {
    tell(words.heading, [el("p", {}, fill(words.tooLarge, { size }))]);
    return;
  }
  const text = el("textarea", { id: "file-text", name: "text", rows: "2", maxlength: "1024" });
  const fields = [
    el("p", { class: "preview" }, fill(words.chosen, { name: file.name, size })),
    el("label", { for: "file-text" }, words.text),
    text,
  ];
  ask(words, fields, () => session.whatsapp.sendFile(file, text.value.trim()));
}
