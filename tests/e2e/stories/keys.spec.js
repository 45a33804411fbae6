// A phone's own key: made on it, never out of it, and what the hospital knows the phone by.
import { expect, test } from "../support/test.js";
import { inDays } from "../support/days.js";
import { look } from "../support/look.js";

/** What the phone keeps under the names of key pairs: how each stands, and what trying to take it out comes to. */
function keyPairs() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("ressenti");
    request.onerror = reject;
    request.onsuccess = async () => {
      const documents = request.result.transaction("document").objectStore("document");
      const all = (asked) => new Promise((resolve) => (asked.onsuccess = () => resolve(asked.result)));
      const kept = await all(documents.getAll(IDBKeyRange.bound("key/", "key/~")));
      request.result.close();
      const refusal = async (key, form) => crypto.subtle.exportKey(form, key).then(() => "exported", (error) => error.name);
      resolve(await Promise.all(kept.map(async ({ privateKey, publicKey }) => ({
        isKey: privateKey instanceof CryptoKey,
        extractable: privateKey.extractable,
        usages: privateKey.usages,
        refusals: [await refusal(privateKey, "pkcs8"), await refusal(privateKey, "jwk"), await refusal(privateKey, "raw")],
        point: [...Uint8Array.from(atob(publicKey), (c) => c.charCodeAt(0))],
      }))));
    };
  });
}

function loseKeys() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("ressenti");
    request.onerror = reject;
    request.onsuccess = () => {
      const change = request.result.transaction("document", "readwrite", { durability: "strict" });
      change.objectStore("document").delete(IDBKeyRange.bound("key/", "key/~"));
      change.oncomplete = () => (request.result.close(), resolve());
    };
  });
}

for (const language of ["fr", "en"]) {
  test(`a phone signs with a key that nobody can take out of it, and the nurse sees which (${language})`, async ({ people }) => {
    const number = people.freshNumber();
    const nurse = await people.nurse({ language });
    const letter = await nurse.enrols({ number, language, infusion: inDays(30) });
    const patient = await people.patient({ language });
    await patient.opensLetter(letter);
    await patient.choosesPin("2580");
    const pushed = patient.page.waitForRequest((request) => request.url().endsWith("/api/sync/push"));
    await patient.answersNext();
    const headers = await (await pushed).allHeaders();
    expect(headers["signature-input"]).toMatch(/^device=\("@method" "@path" "@query" "content-digest"\);created=\d+;keyid="[0-9a-f-]{36}"$/);
    await patient.sees(patient.say("patient.sent.title"));

    const [pair, ...others] = await patient.page.evaluate(keyPairs);
    expect(others).toEqual([]);
    expect(pair).toMatchObject({ isKey: true, extractable: false, usages: ["sign"] });
    expect(pair.refusals).not.toContain("exported");
    expect(pair.refusals[0]).toBe("InvalidAccessError");
    const hash = await patient.page.evaluate(async (point) => {
      const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(point)));
      return [...bytes.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("").match(/.{4}/g).join(" ");
    }, pair.point);
    await nurse.opensFile(number);
    await expect(nurse.section("nurse.file.devices")).toContainText(hash);
    await look(nurse.page, "nurse-file-key", language);
  });
}

/** How many answers the phone keeps at a stage: 1 waits to be sent, 3 was set aside. */
function keptAt(stage) {
  return new Promise((resolve) => {
    indexedDB.open("ressenti").onsuccess = ({ target: { result } }) => {
      const asked = result.transaction("answer_event").objectStore("answer_event").getAll();
      asked.onsuccess = () => (result.close(), resolve(asked.result.filter((kept) => kept.stage === stage).length));
    };
  });
}

test("a phone that lost its key says so and keeps what was answered, until a new letter lets it be handed in", async ({ people }) => {
  const number = people.freshNumber();
  const nurse = await people.nurse();
  const letter = await nurse.enrols({ number, infusion: inDays(30) });
  const patient = await people.patient();
  await patient.opensLetter(letter);
  await patient.choosesPin("2580");
  await patient.page.evaluate(loseKeys);
  await patient.answersNext();
  await patient.returnsToTasks();
  await patient.isTold("patient.status.revoked");
  await look(patient.page, "patient-key-lost", "fr");
  const waiting = await patient.page.evaluate(keptAt, 1);
  expect(waiting).toBeGreaterThan(5);

  const next = await nurse.makesLetter(number);
  await patient.opensLetter(next);
  await patient.choosesPin("2580");
  await expect.poll(() => patient.page.evaluate(keptAt, 3)).toBe(waiting);
  expect(await patient.page.evaluate(keptAt, 1)).toBe(0);
  await nurse.opensWorklist("quarantine");
  await nurse.looksFor(number);
  await expect(nurse.line(number)).toHaveCount(1);
});
