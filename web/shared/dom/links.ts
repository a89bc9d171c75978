import { el } from "./element";

export type Segment = { text: string; href?: string };

const ADDRESS = /https?:\/\/[^\s<>"'„“”‚‘’]+/gi;
/** Signs that end a sentence rather than an address. */
const TRAILING = /[.,;:!?…)\]}*_]+$/;

/** Splits a text at its http(s) addresses. Joined again, the parts are the text. */
export function splitLinks(text: string): Segment[] {
  const segments: Segment[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(TRAILING, (signs) => keepBalanced(match[0], signs));
    if (!isWebAddress(address)) {
      continue;
    }
    if (match.index > end) {
      segments.push({ text: text.slice(end, match.index) });
    }
    segments.push({ text: address, href: address });
    end = match.index + address.length;
  }
  if (end < text.length) {
    segments.push({ text: text.slice(end) });
  }
  return segments;
}

/** A closing bracket belongs to the address when it was opened there. */
function keepBalanced(address: string, signs: string): string {
  return signs.startsWith(")") && address.includes("(") ? ")" : "";
}

function isWebAddress(address: string): boolean {
  try {
    const { protocol, hostname } = new URL(address);
    return (protocol === "https:" || protocol === "http:") && hostname !== "";
  } catch {
    return false;
  }
}

/** The text as nodes: plain text, and links that open apart and tell the other side nothing. */
export function linkedText(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const segment of splitLinks(text)) {
    fragment.append(
      segment.href
        ? el("a", { href: segment.href, target: "_blank", rel: "noopener noreferrer" }, segment.text)
        : segment.text,
    );
  }
  return fragment;
}
