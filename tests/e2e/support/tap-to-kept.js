// node tap-to-kept.js <letter link>: how long from a tap until the screen says "kept", against a bare strict put.
// Prints one line of JSON for the bench.
import { Device } from "./browser.js";
import { Patient } from "../people/patient.js";

const TURNS = 4;
const TRIES = 105;
const WARM_UP = 5;
const link = process.argv[2];
const origin = new URL(link).origin;

/** How many there were, the middle one, and the one that a hundredth exceed. */
function summary(times) {
  times.sort((a, b) => a - b);
  const at = (part) => times[Math.floor((times.length - 1) * part)];
  return { n: times.length, median_ms: at(0.5), p99_ms: at(0.99) };
}

/** Taps each option in turn, going on where the last turn ended; the time from the tap's event to the frame in which the status says "kept" again. */
function tapToKept([first, tries, kept]) {
  const status = document.querySelector("[role=status]");
  const options = [...document.querySelectorAll("input[type=radio]")];
  const once = (nth) => new Promise((resolve) => {
    let started = 0;
    let left = false;
    const watcher = new MutationObserver(() => {
      if (!status.textContent.includes(kept)) left = true;
      else if (left) {
        watcher.disconnect();
        resolve(performance.now() - started);
      }
    });
    watcher.observe(status, { subtree: true, childList: true, characterData: true });
    started = performance.now();
    options[nth % options.length].click();
  });
  return (async () => {
    const times = [];
    for (let nth = first; nth < first + tries; nth += 1) times.push(await once(nth));
    return times;
  })();
}

/** The same number of puts of an answer's size into a database of its own, each in one strict transaction. */
async function barePut(tries) {
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open("bare", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("answers", { keyPath: "id" });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const times = [];
  for (let nth = 0; nth < tries; nth += 1) {
    const started = performance.now();
    await new Promise((resolve, reject) => {
      const transaction = database.transaction(["answers"], "readwrite", { durability: "strict" });
      transaction.oncomplete = resolve;
      transaction.onerror = () => reject(transaction.error);
      transaction.objectStore("answers").put({ id: crypto.randomUUID(), body: "x".repeat(700) });
    });
    times.push(performance.now() - started);
  }
  database.close();
  return times;
}

const device = await new Device(origin, "fr").start();
try {
  const patient = new Patient(device, { origin, language: "fr" });
  await patient.opensLetter({ link });
  await patient.choosesPin("2580");
  await patient.startsNext();
  await patient.begins();
  const kept = patient.say("patient.status.kept");
  const [bare, ours] = [[], []];
  for (let turn = 0; turn < TURNS; turn += 1) {
    bare.push(...(await patient.page.evaluate(barePut, TRIES)).slice(WARM_UP));
    ours.push(...(await patient.page.evaluate(tapToKept, [turn * TRIES, TRIES, kept])).slice(WARM_UP));
  }
  console.log(JSON.stringify({ tap_to_kept: summary(ours), bare_put: summary(bare) }));
} finally {
  await device.throwAway();
}
