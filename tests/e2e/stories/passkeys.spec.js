// Signing in by passkey, with a virtual security key in a real browser, on an address that has a name.
import { expect, test as base } from "../support/test.js";
import { look } from "../support/look.js";
import { SecurityKey } from "../support/security-key.js";
import { speaker } from "../support/words.js";
import { Account } from "../people/account.js";
import { Hospital } from "../people/hospital.js";

const test = base.extend({
  /** A hospital whose address is a name: browsers have no passkeys for numbers. */
  hospital: [async ({}, use, info) => {
    const hospital = await Hospital.open(info.project.name, { patients: 3, named: true });
    await use(hospital);
    await hospital.close();
  }, { scope: "worker", timeout: 180_000 }],
});

/** Has the pages in a language from now on. */
async function turnsTo(person, language) {
  Object.assign(person, { language, say: speaker(language) });
  await person.speaks();
}

test("a passkey signs in alone, only for its owner, and no more once it is removed", async ({ people }) => {
  const nurse = await people.nurse({ language: "en", signedIn: false });
  const key = await SecurityKey.plug(nurse);
  const account = new Account(nurse);
  await nurse.signsIn();
  await account.opens();
  await expect(nurse.page.getByText(nurse.say("account.none"))).toBeVisible();
  await nurse.presses("account.add");
  await expect(nurse.page.getByRole("alert")).toContainText(nurse.say("account.name_needed"));
  await account.adds("grey key");
  const row = nurse.page.getByRole("row", { name: /grey key/ });
  await expect(row).toContainText(nurse.say("account.never"));
  expect(await key.holds()).toBe(1);
  await nurse.page.getByLabel(nurse.say("account.new_name")).fill("the same again");
  await nurse.presses("account.add");
  await expect(nurse.page.getByRole("alert")).toContainText(nurse.say("account.known"));

  await nurse.signsOut();
  await key.isTouchedByItsOwner(false);
  await nurse.presses("staff.sign_in.by_passkey");
  await expect(nurse.page.getByRole("alert")).toContainText(nurse.say("account.given_up"));
  await key.isTouchedByItsOwner(true);
  await nurse.presses("staff.sign_in.by_passkey");
  await expect(nurse.page.getByRole("button", { name: nurse.say("staff.sign_out") })).toBeVisible();

  await account.opens();
  await expect(row).not.toContainText(nurse.say("account.never"));
  await row.getByRole("button").click();
  await nurse.page.getByRole("dialog").getByRole("button", { name: nurse.say("account.remove"), exact: true }).click();
  await expect(row).toHaveCount(0);
  await nurse.signsOut();
  expect(await key.holds()).toBe(1);
  await nurse.presses("staff.sign_in.by_passkey");
  await expect(nurse.page.getByRole("alert")).toContainText(nurse.say("account.not_taken"));

  const manager = await people.manager({ language: "en" });
  await manager.goesTo("audit");
  const trail = manager.page.getByRole("table").locator("tbody");
  for (const words of ["manager.audit.add_passkey", "manager.audit.remove_passkey", "manager.audit.by_passkey"]) {
    await expect(trail).toContainText(manager.say(words));
  }
});

test("the account's page and the sign-in page in both languages", async ({ people }) => {
  const investigator = await people.investigator({ language: "fr" });
  const key = await SecurityKey.plug(investigator);
  const account = new Account(investigator);
  await account.opens();
  await account.adds("clé grise");
  expect(await key.holds()).toBe(1);
  for (const language of ["fr", "en"]) {
    await turnsTo(investigator, language);
    await expect(investigator.page.getByRole("heading", { level: 1, name: investigator.say("account.title") })).toBeVisible();
    await look(investigator.page, "staff-account", language);
  }
  await investigator.signsOut();
  for (const language of ["fr", "en"]) {
    await turnsTo(investigator, language);
    await expect(investigator.page.getByRole("button", { name: investigator.say("staff.sign_in.by_passkey") })).toBeVisible();
    await look(investigator.page, "staff-sign-in-passkey", language);
  }
});
