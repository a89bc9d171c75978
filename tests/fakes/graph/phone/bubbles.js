import { button, el, formatted } from "./dom.js";
import { fill, words } from "./words.js";

const time = new Intl.DateTimeFormat("de-DE", { hour: "2-digit", minute: "2-digit" });

/** What a message says in plain words, for quotes. */
export function plainWords({ body }, templates) {
  const { type } = body;
  const content = body[type] ?? {};
  switch (type) {
    case "text":
      return content.body;
    case "interactive":
      return content.body?.text ?? content.button_reply?.title ?? content.list_reply?.title ?? "";
    case "template":
      return templateWords(content, templates);
    case "audio":
      return words.voice;
    case "location":
      return fill(words.location, { name: content.name ?? "" });
    case "reaction":
      return fill(words.reaction, { emoji: content.emoji ?? "" });
    case "image":
      return content.caption ? `${words.picture}: ${content.caption}` : words.picture;
    case "document":
      return content.filename ?? words.file;
    default:
      return content.caption ?? type;
  }
}

/** One message on the phone. `actions` carry out what the customer does with it. */
export function bubble(entry, world, actions) {
  const { body, from_customer: mine } = entry;
  const said = el("div", { class: "said" }, ...contentOf(entry, world));
  const node = el(
    "article",
    { class: `bubble ${mine ? "mine" : "theirs"}`, "data-wamid": entry.wamid },
    el("span", { class: "visually-hidden" }, `${mine ? words.me : words.business}: `),
    quoteOf(entry, world),
    said,
    el("p", { class: "below" }, time.format(new Date(entry.at * 1000)), mine ? ticks(entry.statuses) : null),
  );
  if (body.type === "interactive" && body.interactive.action) {
    node.append(choicesOf(entry, actions));
  }
  if (!world.revoked.has(entry.wamid)) {
    node.append(waysOf(entry, actions));
  }
  return node;
}

function contentOf(entry, world) {
  const { body } = entry;
  if (world.revoked.has(entry.wamid)) {
    return [el("em", {}, words.revoked)];
  }
  const content = body[body.type] ?? {};
  if (body.type === "template") {
    return [el("p", { class: "kind" }, words.template), el("p", {}, ...formatted(templateWords(content, world.templates)))];
  }
  if (body.type === "image" && world.pictures.has(entry.wamid)) {
    const picture = el("img", { src: world.pictures.get(entry.wamid), alt: words.picture });
    return [picture, ...(content.caption ? [el("p", {}, content.caption)] : [])];
  }
  const reply = content.button_reply ?? content.list_reply;
  if (reply) {
    return [el("p", {}, reply.title)];
  }
  return [el("p", {}, ...formatted(plainWords(entry, world.templates)))];
}

function quoteOf({ body }, world) {
  const quoted = body.context?.id && world.entries.get(body.context.id);
  return quoted ? el("p", { class: "quoted" }, ...formatted(plainWords(quoted, world.templates).slice(0, 120))) : null;
}

function choicesOf({ body, wamid }, actions) {
  const { action } = body.interactive;
  if (action.buttons) {
    const taps = action.buttons.map(({ reply }) => button(reply.title, () => actions.choose(reply, wamid, false)));
    return el("div", { class: "choices", role: "group", "aria-label": words.choices }, ...taps);
  }
  return el("div", { class: "choices" }, button(`☰ ${action.button}`, () => actions.openList(action, wamid)));
}

function waysOf({ wamid, body, from_customer: mine }, actions) {
  const ways = mine
    ? [button("🗑", () => actions.revoke(wamid), { title: words.revoke, "aria-label": words.revoke })]
    : [
        button("👍", () => actions.react(wamid), { title: words.react, "aria-label": words.react }),
        button("↩", () => actions.reply(wamid), { title: words.reply, "aria-label": words.reply }),
      ];
  return body.type === "reaction" ? el("span") : el("div", { class: "ways" }, ...ways);
}

/** One tick: Meta has it. Two: the company has read it. */
function ticks(statuses) {
  const read = statuses.includes("read");
  return el(
    "span",
    { class: read ? "ticks read" : "ticks", "data-testid": "phone-ticks" },
    el("span", { "aria-hidden": "true" }, read ? " ✓✓" : " ✓"),
    el("span", { class: "visually-hidden" }, `, ${read ? words.read : words.sent}`),
  );
}

function templateWords({ name, language, components = [] }, templates) {
  const template = templates.find((known) => known.name === name && known.language === language?.code);
  const values = components.filter(({ type }) => type === "body").flatMap(({ parameters = [] }) => parameters);
  let place = 0;
  return template ? template.text.replace(/\{\w+\}/g, () => values[place++]?.text ?? "…") : name;
}
