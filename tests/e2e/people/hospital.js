// The hospital of the stories: its server, its staff's authenticators, and the people who come and go.
import { Device, launch, openWindow } from "../support/browser.js";
import { Authenticator } from "../support/one-time-code.js";
import { employ, startServer } from "../support/server.js";
import { Investigator } from "./investigator.js";
import { Nurse } from "./nurse.js";
import { Patient } from "./patient.js";
import { Staff } from "./staff.js";
import { Tablet } from "./tablet.js";

export class Hospital {
  static async open(engine, how) {
    const hospital = new Hospital();
    hospital.sessions = {};
    hospital.server = await startServer(engine, how);
    hospital.origin = hospital.server.origin;
    hospital.browser = await launch();
    // The demonstration gives everybody the same secret; each account still takes a code only once.
    const authenticator = () => new Authenticator(hospital.server.secret);
    hospital.authenticators = { claire: authenticator(), hugo: authenticator(), admin: authenticator() };
    return hospital;
  }

  /** A nurse of one site alone, with an account of her own; its name. */
  async employs(site) {
    const username = `nurse-${site}`;
    this.authenticators[username] ??= new Authenticator(await employ(this.server, username, site));
    return username;
  }

  people() {
    return new People(this);
  }

  async close() {
    await this.browser.close();
    await this.server.stop();
  }
}

let enrolled = 0;

class People {
  #hospital;
  #windows = [];
  #devices = [];

  constructor(hospital) {
    this.#hospital = hospital;
  }

  /** A registry number that nobody has yet. */
  freshNumber() {
    enrolled += 1;
    return `E2E-${process.pid}-${enrolled}`;
  }

  /** Claire, who follows patients of every site; or, with a `site`, a nurse of that one alone. */
  async nurse({ site, ...how } = {}) {
    return this.#staff(Nurse, site ? await this.#hospital.employs(site) : "claire", how);
  }

  async investigator(how) {
    return this.#staff(Investigator, "hugo", how);
  }

  async manager(how) {
    return this.#staff(Staff, "admin", how);
  }

  async #staff(Role, username, { language = "fr", screen = "desktop", signedIn = true } = {}) {
    const { origin, browser, authenticators } = this.#hospital;
    const window = await openWindow(browser, origin, { language, screen });
    this.#windows.push(window);
    const person = new Role(window, { origin, language, username, authenticator: authenticators[username] });
    if (signedIn) await this.#lets(person);
    return person;
  }

  /** Signs in, or goes on with the session of an earlier story: an account's codes come only every 30 seconds. */
  async #lets(person) {
    const sessions = this.#hospital.sessions;
    if (sessions[person.username]) {
      await person.context.addCookies(sessions[person.username]);
      await person.arrives();
    } else {
      await person.signsIn();
      sessions[person.username] = await person.context.cookies();
    }
  }

  /** A patient with a phone of their own. */
  async patient({ language = "fr" } = {}) {
    const device = new Device(this.#hospital.origin, language);
    this.#devices.push(device);
    await device.start();
    return new Patient(device, { origin: this.#hospital.origin, language });
  }

  /** The ward's tablet, with a nurse who signs in on it: it locks and unlocks a session of its own. */
  async tablet({ language = "fr" } = {}) {
    const { origin, authenticators } = this.#hospital;
    const device = new Device(origin, language, "tablet");
    this.#devices.push(device);
    await device.start();
    return new Tablet(device, { origin, language, username: "claire", authenticator: authenticators.claire });
  }

  complaints() {
    return [...this.#windows.map(({ complaints }) => complaints), ...this.#devices.flatMap(({ complaints }) => complaints)].flat();
  }

  async leave() {
    await Promise.all(this.#windows.map(({ context }) => context.close()));
    await Promise.all(this.#devices.map((device) => device.throwAway()));
  }
}
