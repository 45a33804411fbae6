// Keeps this version of the app for use without network: static files named by their content, nothing of a patient.
// A new version is fetched beside the old one and waits until a page says that nobody is answering (boot.js).
const KEPT = "ressenti-{{app}}-{{version}}";
const FILES = {{precache}};
const SHELL = "/{{base}}";

// A captive portal answers anything with a page of its own: only what has the right type is kept.
const rightType = (path, reply) => {
  const page = (reply.headers.get("content-type") ?? "").includes("text/html");
  return reply.ok && !reply.redirected && page === (path === SHELL);
};

async function keep() {
  const cache = await caches.open(KEPT);
  await Promise.all(FILES.map(async (path) => {
    const reply = await fetch(path, { cache: "no-cache" });
    if (!rightType(path, reply)) throw new TypeError(`${path} did not come as itself`);
    await cache.put(path, reply);
  }));
}

async function forgetOlder() {
  const older = (await caches.keys()).filter((name) => name.startsWith("ressenti-{{app}}-") && name !== KEPT);
  await Promise.all(older.map((name) => caches.delete(name)));
}

// What belongs to this app: never the API, never the other app.
const ours = ({ method, url }) => {
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin || pathname.startsWith("/api/")) return false;
  return pathname.startsWith(SHELL) && (SHELL !== "/" || !/^\/staff(\/|$)/.test(pathname));
};

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOlder().then(() => self.clients.claim())));
self.addEventListener("message", ({ data }) => { if (data === "activate") self.skipWaiting(); });
self.addEventListener("fetch", (event) => {
  if (!ours(event.request)) return;
  const wanted = event.request.mode === "navigate" ? SHELL : event.request;
  event.respondWith(caches.match(wanted, { cacheName: KEPT }).then((kept) => kept ?? fetch(event.request)));
});
