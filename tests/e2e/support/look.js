// Looking at a page: a picture at each size, and what axe finds on a phone and on a desktop.
import { expect } from "./expect.js";
import { fileURLToPath } from "node:url";
import { accessibilityFindings } from "./axe.js";
import { screens } from "./browser.js";

const pictures = fileURLToPath(new URL("../../../target/screenshots/", import.meta.url));
const readme = fileURLToPath(new URL("../../../docs/screenshots/", import.meta.url));

/** The pictures of the README; `UPDATE_SCREENSHOTS=1` takes them anew. */
const chosen = {
  "patient-question-phone-en.png": "patient.png",
  "nurse-worklist-desktop-en.png": "nurse.png",
  "investigator-scores-desktop-en.png": "investigator.png",
};

/** Gives the window a size and waits until the page is drawn in it. */
async function fit(page, size) {
  await page.setViewportSize(size);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

/** Takes the pictures of a page as it stands and holds it to the rules of accessibility. */
export async function look(page, name, language) {
  const before = page.viewportSize();
  const findings = [];
  for (const [size, { viewport }] of Object.entries(screens)) {
    await page.mouse.move(0, 0);
    await fit(page, viewport);
    if (size !== "tablet") findings.push(...(await accessibilityFindings(page)).map((finding) => `${size}: ${finding}`));
    const [sideways, height] = await page.evaluate(() => {
      const { scrollWidth, clientWidth, scrollHeight } = document.documentElement;
      return [scrollWidth - clientWidth, scrollHeight];
    });
    if (sideways > 0) findings.push(`${size}: ${sideways} px do not fit the width`);
    const file = `${name}-${size}-${language}.png`;
    if (process.env.UPDATE_SCREENSHOTS && chosen[file]) {
      await page.screenshot({ path: readme + chosen[file], animations: "disabled", scale: "css" });
    }
    // The whole page as one tall window: what sticks to the window's foot then stands at the page's.
    await fit(page, { width: viewport.width, height: Math.max(height, viewport.height) });
    await page.screenshot({ path: pictures + file, animations: "disabled" });
  }
  await page.setViewportSize(before);
  expect.soft(findings, `${name} in ${language}`).toEqual([]);
}
