const { subtle } = crypto;
const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const utf8 = (text) => new TextEncoder().encode(text);
const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));

export const make = async () => {
  const { privateKey, publicKey } = await subtle.generateKey(EC, false, ["sign"]);
  return { privateKey, publicKey: base64(await subtle.exportKey("raw", publicKey)) };
};

export const sign = async ({ privateKey }, device, created, address, body) => {
  const [path, query = ""] = address.split("?");
  const digest = `sha-256=:${base64(await subtle.digest("SHA-256", utf8(body ?? "")))}:`;
  const input = `("@method" "@path" "@query" "content-digest");created=${created};keyid="${device}"`;
  const base = `"@method": ${body === undefined ? "GET" : "POST"}\n"@path": ${path}\n"@query": ?${query}\n"content-digest": ${digest}\n"@signature-params": ${input}`;
  const signature = base64(await subtle.sign(EC, privateKey, utf8(base)));
  return new Headers({ "content-digest": digest, "signature-input": `device=${input}`, signature: `device=:${signature}:` });
};
