// node killed-phone.js <letter link> <kills> <seed> <journal>: a patient's phone whose browser is killed again and again,
// while an option is tapped and while answers are sent.
import { Device } from "./browser.js";
import { WatchedTaps, chanceOf, journalIn, pause } from "./watched-taps.js";
import { Patient } from "../people/patient.js";

const [link, kills, seed, journal] = process.argv.slice(2);
/** Taps on questions between two kills, at most. */
const MOST_TAPS = 4;
/** So many milliseconds after the sending, at most: before, within and after what it sets off. */
const SOON = 400;

const write = journalIn(journal);

class KilledPhone {
  #chance = chanceOf(seed);

  constructor(device, patient) {
    Object.assign(this, { device, patient, taps: new WatchedTaps(patient, this.#chance, write) });
  }

  /** Sends, and the battery is empty. */
  async sendsAndDies() {
    const kill = await this.device.aim();
    const sent = this.patient.sends().catch(() => {});
    await pause(this.#chance.part() * SOON);
    await Promise.all([kill(), sent]);
    write({ what: "killed", at: "sending" });
  }

  async startsAgain({ offline }) {
    await this.device.start({ offline });
    await this.patient.page.goto(this.patient.origin);
    await this.patient.unlocksIfAsked();
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
    for (let n = isLast ? Infinity : 1 + this.#chance.below(MOST_TAPS); n > 0 && !(await this.taps.isAtReview()); n -= 1) {
      if (n === 1) return this.taps.tapAndDie(this.device);
      await this.taps.tap();
      await this.taps.goOn();
    }
    return this.sendsAndDies();
  }

  async run(n) {
    await this.patient.startsNext();
    await this.patient.begins();
    await this.taps.tap();
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
    await this.patient.page.waitForFunction((words) => document.querySelector("[role=status]")?.textContent.includes(words), received);
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
