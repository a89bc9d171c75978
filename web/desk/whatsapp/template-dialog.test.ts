import { expect, test } from "vitest";
import type { Template } from "../../shared/api/types";
import { previewOf } from "./template-dialog";

const TEMPLATE: Template = {
  name: "rueckmeldung",
  language: "de",
  title: "Rückmeldung",
  text: "Hier schreibt {agent} von {company}.",
  variables: [
    { name: "agent", label: "Ihr Name", example: "Kim Weber", default: null },
    { name: "company", label: "Unternehmen", example: "", default: "Muster Elektronik" },
  ],
};

test("the preview reads as the customer will read it", () => {
  expect(previewOf(TEMPLATE, { agent: "Kim Weber", company: "Muster Elektronik" })).toBe(
    "Hier schreibt Kim Weber von Muster Elektronik.",
  );
});

test("what is still missing stands in the preview by its label", () => {
  expect(previewOf(TEMPLATE, { agent: " ", company: "Muster" })).toBe("Hier schreibt [Ihr Name] von Muster.");
});
