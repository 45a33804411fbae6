// What every story starts from: the running hospital and its people. A page that breaks its content policy, writes
// an error to the console or asks another machine fails the story it is in.
import { test as base, expect } from "@playwright/test";
import { Hospital } from "../people/hospital.js";

export { expect };

export const test = base.extend({
  /** The server with the demonstration's registry, one for all stories of an engine. */
  hospital: [async ({}, use, info) => {
    const hospital = await Hospital.open(info.project.name);
    await use(hospital);
    await hospital.close();
  }, { scope: "worker", timeout: 180_000 }],

  /** The people of one story; whoever came leaves at its end. */
  people: async ({ hospital }, use) => {
    const people = hospital.people();
    await use(people);
    const complaints = people.complaints();
    await people.leave();
    expect(complaints, "what the pages complained of").toEqual([]);
  },
});
