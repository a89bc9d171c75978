import { localStore } from "../shared/storage";

const SETTING = "handschlag.desk.keys";

export interface KeyActions {
  move: (step: 1 | -1) => void;
  claim: () => void;
  reply: () => void;
  escape: () => void;
  help: () => void;
  /** Whether the arrow keys belong to the list just now; elsewhere they scroll. */
  listHasFocus: () => boolean;
}

/** Single keys as shortcuts. They can be switched off, as speech input and slips of the hand trigger them too. */
export class Keyboard {
  constructor(private readonly actions: KeyActions) {
    document.addEventListener("keydown", (event) => this.onKey(event));
  }

  get enabled(): boolean {
    return localStore.get(SETTING) !== "off";
  }

  set enabled(on: boolean) {
    localStore.set(SETTING, on ? "on" : "off");
  }

  private onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
      return;
    }
    if (document.querySelector("dialog[open]")) {
      return;
    }
    const action = this.actionFor(event);
    if (action) {
      event.preventDefault();
      action();
    }
  }

  private actionFor(event: KeyboardEvent): (() => void) | undefined {
    const { actions } = this;
    if (event.key === "Escape") {
      return actions.escape;
    }
    if (actions.listHasFocus() && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      return () => actions.move(event.key === "ArrowDown" ? 1 : -1);
    }
    if (!this.enabled || isWriting(event.target)) {
      return undefined;
    }
    const shortcuts: Readonly<Record<string, () => void>> = {
      j: () => actions.move(1),
      k: () => actions.move(-1),
      c: actions.claim,
      r: actions.reply,
      "?": actions.help,
    };
    return shortcuts[event.key];
  }
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}
