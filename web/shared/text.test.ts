import { expect, test } from "vitest";
import { fill } from "./text";

test("places are filled, and one without a value stays visible", () => {
  expect(fill("{name} an Platz {place}", { name: "Frau Weber" })).toBe("Frau Weber an Platz {place}");
});

test("a value is not read as a pattern", () => {
  expect(fill("{name}!", { name: "$& {name}" })).toBe("$& {name}!");
});
