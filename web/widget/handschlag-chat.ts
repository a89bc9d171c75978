import { button, el, setAttribute, setText } from "../shared/dom/element";
import { icon } from "../shared/dom/icon";
import { watchNetwork } from "../shared/stream/network";
import { fill } from "../shared/text";
import { ChatSession } from "./chat-session";
import { chatStorage } from "./chat-storage";
import { ChatView } from "./chat-view";
import { styles } from "./styles";
import { texts } from "./texts.de";

/**
 * `<handschlag-chat>`: a button in the corner that opens the chat. Until it is opened for the first time it stores
 * nothing and asks the bridge for nothing.
 *
 * Attribute `server`: origin of the bridge, without a slash at the end; by default the page's own.
 * Property `open`: whether the panel is shown. Methods `show()` and `hide()`.
 */
export class HandschlagChat extends HTMLElement {
  private readonly launcher: HTMLButtonElement;
  private readonly launcherText = el("span", { class: "launcher-text" }, texts.openHint);
  private readonly badge = el("span", { class: "badge", hidden: true });
  private session: ChatSession | null = null;
  private view: ChatView | null = null;
  private unread = 0;
  private updateAsked = false;
  private unwatch: (() => void) | null = null;
  private readonly onStorage = (event: StorageEvent) => this.storageChanged(event);

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = styles.map((css) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      return sheet;
    });
    this.launcher = button("", () => (this.open ? this.hide() : this.show()), {
      class: "launcher",
      "aria-expanded": "false",
      "aria-haspopup": "dialog",
      "data-testid": "chat-open",
    });
    this.launcher.append(icon("chat"), this.launcherText, this.badge);
    root.append(this.launcher);
  }

  get open(): boolean {
    return this.view?.element.open ?? false;
  }

  connectedCallback(): void {
    const session = new ChatSession(
      this.getAttribute("server") ?? "",
      () => this.askUpdate(),
      () => this.countUnread(),
    );
    this.session = session;
    this.view = new ChatView(session, () => this.hide());
    this.shadowRoot?.prepend(this.view.element);
    this.unwatch = watchNetwork({
      onBack: (cut) => session.wake(cut),
      onLost: () => session.live?.networkLost(),
    });
    window.addEventListener("storage", this.onStorage);
    const code = takeCode();
    if (code) {
      this.reveal(true);
      void session.bring(code);
    } else if (session.resume() && chatStorage.wasOpen) {
      this.reveal(false);
    }
    this.update();
  }

  disconnectedCallback(): void {
    this.session?.stop();
    this.session = null;
    this.view?.element.remove();
    this.view = null;
    this.unwatch?.();
    window.removeEventListener("storage", this.onStorage);
  }

  /** Opens the chat and, the first time, begins a conversation. */
  show(): void {
    this.reveal(true);
    void this.session?.begin();
  }

  hide(): void {
    this.view?.close();
    chatStorage.keepOpen(false);
    this.update();
    this.launcher.focus();
  }

  private reveal(focus: boolean): void {
    if (!this.open) {
      this.view?.open(focus);
    }
    chatStorage.keepOpen(true);
    this.unread = 0;
    this.update();
  }

  private storageChanged(event: StorageEvent): void {
    if (chatStorage.isConversationEvent(event)) {
      this.session?.adoptFromOtherTab();
    }
  }

  private countUnread(): void {
    if (!this.open) {
      this.unread += 1;
      this.askUpdate();
    }
  }

  /** Many changes come in one go (a page of messages); they are drawn once. */
  private askUpdate(): void {
    if (!this.updateAsked) {
      this.updateAsked = true;
      queueMicrotask(() => this.update());
    }
  }

  private update(): void {
    this.updateAsked = false;
    this.view?.update();
    setAttribute(this.launcher, "aria-expanded", String(this.open));
    const count = this.unread;
    const news = count === 0 ? "" : count === 1 ? texts.unread.one : fill(texts.unread.many, { count });
    this.badge.hidden = count === 0;
    setText(this.badge, count === 0 ? "" : String(count));
    setAttribute(
      this.launcher,
      "aria-label",
      [texts.openHint, texts.open, news].filter((part) => part !== "").join(" "),
    );
  }
}

/** The code behind the hash of a link from WhatsApp; it goes from the address, as it is good only once. */
function takeCode(): string | null {
  const match = /^#weiter=([\w-]{1,60})$/.exec(location.hash);
  if (!match?.[1]) {
    return null;
  }
  history.replaceState(history.state, "", location.pathname + location.search);
  return match[1];
}
