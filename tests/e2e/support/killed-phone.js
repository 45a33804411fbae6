// node killed-phone.js <letter link> <kills> <seed> <journal>: a patient's phone whose browser is killed again and again,
// while an option is tapped and while answers are sent. Writes down each tap before it is made and each "kept" that the
// page said, a JSON object a line: the campaign holds that against what the server has in the end.
import { expect } from "@playwright/test";
import { appendFileSync } from "node:fs";
import { Device } from "./browser.js";
import { Patient } from "../people/patient.js";

const [link, kills, seed, journal] = process.argv.slice(2);
/** Taps on questions between two kills, at most. */
const MOST_TAPS = 4;
/** So many milliseconds after the tap, or after the sending, at most: before, within and after what it sets off. */
const SOON = { tap: 6, sending: 400 };

const write = (line) => appendFileSync(journal, `${JSON.stringify(line)}\n`);

/** The same chance for the same seed (mulberry32). */
function chanceOf(start) {
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

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class KilledPhone {
  #chance = chanceOf(seed);

  constructor(device, patient) {
    const say = (key) => patient.say(`patient.status.${key}`);
    const words = { keeping: say("keeping"), kept: ["kept", "waiting", "sending", "offline", "offline_waiting"].map(say) };
    Object.assign(this, { device, patient, words });
  }

  get page() {
    return this.patient.page;
  }

  /** The question on the screen, and the options that are not chosen. */
  async question() {
    await this.page.locator("input[type=radio]").first().waitFor();
    const item = new URL(this.page.url()).pathname.split("/").at(-1);
    const codes = await this.page.locator("input[type=radio]:not(:checked)").evaluateAll((all) => all.map(({ value }) => Number(value)));
    return { item, code: codes[this.#chance.below(codes.length)] };
  }

  /** Taps an option, once more now and then; each is waited for. */
  async taps() {
    do {
      const said = await this.question();
      write({ what: "tap", ...said });
      await this.page.evaluate(tapAndWait, [said.code, this.words]);
      write({ what: "kept" });
    } while (this.#chance.below(4) === 0);
  }

  /** Taps an option, and the battery is empty. */
  async tapsAndDies() {
    const said = await this.question();
    const kill = await this.device.aim();
    write({ what: "tap", ...said });
    const tapped = this.page.evaluate(tapAndWait, [said.code, this.words]).then(() => write({ what: "kept" }), () => {});
    await pause(this.#chance.part() * SOON.tap);
    await Promise.all([kill(), tapped]);
    write({ what: "killed", at: "tap" });
  }

  /** Sends, and the battery is empty. */
  async sendsAndDies() {
    const kill = await this.device.aim();
    const sent = this.patient.sends().catch(() => {});
    await pause(this.#chance.part() * SOON.sending);
    await Promise.all([kill(), sent]);
    write({ what: "killed", at: "sending" });
  }

  async startsAgain({ offline }) {
    await this.device.start({ offline });
    await this.page.goto(this.patient.origin);
    await this.patient.unlocksIfAsked();
  }

  async goesOn() {
    const before = await this.patient.place();
    await this.patient.taps("questionnaire.go_on");
    await expect(async () => expect(await this.patient.place()).not.toBe(before)).toPass({ intervals: [20, 20, 50, 100] });
  }

  /** The questionnaire that was begun, if it is still to be sent. */
  async resumes() {
    await this.patient.seesTasks();
    const begun = this.patient.tasks().filter({ hasText: this.patient.say("patient.tasks.begun") });
    if (await begun.count()) return begun.first().click().then(() => true);
    return false;
  }

  /** Lives until its next death; the last is at the sending. */
  async livesOnce(isLast) {
    if (!(await this.resumes())) throw new Error("the questionnaire that was begun is gone");
    for (let n = isLast ? Infinity : 1 + this.#chance.below(MOST_TAPS); n > 0 && !(await this.isAtReview()); n -= 1) {
      if (n === 1) return this.tapsAndDies();
      await this.taps();
      await this.goesOn();
    }
    return this.sendsAndDies();
  }

  async isAtReview() {
    await this.patient.place();
    return this.patient.isAtReview();
  }

  async run(n) {
    await this.patient.startsNext();
    await this.patient.begins();
    await this.taps();
    await this.patient.taps("questionnaire.pause");
    for (let kill = 1; kill <= n; kill += 1) {
      await this.livesOnce(kill === n);
      await this.startsAgain({ offline: kill < n && this.#chance.below(2) === 0 });
    }
    await this.comesToRest();
  }

  /** Sends what death kept from being sent, and waits until the hospital has it. */
  async comesToRest() {
    if (await this.resumes()) {
      await this.patient.sends();
      await this.patient.sees(new RegExp(`${this.patient.say("patient.sent.title")}|${this.patient.say("patient.sent.kept_title")}`));
      await this.patient.returnsToTasks();
    }
    const received = this.patient.say("patient.status.received").split("{")[0];
    await this.page.waitForFunction((words) => document.querySelector("[role=status]")?.textContent.includes(words), received);
    write({ what: "received" });
  }
}

const device = await new Device(new URL(link).origin, "fr").start();
try {
  const patient = new Patient(device, { origin: new URL(link).origin, language: "fr" });
  await patient.opensLetter({ link });
  await patient.choosesPin("2580");
  await patient.hasTheAppOnThePhone();
  await new KilledPhone(device, patient).run(Number(kills));
} finally {
  await device.throwAway();
}
