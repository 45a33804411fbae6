// Reminders of the hospital of the stories: a real mail server, and `ressenti remind` over the server's databases.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import path from "node:path";
import readline from "node:readline";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../../", import.meta.url));

export class Reminding {
  /** Starts a mail server; `cargo xtask test` installed what it runs on. */
  static async begin(server) {
    const folder = await mkdtemp(path.join(tmpdir(), "ressenti-mail-"));
    const env = { ...process.env, PYTHONPATH: path.join(root, "target/python") };
    const child = spawn("python3", [path.join(root, "tests/python/mail_server.py"), folder], { env });
    const port = await new Promise((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`the mail server stopped (${code})`)));
      readline.createInterface({ input: child.stdout }).once("line", resolve);
    });
    const reminding = Object.assign(new Reminding(), { server, folder, child, port });
    await reminding.#writeStudy();
    return reminding;
  }

  /** The study that is shipped, which reminds at any hour and on the day of inclusion: stories know no time of day. */
  async #writeStudy() {
    const { stdout } = await promisify(execFile)(this.server.program, ["study", "shipped"]);
    const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    const study = stdout
      .replace(/^weekdays = .*$/m, `weekdays = ${JSON.stringify(days)}`)
      .replace(/^quiet = .*$/m, 'quiet = { from = "04:00:00", until = "04:00:01" }')
      .replace('except = ["T0", "D7", "R"]', 'except = ["D7", "R"]');
    this.study = path.join(this.folder, "..", `${path.basename(this.folder)}.toml`);
    await writeFile(this.study, study);
  }

  /** Runs `ressenti remind` once, as its task would. */
  async remind() {
    const words = ["remind", "--data", this.server.folder, "--study", this.study];
    words.push("--smtp", `127.0.0.1:${this.port}`, "--smtp-security", "none", "--mail-from", "ressenti@example.org");
    words.push("--public-address", this.server.origin);
    if (this.server.database) words.push("--database", this.server.database);
    const { stdout } = await promisify(execFile)(this.server.program, words);
    return stdout.trim();
  }

  /** The messages to an address. */
  async messagesTo(address) {
    const names = (await readdir(this.folder)).sort();
    const messages = await Promise.all(names.map((name) => readFile(path.join(this.folder, name), "utf8")));
    return messages.filter((message) => message.startsWith(`RCPT ${address}\r\n`));
  }

  /** The link of a message that stops reminders. */
  stopLink(message) {
    return /^List-Unsubscribe: <(.*)>/m.exec(message.replace(/\r\n[ \t]/g, ""))[1];
  }

  async end() {
    this.child.removeAllListeners("exit");
    this.child.kill();
    await rm(this.folder, { recursive: true, force: true });
    await rm(this.study, { force: true });
  }
}
