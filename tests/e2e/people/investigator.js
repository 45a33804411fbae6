// What an investigator does, in their words.
import { expect } from "../support/expect.js";
import { readFile } from "node:fs/promises";
import { Staff } from "./staff.js";

export class Investigator extends Staff {
  /** Chooses what the chart shows. */
  async chooses({ instrument }) {
    await this.page.getByLabel(this.say("investigator.scores.instrument")).selectOption({ label: instrument });
  }

  /** Makes an export and downloads its files: name to text. */
  async exports(purpose) {
    await this.goesTo("exports");
    await this.page.getByLabel(this.say("investigator.exports.purpose")).fill(purpose);
    await this.presses("investigator.exports.send");
    return this.downloads();
  }

  /** Downloads the files of the export that is shown. */
  async downloads() {
    const links = this.page.getByRole("link", { name: /\.csv$/ });
    await expect(links).toHaveCount(5);
    const files = {};
    for (const link of await links.all()) {
      const [download] = await Promise.all([this.page.waitForEvent("download"), link.click()]);
      files[download.suggestedFilename()] = await readFile(await download.path(), "utf8");
    }
    return files;
  }
}
