// The ward's tablet: one browser that is a nurse's, then a patient's, then the nurse's again.
import { expect } from "../support/expect.js";
import { Nurse } from "./nurse.js";
import { pattern } from "../support/words.js";
import { Patient } from "./patient.js";

const RESPONDENTS = { alone: 0, read_by_staff: 1, hand_of_staff: 2, interpreter: 3, relative: 4, proxy: 5 };

export class Tablet {
  constructor(device, who) {
    Object.assign(this, { device, ...who });
    this.say = this.#nurse().say;
  }

  /** Whoever has the tablet has the same page; a battery that dies gives it another. */
  #nurse() {
    return new Nurse(this.device, this);
  }

  get nurse() {
    return this.#nurse();
  }

  get page() {
    return this.device.page;
  }

  losesNetwork() {
    return this.device.context.setOffline(true);
  }

  findsNetwork() {
    return this.device.context.setOffline(false);
  }

  async losesPowerAndStartsAgain({ offline = false } = {}) {
    await this.device.kill();
    await this.device.start({ offline });
  }

  // --- the nurse ---

  /** Signs in and gives the tablet its PIN. */
  async isSetUp(pin) {
    await this.nurse.signsIn();
    await this.nurse.goesTo("tablet");
    await this.choosesPin(pin);
    await expect(this.page.getByText(this.say("ward.list.empty"))).toBeVisible();
  }

  async choosesPin(pin) {
    this.pin = pin;
    await this.page.getByLabel(this.say("ward.pin.first"), { exact: true }).fill(pin);
    await this.page.getByLabel(this.say("ward.pin.again"), { exact: true }).fill(pin);
    await this.nurse.presses("ward.pin.choose");
  }

  /** Prepares the tablet for everybody who is due. */
  async isPrepared() {
    await this.nurse.presses("ward.list.prepare");
    await expect(this.page.getByText(this.say("ward.list.nothing_waits"))).toBeVisible({ timeout: 120_000 });
  }

  /** What the page says of all that waits. */
  async tells(key, marks) {
    await expect(this.page.getByText(pattern(this.say(key, marks)))).toBeVisible();
  }

  /** The line of a patient whom the tablet is prepared for. */
  line(number) {
    return this.page.getByRole("row").filter({ has: this.page.getByText(number, { exact: true }) });
  }

  /** Opens the page that asks who the patient is. */
  async isAskedFor(number) {
    await this.line(number).getByRole("button").click();
    await this.nurse.sees(this.say("ward.give.title"));
  }

  /** Identifies the patient on that page, says who helps, and hands the tablet over. */
  async isGiven(respondent = "alone", { language = this.language } = {}) {
    for (const box of await this.page.getByRole("checkbox").all()) await box.check();
    await this.page.getByRole("radio").nth(RESPONDENTS[respondent]).check();
    await this.nurse.presses("ward.give.give");
    const patient = new Patient(this.device, { origin: this.origin, language });
    await patient.seesTasks();
    return patient;
  }

  async isGivenTo(number, ...how) {
    await this.isAskedFor(number);
    return this.isGiven(...how);
  }

  // --- handing it back ---

  /** The page that shows nothing of anybody. */
  async isBack() {
    await this.nurse.sees(this.say("ward.back.title"));
  }

  async triesPin(pin) {
    await this.page.getByRole("textbox").fill(pin);
    await this.nurse.presses("ward.pin.open");
  }

  /** The nurse's PIN opens the tablet again. */
  async isOpened() {
    await this.triesPin(this.pin);
    await this.nurse.sees(this.say("ward.list.title"));
  }

  /** Whether the hospital's server takes this browser for a member of staff's. */
  staffIsLetIn() {
    return this.page.evaluate(async () => (await fetch("/api/staff/me")).ok);
  }

  /** All that a curious person could find on the page, in its address, its history's addresses, and the tablet's plain storage. */
  async shows() {
    return this.page.evaluate(() => [
      document.title, location.href, document.documentElement.outerHTML, JSON.stringify({ ...localStorage }),
      JSON.stringify({ ...sessionStorage }), document.cookie,
    ].join("\n"));
  }

  /** The names of the databases on the tablet. */
  databases() {
    return this.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).sort());
  }
}
