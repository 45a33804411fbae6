// What every member of staff does: sign in with two factors, move between pages, sign out.
import { expect } from "../support/expect.js";
import { speaker } from "../support/words.js";

export class Staff {
  constructor({ page, context }, { origin, language, username, password = "demonstration", authenticator }) {
    Object.assign(this, { page, context, origin, language, username, password, authenticator, say: speaker(language) });
  }

  async opensSignIn() {
    await this.page.goto(`${this.origin}/staff/`);
    await this.speaks();
    await this.sees(this.say("staff.sign_in.title"));
  }

  /** Has the pages in their language. */
  async speaks() {
    await this.page.getByRole("button", { name: { fr: "Français", en: "English" }[this.language], exact: true }).click();
  }

  async signsIn() {
    await this.opensSignIn();
    await this.signsInHere();
  }

  /** Signs in on the page that asks for it. */
  async signsInHere() {
    await this.tries(this);
    await expect(this.page.getByRole("button", { name: this.say("staff.sign_out") })).toBeVisible();
  }

  /** Opens the first page with a session that is still good. */
  async arrives() {
    await this.page.goto(`${this.origin}/staff/`);
    await this.speaks();
    await expect(this.page.getByRole("button", { name: this.say("staff.sign_out") })).toBeVisible();
  }

  async tries({ password }) {
    await this.page.getByLabel(this.say("staff.sign_in.username")).fill(this.username);
    await this.page.getByLabel(this.say("staff.sign_in.password")).fill(password);
    await this.page.getByLabel(this.say("staff.sign_in.code")).fill(await this.authenticator.code());
    await this.presses("staff.sign_in.send");
  }

  async signsOut() {
    await this.presses("staff.sign_out");
    await this.sees(this.say("staff.sign_in.title"));
  }

  /** Goes to a page of the navigation. */
  async goesTo(page) {
    const name = this.say(`staff.page.${page}`);
    await this.page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
  }

  async presses(key, marks) {
    await this.page.getByRole("button", { name: this.say(key, marks), exact: true }).click();
  }

  /** The page's heading. */
  async sees(heading) {
    await expect(this.page.getByRole("heading", { level: 1, name: heading })).toBeVisible({ timeout: 90_000 });
  }
}
