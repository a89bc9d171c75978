import { expect, test } from "vitest";
import { SafeStorage } from "./storage";

test("where the browser blocks its storage, values live as long as the page", () => {
  const storage = new SafeStorage(() => {
    throw new DOMException("blocked", "SecurityError");
  });
  storage.set("a", "1");
  expect(storage.get("a")).toBe("1");
  expect(storage.keys()).toEqual(["a"]);
  storage.remove("a");
  expect(storage.get("a")).toBeNull();
});

test("what is no JSON reads as nothing", () => {
  const storage = new SafeStorage(() => {
    throw new DOMException("blocked", "SecurityError");
  });
  storage.set("a", "{half");
  expect(storage.getJson("a")).toBeNull();
});
