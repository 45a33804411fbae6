// Reminders as people meet them: who died is written to no more, who says stop is not, and the file says why.
import { expect, test } from "../support/test.js";
import { look } from "../support/look.js";
import { Reminding } from "../support/reminding.js";
import { screens } from "../support/browser.js";
import { inDays } from "../support/days.js";

let reminding;
test.beforeAll(async ({ hospital }) => {
  reminding = await Reminding.begin(hospital.server);
});
test.afterAll(async () => reminding.end());

/** Enrols a patient who has this address and opened the app on a phone; the file is open afterwards. */
async function reachable(people, nurse, number, address) {
  const letter = await nurse.enrols({ number });
  const patient = await people.patient();
  await patient.opensLetter(letter);
  await patient.choosesPin("2580");
  await nurse.opensFile(number);
  const file = new URL(nurse.page.url()).pathname.split("/").at(-1);
  const reply = await nurse.page.request.post(`${nurse.origin}/api/patients/${file}/contacts`, {
    headers: { "x-ressenti": "1" },
    data: { channel: "email", address },
  });
  expect(reply.ok()).toBe(true);
  await nurse.page.reload();
  await nurse.speaks();
  return { patient, file };
}

test("death stops reminders, and the file says so, with its cause", async ({ people }) => {
  const nurse = await people.nurse();
  const [living, dying] = [people.freshNumber(), people.freshNumber()];
  const [to, never] = [`${living.toLowerCase()}@example.org`, `${dying.toLowerCase()}@example.org`];
  await reachable(people, nurse, living, to);
  await reachable(people, nurse, dying, never);
  const panel = nurse.section("nurse.reminders.title");
  await expect(panel).toContainText(nurse.say("nurse.reminders.none"));

  await nurse.recordsDate("death", inDays(0), "infection");
  const died = nurse.section("nurse.milestone.heading").getByRole("row").filter({ hasText: nurse.say("nurse.milestone.kind.death") });
  await expect(died).toContainText(nurse.say("nurse.milestone.cause.infection"));
  await expect(panel).toContainText(nurse.say("nurse.reminders.died"));
  expect(await reminding.remind()).toContain(" sent, 0 to be tried again");
  expect(await reminding.messagesTo(to)).toHaveLength(1);
  expect(await reminding.messagesTo(never)).toHaveLength(0);
  await reminding.remind();
  expect(await reminding.messagesTo(to), "and not twice").toHaveLength(1);

  await nurse.page.reload();
  await expect(panel).toContainText(nurse.say("nurse.reminders.died"));
  await expect(panel.getByRole("button"), "there is nothing to resume").toHaveCount(0);
  await nurse.opensFile(living);
  await expect(panel.getByRole("row")).toHaveCount(2);
  await expect(panel).toContainText(nurse.say("nurse.reminders.outcome.sent"));
});

test("who wants no more messages goes on answering, and who withdraws altogether is asked nothing more", async ({ people }) => {
  const nurse = await people.nurse();
  const { page, say } = nurse;
  const number = people.freshNumber();
  const address = `${number.toLowerCase()}@example.org`;
  await reachable(people, nurse, number, address);
  const [panel, strip] = [nurse.section("nurse.reminders.title"), nurse.section("nurse.file.assessments").getByRole("list").first()];
  await expect(strip.getByRole("listitem").first()).toBeVisible();
  const before = await strip.allInnerTexts();
  await nurse.typesDate("withdrawal", inDays(0), "stop_reminders");
  await expect(page.getByText(say("nurse.milestone.preview.nothing"))).toBeVisible();
  await expect(page.getByText(say("nurse.milestone.cause.stop_reminders_help"))).toBeVisible();
  await nurse.presses("nurse.milestone.preview.apply");
  await expect(panel).toContainText(say("nurse.reminders.withdrew_from_reminders"));
  await expect(panel.getByRole("button"), "its milestone says otherwise").toHaveCount(0);
  await expect.poll(() => strip.allInnerTexts()).toEqual(before);
  await reminding.remind();
  expect(await reminding.messagesTo(address)).toHaveLength(0);

  const kind = say("nurse.milestone.kind.withdrawal");
  await page.getByRole("button", { name: say("nurse.milestone.replace_what", { kind }) }).click();
  await nurse.choosesCause("withdrawal", "stop_erase");
  await nurse.presses("nurse.milestone.look");
  await expect(nurse.preview()).toContainText(say("nurse.milestone.preview.closes"));
  await nurse.givesReason("Demande au téléphone");
  await expect(panel).toContainText(say("nurse.reminders.withdrew"));
  const erasure = say("nurse.milestone.erasure", { date: "§" }).split("§")[1];
  await expect(page.getByText(erasure)).toBeVisible();
  await expect(nurse.section("nurse.milestone.changes.heading")).toContainText(say("nurse.milestone.cause.stop_reminders"));
});

test("a patient stops reminders by a link that only its button obeys, and the nurse resumes them", async ({ people }) => {
  const nurse = await people.nurse();
  const number = people.freshNumber();
  const address = `${number.toLowerCase()}@example.org`;
  const { patient } = await reachable(people, nurse, number, address);
  await reminding.remind();
  const [message] = await reminding.messagesTo(address);
  expect(message).not.toContain(number);

  // a scanner opens every link
  const link = reminding.stopLink(message);
  expect((await nurse.page.request.get(link)).ok()).toBe(true);
  await nurse.page.reload();
  const panel = nurse.section("nurse.reminders.title");
  await expect(panel.getByRole("button", { name: nurse.say("nurse.reminders.stop") })).toBeVisible();

  // the patient opens it where the app is installed
  await patient.page.goto(link);
  await look(patient.page, "patient-stop", "fr");
  await patient.page.getByRole("button", { name: "Ne plus recevoir de messages" }).click();
  await expect(patient.page.getByRole("heading", { name: "C’est fait" })).toBeVisible();
  await nurse.page.reload();
  await expect(panel).toContainText(nurse.say("nurse.reminders.stopped"));
  await nurse.presses("nurse.reminders.resume");
  await expect(panel.getByRole("button", { name: nurse.say("nurse.reminders.stop") })).toBeVisible();
  await expect(panel.getByRole("listitem")).toHaveCount(2);
});

for (const language of ["fr", "en"]) {
  test(`the state of the service and a file's reminders in ${language}`, async ({ people }) => {
    const nurse = await people.nurse({ language });
    const reminded = people.freshNumber();
    await reachable(people, nurse, reminded, `${reminded.toLowerCase()}@example.org`);
    await reminding.remind();
    await nurse.goesTo("health");
    await nurse.sees(nurse.say("staff.health.title"));
    await expect(nurse.page.getByText(nurse.say("staff.health.off"))).toBeVisible();
    await look(nurse.page, "nurse-health", language);
    await nurse.page.setViewportSize(screens.phone.viewport);
    const states = nurse.page.getByRole("main").locator("tbody .chip");
    await expect(states.first()).toBeVisible();
    for (const { x, width } of await states.evaluateAll((all) => all.map((chip) => chip.getBoundingClientRect().toJSON()))) {
      expect(x + width, "each state is on a phone's screen").toBeLessThanOrEqual(screens.phone.viewport.width);
    }
    await nurse.page.setViewportSize(screens.desktop.viewport);
    const number = people.freshNumber();
    await nurse.enrols({ number, infusion: inDays(30) });
    await nurse.opensFile(number);
    const panel = nurse.section("nurse.reminders.title");
    await expect(panel.getByRole("link", { name: nurse.say("nurse.reminders.calendar") })).toBeVisible();
    await look(nurse.page, "nurse-reminders", language);
  });
}
