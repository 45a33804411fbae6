// The words on the screen, from the same files as the app: a test names what it touches as a person would.
import { readdirSync, readFileSync } from "node:fs";

const locales = new URL("../../../frontend/locales/", import.meta.url);

function load(language) {
  const folder = new URL(`${language}/`, locales);
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return Object.fromEntries(files.map((name) => [name.slice(0, -5), JSON.parse(readFileSync(new URL(name, folder), "utf8"))]));
}

const texts = { fr: load("fr"), en: load("en") };
const singular = { fr: (n) => n < 2, en: (n) => n === 1 };

/** `speaker("fr")("staff.sign_in.send")` is the words of that text, its marks filled in, in the number that `n` asks for. */
export function speaker(language) {
  return (key, marks = {}) => {
    let text = key.split(".").reduce((part, name) => part?.[name], texts[language]);
    if (typeof text === "object") text = singular[language](marks.n) ? text.one : text.other;
    if (typeof text !== "string") throw new Error(`there is no text ${key} in ${language}`);
    return text.replace(/\{(\w+)\}/g, (mark, name) => marks[name] ?? mark);
  };
}

/** The words as a pattern, in which each mark stands for anything and each space for any, broken by a line or not. */
export function pattern(words) {
  const fixed = words.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+"));
  return new RegExp(fixed.join(".+"));
}
