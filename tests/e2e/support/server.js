// The real server, started for the tests on a free port with databases of its own, and stopped at the end.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import path from "node:path";
import readline from "node:readline";
import pg from "pg";
import { startSignInPage } from "./sign-in-page.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const program = process.env.RESSENTI_BIN ?? path.join(root, "target/debug/ressenti");

/** Two empty databases, one for research and one for identity; gone when `drop` is called. */
async function postgresDatabases() {
  const admin = new pg.Client({ connectionString: process.env.RESSENTI_TEST_POSTGRES });
  await admin.connect();
  const research = `e2e_${process.pid}_${Date.now()}`;
  const names = [research, `${research}_identity`];
  for (const name of names) await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(process.env.RESSENTI_TEST_POSTGRES);
  url.pathname = research;
  return {
    url: url.href,
    async drop() {
      for (const name of names) await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}

/** Makes the account of a nurse of one site, as an administrator makes it; the secret of her authenticator. */
export async function employ({ program, folder, database }, username, site) {
  const words = ["user", "--data", folder, ...(database ? ["--database", database] : [])];
  const child = spawn(program, [...words, "add", username, "--role", "nurse", "--site", site], { cwd: root });
  child.stdin.end("demonstration\n");
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"]) child[stream].on("data", (text) => (said[stream] += text));
  const code = await new Promise((resolve) => child.once("close", resolve));
  const secret = /[?&]secret=([A-Z2-7]+)/i.exec(said.stdout)?.[1];
  if (code !== 0 || !secret) throw new Error(`no account was made (${code}):\n${said.stdout}${said.stderr}`);
  return secret;
}

/** A port that nobody listens on now. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Starts `ressenti demo`: the demonstration's registry, its staff, and nothing else on this machine.
 * Resolves when the server says where it listens; a `named` one knows its address, which is a name. With a `provider` the
 * hospital has a sign-in of its own, which runs beside it.
 */
export async function startServer(engine, { patients = 100, named = false, provider = false } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), "ressenti-e2e-"));
  const databases = engine === "postgres" ? await postgresDatabases() : null;
  // a third of the demonstration: every page has something to show, and it starts sooner
  const port = named || provider ? await freePort() : 0;
  const address = `http://${named ? "localhost" : "127.0.0.1"}:${port}`;
  const signInPage = provider ? await startSignInPage(address) : null;
  const words = ["demo", "--patients", String(patients), "--listen", `127.0.0.1:${port}`, "--data", folder];
  if (port) words.push("--public-address", address, ...(signInPage?.words ?? []));
  if (databases) words.push("--database", databases.url);
  const child = spawn(program, words, { cwd: root, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, RUST_LOG: "warn" } });

  const log = [];
  readline.createInterface({ input: child.stderr }).on("line", (line) => log.push(line));
  const said = [];
  let secret;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  const origin = await new Promise((resolve, reject) => {
    gone.then((code) => reject(new Error(`the server stopped (${code}):\n${[...said, ...log].join("\n")}`)));
    readline.createInterface({ input: child.stdout }).on("line", (line) => {
      said.push(line);
      secret ??= /secret.*?\b([A-Z2-7]{16,})\b/i.exec(line)?.[1];
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line);
      if (found) resolve(port ? address : found[0]);
    });
  });
  const page = await fetch(origin);
  if (!page.ok) {
    child.kill("SIGTERM");
    throw new Error(`the server has no pages (${page.status}): ${await page.text()}`);
  }
  return {
    origin,
    program,
    database: databases?.url,
    secret,
    signInPage,
    engine,
    folder,
    log,
    async stop() {
      child.kill("SIGTERM");
      await gone;
      await databases?.drop();
      await signInPage?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
