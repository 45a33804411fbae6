// Without a screen: forms on paper with their code, typed in by keyboard, twice, late, before inclusion; and a phone's
// answer corrected with a reason.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "../support/test.js";
import { inDays } from "../support/days.js";
import { look } from "../support/look.js";
import { pattern } from "../support/words.js";

const pictures = fileURLToPath(new URL("../../../target/screenshots/", import.meta.url));

/** The date as three boxes take it. */
async function fillDate(page, say, legend, date) {
  const boxes = page.getByRole("group", { name: say(legend), exact: true });
  const values = [date.getDate(), date.getMonth() + 1, date.getFullYear()];
  for (const [nth, part] of ["day", "month", "year"].entries()) {
    await boxes.getByLabel(say(`common.${part}`)).fill(String(values[nth]));
  }
}

/** About the form: when, how, by whom. */
async function tellsAboutTheForm({ page, say }, { on, mode = "paper", by = "by_patient" }) {
  await fillDate(page, say, "nurse.entry.answered_on", on);
  await page.getByLabel(say("nurse.entry.mode"), { exact: true }).selectOption({ label: say(`nurse.entry.mode_${mode}`) });
  await page.getByLabel(say("nurse.entry.respondent"), { exact: true }).selectOption({ label: say(`nurse.entry.${by}`) });
}

/** Chooses what to type in from the file that is open. */
async function beginsEntry({ page, say }, assessment, instrument) {
  await page.getByRole("link", { name: say("nurse.file.type_in") }).click();
  await page.getByLabel(say("nurse.entry.assessment"), { exact: true }).selectOption(assessment);
  await page.getByLabel(say("nurse.entry.instrument"), { exact: true }).selectOption(instrument);
  await page.getByRole("button", { name: say("nurse.entry.begin") }).click();
  await expect(page.getByRole("table", { name: say("nurse.entry.grid") }).or(page.locator(".grid"))).toBeVisible();
}

test("a form is printed with its code and typed in by keyboard, twice, and what differs is settled", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse();
  const { page, say } = nurse;
  await nurse.enrols({ number, infusion: inDays(30) });
  await nurse.opensFile(number);

  // print
  await page.getByRole("link", { name: say("nurse.file.print_forms") }).click();
  await page.getByLabel(say("nurse.entry.assessment"), { exact: true }).selectOption("T0:1");
  await fillDate(page, say, "nurse.entry.fill_on", inDays(0));
  await nurse.presses("nurse.entry.show");
  const forms = page.locator("article.paper");
  await expect(forms.first()).toContainText(number);
  await expect(forms.filter({ hasText: "QLQ-C30" }).first()).toBeVisible();
  await look(page, "nurse-paper", "fr");
  const form = forms.filter({ hasText: "qlq-c30 3.0" });
  const code = (await form.locator(".paper-code p").innerText()).trim();
  expect(code).toMatch(/^[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}$/);
  await expect(form.locator(".paper-qr")).toBeVisible();
  const printed = await page.pdf({ preferCSSPageSize: true });
  writeFileSync(`${pictures}paper-forms.pdf`, printed);
  expect(printed.toString("latin1").match(/\/Type \/Page\b/g).length, "pages of A4").toBeGreaterThan(10);
  expect(printed.toString("latin1")).toMatch(/\/MediaBox \[0 0 59\d(\.\d+)? 84\d(\.\d+)?\]/);

  // a wrong code is noticed before anything is asked; the right one opens the entry
  await nurse.goesTo("entry");
  const wrong = code.slice(0, -1) + (code.endsWith("0") ? "1" : "0");
  await page.getByLabel(say("nurse.entry.code"), { exact: true }).fill(wrong);
  await nurse.presses("nurse.entry.open");
  await expect(page.getByText(say("nurse.entry.wrong_code"))).toBeVisible();
  await look(page, "nurse-forms", "fr");
  await page.getByLabel(say("nurse.entry.code"), { exact: true }).fill(code.toLowerCase());
  await nurse.presses("nurse.entry.open");
  await expect(page.locator(".grid")).toBeVisible();

  // nothing is preselected, and nothing is sent before all of it says something
  await expect(page.locator(".option-chip[aria-pressed=true]")).toHaveCount(0);
  await nurse.presses("nurse.entry.send");
  await expect(page.locator(".errors")).toContainText(say("nurse.entry.fault_missing"));
  await tellsAboutTheForm(nurse, { on: inDays(0) });
  await page.locator("#item-q1").focus();
  for (let nth = 1; nth <= 28; nth += 1) await page.keyboard.press(nth === 5 ? "*" : String((nth % 4) + 1));
  await page.keyboard.press("6");
  await page.keyboard.press("5");
  await expect(page.locator("#item-q28")).toHaveValue("1");
  await expect(page.locator("#item-q5")).toHaveValue("*");
  await look(page, "nurse-entry", "fr");

  // the network fails: all that was typed is still there
  await page.context().setOffline(true);
  await nurse.presses("nurse.entry.send");
  await expect(page.getByText(say("nurse.entry.still_here"))).toBeVisible();
  await expect(page.locator("#item-q28")).toHaveValue("1");
  await page.context().setOffline(false);
  await nurse.presses("nurse.entry.send");
  await expect(page.getByText(pattern(say("nurse.entry.received_lead")))).toBeVisible();

  // a second time, blind, with two differences
  await nurse.goesTo("entry");
  await page.getByLabel(say("nurse.entry.code"), { exact: true }).fill(code);
  await nurse.presses("nurse.entry.open");
  await expect(page.getByText(say("nurse.entry.sent_before"))).toBeVisible();
  await expect(page.locator("#item-q1")).toHaveValue("");
  await tellsAboutTheForm(nurse, { on: inDays(0) });
  await page.locator("#item-q1").focus();
  for (let nth = 1; nth <= 28; nth += 1) await page.keyboard.press(nth === 2 ? "1" : String((nth % 4) + 1));
  await page.keyboard.press("6");
  await page.keyboard.press("5");
  await nurse.presses("nurse.entry.send");
  await expect(page.locator(".errors")).toContainText(say("nurse.entry.fault_sent_before"));
  await page.getByLabel(say("nurse.entry.again")).check();
  await nurse.presses("nurse.entry.send");
  const settling = page.getByRole("region", { name: say("nurse.entry.settle") });
  await expect(settling.locator("tbody tr")).toHaveCount(2);
  await look(page, "nurse-settle", "fr");
  for (const row of await settling.locator("tbody tr").all()) await row.getByRole("radio").last().check();
  await nurse.presses("nurse.entry.settle_send");
  await expect(settling).toHaveCount(0);

  await nurse.opensFile(number);
  const one = nurse.section("nurse.file.received").locator("details.received").filter({ hasText: "QLQ-C30" });
  await one.locator("summary").click();
  await expect(one).toContainText("2 différences, tranchées par claire");
  await expect(one).toContainText(say("nurse.file.twice_by_one"));
  await look(page, "nurse-file-twice", "fr");
  await nurse.opensWorklist("conflict");
  await expect(nurse.line(number)).toHaveCount(0);
});

test("a patient included late has the paper answers of the time before, marked and not expected", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse({ language: "en" });
  const { page, say } = nurse;
  await nurse.enrols({ number, infusion: inDays(-200) });
  await nurse.opensFile(number);
  await beginsEntry(nurse, "M1:1", "eq-5d-5l");
  await tellsAboutTheForm(nurse, { on: inDays(-170), mode: "telephone", by: "by_staff_aloud" });
  await expect(page.getByText(pattern(say("nurse.entry.retrospective")))).toBeVisible();
  await page.locator("#item-MO").focus();
  await page.keyboard.type("21321");
  await page.keyboard.type("70");
  await look(page, "nurse-entry-retrospective", "en");
  await nurse.presses("nurse.entry.send");
  await expect(page.getByText(say("nurse.entry.received_retrospective"))).toBeVisible();
  await page.getByRole("link", { name: say("nurse.entry.to_file") }).click();
  const one = nurse.section("nurse.file.received").locator("details.received").filter({ hasText: "EQ-5D" });
  await expect(one.locator("summary")).toContainText(say("nurse.file.retrospective"));
  await one.locator("summary").click();
  await expect(one).toContainText(say("nurse.entry.mode_telephone"));
  await look(page, "nurse-file-retrospective", "en");
});

test("a phone's answer is corrected with a reason, and the old value stays to be seen", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse();
  const { page, say } = nurse;
  const letter = await nurse.enrols({ number, infusion: inDays(30) });
  const patient = await people.patient();
  await patient.opensLetter(letter);
  await patient.choosesPin("2580");
  await patient.startsNext();
  await patient.begins();
  while (!(await patient.isAtReview())) await patient.answers(1);
  await patient.sends();
  await patient.isTold("patient.status.received");

  await nurse.opensFile(number);
  const one = nurse.section("nurse.file.received").locator("details.received").first();
  await one.locator("summary").click();
  await one.getByRole("button", { name: say("nurse.entry.correct") }).click();
  await page.getByLabel(say("nurse.entry.amend_item"), { exact: true }).selectOption({ index: 1 });
  const box = page.locator(".grid-box");
  const before = await box.inputValue();
  await box.fill(before === "2" ? "3" : "2");
  await nurse.presses("nurse.entry.amend_send");
  await expect(page.getByText(say("nurse.entry.why_missing"))).toBeVisible();
  await page.getByLabel(say("nurse.entry.why"), { exact: true }).fill("Le patient a rappelé");
  await look(page, "nurse-amend", "fr");
  await nurse.presses("nurse.entry.amend_send");
  await expect(one.locator("summary")).toContainText(say("nurse.file.corrected"));
  const corrections = one.getByRole("table", { name: say("nurse.entry.corrections") });
  await expect(async () => {
    if (!(await one.evaluate((details) => details.open))) await one.locator("summary").click();
    await expect(corrections).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(corrections.getByRole("row").last()).toContainText("Le patient a rappelé");
  await expect(corrections.locator("s")).toHaveCount(1);
  await look(page, "nurse-file-corrected", "fr");
});
