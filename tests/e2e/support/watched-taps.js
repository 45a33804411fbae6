// What the campaign's scripts in a browser share: seeded chance, and taps that are written down before they are made and
// once the page said "kept", a JSON object a line. The campaign holds that against what the server has in the end.
import { expect } from "./expect.js";
import { appendFileSync } from "node:fs";

/** A death comes so many milliseconds after the tap, at most: before, within and after what it sets off. */
const SOON = 6;

/** Writes a line of what was done and seen. */
export const journalIn = (file) => (line) => appendFileSync(file, `${JSON.stringify(line)}\n`);

/** The same chance for the same seed (mulberry32). */
export function chanceOf(start) {
  let state = Number(start) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { below: (n) => Math.floor(next() * n), part: next };
}

/** In the page: taps an option, and waits until the status says that it is being kept, and then that it is. */
function tapAndWait([code, { keeping, kept }]) {
  const status = document.querySelector("[role=status]");
  return new Promise((resolve) => {
    let begun = false;
    const watcher = new MutationObserver(() => {
      const says = (words) => status.textContent.includes(words);
      if (says(keeping)) begun = true;
      else if (begun && kept.some(says)) {
        watcher.disconnect();
        resolve();
      }
    });
    watcher.observe(status, { subtree: true, childList: true, characterData: true });
    document.querySelector(`input[type=radio][value="${code}"]`).click();
  });
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Taps on the questions of one patient, on a device that may die of them. */
export class WatchedTaps {
  #chance;
  #words;
  #write;

  constructor(patient, chance, write) {
    const say = (key) => patient.say(`patient.status.${key}`);
    this.#words = { keeping: say("keeping"), kept: ["kept", "waiting", "sending", "offline", "offline_waiting"].map(say) };
    this.patient = patient;
    this.#chance = chance;
    this.#write = write;
  }

  get #page() {
    return this.patient.page;
  }

  /** The question on the screen, and one of the options that are not chosen. */
  async #question() {
    await this.#page.locator("input[type=radio]").first().waitFor();
    const item = new URL(this.#page.url()).pathname.split("/").at(-1);
    const codes = await this.#page.locator("input[type=radio]:not(:checked)").evaluateAll((all) => all.map(({ value }) => Number(value)));
    return { item, code: codes[this.#chance.below(codes.length)] };
  }

  /** Taps an option, once more now and then; each is waited for. */
  async tap() {
    do {
      const said = await this.#question();
      this.#write({ what: "tap", ...said });
      await this.#page.evaluate(tapAndWait, [said.code, this.#words]);
      this.#write({ what: "kept" });
    } while (this.#chance.below(4) === 0);
  }

  /** Taps an option, and the battery is empty. */
  async tapAndDie(device) {
    const said = await this.#question();
    const kill = await device.aim();
    this.#write({ what: "tap", ...said });
    const tapped = this.#page.evaluate(tapAndWait, [said.code, this.#words]).then(() => this.#write({ what: "kept" }), () => {});
    await pause(this.#chance.part() * SOON);
    await Promise.all([kill(), tapped]);
    this.#write({ what: "killed", at: "tap" });
  }

  async goOn() {
    const before = await this.patient.place();
    await this.patient.taps("questionnaire.go_on");
    await expect(async () => expect(await this.patient.place()).not.toBe(before)).toPass({ intervals: [20, 20, 50, 100] });
  }

  async isAtReview() {
    await this.patient.place();
    return this.patient.isAtReview();
  }
}
