import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { conversation, message } from "../shared/testing/messages";
import { ChatSession } from "./chat-session";
import { chatStorage } from "./chat-storage";

/** What the bridge answers to a code, and what it was asked. */
let answer: () => Response;
let asked: string[];

beforeEach(() => {
  asked = [];
  vi.stubGlobal("location", { href: "https://shop.example/" });
  vi.stubGlobal("document", { addEventListener: () => {}, visibilityState: "visible" });
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    if (url.endsWith("/v1/channel-codes")) {
      return answer();
    }
    if (url.endsWith("/v1/conversations")) {
      return Response.json(started("new"), { status: 201 });
    }
    return new Promise<Response>(() => {}); // the event stream stays open
  });
});

afterEach(() => {
  chatStorage.forgetConversation();
  vi.unstubAllGlobals();
});

function started(id: string) {
  return { conversation: conversation(id), token: `token of ${id}`, messages: [message(1, { conversation_id: id })] };
}

function session(): ChatSession {
  return new ChatSession(
    "",
    () => {},
    () => {},
  );
}

test("a code from WhatsApp opens the conversation it is for", async () => {
  answer = () => Response.json(started("brought"));
  const chat = session();
  await chat.bring("HS-7K3M-9QXA-0B1C-2D3E");
  expect(chat.phase).toBe("active");
  expect(chat.conversation?.id).toBe("brought");
  expect(chat.codeProblem).toBeNull();
  chat.stop();
});

test.each([
  ["code_unknown", 404, "unknown"],
  ["code_expired", 410, "expired"],
  ["code_used", 410, "used"],
  ["conversation_closed", 409, "closed"],
  ["something_new", 418, "other"],
])(
  "a code that is refused with %s is explained, and a conversation can begin all the same",
  async (code, status, why) => {
    answer = () => Response.json({ error: { code, message: "", details: {} } }, { status });
    const chat = session();
    await chat.bring("HS-7K3M-9QXA-0B1C-2D3E");
    expect(chat.codeProblem).toBe(why);
    expect(chat.conversation?.id).toBe("new");
    expect(asked).toContain("/v1/conversations");
    chat.stop();
  },
);
