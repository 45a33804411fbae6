// What a data manager looks over: devices, what was set aside, the audit trail; never a name.
import { expect, test } from "../support/test.js";
import { look } from "../support/look.js";

test("a data manager narrows the trail down to one account and one operation, and finds no name in it", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse();
  await nurse.enrols({ number, family: "Canaryfield" });
  await nurse.opensFile(number);
  const manager = await people.manager();
  await manager.goesTo("audit");
  const rows = manager.page.getByRole("table").locator("tbody tr");
  await expect(rows.first()).toContainText(manager.say("manager.audit.read_audit"));
  await manager.page.getByLabel(manager.say("manager.audit.what"), { exact: true }).selectOption("read_patient");
  await manager.page.getByLabel(manager.say("manager.audit.account"), { exact: true }).fill("claire");
  await expect(rows.first()).toContainText(manager.say("nurse.history.what.read_patient"));
  await expect(rows.filter({ hasText: manager.say("manager.audit.read_audit") })).toHaveCount(0);
  const patient = await rows.first().locator("td").nth(3).innerText();
  await manager.page.getByLabel(manager.say("manager.audit.pseudonym"), { exact: true }).fill(patient.slice(0, 8));
  await expect(manager.page.getByText(manager.say("manager.audit.no_pseudonym"))).toBeVisible();
  await manager.page.getByLabel(manager.say("manager.audit.pseudonym"), { exact: true }).fill(patient);
  await expect(rows.filter({ hasNotText: patient })).toHaveCount(0);
  await expect(rows.first()).toContainText(patient);
  await manager.page.getByLabel(manager.say("manager.audit.account"), { exact: true }).fill("hugo");
  await expect(manager.page.getByText(manager.say("manager.audit.empty"))).toBeVisible();
  await manager.presses("manager.audit.clear");
  await expect(rows.first()).toBeVisible();
  const shown = await manager.page.getByRole("main").innerText();
  expect(shown).not.toContain(number);
  expect(shown).not.toContain("Canaryfield");
});

for (const language of ["fr", "en"]) {
  test(`a data manager's pages in ${language}`, async ({ people }) => {
    const manager = await people.manager({ language });
    await manager.goesTo("devices");
    await expect(manager.page.getByRole("table")).toBeVisible();
    await look(manager.page, "manager-devices", language);
    await manager.goesTo("set_aside");
    await manager.sees(manager.say("manager.set_aside.title"));
    await manager.page.getByLabel(manager.say("manager.set_aside.which")).selectOption("all");
    await expect(manager.page.getByText(manager.say("staff.trouble.loading"))).toHaveCount(0);
    await look(manager.page, "manager-set-aside", language);
    await manager.goesTo("audit");
    await expect(manager.page.getByRole("table")).toBeVisible();
    await look(manager.page, "manager-audit", language);
  });
}
