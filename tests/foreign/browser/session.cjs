// A browser with an empty profile, and pages that are watched: whatever they load, complain of or ask is remembered.
"use strict";
const { mkdtempSync, rmSync } = require("node:fs");
const { join } = require("node:path");
const { chromium } = require("playwright-core");

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

class Session {
  static async start(executablePath, folder, options = {}) {
    const profile = mkdtempSync(join(folder, "profile-"));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath, headless: true, args: FLAGS, permissions: ["clipboard-read", "clipboard-write"], ...options,
    });
    return Object.assign(new Session(), { profile, context });
  }

  // Opens a page, and gives it with the list of everything that it must not do.
  async open(address, options = {}) {
    const page = await this.context.newPage();
    const wrongs = [];
    page.on("console", (message) => wrongs.push(`console ${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => wrongs.push(`error: ${error.message}`));
    page.on("request", (request) => { if (request.url().split("#")[0] !== address.split("#")[0]) wrongs.push(`request: ${request.url()}`); });
    page.on("dialog", (dialog) => { wrongs.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    await page.addInitScript(() => {
      window.violations = [];
      document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
    });
    await page.emulateMedia(options);
    await page.setViewportSize({ width: options.width ?? 1280, height: options.height ?? 900 });
    await page.goto(address);
    return { page, wrongs };
  }

  async close() {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }
}

module.exports = { Session };
