/** Makes an element; strings become text, never markup. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function button(label, onClick, attributes = {}) {
  const element = el("button", { type: "button", ...attributes }, label);
  element.addEventListener("click", onClick);
  return element;
}

const MARKS = [
  [/```([\s\S]+?)```/, "code"],
  [/(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\w*])/, "strong"],
  [/(?<![\w_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\w_])/, "em"],
  [/(?<![\w~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\w~])/, "s"],
  [/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/, "a"],
];

/** Text as WhatsApp shows it: *fett*, _kursiv_, ~durchgestrichen~, ```Code``` and links. */
export function formatted(text) {
  for (const [mark, tag] of MARKS) {
    const found = mark.exec(text);
    if (found) {
      const [whole, inner] = found;
      const before = text.slice(0, found.index);
      const after = text.slice(found.index + whole.length);
      const made =
        tag === "a"
          ? el("a", { href: inner, target: "_blank", rel: "noopener noreferrer" }, inner)
          : el(tag, {}, ...(tag === "code" ? [inner] : formatted(inner)));
      return [...formatted(before), made, ...formatted(after)];
    }
  }
  return text === "" ? [] : [text];
}
