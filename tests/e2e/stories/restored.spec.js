// A hospital's server was put back from a backup: a phone hears of it, calls nothing received any more, and sends again.
import { expect, test } from "../support/test.js";
import { inDays } from "../support/days.js";

test("a phone sends again what a server that was put back has lost, and nothing comes twice", async ({ people }) => {
  const nurse = await people.nurse({ screen: "tablet" });
  const number = people.freshNumber();
  const letter = await nurse.enrols({ number, rcp: inDays(-14), infusion: inDays(30) });
  const patient = await people.patient();
  await patient.opensLetter(letter);
  await patient.choosesPin("2580");
  await patient.answersNext();
  await patient.isTold("patient.status.received");

  // what such a server says first: another life of its log, and nothing of this patient; then the line is cut
  let pulls = 0;
  const pull = "**/api/sync/pull?*";
  await patient.device.context.route(pull, async (route) => {
    pulls += 1;
    if (pulls > 1) return route.abort("internetdisconnected");
    const response = await route.fetch();
    return route.fulfill({ response, json: { events: [], cursor: 0, more: false, life: "another" } });
  });
  await patient.losesNetwork();
  await patient.findsNetwork();
  await patient.isTold("patient.status.offline_waiting");
  await patient.reads("patient.sent.waiting");
  expect(pulls).toBe(2);

  const pushed = patient.page.waitForRequest("**/api/sync/push");
  await patient.device.context.unroute(pull);
  await patient.losesNetwork();
  await patient.findsNetwork();
  await patient.isTold("patient.status.received");
  expect((await pushed).postDataJSON().events.length, "all of it was offered again").toBeGreaterThan(30);

  await nurse.opensWorklist("received");
  await nurse.looksFor(number);
  await nurse.opensFile(number);
  const pseudonym = nurse.page.url().split("/").at(-1);
  const investigator = await people.investigator();
  const files = await investigator.exports("A server that was put back");
  const mine = files["answers.csv"].split("\n").filter((line) => line.includes(pseudonym));
  expect(mine.filter((line) => line.includes(",qlq-c30,")).length, "each answer once").toBe(30);
});
