// The words on the screen, from the same files as the app: a test names what it touches as a person would.
import { readdirSync, readFileSync } from "node:fs";

const locales = new URL("../../../frontend/locales/", import.meta.url);

function load(language) {
  const folder = new URL(`${language}/`, locales);
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return Object.fromEntries(files.map((name) => [name.slice(0, -5), JSON.parse(readFileSync(new URL(name, folder), "utf8"))]));
}

const texts = { fr: load("fr"), en: load("en") };

/** `say("fr")("sign_in.send")` is the words of that text, `{marks}` filled in. */
export function speaker(language) {
  return (key, marks = {}) => {
    const text = key.split(".").reduce((part, name) => part?.[name], texts[language]);
    if (typeof text !== "string") throw new Error(`there is no text ${key} in ${language}`);
    return text.replace(/\{(\w+)\}/g, (_, mark) => marks[mark] ?? `{${mark}}`);
  };
}
