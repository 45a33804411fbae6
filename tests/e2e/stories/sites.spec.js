// A patient is seen at the site that follows; everywhere else there is no such patient, whoever asks and however.
import { createECDH } from "node:crypto";
import { expect, test } from "../support/test.js";
import { inDays } from "../support/days.js";
import { Tablet } from "../people/tablet.js";

/** A patient whom nobody ever enrolled: what is said of this one must be said of another site's. */
const NOBODY = "00000000-0000-4000-8000-000000000000";

const day = "2026-01-05";
const someKey = createECDH("prime256v1").generateKeys("base64");
/** Everything that the interface answers or does about one patient. */
const requests = (patient) => [
  ["GET", ""], ["GET", "/person"], ["GET", `/plan?known_at=${day}`], ["GET", "/reminders"], ["GET", "/calendar.ics"],
  ["GET", "/forms/T0:1/qlq-c30?language=fr"],
  ["POST", "/history", {}], ["POST", "/letter", {}], ["POST", "/handover", { public_key: someKey }],
  ["POST", "/forms", { assessment: "T0:1", language: "fr" }],
  ["POST", "/missing", { assessment: "T0:1", reason: "too_ill" }],
  ["POST", "/milestones/preview", { kind: "relapse", on: { date: day } }],
  ["POST", "/milestones", { kind: "relapse", on: { date: day } }],
  ["POST", "/reminders", { wanted: false }],
  ["POST", "/contacts", { channel: "email", address: "somebody@example.org" }],
  ["POST", "/episodes", { episode: { pathway: "conventional", site: "centre-nord", from_on: day }, reason: "curiosity" }],
].map(([method, path, body]) => ({ method, path: `/api/patients/${patient}${path}`, body }));

/** What the interface answers to the requests of a page of hers. */
function asks(nurse, patient) {
  return nurse.page.evaluate(async (requests) => {
    const answers = [];
    for (const { method, path, body } of requests) {
      const headers = { "x-ressenti": "1", "content-type": "application/json" };
      const reply = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
      answers.push(`${method} ${path.split("/")[4] ?? ""}: ${reply.status} ${await reply.text()}`);
    }
    return answers;
  }, requests(patient));
}

/** How many lines of her lists are of this patient: in what is due, by number, and by name. */
async function finds(nurse, { number, family }) {
  await nurse.opensWorklist("due");
  const due = await looksFor(nurse, "/api/worklist", number, number);
  await nurse.goesTo("patients");
  const byNumber = await looksFor(nurse, "/api/patients/search", number, number);
  return [due, byNumber, await looksFor(nurse, "/api/patients/search", family, number)];
}

/** The lines of a patient in the list that is open, once the list is what these words find. */
async function looksFor(nurse, path, words, number) {
  const found = nurse.page.waitForResponse((reply) => {
    return new URL(reply.url()).pathname === path && reply.request().postData()?.includes(words);
  });
  await nurse.looksFor(words);
  expect((await found).ok()).toBe(true);
  const nothing = ["nurse.patients.empty_search", "nurse.worklist.empty_search"].map((key) => nurse.page.getByText(nurse.say(key)));
  const line = nurse.line(number);
  await expect(line.or(nothing[0]).or(nothing[1]).first()).toBeVisible();
  return line.count();
}

/** What her pages at the addresses of this patient say: none of them has anything. */
async function readsAt(nurse, patient) {
  const said = [];
  for (const page of ["", "/paper", "/entry", "/letter"]) {
    await nurse.page.goto(`${nurse.origin}/staff/patients/${patient}${page}`);
    if (page === "/letter") await nurse.presses("nurse.letter.make");
    await expect(nurse.page.getByText(nurse.say("staff.trouble.not_found")).first()).toBeVisible();
    said.push((await nurse.page.getByRole("main").innerText()).replaceAll(patient, "…"));
  }
  return said;
}

/** To this nurse the patient is nobody. */
async function knowsNothing(nurse, { number, family, patient, form }) {
  expect(await finds(nurse, { number, family })).toEqual([0, 0, 0]);
  const pages = await readsAt(nurse, patient);
  expect(pages, "no page tells another site's patient from nobody").toEqual(await readsAt(nurse, NOBODY));
  const answers = await asks(nurse, patient);
  expect(answers.filter((answer) => !answer.includes(": 404 "))).toEqual([]);
  expect(answers, "nor does the interface").toEqual(await asks(nurse, NOBODY));
  await nurse.page.goto(`${nurse.origin}/staff/forms/${form}`);
  await expect(nurse.page.getByText(nurse.say("staff.trouble.not_found")).first()).toBeVisible();
  for (const told of [...pages, ...answers, await nurse.page.innerText("body")]) {
    expect(told).not.toContain(number);
    expect(told).not.toContain(family);
  }
}

test("a patient of one site is nobody at another, until the patient is followed there", async ({ people }) => {
  const here = await people.nurse({ site: "toulouse" });
  const there = await people.nurse({ site: "centre-nord" });
  const number = people.freshNumber();
  const family = `Quelquun-${number}`;
  await here.enrols({ number, family, given: "Aude", infusion: inDays(30) });
  await here.opensFile(number);
  const patient = new URL(here.page.url()).pathname.split("/").at(-1);
  const post = (path, data) => here.page.request.post(`${here.origin}/api/patients/${patient}${path}`, { headers: { "x-ressenti": "1" }, data });
  const printed = await (await post("/forms", { assessment: "T0:1", language: "fr" })).json();
  const who = { number, family, patient, form: printed.forms[0].code };

  expect(await finds(here, who)).toEqual([1, 1, 1]);
  await knowsNothing(there, who);

  const tablet = new Tablet({ page: there.page, context: there.context }, { origin: there.origin, language: there.language });
  await there.page.goto(`${there.origin}/staff/tablet`);
  await tablet.choosesPin("271828");
  await tablet.isPrepared();
  await expect(tablet.line(number)).toHaveCount(0);

  const file = await (await here.page.request.get(`${here.origin}/api/patients/${patient}`)).json();
  const { ordinal, episode } = file.episodes.at(-1).entry;
  const moved = { episode: { ...episode, site: "centre-nord" }, replaces: ordinal, reason: "suivi près du domicile" };
  expect((await post("/episodes", moved)).ok()).toBe(true);
  expect(await finds(there, who)).toEqual([1, 1, 1]);
  await there.opensFile(number);
  await expect(there.section("person.panel.title")).toContainText(family);
  await knowsNothing(here, who);
});
