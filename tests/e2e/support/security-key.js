// A security key in a browser that has none: Chromium's own virtual authenticator, plugged in from outside the page.

export class SecurityKey {
  /** Plugs a key into a page: it holds passkeys, and its owner's finger is on it. */
  static async plug({ context, page }) {
    const key = new SecurityKey();
    key.browser = await context.newCDPSession(page);
    await key.browser.send("WebAuthn.enable");
    const { authenticatorId } = await key.browser.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2", transport: "usb", hasResidentKey: true, hasUserVerification: true,
        isUserVerified: true, automaticPresenceSimulation: true,
      },
    });
    key.id = authenticatorId;
    return key;
  }

  /** How many passkeys it holds. */
  async holds() {
    const { credentials } = await this.browser.send("WebAuthn.getCredentials", { authenticatorId: this.id });
    return credentials.length;
  }

  /** Whether whoever touches it from now on is its owner. */
  async isTouchedByItsOwner(isUserVerified) {
    await this.browser.send("WebAuthn.setUserVerified", { authenticatorId: this.id, isUserVerified });
  }
}
