// Signing in by the hospital's own sign-in: a certified provider in its own process, on another site.
import { expect, test as base } from "../support/test.js";
import { look } from "../support/look.js";
import { speaker } from "../support/words.js";
import { Hospital } from "../people/hospital.js";

const test = base.extend({
  hospital: [async ({}, use, info) => {
    const hospital = await Hospital.open(info.project.name, { patients: 3, provider: true });
    await use(hospital);
    await hospital.close();
  }, { scope: "worker", timeout: 180_000 }],

  /** They leave for the provider and nowhere else. */
  people: async ({ hospital }, use) => {
    const people = hospital.people();
    await use(people);
    const complaints = people.complaints().filter((it) => it !== `asked ${hospital.server.signInPage.issuer}`);
    await people.leave();
    expect(complaints, "what the pages complained of").toEqual([]);
  },
});

/** Leaves for the provider and says there who it is. */
async function confirms(person, name, { both = true } = {}) {
  await person.presses("staff.sign_in.by_provider");
  // the page that is left has a name to fill in too
  await expect(person.page.getByRole("heading", { name: "The hospital's sign-in" })).toBeVisible();
  await person.page.getByLabel("Name").fill(name);
  if (both) await person.page.getByLabel("with a second factor").check();
  await person.page.getByRole("button", { name: "Confirm" }).click();
}

const refused = (person, why) => expect(person.page.getByRole("alert")).toContainText(person.say(`staff.sign_in.${why}`));

test("whom the hospital confirms with two factors comes in, and nobody else", async ({ people }) => {
  const nurse = await people.nurse({ language: "fr", signedIn: false });
  await nurse.opensSignIn();
  await confirms(nurse, "claire", { both: false });
  await refused(nurse, "provider_one_factor");
  await confirms(nurse, "nadia");
  await refused(nurse, "provider_no_account");
  await nurse.presses("staff.sign_in.by_provider");
  await nurse.page.getByRole("button", { name: "Give up" }).click();
  await refused(nurse, "provider_given_up");

  await nurse.page.goto(`${nurse.origin}/staff/patients`);
  const handedIn = nurse.page.waitForRequest("**/api/staff/provider/sign-in");
  await confirms(nurse, "claire");
  await expect(nurse.page.getByRole("button", { name: nurse.say("staff.sign_out") })).toBeVisible();
  expect(nurse.page.url(), "back where she was, and the code gone from the address").toBe(`${nurse.origin}/staff/patients`);
  const { reference, state, code } = (await handedIn).postDataJSON();

  await nurse.signsOut();
  const again = await nurse.page.evaluate(async (body) => {
    const headers = { "content-type": "application/json", "x-ressenti": "1" };
    return (await fetch("/api/staff/provider/sign-in", { method: "POST", headers, body: JSON.stringify(body) })).status;
  }, { reference, state, code });
  expect(again, "what was handed in once").toBe(401);
  await nurse.page.goto(`${nurse.origin}/staff/provider?${new URLSearchParams({ code, state })}`);
  await refused(nurse, "provider_given_up");
  await nurse.presses("staff.sign_in.by_provider");
  const asked = nurse.page.getByRole("heading", { name: "The hospital's sign-in" });
  await expect(asked, "whoever comes next is asked again").toBeVisible();

  const manager = await people.manager({ language: "en" });
  await manager.goesTo("audit");
  const trail = manager.page.getByRole("table").locator("tbody");
  for (const words of ["by_provider", "refuse_provider", "one_factor"]) {
    await expect(trail).toContainText(manager.say(`manager.audit.${words}`));
  }
});

test("the sign-in page of a hospital with a sign-in of its own in both languages", async ({ people }) => {
  const investigator = await people.investigator({ language: "fr", signedIn: false });
  await investigator.opensSignIn();
  for (const language of ["fr", "en"]) {
    Object.assign(investigator, { language, say: speaker(language) });
    await investigator.speaks();
    await expect(investigator.page.getByRole("button", { name: investigator.say("staff.sign_in.by_provider") })).toBeVisible();
    await look(investigator.page, "staff-sign-in-provider", language);
  }
  await confirms(investigator, "hugo", { both: false });
  for (const language of ["fr", "en"]) {
    Object.assign(investigator, { language, say: speaker(language) });
    await investigator.speaks();
    await refused(investigator, "provider_one_factor");
    await look(investigator.page, "staff-sign-in-one-factor", language);
  }
});
