import { beforeEach, expect, test } from "vitest";
import { SafeStorage } from "../shared/storage";
import { Drafts } from "./drafts";

let agent: string | null;
let drafts: Drafts;

beforeEach(() => {
  agent = "weber";
  const storage = new SafeStorage(() => {
    throw new DOMException("blocked", "SecurityError");
  });
  drafts = new Drafts(storage, () => agent);
});

test("every conversation has its own draft", () => {
  drafts.set("a", "Guten Tag");
  expect([drafts.get("a"), drafts.get("b")]).toEqual(["Guten Tag", ""]);
});

test("another agent at the same screen does not see them", () => {
  drafts.set("a", "Guten Tag");
  agent = "oez";
  expect(drafts.get("a")).toBe("");
  agent = "weber";
  expect(drafts.get("a")).toBe("Guten Tag");
});

test("a refused text comes back in front of what was written since", () => {
  drafts.set("a", "neu");
  drafts.putBack("a", "alt");
  expect(drafts.get("a")).toBe("alt\n\nneu");
});

test("signing out takes one's own drafts along and no others", () => {
  drafts.set("a", "Guten Tag");
  agent = "oez";
  drafts.set("a", "Moin");
  drafts.clear();
  expect(drafts.get("a")).toBe("");
  agent = "weber";
  expect(drafts.get("a")).toBe("Guten Tag");
});
