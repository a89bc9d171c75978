import { expect, test } from "vitest";
import type { WhatsAppCustomer } from "../../shared/api/types";
import { composerWords, windowIsOpen, windowWords } from "./window";

const NOW = Date.parse("2026-11-21T10:00:00Z");

function customer(values: Partial<WhatsAppCustomer> = {}): WhatsAppCustomer {
  return {
    name: "Eva Roth",
    phone: "491701234567",
    window_ends_at: "2026-11-22T09:30:00+00:00",
    window_open: true,
    stopped: false,
    number: { id: "1", name: "Kundendienst", display_number: "+49 800 0001122", reopen_title: null },
    ...values,
  };
}

test("the window is counted down in hours and minutes, then in minutes", () => {
  expect(windowWords(customer(), NOW)).toBe("Antworten noch 23 Std. 30 Min. möglich");
  expect(windowWords(customer({ window_ends_at: "2026-11-21T10:59:30Z" }), NOW)).toBe(
    "Antworten noch 1 Std. 0 Min. möglich",
  );
  expect(windowWords(customer({ window_ends_at: "2026-11-21T10:00:01Z" }), NOW)).toBe("Antworten noch 1 Min. möglich");
});

test("the desk sees by its own clock when the window has closed", () => {
  const over = customer({ window_ends_at: "2026-11-21T10:00:00Z" });
  expect(windowIsOpen(over, NOW)).toBe(false);
  expect(windowWords(over, NOW)).toBe("24 Stunden sind um");
  expect(windowIsOpen(customer({ window_ends_at: null }), NOW)).toBe(false);
});

test("an open window needs no words, a closed one says what becomes of the reply", () => {
  const closed = { window_ends_at: "2026-11-21T09:00:00Z" };
  const number = { ...customer().number, reopen_title: "Wir haben eine Antwort für Sie" };
  expect(composerWords(customer(), NOW)).toBe("");
  expect(composerWords(undefined, NOW)).toBe("");
  expect(composerWords(customer(closed), NOW)).toContain("wird aufgehoben");
  expect(composerWords(customer({ ...closed, number }), NOW)).toContain("„Wir haben eine Antwort für Sie“");
});

test("whoever wants no more messages is not written to, window or not", () => {
  expect(composerWords(customer({ stopped: true }), NOW)).toContain("wird nicht gesendet");
});
