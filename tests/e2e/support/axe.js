// The accessibility rules of axe over a page as it stands.
import axe from "axe-core";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** One line for each element that breaks a rule. */
export async function accessibilityFindings(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((tags) => globalThis.axe.run({ runOnly: tags }), RULES);
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help}: ${target.join(" ")}`));
}
