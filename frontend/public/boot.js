// Starts the app, keeps it for use without network, and lets an update in only when nobody is answering.
import init from "/{{js}}";

const failed = () => {
  for (const line of document.querySelectorAll(".boot-line")) line.hidden = true;
  const notice = document.getElementById("boot-failed");
  if (notice) notice.hidden = false;
};

// On a ward's tablet the patient's app opens only by what a nurse handed over, and no page comes back as it was left.
// Its database tells which browser is one: a mark in simpler storage may be lost when a battery dies.
const onWard = async () => {
  try {
    return (await indexedDB.databases()).some(({ name }) => name === "ressenti-ward");
  } catch {
    return false;
  }
};
addEventListener("pageshow", async ({ persisted }) => {
  if (persisted && (await onWard())) location.reload();
});

if ("{{app}}" === "patient" && !location.hash.startsWith("#w=") && (await onWard())) location.replace("/staff/");
else init({ module_or_path: "/{{wasm}}" }).then(() => document.getElementById("boot")?.remove(), failed);

// A page that must not be interrupted carries [data-holds-update]; a tab that shows one answers "busy".
const tabs = new BroadcastChannel("ressenti-{{app}}-update");
const busy = () => document.querySelector("[data-holds-update]") !== null;
let refused = false;
tabs.onmessage = ({ data }) => {
  if (data === "may I update?" && busy()) tabs.postMessage("busy");
  if (data === "busy") refused = true;
};

async function letIn(registration) {
  if (!registration.waiting || busy()) return;
  refused = false;
  tabs.postMessage("may I update?");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  if (!refused && !busy()) registration.waiting?.postMessage("activate");
}

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/{{base}}sw.js", { updateViaCache: "none" }).then((registration) => {
    letIn(registration);
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", () => letIn(registration));
    });
    addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return;
      registration.update().catch(() => {});
      letIn(registration);
    });
  }, () => {});
}
