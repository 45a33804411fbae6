// Every page in both languages: a picture at each size in target/screenshots, and nothing for axe to find.
import { expect, test } from "../support/test.js";
import { inDays } from "../support/days.js";
import { look } from "../support/look.js";
import { pattern } from "../support/words.js";

for (const language of ["fr", "en"]) {
  test(`a patient's pages in ${language}`, async ({ people }) => {
    const nurse = await people.nurse();
    const letter = await nurse.enrols({ number: people.freshNumber(), language, infusion: inDays(30) });
    const patient = await people.patient({ language });
    const see = (name) => look(patient.page, `patient-${name}`, language);

    await patient.page.goto(patient.origin);
    await patient.sees(patient.say("patient.letter.title"));
    await see("letter");
    await patient.opensLetter(letter);
    await see("pin");
    await patient.choosesPin("2580");
    await see("tasks");
    for (const page of ["settings", "help", "unknown"]) {
      await patient.page.goto(`${patient.origin}/${page}`);
      await patient.unlocksIfAsked();
      await patient.sees(patient.say(`patient.${page}.title`));
      await see(page);
    }
    await patient.page.goto(patient.origin);
    await patient.sees(patient.say("patient.pin.unlock_title"));
    await see("unlock");
    await patient.unlocks();

    const seen = new Set();
    await patient.seesTasks();
    const questionnaires = await patient.tasks().count();
    for (let questionnaire = 0; questionnaire < questionnaires; questionnaire += 1) {
      await patient.startsNext();
      if (questionnaire === 0) await see("introduction");
      await patient.begins();
      while (!(await patient.isAtReview())) {
        const kind = await patient.kindOfQuestion();
        if (!seen.has(kind)) await see(kind === "radio" ? "question" : `question-${kind}`);
        if (seen.size === 0) {
          await patient.taps("questionnaire.go_on");
          await see("question-error");
          await patient.taps("questionnaire.skip");
          await see("skip");
          await patient.taps("questionnaire.skip_cancel");
        }
        seen.add(kind);
        await patient.answers(1);
      }
      if (questionnaire === 0) await see("review");
      await patient.sends();
      await patient.isTold("patient.status.received");
      if (questionnaire === 0) await see("sent");
      await patient.returnsToTasks();
    }
    await see("tasks-done");
    expect([...seen].sort(), "kinds of question").toEqual(["checkbox", "radio", "scale"]);
  });

  test(`a nurse's pages in ${language}`, async ({ people }) => {
    const number = people.freshNumber();
    const nurse = await people.nurse({ language, signedIn: false });
    const see = (name) => look(nurse.page, `nurse-${name}`, language);
    await nurse.opensSignIn();
    await see("sign-in");
    await nurse.tries({ password: "wrong" });
    await expect(nurse.page.getByText(nurse.say("staff.sign_in.wrong"))).toBeVisible();
    await see("sign-in-refused");
    await nurse.signsInHere();
    for (const group of ["due", "closing", "overdue", "received", "flags", "quarantine", "conflict"]) {
      await nurse.opensWorklist(group);
      await expect(nurse.page.getByRole("table").or(nurse.page.getByText(nurse.say(`nurse.worklist.empty_${group}`)))).toBeVisible();
      await see(group === "due" ? "worklist" : `worklist-${group}`);
    }
    await nurse.opensWorklist("overdue");
    await nurse.asksWhy(nurse.page.getByRole("row").filter({ has: nurse.page.getByRole("button") }).first());
    await see("missing");
    await nurse.presses("nurse.missing.cancel");
    await nurse.goesTo("patients");
    await expect(nurse.page.getByRole("table")).toBeVisible();
    await see("patients");
    await nurse.page.getByRole("table").getByRole("link").first().click();
    await expect(nurse.page.getByRole("heading", { name: nurse.say("nurse.milestone.heading") })).toBeVisible();
    await see("file");
    await nurse.goesTo("enrol");
    await nurse.sees(nurse.say("nurse.enrol.title"));
    await see("enrol");
    await nurse.presses("nurse.enrol.send");
    await see("enrol-errors");
    await nurse.enrols({ number, language, infusion: inDays(21) });
    await see("letter");
    await nurse.opensFile(number);
    await nurse.changesDate("infusion", inDays(-4));
    await see("date-form");
    await nurse.presses("nurse.milestone.look");
    await expect(nurse.preview()).toBeVisible();
    await see("date-preview");
    await nurse.presses("nurse.milestone.preview.apply");
    await see("date-preview-errors");
    await nurse.givesReason("Infection");
    await nurse.page.getByRole("button", { name: pattern(nurse.say("nurse.milestone.changes.then_what")) }).click();
    await expect(nurse.page.getByRole("heading", { name: pattern(nurse.say("nurse.milestone.changes.known")) })).toBeVisible();
    await see("date-history");
  });

  test(`an investigator's pages in ${language}`, async ({ people }) => {
    const investigator = await people.investigator({ language });
    const { page, say } = investigator;
    await expect(page.getByRole("table", { name: say("investigator.completion.caption") })).toBeVisible();
    await look(page, "investigator-completion", language);
    await investigator.goesTo("scores");
    await expect(page.getByRole("img").first()).toBeVisible();
    await look(page, "investigator-scores", language);
    await investigator.exports("Pictures");
    await expect(page.getByText(say("investigator.exports.sha256"))).toBeVisible();
    await look(page, "investigator-exports", language);
  });
}
