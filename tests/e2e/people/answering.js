// Answering one question after another, whatever each asks for; every choice follows from the question's number.
import { expect } from "@playwright/test";

/** Which kinds of field a question can have, each with how it is filled in. */
const kinds = [
  { selector: "input[type=radio]", async fill(fields, nth) {
    await fields.nth(nth % (await fields.count())).check();
  } },
  { selector: "input[type=checkbox]", async fill(fields) {
    await fields.first().check();
  } },
  { selector: "[role=slider]", async fill(fields, nth) {
    await fields.press("ArrowUp");
    await fields.press(nth % 2 ? "PageUp" : "PageDown");
  } },
  { selector: "#answer-year", async fill(_, __, question) {
    for (const [id, part] of [["#answer", "12"], ["#answer-month", "3"], ["#answer-year", "2020"]]) await question.locator(id).fill(part);
  } },
  { selector: "textarea, input", async fill(fields) {
    await fields.fill("2");
  } },
];

/** Fills in the question that is on the screen. */
export async function fillIn(question, nth) {
  for (const { selector, fill } of kinds) {
    const fields = question.locator(selector);
    if (await fields.count()) return fill(fields, nth, question);
  }
  throw new Error("the question has no field");
}

/** A tap that the app counts: it takes two within 300 ms for one, as a hand that trembles makes them. */
export class Taps {
  #last = 0;

  async tap(button) {
    await expect(button).toBeVisible();
    const page = button.page();
    this.#last = await page.evaluate(async (last) => {
      while (last <= performance.now() && performance.now() < last + 320) await new Promise(requestAnimationFrame);
      return performance.now();
    }, this.#last);
    await button.click();
    this.#last = await page.evaluate(() => performance.now());
  }
}
