// The story of the README in a real browser against the real server, on each database engine.
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "stories",
  outputDir: "../../target/e2e",
  timeout: 180_000,
  expect: { timeout: 20_000 },
  workers: 1,
  // Where many fail, something common to all is broken: no machine waits for each of them.
  maxFailures: process.env.CI ? 5 : 0,
  forbidOnly: Boolean(process.env.CI),
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ? [["list"], ["json"]] : [["list"]],
  projects: [
    { name: "sqlite" },
    // Pages look the same on both: pictures and accessibility are looked at once.
    ...(process.env.RESSENTI_TEST_POSTGRES ? [{ name: "postgres", testIgnore: "pages.spec.js" }] : []),
  ],
});
