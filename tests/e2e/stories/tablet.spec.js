// The ward's tablet: two patients in a row without network, a battery that dies, and nothing of one for the next.
import { expect, test } from "../support/test.js";
import { look } from "../support/look.js";

const ward = (names) => names.filter((name) => name.startsWith("ressenti-ward-"));

test("two patients answer on one tablet without network, and the second sees nothing of the first", async ({ people }) => {
  const [first, second] = [people.freshNumber(), people.freshNumber()];
  const desk = await people.nurse();
  for (const number of [first, second]) await desk.enrols({ number });

  const tablet = await people.tablet();
  await tablet.isSetUp("258036");
  await tablet.isPrepared();
  await tablet.losesNetwork();

  await tablet.isAskedFor(first);
  await look(tablet.page, "ward-give", "fr");
  await tablet.nurse.presses("ward.give.give");
  await expect(tablet.page.getByText(tablet.say("ward.give.identity_missing"))).toBeVisible();
  await tablet.page.getByRole("radio").last().check();
  await expect(tablet.page.getByText(tablet.say("ward.give.proxy_refused"))).toBeVisible();
  let patient = await tablet.isGiven("read_by_staff");
  expect(tablet.page.url(), "the key leaves the address at once").not.toContain("#");
  expect(await tablet.shows()).not.toContain(first);
  const n = await patient.tasks().count();
  const answered = await patient.answersNext();
  await patient.returnsToTasks();
  await look(tablet.page, "ward-tasks", "fr");
  await patient.taps("patient.tasks.hand_back");
  await tablet.isBack();
  await look(tablet.page, "ward-back", "fr");

  expect(await tablet.shows()).not.toContain(first);
  expect(await tablet.shows()).not.toContain(answered);
  await tablet.page.goBack();
  expect(await tablet.page.evaluate(() => document.body.innerText), "no page lies behind").toBe("");
  await tablet.page.goto(`${tablet.origin}/q/T0:1/qlq-c30/review`);
  await tablet.isBack();
  await tablet.triesPin("111111");
  await expect(tablet.page.getByText(/4/)).toBeVisible();
  await tablet.isBack();

  await tablet.isOpened();
  await expect(tablet.line(first)).toContainText(/\d+/);
  patient = await tablet.isGivenTo(second);
  await expect(patient.tasks(), "nothing is begun").toHaveCount(n);
  await expect(tablet.page.getByText(patient.say("patient.tasks.begun"))).toHaveCount(0);
  for (const secret of [first, "data-holds-update"]) expect(await tablet.shows()).not.toContain(secret);
  for (let sent = 1; sent <= n; sent += 1) {
    await patient.answersNext();
    if (sent < n) await patient.returnsToTasks();
  }
  await tablet.isBack();
  for (const number of [first, second]) expect(await tablet.shows()).not.toContain(number);

  await tablet.isOpened();
  const patients = tablet.say("ward.list.n_patients", { n: 2 });
  await tablet.tells("ward.list.waiting", { n: n + 1, patients });
  await look(tablet.page, "ward-list", "fr");
  await tablet.page.getByRole("button", { name: "English" }).click();
  await look(tablet.page, "ward-list", "en");
  await tablet.line(first).getByRole("button").click();
  await look(tablet.page, "ward-give", "en");
  await tablet.page.getByRole("button", { name: "Cancel" }).click();
  await tablet.page.getByRole("button", { name: "Français" }).click();
  expect(ward(await tablet.databases())).toHaveLength(2);
  await tablet.findsNetwork();
  await expect(tablet.page.getByText(tablet.say("ward.list.nothing_waits"))).toBeVisible({ timeout: 60_000 });
  await expect(async () => expect(ward(await tablet.databases())).toEqual([])).toPass();

  for (const [number, sent] of [[first, 1], [second, n]]) {
    await desk.opensFile(number);
    await expect(desk.received()).toHaveCount(sent);
    await expect(desk.page.getByRole("cell", { name: desk.say("nurse.file.device_ward") })).toBeVisible();
    await expect(desk.page.getByRole("cell", { name: desk.say("nurse.file.given_back") })).toBeVisible();
  }
  const investigator = await people.investigator();
  const { "answers.csv": answers } = await investigator.exports("Two patients on one tablet");
  expect(answers).toContain("ward_tablet");
  expect(answers).toContain("read_aloud_by_staff");
});

test("a tablet whose battery dies goes on only with the PIN and the same patient", async ({ people }) => {
  const [first, second] = [people.freshNumber(), people.freshNumber()];
  const desk = await people.nurse();
  for (const number of [first, second]) await desk.enrols({ number });
  const tablet = await people.tablet();
  await tablet.isSetUp("258036");
  await tablet.isPrepared();

  await tablet.nurse.opensWorklist("due");
  await tablet.nurse.looksFor(first);
  await tablet.nurse.line(first).getByRole("button", { name: new RegExp(tablet.say("ward.list.give")) }).click();
  let patient = await tablet.isGiven("interpreter");
  await patient.startsNext();
  await patient.begins();
  await patient.answers(5);
  const place = await patient.place();
  await tablet.losesPowerAndStartsAgain({ offline: true });
  await tablet.page.goto(`${tablet.origin}/`);
  await tablet.isBack();
  expect(await tablet.shows()).not.toContain(first);
  await tablet.page.goto(`${tablet.origin}/staff/worklist`);
  await tablet.isBack();

  await tablet.isOpened();
  patient = await tablet.isGivenTo(second, "alone");
  await expect(tablet.page.getByText(patient.say("patient.tasks.begun"))).toHaveCount(0);
  await patient.taps("patient.tasks.hand_back");
  await tablet.isBack();

  await tablet.isOpened();
  await expect(tablet.line(first)).toContainText(tablet.say("ward.list.begun"));
  await tablet.isAskedFor(first);
  await expect(tablet.page.getByText(tablet.say("ward.give.begun"))).toBeVisible();
  patient = await tablet.isGiven("interpreter");
  await patient.startsNext();
  await patient.reads("questionnaire.resumed");
  expect(await patient.place()).toBe(place);

  await patient.taps("questionnaire.pause");
  await tablet.findsNetwork();
  await patient.taps("patient.tasks.hand_back");
  await tablet.isBack();
  await tablet.isOpened();
  await expect(tablet.line(first)).toContainText(tablet.say("ward.list.begun"));
});

test("a tablet that nobody touches warns, goes on at a tap, and locks", async ({ people }) => {
  const number = people.freshNumber();
  const tablet = await people.tablet();
  // Before any page has a timer: the story's clock cannot stop one that the machine's clock started.
  await tablet.page.clock.install();
  await tablet.nurse.signsIn();
  await tablet.nurse.enrols({ number });
  await tablet.nurse.opensFile(number);
  await tablet.nurse.presses("ward.list.give");
  await tablet.choosesPin("258036");
  await tablet.nurse.sees(tablet.say("ward.give.title"));
  const patient = await tablet.isGiven();
  await patient.startsNext();
  await patient.begins();
  const warning = tablet.page.getByRole("dialog", { name: tablet.say("common.idle.title") });
  await tablet.page.clock.fastForward(91_000);
  await expect(warning).toBeVisible();
  await look(tablet.page, "ward-idle", "fr");
  await warning.getByRole("button").click();
  await expect(warning).toBeHidden();
  await tablet.page.clock.fastForward(80_000);
  await expect(warning).toBeHidden();
  await tablet.page.clock.fastForward(45_000);
  await tablet.isBack();
  expect(await tablet.staffIsLetIn(), "her session is locked at the server too").toBe(false);
  await tablet.isOpened();
  await expect(tablet.page.getByRole("button", { name: tablet.say("staff.sign_out") }), "and goes on").toBeVisible();
  expect(await tablet.staffIsLetIn()).toBe(true);
});
