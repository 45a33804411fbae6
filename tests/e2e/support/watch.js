// What no page may ever do: break its content policy, write an error to the console, or ask another machine.

/** Watches every page of a context; `complaints` stays empty while all is well. */
export function watch(context, origin) {
  const complaints = [];
  // Without network the browser itself writes these; a page that handles it well cannot prevent them.
  const network = /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|ERR_NETWORK_CHANGED|ERR_EMPTY_RESPONSE/;
  // A refusal is an answer of the server; the browser writes its status to the console all the same.
  const refusal = /Failed to load resource: the server responded with a status of 4\d\d/;
  context.on("console", (message) => {
    const text = message.text();
    if (message.type() !== "error" || network.test(text) || refusal.test(text)) return;
    complaints.push(`console: ${text}`);
  });
  context.on("weberror", (error) => complaints.push(`uncaught: ${error.error()}`));
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && !["data:", "blob:"].includes(url.protocol)) complaints.push(`asked ${url.origin}`);
  });
  context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return complaints;
}
