// What a patient does on their phone, in their words.
import { expect } from "@playwright/test";
import { pattern, speaker } from "../support/words.js";
import { Taps, fillIn } from "./answering.js";

export class Patient {
  #taps = new Taps();

  constructor(device, { origin, language }) {
    Object.assign(this, { device, origin, language, say: speaker(language) });
  }

  get page() {
    return this.device.page;
  }

  // --- the network and the phone ---

  losesNetwork() {
    return this.device.context.setOffline(true);
  }

  findsNetwork() {
    return this.device.context.setOffline(false);
  }

  /** The battery dies; the phone is started again, with or without network. */
  async losesPowerAndStartsAgain({ offline = false } = {}) {
    await this.device.kill();
    await this.device.start({ offline });
    await this.page.goto(this.origin);
  }

  // --- a questionnaire ---

  /** Answers questions until the review, or only so many; gives how many were answered. */
  async answers(most = Infinity) {
    let answered = 0;
    while (answered < most && !(await this.#isAtReview())) {
      const before = await this.place();
      await fillIn(this.page.getByRole("main"), answered);
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

  #isAtReview() {
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
