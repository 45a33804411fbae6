// The hospital's own sign-in: `oidc-provider`, which is certified, on this machine. Its pages ask who it is and how many
// factors they show, and believe it: what is tested is what Ressenti makes of that.
import { createServer } from "node:http";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Provider } from "oidc-provider";

const client = "ressenti";

/** What the provider asks on its page. */
const question = (uid) => `<!doctype html><html lang="en"><title>The hospital's sign-in</title><h1>The hospital's sign-in</h1>
<form method="post" action="/interaction/${uid}"><label>Name <input name="name"></label>
<label><input type="checkbox" name="both"> with a second factor</label><button>Confirm</button></form>
<form method="post" action="/interaction/${uid}"><button name="given-up" value="yes">Give up</button></form>`;

async function read(request) {
  let body = "";
  for await (const chunk of request) body += chunk;
  return new URLSearchParams(body);
}

function configuration(secret, back) {
  return {
    clients: [{ client_id: client, client_secret: secret, redirect_uris: [back] }],
    claims: { openid: ["sub", "amr"], acr: null, auth_time: null, profile: ["preferred_username"] },
    cookies: { keys: [secret] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id }) }),
    /** Nobody is asked whether Ressenti may know them: the hospital said so. */
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid profile");
      await grant.save();
      return grant;
    },
  };
}

async function interact(provider, request, response) {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method !== "POST") return response.setHeader("content-type", "text/html").end(question(uid));
  const said = await read(request);
  const amr = said.has("both") ? ["pwd", "otp", "mfa"] : ["pwd"];
  const result = said.has("given-up") ? { error: "access_denied" } : { login: { accountId: said.get("name"), amr } };
  return provider.interactionFinished(request, response, result);
}

/** Starts it for a server that people are sent back to; gives what that server is told of it. */
export async function startSignInPage(origin) {
  const folder = await mkdtemp(path.join(tmpdir(), "ressenti-sign-in-"));
  const secret = randomBytes(32).toString("hex");
  const file = path.join(folder, "secret");
  await writeFile(file, `${secret}\n`, { mode: 0o600 });
  const server = createServer((request, response) => handle(request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  // another site than the server's, as the hospital's sign-in is
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, configuration(secret, `${origin}/staff/provider`));
  provider.on("server_error", (_, error) => console.error("the hospital's sign-in:", error));
  const answer = provider.callback();
  const handle = async (request, response) => {
    if (!request.url.startsWith("/interaction/")) return answer(request, response);
    return interact(provider, request, response).catch((error) => response.writeHead(500).end(String(error)));
  };
  return {
    issuer,
    words: ["--oidc-issuer", issuer, "--oidc-client", client, "--oidc-client-secret-file", file],
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
