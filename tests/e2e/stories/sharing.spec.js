// Two devices, two tabs: nothing is lost, nothing is sent twice, and the nurse sees what differs.
import { expect, test } from "../support/test.js";

test("two devices answer the same questionnaire: both copies are kept and the nurse sees them", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse();
  const phone = await people.patient();
  await phone.opensLetter(await nurse.enrols({ number }));
  await phone.choosesPin("2580");
  const tablet = await people.patient();
  await tablet.opensLetter(await nurse.makesLetter(number));
  await tablet.choosesPin("7391");

  for (const device of [phone, tablet]) await device.hasTheAppOnThePhone();
  for (const device of [phone, tablet]) await device.losesNetwork();
  await phone.answersNext();
  await tablet.startsNext();
  await tablet.begins();
  await tablet.answers(Infinity, { turn: 1 });
  await tablet.sends();
  for (const device of [phone, tablet]) {
    await device.findsNetwork();
    await device.isTold("patient.status.received");
  }

  await nurse.opensWorklist("conflict");
  await nurse.looksFor(number);
  await expect(nurse.line(number)).toBeVisible();
  await nurse.opensFile(number);
  const received = nurse.received();
  await expect(received).toHaveCount(1);
  await expect(received).toContainText(nurse.say("nurse.file.copies", { n: 2 }));
  await received.locator("summary").click();
  await expect(received.getByText(nurse.say("nurse.file.conflict"))).toBeVisible();
  await expect(received.getByText(nurse.say("nurse.file.differs")).first()).toBeVisible();
});

test("a second tab of the same phone sends nothing twice", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse();
  const patient = await people.patient();
  await patient.opensLetter(await nurse.enrols({ number }));
  await patient.choosesPin("2580");
  const second = await patient.opensSecondTab();
  await second.unlocks();

  const title = await patient.startsNext();
  await patient.begins();
  await patient.answers(5);
  await second.page.bringToFront();
  await second.startsNext();
  await second.reads("questionnaire.resumed");
  await second.answers();
  await second.sends();
  await second.isTold("patient.status.received");

  await nurse.opensFile(number);
  await expect(nurse.received()).toHaveCount(1);
  await expect(nurse.page.getByText(nurse.say("nurse.file.copies", { n: 2 }))).toHaveCount(0);
  await patient.page.bringToFront();
  await patient.page.goto(patient.origin);
  await patient.unlocks();
  await patient.seesTasks();
  await expect(patient.tasks().filter({ hasText: title })).toHaveCount(0);
});
