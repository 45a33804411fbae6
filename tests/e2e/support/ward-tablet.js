// node ward-tablet.js <origin> <account> <pairs> <seed> <journal>: the ward's tablet, handed to pairs of patients in turns
// by a nurse, with and without network, given back, left, read again or dead in the middle of a tap. Looks after each
// turn, and in the next patient's, for anything of the other. `account` is JSON: username, password, secret; `pairs`, too:
// registry numbers.
import { expect } from "./expect.js";
import { Device } from "./browser.js";
import { Authenticator } from "./one-time-code.js";
import { WatchedTaps, chanceOf, journalIn } from "./watched-taps.js";
import { Tablet } from "../people/tablet.js";

const [origin, account, pairs, seed, journal] = process.argv.slice(2);
/** The questionnaire that is answered: a short one. */
const QUESTIONNAIRE = "epices";
/** Taps on questions in a turn that is not the last, at most. */
const MOST_TAPS = 4;

const write = journalIn(journal);
const chance = chanceOf(seed);
const { username, password, secret } = JSON.parse(account);
const authenticator = new Authenticator(secret);
await authenticator.code(); // the present one may be spent

class Turn {
  constructor(tablet, number, other) {
    Object.assign(this, { tablet, number, other });
  }

  /** The tablet in the patient's hands, their questionnaire before them; nothing of the other to be seen. */
  async begins() {
    write({ what: "given", number: this.number });
    if (!this.tablet.isOpen) await this.tablet.isOpened();
    this.tablet.isOpen = false;
    await this.tablet.isAskedFor(this.number);
    await expect(this.tablet.page.getByRole("main"), "whom the nurse tapped").toContainText(this.number);
    this.patient = await this.tablet.isGiven();
    await this.#looksFor([this.number, this.other], "tasks");
    this.taps = new WatchedTaps(this.patient, chance, write);
    const task = this.tablet.page.locator(`main a[href*="/${QUESTIONNAIRE}"]`);
    const isBegun = (await task.innerText()).includes(this.patient.say("patient.tasks.begun"));
    await task.click();
    if (!isBegun) await this.patient.begins();
  }

  /** A few answers, and an end. */
  async goesBy() {
    await this.begins();
    for (let n = 1 + chance.below(MOST_TAPS); n > 0 && !(await this.taps.isAtReview()); n -= 1) {
      await this.taps.tap();
      await this.taps.goOn();
    }
    await [() => this.#givesBack(), () => this.#readsAgain(), () => this.#dies()][chance.below(3)]();
    await this.#isOver();
  }

  /** Every answer, and the sending. */
  async endsIt() {
    await this.begins();
    while (!(await this.taps.isAtReview())) {
      await this.taps.tap();
      await this.taps.goOn();
    }
    await this.patient.sends();
    await this.patient.returnsToTasks();
    await this.patient.taps("patient.tasks.hand_back");
    await this.#isOver();
  }

  async #givesBack() {
    await this.patient.taps("questionnaire.pause");
    await this.patient.taps("patient.tasks.hand_back");
  }

  #readsAgain() {
    return this.tablet.page.reload();
  }

  async #dies() {
    if (await this.taps.isAtReview()) return this.#givesBack();
    await this.taps.tapAndDie(this.tablet.device);
    await this.tablet.device.start({ offline: this.tablet.isOffline });
    return this.tablet.page.goto(origin);
  }

  /** The neutral page, with nothing of anybody on it; nor, now and then, at the address of what was answered. */
  async #isOver() {
    await this.tablet.isBack();
    await this.#looksFor([this.number, this.other], "back");
    if (chance.below(3) > 0) return;
    await this.tablet.page.goto(`${origin}/q/T0:1/${QUESTIONNAIRE}/review`);
    await this.tablet.isBack();
    await this.#looksFor([this.number, this.other], "address");
  }

  async #looksFor(numbers, where) {
    const shown = await this.tablet.shows();
    for (const number of numbers) if (shown.includes(number)) write({ what: "shown", number, where });
  }
}

const device = await new Device(origin, "fr", "tablet").start();
try {
  const tablet = new Tablet(device, { origin, language: "fr", username, password, authenticator });
  await tablet.isSetUp("258036");
  await tablet.isPrepared();
  tablet.isOpen = true;
  for (const pair of JSON.parse(pairs)) {
    tablet.isOffline = chance.below(2) === 0;
    await device.context.setOffline(tablet.isOffline);
    const turn = (nth) => new Turn(tablet, pair[nth], pair[1 - nth]);
    await turn(0).goesBy();
    if (chance.below(4) === 0) await turn(1).goesBy();
    for (const nth of [1, 0]) await turn(nth).endsIt();
  }
  await tablet.isOpened();
  await device.context.setOffline(false);
  await expect(tablet.page.getByText(tablet.say("ward.list.nothing_waits"))).toBeVisible({ timeout: 90_000 });
  write({ what: "received" });
  const left = async () => (await tablet.databases()).filter((name) => name.startsWith("ressenti-ward-"));
  await expect(async () => expect(await left()).toEqual([])).toPass({ timeout: 20_000 });
} finally {
  await device.throwAway();
}
