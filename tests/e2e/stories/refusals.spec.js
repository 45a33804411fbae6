// What is refused, and how a person learns what to do about it.
import { expect, test } from "../support/test.js";

test("a wrong secret code opens nothing, and the right one still does", async ({ people }) => {
  const nurse = await people.nurse();
  const patient = await people.patient();
  await patient.opensLetter(await nurse.enrols({ number: people.freshNumber() }));
  await patient.choosesPin("2580");
  await patient.page.reload();
  await patient.triesPin("0852");
  await patient.reads("patient.pin.wrong");
  await patient.unlocks();
  await patient.seesTasks();
});

test("a letter works once", async ({ people }) => {
  const nurse = await people.nurse();
  const letter = await nurse.enrols({ number: people.freshNumber() });
  const first = await people.patient();
  await first.opensLetter(letter);
  await first.choosesPin("2580");
  const second = await people.patient({ language: "en" });
  await second.opensLetter(letter);
  await second.savesPin("7391");
  await second.reads("patient.enrol.code_used");
});

test("a typed code works like the square on the letter", async ({ people }) => {
  const nurse = await people.nurse();
  const letter = await nurse.enrols({ number: people.freshNumber(), language: "en" });
  const patient = await people.patient({ language: "en" });
  await patient.typesCode(letter);
  await patient.choosesPin("2580");
  await expect(patient.tasks()).not.toHaveCount(0);
});

test("a new letter cancels the one before", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse();
  const lost = await nurse.enrols({ number });
  await nurse.makesLetter(number);
  const patient = await people.patient();
  await patient.opensLetter(lost);
  await patient.savesPin("2580");
  await patient.reads("patient.enrol.code_used");
});

test("a wrong password signs nobody in and does not say what was wrong", async ({ people }) => {
  const nurse = await people.nurse({ signedIn: false });
  await nurse.opensSignIn();
  await nurse.tries({ password: "demonstrations" });
  await expect(nurse.page.getByText(nurse.say("staff.sign_in.wrong"))).toBeVisible();
});

test("a session that ended loses nothing that was typed", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse();
  await nurse.goesTo("enrol");
  await nurse.page.getByLabel(nurse.say("nurse.enrol.registry_number")).fill(number);
  await nurse.context.clearCookies();
  await nurse.goesTo("patients");
  await expect(nurse.page.getByText(nurse.say("staff.sign_in.expired"))).toBeVisible();
  await nurse.signsInHere();
  await nurse.goesTo("enrol");
  await expect(nurse.page.getByLabel(nurse.say("nurse.enrol.registry_number"))).toHaveValue(number);
});
