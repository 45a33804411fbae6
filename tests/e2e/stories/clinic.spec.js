// What a nurse does every morning besides enrolling: closing what was missed.
import { expect, test } from "../support/test.js";

test("a nurse closes a missed occasion in two taps, and can take it back", async ({ people }) => {
  const nurse = await people.nurse({ screen: "tablet" });
  await nurse.opensWorklist("overdue");
  const line = nurse.page.getByRole("row").filter({ has: nurse.page.getByRole("button") }).first();
  const number = await line.getByRole("link").innerText();
  const occasions = nurse.line(number);
  const before = await occasions.count();
  await nurse.notesWhy(line, "too_ill");
  await expect(occasions).toHaveCount(before - 1);
  await nurse.presses("nurse.missing.take_back");
  await expect(occasions).toHaveCount(before);

  await nurse.notesWhy(occasions.first(), "intensive_care");
  await expect(occasions).toHaveCount(before - 1);
  await nurse.opensFile(number);
  const noted = nurse.page.getByRole("listitem").filter({ hasText: nurse.say("staff.reason.intensive_care") });
  await expect(noted).toHaveCount(1);
  await expect(noted).toContainText("claire");
});

test("another reason is written out", async ({ people }) => {
  const nurse = await people.nurse({ language: "en" });
  await nurse.opensWorklist("overdue");
  const line = nurse.page.getByRole("row").filter({ has: nurse.page.getByRole("button") }).last();
  await nurse.asksWhy(line);
  await nurse.presses("staff.reason.other");
  await nurse.presses("nurse.missing.other_send");
  await expect(nurse.page.getByText(nurse.say("nurse.missing.other_missing"))).toBeVisible();
  await nurse.page.getByLabel(nurse.say("nurse.missing.other_label")).fill("The ward was being moved");
  await nurse.presses("nurse.missing.other_send");
  await expect(nurse.page.getByRole("dialog")).toBeHidden();
  await expect(nurse.page.getByRole("button", { name: nurse.say("nurse.missing.take_back") })).toBeVisible();
});
