// A patient enters the registry: enrolled in two minutes, handed a letter, and known by the right phone.
import { readFileSync } from "node:fs";
import { expect, test } from "../support/test.js";
import { inDays } from "../support/days.js";
import { look } from "../support/look.js";
import { pattern } from "../support/words.js";

for (const language of ["fr", "en"]) {
  test(`everything about a patient is entered once and corrected in the file (${language})`, async ({ people }) => {
    const number = people.freshNumber();
    const nurse = await people.nurse({ language });
    const { page, say } = nurse;
    await nurse.goesTo("enrol");
    await nurse.presses("nurse.enrol.send");
    const summary = page.getByRole("alert").filter({ hasText: say("common.errors_title") });
    await expect(summary).toBeFocused();
    for (const key of ["consent", "means"]) {
      await expect(summary.getByRole("link", { name: say(`person.enrol.missing.${key}`) })).toBeVisible();
    }
    await look(page, "nurse-enrol-errors", language);

    await nurse.enrols({
      number, language, rcp: inDays(-14), infusion: inDays(30), family: "Lefèvre", given: "Émile",
      birth: new Date(1957, 10, 23), email: "emile.lefevre@example.org",
    });
    await expect(page.getByRole("link", { name: say("person.pdf") })).toHaveAttribute("download", "ressenti.pdf");
    await look(page, "nurse-letter", language);

    await nurse.opensFile(number);
    const panel = nurse.section("person.panel.title");
    for (const words of ["Lefèvre Émile", "1957", "emile.lefevre@example.org", say("person.kind.non_opposition"), say("person.letter.open")]) {
      await expect(panel).toContainText(words);
    }
    await look(page, "nurse-file-person", language);

    await nurse.asksToChange("edit_person");
    await look(page, "nurse-file-person-form", language);
    await nurse.savesChange();
    await expect(page.getByRole("alert").filter({ hasText: say("person.form.nothing") })).toBeFocused();
    await page.getByLabel(say("nurse.enrol.family_name"), { exact: true }).fill("Lefebvre");
    await page.getByLabel(say("person.form.reason")).fill("carte mal lue");
    await nurse.savesChange();
    await expect(panel).toContainText("Lefebvre Émile");
    await expect(panel.getByText(say("person.panel.saved"))).toBeVisible();
    await panel.getByText(say("person.panel.history")).click();
    await expect(panel.getByRole("listitem").filter({ hasText: "carte mal lue" })).toContainText("Lefèvre");

    await nurse.asksToChange("edit_contact");
    await page.getByLabel(say("person.form.email"), { exact: true }).fill("nobody");
    await nurse.savesChange();
    await expect(page.getByRole("alert").filter({ hasText: say("person.enrol.not_an_address") })).toBeFocused();
    await nurse.presses("person.panel.stop");
    await expect(panel).toContainText(say("person.panel.no_reminders"));

    await nurse.asksToChange("edit_consent");
    await page.getByLabel(say("person.form.kind"), { exact: true }).selectOption("consent");
    await page.getByLabel(say("person.form.means"), { exact: true }).selectOption("electronic");
    await nurse.savesChange();
    await expect(panel).toContainText(say("person.means.electronic"));
  });
}

test("a patient included late: the page tells what will not be asked, and the plan says the same", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse();
  const { page, say } = nurse;
  const infused = inDays(-150);
  await nurse.fillsEnrolment({ number, infusion: infused });
  const preview = page.getByRole("status").filter({ hasText: say("person.preview.too_late") });
  await expect(preview).toBeVisible();
  await look(page, "nurse-enrol-late", "fr");
  const first = (await preview.locator("p").first().innerText()).replace(say("person.preview.too_late"), "").trim();
  const names = first.replace(/\.$/, "").split(", ");
  expect(names.length).toBeGreaterThan(2);
  await nurse.sendsEnrolment(number);
  await nurse.opensFile(number);
  const strip = nurse.section("nurse.file.assessments");
  await strip.getByText(pattern(say("nurse.file.not_applicable", { n: "{n}" }))).click();
  for (const name of names) await expect(strip).toContainText(name);
});

test("a registry number that is taken leads to its patient, and a lost network loses nothing", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse();
  const { page, say } = nurse;
  await nurse.enrols({ number });
  await nurse.fillsEnrolment({ number: number.toLowerCase() });
  await nurse.context.setOffline(true);
  await nurse.presses("nurse.enrol.send");
  await expect(page.getByText(say("staff.trouble.offline"))).toBeVisible();
  await expect(page.getByLabel(say("nurse.enrol.registry_number"))).toHaveValue(number.toLowerCase());
  await nurse.context.setOffline(false);
  await nurse.presses("nurse.enrol.send");
  await expect(page.getByText(say("person.enrol.exists_here"))).toBeVisible();
  await page.getByRole("link", { name: say("person.enrol.open_file", { number }) }).click();
  await nurse.sees(say("nurse.file.title", { number }));
});

for (const language of ["fr", "en"]) {
  test(`the letter is saved as a PDF, and three words show that the phone is the patient's (${language})`, async ({ people }) => {
    const number = people.freshNumber();
    const nurse = await people.nurse({ language });
    const { page, say } = nurse;
    const letter = await nurse.enrols({ number, language, infusion: inDays(30) });
    const saving = page.waitForEvent("download");
    await page.getByRole("link", { name: say("person.pdf") }).click();
    const download = await saving;
    expect(download.suggestedFilename()).toBe("ressenti.pdf");
    const pdf = readFileSync(await download.path(), "latin1");
    expect(pdf.slice(0, 5)).toBe("%PDF-");
    expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(1);

    const patient = await people.patient({ language });
    await patient.opensLetter(letter);
    await patient.choosesPin("2580");
    await patient.reads("patient.tasks.words");
    await look(patient.page, "patient-words", language);
    const words = await patient.page.getByRole("main").locator("strong").first().innerText();
    expect(words.split(" ")).toHaveLength(3);

    await nurse.opensFile(number);
    const devices = nurse.section("nurse.file.devices");
    await expect(devices).toContainText(words);
    await look(page, "nurse-file-words", language);
    await devices.getByRole("button", { name: say("person.words.yes") }).click();
    await expect(devices.getByRole("row").last()).toContainText(pattern(say("person.words.confirmed")));
    await patient.page.reload();
    await patient.unlocksIfAsked();
    await patient.seesTasks();
    await expect(patient.page.getByText(words)).toHaveCount(0);
  });
}
