// What a patient does on their phone, in their words.
import { expect } from "../support/expect.js";
import { pattern, speaker } from "../support/words.js";
import { Taps, fillIn, kindOf } from "./answering.js";

export class Patient {
  #taps = new Taps();

  constructor(device, { origin, language }) {
    Object.assign(this, { device, origin, language, say: speaker(language) });
  }

  get page() {
    return this.device.page;
  }

  // --- the letter and the secret code ---

  async opensLetter({ link }) {
    await this.page.goto(link);
    await this.sees(this.say("patient.pin.choose_title"));
  }

  async typesCode({ code }) {
    await this.page.goto(this.origin);
    await this.page.getByLabel(this.say("patient.letter.code"), { exact: true }).fill(code);
    await this.taps("patient.letter.go_on");
  }

  async choosesPin(pin) {
    await this.savesPin(pin);
    await this.seesTasks();
  }

  async savesPin(pin) {
    this.pin = pin;
    await this.page.getByLabel(this.say("patient.pin.first"), { exact: true }).fill(pin);
    await this.page.getByLabel(this.say("patient.pin.again"), { exact: true }).fill(pin);
    await this.taps("patient.pin.save");
  }

  async unlocks(pin = this.pin) {
    await this.triesPin(pin);
    await expect(this.page.getByRole("heading", { name: this.say("patient.pin.unlock_title") })).toBeHidden();
  }

  async unlocksIfAsked() {
    const heading = this.page.getByRole("heading", { level: 1 });
    await expect(heading).toBeVisible();
    if ((await heading.innerText()) === this.say("patient.pin.unlock_title")) await this.unlocks();
  }

  async triesPin(pin) {
    await this.sees(this.say("patient.pin.unlock_title"));
    await this.page.getByLabel(this.say("patient.pin.first"), { exact: true }).fill(pin);
    await this.taps("patient.pin.unlock");
  }

  // --- the network and the phone ---

  losesNetwork() {
    return this.device.context.setOffline(true);
  }

  findsNetwork() {
    return this.device.context.setOffline(false);
  }

  /** The app can be opened without network from now on. */
  async hasTheAppOnThePhone() {
    await this.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  }

  /** The battery dies; the phone is started again, with or without network. */
  async losesPowerAndStartsAgain({ offline = false } = {}) {
    await this.device.kill();
    await this.device.start({ offline });
    await this.page.goto(this.origin);
  }

  /** The same phone, the app open in another tab. */
  async opensSecondTab() {
    const page = await this.device.context.newPage();
    await page.goto(this.origin);
    const second = new Patient({ page, context: this.device.context }, this);
    second.pin = this.pin;
    return second;
  }

  // --- what is due ---

  async seesTasks() {
    await this.sees(this.say("patient.tasks.title"));
  }

  /** The questionnaires that are still to do. */
  tasks() {
    return this.page.getByRole("main").getByRole("listitem").getByRole("link");
  }

  async returnsToTasks() {
    await this.taps("patient.sent.list");
    await this.sees(new RegExp(`${this.say("patient.tasks.title")}|${this.say("patient.tasks.none_title")}`));
  }

  /** Opens the first questionnaire that is still to do; gives its title. */
  async startsNext() {
    await this.seesTasks();
    const task = this.tasks().first();
    const title = (await task.innerText()).split("\n")[0];
    await task.click();
    return title;
  }

  // --- a questionnaire ---

  /** Answers questions until the review, or only so many; gives how many were answered. */
  async answers(most = Infinity, { turn = 0 } = {}) {
    let answered = 0;
    while (answered < most && !(await this.isAtReview())) {
      const before = await this.place();
      await fillIn(this.page.getByRole("main"), answered + turn);
      await this.taps("questionnaire.go_on");
      await expect(async () => expect(await this.place()).not.toBe(before)).toPass({ intervals: [20, 20, 50, 100] });
      answered += 1;
    }
    return answered;
  }

  /** Where in the questionnaire: the question's place, or the review's heading. */
  async place() {
    const words = this.page.locator(".question-count");
    const heading = this.page.getByRole("heading", { level: 1 });
    await expect(words.or(heading).first()).toBeVisible();
    return (await words.count()) ? words.first().innerText() : heading.first().innerText();
  }

  async begins() {
    await this.taps("questionnaire.start");
  }

  async sends() {
    await this.taps("questionnaire.send");
  }

  /** Starts the next questionnaire, answers all of it and sends it. */
  async answersNext() {
    const title = await this.startsNext();
    await this.begins();
    await this.answers();
    await this.sends();
    return title;
  }

  /** The line that says where the answers are. */
  status() {
    return this.page.getByRole("status").first();
  }

  async isTold(key, marks) {
    await expect(this.status()).toHaveText(pattern(this.say(key, marks)));
  }

  /** Which kind of field the question has. */
  kindOfQuestion() {
    return kindOf(this.page.getByRole("main"));
  }

  isAtReview() {
    return this.page.getByRole("heading", { level: 1, name: this.say("questionnaire.review_title") }).isVisible();
  }

  async sees(heading) {
    await expect(this.page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
  }

  async reads(key, marks) {
    await expect(this.page.getByText(pattern(this.say(key, marks))).first()).toBeVisible();
  }

  async taps(key, marks) {
    await this.#taps.tap(this.page.getByRole("button", { name: this.say(key, marks), exact: true }));
  }
}
