import { HandschlagChat } from "./handschlag-chat";

declare global {
  interface HTMLElementTagNameMap {
    "handschlag-chat": HandschlagChat;
  }
}

if (!customElements.get("handschlag-chat")) {
  customElements.define("handschlag-chat", HandschlagChat);
}
