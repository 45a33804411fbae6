// What an authenticator app shows: TOTP (RFC 6238), SHA-1, six digits, thirty seconds.
import { createHmac } from "node:crypto";

const STEP = 30;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function decodeBase32(text) {
  let bits = "";
  for (const letter of text.replace(/=+$/, "").toUpperCase()) bits += ALPHABET.indexOf(letter).toString(2).padStart(5, "0");
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

/** The code of one step. */
export function codeAt(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", decodeBase32(secret)).update(counter).digest();
  const offset = digest[19] & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/**
 * An authenticator that never shows a code twice: the server takes each only once, one step early or late. It shows the
 * present one, or one that is to come: a past one may be too late by the time a busy machine has read it.
 */
export class Authenticator {
  #secret;
  #last = 0;

  constructor(secret) {
    this.#secret = secret;
  }

  async code() {
    const now = () => Math.floor(Date.now() / 1000 / STEP);
    const step = Math.max(now(), this.#last + 1);
    while (step > now() + 1) await new Promise((resolve) => setTimeout(resolve, 200));
    this.#last = step;
    return codeAt(this.#secret, step);
  }
}
