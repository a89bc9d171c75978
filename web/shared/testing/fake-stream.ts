import { vi } from "vitest";

/** One connection as the page sees it: the test decides what comes through and when it breaks. */
export class FakeConnection {
  private controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  private readonly encoder = new TextEncoder();
  readonly response: Response;

  constructor(
    readonly url: string,
    readonly init: RequestInit,
  ) {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.controller = controller;
      },
    });
    this.response = new Response(body, { headers: { "Content-Type": "text/event-stream" } });
    init.signal?.addEventListener("abort", () => this.breakOff());
  }

  get aborted(): boolean {
    return this.init.signal?.aborted === true;
  }

  async write(text: string): Promise<void> {
    this.controller?.enqueue(this.encoder.encode(text));
    await vi.advanceTimersByTimeAsync(0);
  }

  async end(): Promise<void> {
    this.controller?.close();
    this.controller = null;
    await vi.advanceTimersByTimeAsync(0);
  }

  breakOff(): void {
    this.controller?.error(new TypeError("network error"));
    this.controller = null;
  }
}

/** Stands in for the network: answers with streams, or with what `answer` says. */
export class FakeNetwork {
  readonly connections: FakeConnection[] = [];
  /** The next answers, instead of a stream; an Error means that the request finds nobody. */
  readonly answers: (Response | Error)[] = [];

  constructor() {
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => this.fetch(url, init));
  }

  get last(): FakeConnection {
    const connection = this.connections.at(-1);
    if (!connection) {
      throw new Error("Nothing has connected yet.");
    }
    return connection;
  }

  private async fetch(url: string, init: RequestInit): Promise<Response> {
    const answer = this.answers.shift();
    if (answer instanceof Error) {
      throw answer;
    }
    if (answer) {
      return answer;
    }
    const connection = new FakeConnection(url, init);
    this.connections.push(connection);
    return connection.response;
  }
}
