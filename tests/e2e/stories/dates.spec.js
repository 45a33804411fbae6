// Dates move: what that does is shown before it is done, and what was known before is never lost.
import { expect, test } from "../support/test.js";
import { inDays } from "../support/days.js";
import { look } from "../support/look.js";
import { pattern } from "../support/words.js";

test("a moved infusion is shown before it is applied, asks for its reason, and leaves the former follow-up readable", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse();
  const { page, say } = nurse;
  await nurse.enrols({ number, infusion: inDays(30) });
  await nurse.opensFile(number);
  const strip = nurse.section("nurse.file.assessments").getByRole("list").first();
  const windows = (list) => list.locator(".strip-when").allInnerTexts();
  const before = await windows(strip);

  await nurse.changesDate("infusion", inDays(37));
  await nurse.presses("nurse.milestone.look");
  await expect(page.getByRole("heading", { name: say("nurse.milestone.preview.title") })).toBeFocused();
  const row = (key) => nurse.preview().getByRole("row").filter({ has: page.getByText(key, { exact: true }) });
  for (const key of ["D7", "M1", "M60"]) await expect(row(key)).toContainText(say("nurse.milestone.preview.moves"));
  await expect(row("T0")).toHaveCount(0);
  await nurse.presses("nurse.milestone.cancel");
  await page.reload();
  await expect.poll(() => windows(strip), { message: "looking changed nothing" }).toEqual(before);

  await nurse.changesDate("infusion", inDays(37));
  await nurse.presses("nurse.milestone.look");
  await nurse.presses("nurse.milestone.preview.apply");
  await expect(page.getByRole("alert").filter({ hasText: say("nurse.milestone.preview.reason_missing") })).toBeFocused();
  await nurse.givesReason("Fièvre la veille");
  await expect.poll(() => windows(strip), { message: "now it did" }).not.toEqual(before);

  const history = nurse.section("nurse.milestone.changes.heading");
  await expect(history.getByRole("row").filter({ hasText: "Fièvre la veille" })).toBeVisible();
  await history.getByRole("button", { name: pattern(say("nurse.milestone.changes.then_what")) }).click();
  await expect(history.getByRole("heading", { name: pattern(say("nurse.milestone.changes.known")) })).toBeFocused();
  expect(await windows(history.getByRole("list").first())).toEqual(before);
});

test("a date entered by mistake is removed with the keyboard alone", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse({ language: "en" });
  const { page, say } = nurse;
  await nurse.enrols({ number, infusion: inDays(30) });
  await nurse.opensFile(number);
  const kind = say("nurse.milestone.kind.infusion");
  const dates = nurse.section("nurse.milestone.heading");
  await page.getByRole("button", { name: say("nurse.milestone.remove_what", { kind }) }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: say("nurse.milestone.preview.title") })).toBeFocused();
  await expect(nurse.preview()).toContainText(say("nurse.milestone.preview.moves"));
  await page.keyboard.press("Tab");
  await page.keyboard.type("Typing mistake");
  await page.keyboard.press("Enter");
  await expect(page.getByText(say("nurse.milestone.saved"))).toBeVisible();
  await expect(dates.getByRole("row").filter({ hasText: kind })).toHaveCount(0);
  await expect(nurse.section("nurse.milestone.changes.heading")).toContainText("Typing mistake");
});

for (const language of ["fr", "en"]) {
  test(`an infusion that is given up says why, closes what waits for it, and takes place after all (${language})`, async ({ people }) => {
    const number = people.freshNumber();
    const nurse = await people.nurse({ language });
    const { page, say } = nurse;
    await nurse.enrols({ number, language, infusion: inDays(30) });
    await nurse.opensFile(number);
    await nurse.typesDate("infusion_given_up", inDays(0));
    const missing = page.getByRole("alert").filter({ hasText: say("nurse.milestone.cause.missing") });
    await expect(missing, "nothing is chosen beforehand").toBeFocused();
    await nurse.choosesCause("infusion_given_up", "manufacturing_failure");
    await look(page, "nurse-milestone-cause", language);
    await nurse.presses("nurse.milestone.look");
    const row = (key) => nurse.preview().getByRole("row").filter({ has: page.getByText(key, { exact: true }) });
    for (const key of ["T1", "D7", "M60"]) await expect(row(key)).toContainText(say("nurse.milestone.preview.closes"));
    await expect(row("N3")).toContainText(say("nurse.milestone.preview.returns"));
    await look(page, "nurse-milestone-given-up", language);
    await nurse.presses("nurse.milestone.preview.apply");
    const dates = nurse.section("nurse.milestone.heading");
    const given_up = dates.getByRole("row").filter({ hasText: say("nurse.milestone.kind.infusion_given_up") });
    await expect(given_up).toContainText(say("nurse.milestone.cause.manufacturing_failure"));
    await expect(dates.getByRole("row").filter({ hasText: say("nurse.milestone.kind.infusion") })).toHaveCount(0);

    await nurse.typesDate("infusion", inDays(40));
    await expect(row("M60")).toContainText(say("nurse.milestone.preview.returns"));
    await nurse.givesReason("Second lot conforme");
    await expect(dates.getByRole("row").filter({ hasText: say("nurse.milestone.kind.infusion") })).toHaveCount(1);
    const history = nurse.section("nurse.milestone.changes.heading");
    await expect(history.getByRole("row").filter({ hasText: "Second lot conforme" })).toContainText(say("nurse.milestone.cause.manufacturing_failure"));
    await look(page, "nurse-milestone-causes", language);
  });
}
