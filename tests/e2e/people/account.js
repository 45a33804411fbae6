// The page of one's own account, as any member of staff uses it.
import { expect } from "../support/expect.js";

export class Account {
  constructor(person) {
    this.person = person;
  }

  /** Opens it by the account's name in the bar. */
  async opens() {
    const { page, username, say } = this.person;
    await page.getByRole("banner").getByRole("link", { name: new RegExp(username) }).click();
    await this.person.sees(say("account.title"));
  }

  /** Has a passkey added, of this name. */
  async adds(name) {
    const { page, say } = this.person;
    await page.getByLabel(say("account.new_name")).fill(name);
    await this.person.presses("account.add");
    await expect(page.getByRole("row", { name: new RegExp(name) })).toBeVisible();
  }
}
