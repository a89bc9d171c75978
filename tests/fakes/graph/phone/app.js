import { bubble, plainWords } from "./bubbles.js";
import { button, el } from "./dom.js";
import { api, base64Of, samplePicture } from "./fake-api.js";
import { fill, words } from "./words.js";

const EVERY_MS = 500;
const KEPT = "handschlag.phone.person";
const at = (id) => document.getElementById(id);
const input = at("text");
const chat = at("chat");

const world = { person: null, number: null, templates: [], entries: new Map(), revoked: new Set(), pictures: new Map() };
const nodes = new Map();
const prints = new Map();
let replyTo = null;

const actions = {
  choose: ({ id, title }, to, list) => send({ reply: { id, title, to, list } }),
  openList,
  react: (wamid) => send({ content: { type: "reaction", reaction: { message_id: wamid, emoji: "👍" } } }),
  reply: (wamid) => {
    replyTo = wamid;
    showReplyTo();
    input.focus();
  },
  revoke: (wamid) => send({ content: { type: "revoke", revoke: { original_message_id: wamid } } }),
};

async function send(message) {
  try {
    const { wamid } = await api.write(world.person.user_id, { number_id: world.number.id, ...message });
    await look();
    return wamid;
  } catch (error) {
    showProblem(fill(words.failed, { why: error.message }));
    return null;
  }
}

async function sendText(text) {
  const content = { type: "text", text: { body: text }, ...(replyTo ? { context: { id: replyTo } } : {}) };
  replyTo = null;
  showReplyTo();
  await send({ content });
}

async function sendFile(kind, file, mime, filename) {
  const media = { kind, base64: await base64Of(file), mime_type: mime, ...(filename ? { filename } : {}) };
  const wamid = await send({ media });
  if (wamid && kind === "image") {
    world.pictures.set(wamid, URL.createObjectURL(file));
    prints.delete(wamid);
    await look();
  }
}

function openList(action, wamid) {
  const sheet = at("sheet");
  const rows = action.sections.flatMap(({ title, rows: listed }) => [
    ...(title ? [el("h3", {}, title)] : []),
    ...listed.map((row) => {
      const choice = button("", () => {
        sheet.close();
        actions.choose(row, wamid, true);
      });
      choice.append(el("span", {}, row.title), ...(row.description ? [el("small", {}, row.description)] : []));
      return choice;
    }),
  ]);
  const close = button(words.close, () => sheet.close(), { class: "quiet" });
  sheet.replaceChildren(el("h2", { id: "sheet-heading" }, action.button), ...rows, close);
  sheet.showModal();
}

function show(entries) {
  world.entries = new Map(entries.map((entry) => [entry.wamid, entry]));
  world.revoked = new Set(entries.map(({ body }) => body.revoke?.original_message_id).filter(Boolean));
  const shown = entries.filter(({ body }) => body.type !== "revoke");
  const stick = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
  if (shown.length > 0) {
    chat.querySelector(".empty")?.remove();
  } else if (!chat.querySelector(".empty")) {
    chat.append(el("p", { class: "empty" }, words.empty));
  }
  for (const entry of shown) {
    const print = JSON.stringify([entry, world.revoked.has(entry.wamid), world.pictures.get(entry.wamid)]);
    if (prints.get(entry.wamid) !== print) {
      const fresh = bubble(entry, world, actions);
      const before = nodes.get(entry.wamid);
      before ? before.replaceWith(fresh) : chat.append(fresh);
      nodes.set(entry.wamid, fresh);
      prints.set(entry.wamid, print);
      if (stick) {
        chat.scrollTop = chat.scrollHeight;
      }
    }
  }
}

function showReplyTo() {
  const line = at("reply-to");
  const quoted = replyTo && world.entries.get(replyTo);
  line.hidden = !quoted;
  line.replaceChildren();
  if (quoted) {
    const drop = button("×", () => {
      replyTo = null;
      showReplyTo();
    }, { "aria-label": words.dropReply });
    line.append(fill(words.replyTo, { text: plainWords(quoted, world.templates).slice(0, 80) }), drop);
  }
}

function showProblem(text) {
  const line = at("problem");
  line.hidden = text === "";
  if (line.textContent !== text) {
    line.textContent = text;
  }
}

function showReport({ accepted, refused, breaches, webhooks_under_way: underWay }) {
  const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0);
  const rows = [
    [words.report.accepted, accepted],
    [words.report.refused, refusals],
    [words.report.breaches, breaches.length],
    [words.report.under_way, underWay],
  ];
  at("report").replaceChildren(...rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, String(value))]));
  at("breaches").replaceChildren(...breaches.map((breach) => el("li", {}, breach)));
}

async function look() {
  const { entries, typing } = await api.chat(world.person.user_id);
  show(entries);
  const standing = `${world.number?.display ?? ""} · ${typing ? words.typing : words.online}`;
  if (at("standing").textContent !== standing) {
    at("standing").textContent = standing;
  }
}

async function lookAgain() {
  try {
    await (world.person ? look() : enter());
    showReport(await api.report());
    showProblem(world.number ? "" : words.noNumber);
  } catch {
    showProblem(words.unreachable);
    world.person = null; // it may have been started anew, and know nobody any more
  }
  setTimeout(lookAgain, EVERY_MS);
}

async function enter() {
  const { people, numbers, templates } = await api.world();
  world.number = numbers[0] ?? null;
  world.templates = templates;
  at("business").textContent = world.number?.name ?? words.noNumber;
  const kept = sessionStorage.getItem(KEPT);
  await become(people.find(({ user_id: id }) => id === kept) ?? (await newPerson(people.length)));
}

function newPerson(place) {
  const digits = String(1_000_000 + Math.floor(Math.random() * 9_000_000));
  return api.addPerson(words.people[place % words.people.length], `49170${digits}`);
}

async function become(person) {
  world.person = person;
  sessionStorage.setItem(KEPT, person.user_id);
  nodes.clear();
  prints.clear();
  chat.replaceChildren();
  at("who").textContent = `${person.name} (+${person.phone ?? "–"})`;
  at("day-words").textContent = "";
  await look();
}

function toggleAttach(open) {
  at("attach-menu").hidden = !open;
  at("attach").setAttribute("aria-expanded", String(open));
  if (open) {
    at("attach-menu").querySelector("button").focus();
  }
}

function attachWay(label, testId, work) {
  return button(label, () => {
    toggleAttach(false);
    void work();
    input.focus();
  }, { "data-testid": testId });
}

at("attach-menu").append(
  attachWay(words.attach.sample, "phone-sample", async () => sendFile("image", await samplePicture(), "image/png")),
  attachWay(words.attach.picture, "phone-pick-picture", () => at("picture").click()),
  attachWay(words.attach.document, "phone-pick-document", () => at("document").click()),
  attachWay(words.attach.voice, "phone-voice", () => send({ media: { kind: "voice", sample: true } })),
  attachWay(words.attach.location, "phone-location", () => send({ content: { type: "location", location: words.place } })),
);
at("attach").addEventListener("click", () => toggleAttach(at("attach-menu").hidden));
at("composer").addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !at("attach-menu").hidden) {
    toggleAttach(false);
    at("attach").focus();
  }
});
at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (text && world.person) {
    input.value = "";
    void sendText(text);
    chat.scrollTop = chat.scrollHeight;
  }
});
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    at("composer").requestSubmit();
  }
});
for (const [id, kind] of [["picture", "image"], ["document", "document"]]) {
  at(id).addEventListener("change", () => {
    const [file] = at(id).files;
    if (file) {
      void sendFile(kind, file, file.type, kind === "document" ? file.name : undefined);
    }
    at(id).value = "";
  });
}
at("new-person").addEventListener("click", async () => {
  const { people } = await api.world();
  await become(await newPerson(people.length));
});
at("day-passes").addEventListener("click", async () => {
  await api.dayPasses(world.person.user_id);
  at("day-words").textContent = fill(words.dayPassed, { name: world.person.name });
});
at("rough").addEventListener("change", () => void api.manners(at("rough").checked));
at("fault").append(...words.faults.map(([value, label]) => el("option", { value }, label)));
at("fault").addEventListener("change", async () => {
  const [kind, code] = at("fault").value.split(":");
  await api.fault({ clear: true });
  if (kind) {
    await api.fault(code ? { kind, code: Number(code) } : { kind });
  }
});
// A link from the website brings a text along, ready to be sent.
input.value = new URLSearchParams(location.search).get("text") ?? "";
void lookAgain();
