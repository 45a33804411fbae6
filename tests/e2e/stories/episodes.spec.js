// Care changes: the pathway is told day by day, and what was corrected stays readable.
import { expect, test } from "../support/test.js";
import { inDays } from "../support/days.js";
import { pattern } from "../support/words.js";

test("a change of pathway ends what ran, is corrected with a reason, and keeps what it said before", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse();
  const { page, say } = nurse;
  await nurse.enrols({ number, pathway: "ambulatory", since: inDays(-30) });
  await nurse.opensFile(number);
  const care = nurse.section("episodes.heading");
  const rows = care.getByRole("table", { name: say("episodes.table") }).getByRole("row");
  await expect(rows).toHaveCount(2);
  await expect(rows.last()).toContainText(say("episodes.runs_on"));

  await nurse.presses("episodes.add");
  await expect(care.getByRole("heading", { name: say("episodes.add") })).toBeFocused();
  await nurse.savesCare({ pathway: "conventional", from: inDays(-30) });
  await expect(page.getByRole("alert").filter({ hasText: say("episodes.problem.same_day") })).toBeFocused();
  await nurse.savesCare({ from: inDays(-6) });
  await expect(care.getByText(say("episodes.saved"))).toBeVisible();
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(1)).not.toContainText(say("episodes.runs_on"));
  await expect(rows.last()).toContainText("Hospitalisation conventionnelle");

  await rows.last().getByRole("button", { name: pattern(say("episodes.correct_what")) }).click();
  await nurse.savesCare({ from: inDays(-5) });
  await expect(page.getByRole("alert").filter({ hasText: say("episodes.problem.reason_missing") })).toBeFocused();
  await nurse.savesCare({ reason: "Compte rendu d’hospitalisation" });
  await expect(care.getByText(say("episodes.saved"))).toBeVisible();
  await page.reload();
  await expect(rows).toHaveCount(3);
  await care.getByText(say("episodes.former.heading")).click();
  const former = care.getByRole("table", { name: say("episodes.former.table") });
  await expect(former.getByRole("row").filter({ hasText: "Compte rendu d’hospitalisation" })).toContainText("Hospitalisation conventionnelle");
  const history = page.getByRole("region", { name: say("nurse.history.heading"), exact: true });
  await expect(history).toContainText(say("nurse.history.what.record_episode"));
});

test("a pathway entered by mistake is removed with the keyboard alone", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse({ language: "en" });
  const { page, say } = nurse;
  await nurse.enrols({ number, since: inDays(-30) });
  await nurse.opensFile(number);
  const care = nurse.section("episodes.heading");
  await nurse.presses("episodes.add");
  await nurse.savesCare({ pathway: "ambulatory", from: inDays(-3) });
  const row = care.getByRole("row").filter({ hasText: "Ambulatory" });
  await row.getByRole("button", { name: pattern(say("episodes.take_back_what")) }).focus();
  await page.keyboard.press("Enter");
  await expect(care.getByRole("heading", { name: say("episodes.take_back_title") })).toBeFocused();
  await expect(care.getByText(pattern(say("episodes.then")))).toContainText("Conventional stay");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Typing mistake");
  await page.keyboard.press("Enter");
  await expect(care.getByText(say("episodes.saved"))).toBeVisible();
  await expect(row).toHaveCount(0);
  await care.getByText(say("episodes.former.heading")).focus();
  await page.keyboard.press("Enter");
  await expect(care.getByRole("table", { name: say("episodes.former.table") })).toContainText("Typing mistake");
});
