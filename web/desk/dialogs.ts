import { button, el } from "../shared/dom/element";
import { fill } from "../shared/text";
import type { DeskSession } from "./desk-session";
import { texts } from "./texts.de";

interface DialogWords {
  heading: string;
  words?: string;
  submit: string;
}

/**
 * Shows a modal question and takes it away again after the answer. `onSubmit` runs with the form's fields; where it
 * gives false (the action failed) the dialog goes too, as the reason then stands at the conversation.
 */
export function ask(words: DialogWords, fields: readonly HTMLElement[], onSubmit: (data: FormData) => unknown): void {
  const form = el("form", { method: "dialog" }, el("h2", { id: "dialog-heading" }, words.heading));
  if (words.words) {
    form.append(el("p", {}, words.words));
  }
  const dialog = el("dialog", { class: "dialog", "aria-labelledby": "dialog-heading" }, form);
  form.append(
    ...fields,
    el(
      "div",
      { class: "ways" },
      el("button", { type: "submit", class: "primary", "data-testid": "desk-dialog-submit" }, words.submit),
      button(texts.cancel, () => dialog.close(), { class: "secondary" }),
    ),
  );
  form.addEventListener("submit", () => void onSubmit(new FormData(form)));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target instanceof HTMLTextAreaElement) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export function askReturn(session: DeskSession): void {
  ask(texts.returnDialog, noteField(texts.returnDialog.note), (data) => session.giveBack(textOf(data, "note")));
}

export function askClose(session: DeskSession): void {
  ask(texts.closeDialog, [], () => session.close());
}

export async function askTransfer(session: DeskSession): Promise<void> {
  const colleagues = await session.colleagues();
  if (session.problem) {
    return;
  }
  if (colleagues.length === 0) {
    tell(texts.transferDialog.heading, [el("p", {}, texts.transferDialog.nobody)]);
    return;
  }
  const select = el("select", { id: "to", name: "to" });
  for (const { id, name, online } of colleagues.sort((a, b) => Number(b.online) - Number(a.online))) {
    select.append(el("option", { value: id }, online ? name : fill(texts.transferDialog.away, { name })));
  }
  ask(
    texts.transferDialog,
    [el("label", { for: "to" }, texts.transferDialog.to), select, ...noteField(texts.transferDialog.note)],
    (data) => session.transfer(textOf(data, "to"), textOf(data, "note")),
  );
}

/** Shows something to read, with one button to go on. */
export function tell(heading: string, content: readonly HTMLElement[]): void {
  const done = el("button", { type: "submit", class: "primary" }, texts.helpDialog.submit);
  const form = el("form", { method: "dialog" }, el("h2", { id: "dialog-heading" }, heading), ...content);
  form.append(el("div", { class: "ways" }, done));
  const dialog = el("dialog", { class: "dialog", "aria-labelledby": "dialog-heading" }, form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function noteField(label: string): HTMLElement[] {
  return [
    el("label", { for: "note" }, label),
    el("textarea", { id: "note", name: "note", rows: "3", maxlength: "4096" }),
  ];
}

function textOf(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === "string" ? value.trim() : "";
}
