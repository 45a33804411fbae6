// Debian's Chromium: a browser for staff, and phones with a profile of their own that survive a hard kill.
import { chromium } from "@playwright/test";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { watch } from "./watch.js";

const how = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
};

export const screens = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  tablet: { viewport: { width: 820, height: 1180 }, hasTouch: true },
  desktop: { viewport: { width: 1440, height: 900 } },
};

const tag = { fr: "fr-FR", en: "en-GB" };

export const launch = () => chromium.launch(how);

/** A browser window of somebody at the hospital. */
export async function openWindow(browser, origin, { screen = "desktop", language = "fr" } = {}) {
  const context = await browser.newContext({ ...screens[screen], locale: tag[language], timezoneId: "Europe/Paris", acceptDownloads: true });
  const complaints = watch(context, origin);
  return { context, complaints, page: await context.newPage() };
}

/** A phone: one profile on disk, opened, closed and killed like a phone's browser. */
export class Device {
  complaints = [];
  #origin;
  #language;
  #screen;
  #folder;

  constructor(origin, language, screen = "phone") {
    this.#origin = origin;
    this.#language = language;
    this.#screen = screen;
  }

  async start({ offline = false } = {}) {
    this.#folder ??= await mkdtemp(path.join(tmpdir(), "ressenti-phone-"));
    this.context = await chromium.launchPersistentContext(this.#folder, {
      ...how, ...screens[this.#screen], locale: tag[this.#language], timezoneId: "Europe/Paris", offline,
    });
    this.complaints.push(watch(this.context, this.#origin));
    this.page = this.context.pages()[0] ?? (await this.context.newPage());
    return this;
  }

  /** Ends every process of the browser as an empty battery does. */
  async kill() {
    await (await this.aim())();
  }

  /** Looks for the browser's processes now, so that it can be killed at once later. */
  async aim() {
    const processes = await this.#processes();
    return () => {
      const gone = new Promise((resolve) => this.context.once("close", resolve));
      for (const id of processes) {
        try {
          process.kill(id, "SIGKILL");
        } catch (error) {
          if (error.code !== "ESRCH") throw error; // it went with another
        }
      }
      return gone;
    };
  }

  async #processes() {
    const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const lines = await Promise.all(ids.map(async (id) => [id, await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")]));
    return lines.filter(([, line]) => line.includes(`--user-data-dir=${this.#folder}`)).map(([id]) => Number(id));
  }

  async throwAway() {
    await this.context?.close().catch(() => {});
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
