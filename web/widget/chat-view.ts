import type { Button } from "../shared/api/types";
import type { Pending } from "../shared/conversation/message-log";
import { el } from "../shared/dom/element";
import { ChannelView, isElsewhere } from "./channel-view";
import type { ChatSession } from "./chat-session";
import { chatStorage } from "./chat-storage";
import { ClosingView } from "./closing-view";
import { ComposerView } from "./composer-view";
import { HeaderView } from "./header-view";
import { LogView } from "./log-view";
import { StripView } from "./strip-view";
import { texts } from "./texts.de";

/** Narrow screens show the chat alone; wider ones beside the page. The same figure stands in styles/narrow.css. */
const NARROW = "(max-width: 480px)";

/** The chat panel: header, log, strip, input. */
export class ChatView {
  readonly element = el("dialog", { class: "panel", "aria-label": texts.panel });
  private readonly header: HeaderView;
  private readonly log: LogView;
  private readonly strip: StripView;
  private readonly composer: ComposerView;
  private readonly channel: ChannelView;
  private readonly closing: ClosingView;

  constructor(
    private readonly session: ChatSession,
    minimise: () => void,
  ) {
    const saveTranscript = () => void this.saveTranscript();
    this.composer = new ComposerView({
      send: (text) => this.send(text),
      wrote: (text) => session.live?.wrote(text),
    });
    this.strip = new StripView(session, () => this.composer.focus());
    this.channel = new ChannelView(session, () => this.composer.focus());
    this.strip.element.prepend(this.channel.element);
    this.header = new HeaderView({
      minimise,
      saveTranscript,
      end: () => this.strip.askEnd(),
      goToWhatsApp: () => void this.goToWhatsApp(),
    });
    this.log = new LogView({
      choose: (choice) => this.choose(choice),
      retry: (clientMessageId) => session.live?.queue.retry(clientMessageId),
      edit: (pending) => this.edit(pending),
    });
    this.closing = new ClosingView(session, { saveTranscript, renew: () => this.renew() });
    this.element.append(
      this.header.element,
      this.log.element,
      this.strip.element,
      this.composer.element,
      this.closing.element,
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) {
        event.preventDefault();
        if (!this.header.closeMenu() && !this.strip.dropQuestion()) {
          minimise();
        }
      }
    });
    this.element.addEventListener("cancel", (event) => {
      event.preventDefault();
      minimise();
    });
  }

  update(): void {
    const { session } = this;
    this.header.update(session);
    this.log.update(session);
    this.strip.update(session);
    this.channel.update(session);
    this.closing.update();
    this.composer.element.hidden = !this.closing.element.hidden || isElsewhere(session);
    this.composer.setReady(session.phase === "active" && session.live !== null);
  }

  /** `focus` is false when the panel opens by itself after a reload: nobody asked to be moved. */
  open(focus: boolean): void {
    if (window.matchMedia(NARROW).matches) {
      this.element.showModal();
    } else {
      this.element.setAttribute("open", "");
    }
    this.composer.draft = chatStorage.draft;
    this.log.jumpToEnd();
    if (focus) {
      this.composer.focus();
    }
  }

  close(): void {
    this.element.close();
  }

  private send(text: string): void {
    this.session.live?.queue.add(text);
    this.log.jumpToEnd();
  }

  private choose(choice: Button): void {
    this.session.live?.queue.add(choice.title, choice.payload);
    this.log.jumpToEnd();
    this.composer.focus();
  }

  private edit(pending: Pending): void {
    const live = this.session.live;
    if (live) {
      live.queue.discard(pending.clientMessageId);
      this.composer.draft = joined(pending.text, this.composer.draft);
      this.composer.focus();
    }
  }

  private async goToWhatsApp(): Promise<void> {
    await this.session.askForChannelCode();
    this.update();
    this.channel.focus();
  }

  private renew(): void {
    const unsent = this.session.renew();
    this.composer.draft = joined(...unsent, this.composer.draft);
    this.update();
    this.composer.focus();
  }

  private async saveTranscript(): Promise<void> {
    const blob = await this.session.transcript();
    if (blob) {
      const address = URL.createObjectURL(blob);
      el("a", { href: address, download: texts.transcriptFile }).click();
      URL.revokeObjectURL(address);
    }
  }
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}
