// What a nurse does, in her words.
import { expect } from "../support/expect.js";
import { Staff } from "./staff.js";

const PARTS = ["day", "month", "year"];
/** What is asked of the dates that have a cause. */
const QUESTIONS = { death: "of_death", infusion_given_up: "of_giving_up", withdrawal: "of_withdrawal" };

export class Nurse extends Staff {
  /** Enrols a patient and has the letter in hand: its link (the QR code's) and its code. */
  async enrols(about) {
    await this.fillsEnrolment(about);
    return this.sendsEnrolment(about.number);
  }

  /** Fills the form in, and sends nothing. */
  async fillsEnrolment({ number, hemopathy = "dlbcl", pathway = "conventional", language = "fr", ...more }) {
    await this.goesTo("enrol");
    const { page, say } = this;
    const choose = (key, value) => page.getByLabel(say(key), { exact: true }).selectOption(value);
    await page.getByLabel(say("nurse.enrol.registry_number")).fill(number);
    if (more.family) await page.getByLabel(say("nurse.enrol.family_name"), { exact: true }).fill(more.family);
    if (more.given) await page.getByLabel(say("nurse.enrol.given_name"), { exact: true }).fill(more.given);
    if (more.birth) await this.#dates("person.enrol.birth", more.birth);
    await choose("nurse.enrol.hemopathy", hemopathy);
    await choose("nurse.enrol.pathway", pathway);
    const site = page.getByLabel(say("nurse.enrol.site"), { exact: true });
    if ((await site.inputValue()) === "") await site.selectOption({ index: 1 });
    await choose("nurse.enrol.language", language);
    await choose("person.form.kind", "non_opposition");
    await choose("person.form.means", "paper");
    if (more.email) await page.getByLabel(say("person.enrol.email")).fill(more.email);
    if (more.since) await this.#dates("person.enrol.pathway_from", more.since);
    if (more.rcp) await this.#dates("nurse.enrol.rcp", more.rcp);
    if (more.infusion) await this.#dates("nurse.enrol.infusion", more.infusion);
  }

  /** Sends the form that is filled in; the letter comes. */
  async sendsEnrolment(number) {
    const made = this.page.waitForResponse((reply) => reply.url().endsWith("/letter"));
    await this.presses("nurse.enrol.send");
    return this.#letter(await made, number);
  }

  /** Opens a form of the patient's panel in the file that is open. */
  async asksToChange(key) {
    await this.section("person.panel.title").getByRole("button", { name: this.say(`person.panel.${key}`) }).click();
    await expect(this.page.getByRole("dialog")).toBeVisible();
  }

  async savesChange() {
    await this.page.getByRole("dialog").getByRole("button", { name: this.say("person.panel.save") }).click();
  }

  /** Makes a patient's next letter; those before it stop working. */
  async makesLetter(number) {
    await this.opensFile(number);
    await this.page.getByRole("link", { name: this.say("nurse.file.new_letter") }).click();
    const made = this.page.waitForResponse((reply) => reply.url().endsWith("/letter"));
    await this.presses("nurse.letter.make");
    return this.#letter(await made, number);
  }

  async #letter(reply, number) {
    const { secret, code } = await reply.json();
    await expect(this.page.getByRole("article")).toContainText(number);
    await expect(this.page.getByRole("article").getByRole("img")).toBeVisible();
    return { link: `${this.origin}/#e=${secret}`, code };
  }

  /** Fills in the form of the care pathway that is open, and saves it. */
  async savesCare({ pathway, from, reason }) {
    const care = this.section("episodes.heading");
    if (pathway) await care.getByLabel(this.say("episodes.pathway"), { exact: true }).selectOption(pathway);
    if (from) await this.#dates("episodes.from", from);
    if (reason) await care.getByLabel(this.say("episodes.reason")).fill(reason);
    await care.getByRole("button", { name: this.say("episodes.save"), exact: true }).click();
  }

  /** Opens the form that changes a date of the file that is open, and types another. */
  async changesDate(kind, date) {
    const name = this.say("nurse.milestone.replace_what", { kind: this.say(`nurse.milestone.kind.${kind}`) });
    await this.page.getByRole("button", { name }).click();
    await this.#dates("nurse.milestone.when", date);
  }

  /** Types a date into the file that is open, with its cause where the kind has one, and looks at what it does. */
  async typesDate(kind, date, cause) {
    await this.presses("nurse.milestone.add");
    await this.page.getByLabel(this.say("nurse.milestone.what"), { exact: true }).selectOption(kind);
    if (cause) await this.choosesCause(kind, cause);
    await this.#dates("nurse.milestone.when", date);
    await this.presses("nurse.milestone.look");
  }

  async choosesCause(kind, cause) {
    const label = this.say(`nurse.milestone.cause.${QUESTIONS[kind]}`);
    await this.page.getByLabel(label, { exact: true }).selectOption(`${kind}.${cause}`);
  }

  /** Adds a date to the file that is open, once she saw what it does. */
  async recordsDate(kind, date, cause) {
    await this.typesDate(kind, date, cause);
    await this.presses("nurse.milestone.preview.apply");
    await expect(this.page.getByText(this.say("nurse.milestone.saved"))).toBeVisible();
  }

  /** The table that shows what a change would do. */
  preview() {
    return this.page.getByRole("table", { name: this.say("nurse.milestone.preview.table") });
  }

  /** The panel of the file with this heading. */
  section(key) {
    return this.page.getByRole("region", { name: this.say(key) });
  }

  async givesReason(reason) {
    await this.page.getByLabel(this.say("nurse.milestone.preview.reason"), { exact: true }).fill(reason);
    await this.presses("nurse.milestone.preview.apply");
    await expect(this.page.getByText(this.say("nurse.milestone.saved"))).toBeVisible();
  }

  async #dates(legend, date) {
    const boxes = this.page.getByRole("group", { name: this.say(legend), exact: true });
    const values = [date.getDate(), date.getMonth() + 1, date.getFullYear()];
    for (const [nth, part] of PARTS.entries()) {
      await boxes.getByLabel(this.say(`common.${part}`)).fill(String(values[nth]));
    }
  }

  async opensWorklist(group = "due") {
    await this.goesTo("worklist");
    const words = this.say(`nurse.worklist.${group}`);
    await this.page.getByRole("button", { name: new RegExp(`^${words}`) }).click();
  }

  async looksFor(number) {
    await this.page.getByLabel(this.say("nurse.filter.search")).fill(number);
  }

  /** The line of a patient in the list that is open. */
  line(number) {
    return this.page.getByRole("row").filter({ has: this.page.getByRole("link", { name: number, exact: true }) });
  }

  /** Opens the reasons for what a line of the list lacks. */
  async asksWhy(line) {
    await line.getByRole("button").click();
    await expect(this.page.getByRole("dialog")).toBeVisible();
  }

  /** Notes a reason for what a line lacks: two taps. */
  async notesWhy(line, reason) {
    await this.asksWhy(line);
    await this.presses(`staff.reason.${reason}`);
    await expect(this.page.getByRole("dialog")).toBeHidden();
  }

  async opensFile(number) {
    await this.goesTo("patients");
    await this.looksFor(number);
    await this.page.getByRole("link", { name: number, exact: true }).click();
    await this.sees(this.say("nurse.file.title", { number }));
  }

  /** The questionnaires received, as the patient's file shows them; each opens at a click. */
  received() {
    return this.section("nurse.file.received").locator("details.received");
  }
}
