import { expect, test } from "vitest";
import { splitLinks } from "./links";

function links(text: string): (string | undefined)[] {
  return splitLinks(text).flatMap((segment) => (segment.href ? [segment.href] : []));
}

test.each([
  ["Siehe https://example.org/hilfe.", "https://example.org/hilfe"],
  ["(https://example.org/a)", "https://example.org/a"],
  ["https://example.org/a_(b)", "https://example.org/a_(b)"],
  ["Kennen Sie http://example.org/?a=1&b=2?", "http://example.org/?a=1&b=2"],
  ["„https://example.org“ sagt", "https://example.org"],
])("finds the address in %j", (text, address) => {
  expect(links(text)).toEqual([address]);
});

test.each(["javascript:alert(1)", "ftp://example.org", "data:text/html,x", "https://", "mailto:a@example.org"])(
  "makes no link of %j",
  (text) => {
    expect(links(text)).toEqual([]);
  },
);

test.each(["", "ohne Adresse", "a https://example.org b https://example.com, c", "https://example.org"])(
  "loses nothing of %j",
  (text) => {
    expect(
      splitLinks(text)
        .map((segment) => segment.text)
        .join(""),
    ).toBe(text);
  },
);
