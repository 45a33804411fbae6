// The list that is open all morning: it hears of everything within two seconds, and what was looked at leaves it.
import { expect, test } from "../support/test.js";

/** How long after the deed a line shows, in milliseconds; two seconds at most. */
async function hearsWithin2s(nurse, number, deed, what) {
  await nurse.looksFor(number);
  await expect(nurse.page.getByText(nurse.say("nurse.worklist.empty_search"))).toBeVisible();
  const began = await deed();
  await expect(nurse.line(number), what).toBeVisible({ timeout: 2_000 });
  const took = Date.now() - began;
  test.info().annotations.push({ type: what, description: `${took} ms` });
  console.log(`${what}: ${took} ms`);
  expect(took, what).toBeLessThan(2_000);
}

test("an open list hears of a score to look at and of what waits on a phone, and a look takes it off", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse();
  const patient = await people.patient();
  await patient.opensLetter(await nurse.enrols({ number }));
  await patient.choosesPin("2580");
  await patient.hasTheAppOnThePhone();

  await nurse.opensWorklist("unsent");
  await hearsWithin2s(nurse, number, async () => {
    await patient.startsNext();
    await patient.begins();
    await patient.answers(3);
    const told = patient.page.waitForResponse((reply) => reply.url().includes("/api/sync/pull") && reply.url().includes("unsent=3"));
    await patient.page.evaluate(() => window.dispatchEvent(new Event("focus")));
    await told;
    return Date.now();
  }, "answers that wait on a phone");
  await expect(nurse.line(number)).toContainText("3");

  await nurse.opensWorklist("flags");
  await hearsWithin2s(nurse, number, async () => {
    await patient.answers();
    await patient.sends();
    await patient.isTold("patient.status.received");
    return Date.now();
  }, "a score beyond its threshold");

  await nurse.line(number).getByRole("button").click();
  await nurse.page.getByLabel(nurse.say("nurse.look.note"), { exact: true }).fill("Called, seen on Tuesday");
  await nurse.presses("nurse.look.send");
  await expect(nurse.line(number)).toHaveCount(0);
  expect(nurse.page.url(), "the address holds the group and never a search").toMatch(/\/staff\/worklist\?group=flags$/);

  await nurse.opensFile(number);
  const findings = nurse.section("nurse.look.heading");
  await findings.locator("summary").click();
  await expect(findings).toContainText("Called, seen on Tuesday");
  await expect(findings).toContainText("claire");
  await expect(nurse.section("nurse.course.heading").locator("svg").first()).toBeVisible();
  const history = nurse.section("nurse.history.heading");
  await expect(history.getByRole("row").filter({ hasText: nurse.say("nurse.history.what.look") })).toHaveCount(1);
  await history.getByLabel(nurse.say("nurse.history.kind")).selectOption("readings");
  await expect(history.getByRole("row").filter({ hasText: nurse.say("nurse.history.what.look") })).toHaveCount(0);
});

test("a list is sorted by the end of its windows, and the order lives in the address", async ({ people }) => {
  const nurse = await people.nurse({ language: "en" });
  const asked = (reply) => reply.url().endsWith("/api/worklist") && reply.request().postDataJSON().group === "overdue";
  const told = nurse.page.waitForResponse(asked);
  await nurse.opensWorklist("overdue");
  const { lines } = await (await told).json();
  const urgent = lines.map(({ patient }) => patient.registry_number);
  const numbers = async () => nurse.page.getByRole("table").getByRole("link").allInnerTexts();
  await expect(async () => expect(await numbers()).toEqual(urgent)).toPass();
  await nurse.page.getByLabel(nurse.say("nurse.filter.sort")).selectOption("closes");
  let earliest = [];
  await expect(async () => {
    earliest = await numbers();
    expect(earliest, "the list as long as before").toHaveLength(urgent.length);
    expect(earliest).not.toEqual(urgent);
  }).toPass();
  await nurse.page.reload();
  await nurse.speaks();
  await expect(nurse.page.getByLabel(nurse.say("nurse.filter.sort"))).toHaveValue("closes");
  await expect(async () => expect(await numbers()).toEqual(earliest)).toPass();
});
