// Answering one question after another, whatever each asks for; every choice follows from the question's number.
import { expect } from "../support/expect.js";

/** Which kinds of field a question can have, each with how it is filled in. */
const kinds = [
  { name: "radio", selector: "input[type=radio]", async fill(fields, nth) {
    await fields.nth(nth % (await fields.count())).check();
  } },
  { name: "checkbox", selector: "input[type=checkbox]", async fill(fields) {
    await fields.first().check();
  } },
  { name: "scale", selector: "[role=slider]", async fill(fields, nth) {
    await fields.press("ArrowUp");
    await fields.press(nth % 2 ? "PageUp" : "PageDown");
  } },
  { name: "date", selector: "#answer-year", async fill(_, __, question) {
    for (const [id, part] of [["#answer", "12"], ["#answer-month", "3"], ["#answer-year", "2020"]]) await question.locator(id).fill(part);
  } },
  { name: "line", selector: "textarea, input", async fill(fields) {
    await fields.fill("2");
  } },
];

async function find(question) {
  for (const kind of kinds) if (await question.locator(kind.selector).count()) return kind;
  throw new Error("the question has no field");
}

/** The name of the kind of field that the question on the screen has. */
export const kindOf = async (question) => (await find(question)).name;

/** Fills in the question that is on the screen. */
export async function fillIn(question, nth) {
  const { selector, fill } = await find(question);
  await fill(question.locator(selector), nth, question);
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
