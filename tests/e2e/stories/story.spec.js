// The story of the README, from the enrolment to the export.
import { expect, test } from "../support/test.js";
import { inDays } from "../support/days.js";

/** What a patient with lymphoma is asked at inclusion, and of how many questions: of FACT-Lym its own subscale alone. */
const atInclusion = [
  ["qlq-c30", 30], ["fact-lym", 15], ["eq-5d-5l", 6], ["epices", 11], ["situation", 23], ["sils", 1], ["ucla-3", 3],
  ["lsns-6", 6],
];

test("a patient answers without network, survives an empty battery, and the hospital receives everything", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse({ screen: "tablet" });
  const letter = await nurse.enrols({ number, rcp: inDays(-14), infusion: inDays(30) });

  const patient = await people.patient();
  await patient.opensLetter(letter);
  expect(patient.page.url(), "the secret leaves the address at once").not.toContain("#e=");
  await patient.choosesPin("2580");
  await expect(patient.tasks()).toHaveCount(atInclusion.length);
  await patient.hasTheAppOnThePhone();

  await patient.startsNext();
  await patient.begins();
  await patient.answers(3);
  await patient.losesNetwork();
  await patient.answers(4);
  const place = await patient.place();
  await patient.losesPowerAndStartsAgain({ offline: true });
  await patient.unlocks();
  await patient.startsNext();
  await patient.reads("questionnaire.resumed");
  expect(await patient.place()).toBe(place);

  await patient.answers();
  await patient.sends();
  await patient.reads("patient.sent.waiting");
  for (const _ of atInclusion.slice(1)) {
    await patient.returnsToTasks();
    await patient.answersNext();
    await patient.isTold("patient.status.offline_waiting");
  }

  await nurse.opensWorklist("received");
  await nurse.looksFor(number);
  await expect(nurse.page.getByText(nurse.say("nurse.worklist.empty_search"))).toBeVisible();
  await patient.findsNetwork();
  await patient.isTold("patient.status.received");
  await expect(nurse.line(number), "within two seconds, without a reload").toBeVisible({ timeout: 2_000 });

  await nurse.opensFile(number);
  const pseudonym = nurse.page.url().split("/").at(-1);
  const investigator = await people.investigator();
  const files = await investigator.exports("The story of the browser tests");
  const mine = files["answers.csv"].split("\n").filter((line) => line.includes(pseudonym));
  for (const [instrument, questions] of atInclusion) {
    expect(mine.filter((line) => line.includes(`,${instrument},`)).length, instrument).toBe(questions);
  }
  expect(files["scores.csv"]).toContain(pseudonym);
  for (const [name, text] of Object.entries(files)) expect(text, `${name} holds no registry number`).not.toContain(number);
});
