// node tap-to-kept.js <letter link>: how long from a tap until the screen says "kept", against a page with nothing around
// the put, and against the put alone. Prints one line of JSON for the bench.
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

/** How the app's store is made, and the last row in it. */
async function readStore() {
  const finished = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  for (const { name } of await indexedDB.databases()) {
    const database = await finished(indexedDB.open(name));
    try {
      if (!database.objectStoreNames.contains("answer_event")) continue;
      const events = database.transaction("answer_event").objectStore("answer_event");
      const indexes = [...events.indexNames].map((index) => events.index(index));
      const row = (await finished(events.getAll())).at(-1);
      if (row) return { row, indexes: indexes.map(({ name, keyPath, unique }) => ({ name, keyPath, unique })) };
    } finally {
      database.close();
    }
  }
  throw new Error("the app has kept no answer");
}

/** The bare page: a click puts the same row, under a key of its own, into a store with the same indexes, in one strict transaction; then a text says so. */
async function barePage([tries, { row, indexes }]) {
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open(`bare-${crypto.randomUUID()}`, 1);
    opening.onupgradeneeded = () => {
      const rows = opening.result.createObjectStore("answers", { keyPath: "key" });
      for (const { name, keyPath, unique } of indexes) rows.createIndex(name, keyPath, { unique });
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const [button, status] = ["button", "p"].map((name) => document.body.appendChild(document.createElement(name)));
  const once = (nth) => new Promise((resolve, reject) => {
    let started = 0;
    button.onclick = () => {
      const transaction = database.transaction(["answers"], "readwrite", { durability: "strict" });
      transaction.oncomplete = () => { status.textContent = `kept ${nth}`; };
      transaction.onabort = () => reject(transaction.error);
      transaction.objectStore("answers").add({ ...row, key: crypto.randomUUID(), place: [row.device, nth] });
      transaction.commit();
    };
    const watcher = new MutationObserver(() => {
      watcher.disconnect();
      resolve(performance.now() - started);
    });
    watcher.observe(status, { childList: true });
    started = performance.now();
    button.click();
  });
  const times = [];
  for (let nth = 0; nth < tries; nth += 1) times.push(await once(nth));
  database.close();
  button.remove();
  status.remove();
  return times;
}

/** The put alone: so many of an answer's size, each in one strict transaction; no index, no click, no text. */
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
  const [ours, page, put] = [[], [], []];
  for (let turn = 0; turn < TURNS; turn += 1) {
    ours.push(...(await patient.page.evaluate(tapToKept, [turn * TRIES, TRIES, kept])).slice(WARM_UP));
    const store = await patient.page.evaluate(readStore);
    page.push(...(await patient.page.evaluate(barePage, [TRIES, store])).slice(WARM_UP));
    put.push(...(await patient.page.evaluate(barePut, TRIES)).slice(WARM_UP));
  }
  console.log(JSON.stringify({ tap_to_kept: summary(ours), bare_page: summary(page), bare_put: summary(put) }));
} finally {
  await device.throwAway();
}
