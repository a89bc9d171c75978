import type { Template } from "../../shared/api/types";
import { el } from "../../shared/dom/element";
import { fill } from "../../shared/text";
import type { DeskSession } from "../desk-session";
import { ask, tell } from "../dialogs";
import { texts } from "./texts.de";

const words = texts.templateDialog;
const FIELD = "variable.";

/** The text as the customer will read it; what is not filled in yet stands there as its label. */
export function previewOf(template: Template, values: Readonly<Record<string, string>>): string {
  const shown = template.variables.map(({ name, label }) => [name, values[name]?.trim() || `[${label}]`]);
  return fill(template.text, Object.fromEntries(shown));
}

/** Asks which template is to go, with its variables, and shows how it will read. */
export async function askTemplate(session: DeskSession): Promise<void> {
  const templates = await session.whatsapp.templates();
  if (!templates) {
    return;
  }
  const [first] = templates;
  if (!first) {
    tell(words.heading, [el("p", {}, words.none)]);
    return;
  }
  const form = new TemplateForm(templates, first);
  ask(words, form.elements, () => session.whatsapp.sendTemplate(form.chosen, form.values));
}

class TemplateForm {
  chosen: Template;
  private readonly select = el("select", { id: "template", name: "template", "data-testid": "desk-template" });
  private readonly fields = el("div", { class: "fields" });
  private readonly preview = el("p", { class: "preview", role: "status", "data-testid": "desk-template-preview" });

  constructor(templates: readonly Template[], first: Template) {
    this.chosen = first;
    templates.forEach((template, place) => {
      this.select.append(el("option", { value: String(place) }, `${template.title} (${template.language})`));
    });
    this.select.addEventListener("change", () => {
      this.chosen = templates[Number(this.select.value)] ?? first;
      this.showFields();
    });
    this.fields.addEventListener("input", () => this.showPreview());
    this.showFields();
  }

  get elements(): HTMLElement[] {
    return [
      el("label", { for: "template" }, words.choose),
      this.select,
      this.fields,
      el("p", { class: "preview-heading" }, words.preview),
      this.preview,
    ];
  }

  get values(): Record<string, string> {
    const inputs = [...this.fields.querySelectorAll("input")];
    return Object.fromEntries(inputs.map((input) => [input.name.slice(FIELD.length), input.value.trim()]));
  }

  private showFields(): void {
    this.fields.replaceChildren(
      ...this.chosen.variables.flatMap((variable, place) => {
        const id = `variable-${place}`;
        const input = el("input", { id, name: FIELD + variable.name, type: "text", required: true, maxlength: "320" });
        input.value = variable.default ?? "";
        input.placeholder = variable.example ? fill(words.example, { example: variable.example }) : "";
        return [el("label", { for: id }, variable.label), input];
      }),
    );
    this.showPreview();
  }

  private showPreview(): void {
    this.preview.textContent = previewOf(this.chosen, this.values);
  }
}
