// What an investigator sees and takes away: completion, a chart with its table, files that can be had again.
import { expect, test } from "../support/test.js";

test("an investigator sees completion and one scale over time, with a table twin", async ({ people }) => {
  const investigator = await people.investigator();
  const { page, say } = investigator;
  await expect(page.getByRole("table", { name: say("investigator.completion.caption") })).toContainText("QLQ-C30");
  const reasons = page.getByRole("table", { name: say("investigator.completion.reasons") });
  await expect(reasons).toContainText(say("staff.reason.too_ill"));
  await investigator.goesTo("scores");
  await investigator.chooses({ instrument: "EORTC QLQ-C30" });
  await expect(page.getByRole("img", { name: /QLQ-C30/ }).first()).toBeVisible();
  const panel = say("investigator.scores.panel_infused");
  await expect(page.getByRole("table", { name: say("investigator.scores.table_caption", { panel }) })).toBeVisible();
});

test("the same export has the same bytes when it is downloaded again", async ({ people }) => {
  const investigator = await people.investigator();
  const first = await investigator.exports("First look");
  const again = await investigator.downloads();
  expect(again).toEqual(first);
  expect(Object.keys(first).sort()).toEqual(["answers.csv", "assessments.csv", "codebook.csv", "milestones.csv", "scores.csv"]);
});

test("an investigator reaches no patient's page", async ({ people }) => {
  const investigator = await people.investigator();
  await investigator.page.goto(`${investigator.origin}/staff/patients`);
  await investigator.sees(investigator.say("staff.not_here"));
  const reply = await investigator.page.request.get(`${investigator.origin}/api/patients/00000000-0000-4000-8000-000000000000`);
  expect(reply.status()).toBe(403);
});
