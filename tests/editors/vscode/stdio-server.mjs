// A language server on its standard streams, asked directly: the same data that the extension gets.
import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";

export class StdioServer {
  constructor(command) {
    const [program, ...args] = command.split(" ");
    this.child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
    this.waiting = new Map();
    this.number = 0;
    this.unread = Buffer.alloc(0);
    this.child.stdout.on("data", (data) => this.#take(data));
  }

  async start(folder) {
    const capabilities = { general: { positionEncodings: ["utf-16"] } };
    await this.request("initialize", { processId: process.pid, rootUri: pathToFileURL(folder).href, capabilities });
    this.notify("initialized", {});
  }

  open(uri, text) {
    this.notify("textDocument/didOpen", { textDocument: { uri, languageId: "python", version: 1, text } });
  }

  change(uri, version, text) {
    this.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges: [{ text }] });
  }

  models(uri, options = {}) {
    return this.request("paramlens/models", { textDocument: { uri }, ...options });
  }

  request(method, params) {
    const id = ++this.number;
    this.#send({ id, method, params });
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  notify(method, params) {
    this.#send({ method, params });
  }

  stop() {
    this.child.kill();
  }

  #send(message) {
    const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
    this.child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    this.child.stdin.write(body);
  }

  #take(data) {
    this.unread = Buffer.concat([this.unread, data]);
    for (;;) {
      const end = this.unread.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.unread.toString("ascii", 0, end))[1]);
      if (this.unread.length < end + 4 + length) return;
      const message = JSON.parse(this.unread.toString("utf8", end + 4, end + 4 + length));
      this.unread = this.unread.subarray(end + 4 + length);
      const asked = message.method === undefined ? this.waiting.get(message.id) : undefined;
      if (!asked) continue;
      this.waiting.delete(message.id);
      if (message.error) asked.reject(new Error(message.error.message));
      else asked.resolve(message.result);
    }
  }
}
