// Looking at a page: a picture at each size, and what axe finds on a phone and on a desktop.
import { expect } from "@playwright/test";
import { cp, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { accessibilityFindings } from "./axe.js";
import { screens } from "./browser.js";

const pictures = fileURLToPath(new URL("../../../target/screenshots/", import.meta.url));
const readme = fileURLToPath(new URL("../../../docs/screenshots/", import.meta.url));

/** The pictures of the README; `UPDATE_SCREENSHOTS=1` copies them there. */
const chosen = {
  "patient-question-phone-en.png": "patient.png",
  "nurse-worklist-desktop-en.png": "nurse.png",
  "investigator-scores-desktop-en.png": "investigator.png",
};

/** Takes the pictures of a page as it stands and holds it to the rules of accessibility. */
export async function look(page, name, language) {
  await mkdir(pictures, { recursive: true });
  const before = page.viewportSize();
  const findings = [];
  for (const [size, { viewport }] of Object.entries(screens)) {
    await page.setViewportSize(viewport);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const file = `${name}-${size}-${language}.png`;
    await page.screenshot({ path: pictures + file, fullPage: true, animations: "disabled" });
    if (size !== "tablet") findings.push(...(await accessibilityFindings(page)).map((finding) => `${size}: ${finding}`));
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (sideways > 0) findings.push(`${size}: ${sideways} px do not fit the width`);
    if (process.env.UPDATE_SCREENSHOTS && chosen[file]) {
      await mkdir(readme, { recursive: true });
      await cp(pictures + file, readme + chosen[file]);
    }
  }
  await page.setViewportSize(before);
  expect.soft(findings, `${name} in ${language}`).toEqual([]);
}
