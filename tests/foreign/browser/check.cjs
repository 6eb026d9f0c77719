// Checks the pages in a browser. Arguments: the browser, the folder of the pages, a folder for what comes of it, and
// perhaps `--screenshots FOLDER`.
"use strict";
const assert = require("node:assert/strict");
const { mkdirSync, writeFileSync, statSync } = require("node:fs");
const { join, resolve } = require("node:path");
const { pathToFileURL } = require("node:url");
const { look } = require("./image.cjs");
const { Session } = require("./session.cjs");

const [browser, pages, folder, option, images] = process.argv.slice(2);
const address = (name) => pathToFileURL(join(pages, name)).href;

// People do not notice less than a tenth of a second. Where the machine is busy with other things, one of several attempts
// still shows what the page itself costs.
const PATIENCE = 100;
const ATTEMPTS = 10;

const rows = (page, table) => page.locator(`#${table}-table tbody tr`);

// How long the page is busy with something until it has been laid out again: the first time, for which it may have to
// prepare something, and the best one.
async function busy(page, action) {
  const times = await page.evaluate(async ([source, attempts]) => {
    const action = new Function(source);
    const times = [];
    for (let turn = 0; turn < attempts; turn++) {
      const start = performance.now();
      action();
      document.body.getBoundingClientRect();
      times.push(performance.now() - start);
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    }
    return times;
  }, [action, ATTEMPTS]);
  return { first: times[0], best: Math.min(...times) };
}

async function assertQuiet({ page, wrongs }, name) {
  assert.deepEqual(await page.evaluate(() => window.violations), [], `${name}: nothing is against the security policy`);
  assert.deepEqual(wrongs, [], `${name}: nothing is loaded, complained of or asked`);
}

async function checkDemo(session) {
  const opened = await session.open(address("demo.html"));
  const { page } = opened;
  for (const heading of ["Findings by severity", "Over time", "Vulnerabilities to look at first", "Worst images",
    "Upgrades that remove most findings", "All findings", "All images", "Suppressed findings", "Images without a report",
    "What could not be read", "What this report is made of"]) {
    assert.ok(await page.getByRole("heading", { name: heading, exact: true }).isVisible(), heading);
  }
  assert.ok(await page.getByRole("heading", { name: /incomplete/ }).isVisible(), "what is missing is told");
  const chart = await page.locator("svg.chart").boundingBox();
  assert.ok(chart.width > 600 && chart.height > 150, "the chart has its size");

  // By keyboard: every head is a button, and says how it sorts.
  const head = page.locator("#findings-table th[data-key=package]");
  await head.locator("button").focus();
  await page.keyboard.press("Enter");
  assert.equal(await head.getAttribute("aria-sort"), "ascending");
  const packages = await page.locator("#findings-table tbody td:nth-child(4)").allInnerTexts();
  assert.deepEqual(packages, [...packages].sort((one, other) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1)));
  await page.keyboard.press("Enter");
  assert.equal(await head.getAttribute("aria-sort"), "descending");

  // By mouse: what to look at first leads to its findings.
  await page.getByRole("link", { name: "CVE-2021-44228", exact: true }).first().click();
  assert.equal(await page.locator("#findings-controls input").inputValue(), "cve:CVE-2021-44228");
  assert.equal(await rows(page, "findings").count(), 2);
  await page.locator("#findings-controls input").fill("package:zlib1g");
  assert.ok((await page.locator("#findings-table tbody td:nth-child(4)").allInnerTexts()).every((name) => name === "zlib1g"));
  await page.locator("#findings-controls input").fill("");
  await page.locator("#findings-controls select[name=suppressed]").selectOption("yes");
  assert.ok((await rows(page, "findings").allInnerTexts()).every((row) => row.includes("allowlist")));
  await page.locator("#findings-controls select[name=suppressed]").selectOption("");
  await page.locator("#findings-controls select[name=exploited]").selectOption("yes");
  assert.ok((await rows(page, "findings").allInnerTexts()).every((row) => row.includes("KEV")));
  await page.locator("#images-controls select[name=report]").selectOption("no");
  assert.equal(await rows(page, "images").count(), 7);

  // What is copied is what is found, with its heads.
  await page.locator("#images-pager button", { hasText: "Copy" }).click();
  await page.locator("#images-status", { hasText: "7 rows are in the clipboard" }).waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied.split("\n").length, 8);
  assert.ok(copied.startsWith("Image\tDigest\tState\t"));
  await assertQuiet(opened, "demo");
  await page.close();
}

async function checkDeepLinks(session) {
  const opened = await session.open(`${address("demo.html")}#cve=CVE-2021-44228`);
  assert.equal(await rows(opened.page, "findings").count(), 2);
  assert.equal(await opened.page.locator("#findings-status").innerText(), "Rows 1 to 2 of 2, of 206 in this page.");
  await assertQuiet(opened, "deep link");
  await opened.page.close();
}

async function checkHostile(session) {
  const opened = await session.open(`${address("hostile.html")}#search=<img src=x onerror=alert(1)>`);
  const { page } = opened;
  await page.locator("#findings-controls input").fill("");
  assert.equal(await rows(page, "findings").count(), 10);
  for (const key of ["id", "package", "image"]) await page.locator(`#findings-table th[data-key=${key}] button`).click();
  await page.mouse.move(300, 300);
  assert.equal(await page.evaluate(() => window.hostile), undefined, "nothing of the registry ran");
  assert.equal(await page.locator("#findings-table a").count(), 0, "what is no identifier is no link");
  assert.equal(await page.locator("img, iframe, object, embed, link, base, svg[onload]").count(), 0);
  assert.equal(await page.locator("script").count(), 3);
  const links = await page.locator("a").evaluateAll((all) => all.map((link) => link.protocol + link.hash.slice(0, 1)));
  assert.ok(links.every((link) => link === "file:#"), `${links}`);
  await page.locator("#findings-pager button", { hasText: "Copy" }).click();
  await page.locator("#findings-status", { hasText: "clipboard" }).waitFor();
  const cells = (await page.evaluate(() => navigator.clipboard.readText())).split(/[\t\n]/);
  assert.ok(cells.every((cell) => !/^[=+\-@]/.test(cell)), "no cell is a formula");
  await assertQuiet(opened, "hostile");
  await page.close();
}

async function checkLarge(session) {
  const opened = await session.open(address("large.html"));
  const { page } = opened;
  const load = await page.evaluate(() => performance.getEntriesByType("navigation")[0].domInteractive);
  assert.equal(await page.locator("#findings-status").innerText(), "Rows 1 to 50 of 10,000.");
  assert.ok(await page.getByText("The worst 10,000 of 12,000 findings shown.").isVisible());
  const times = {};
  for (const key of ["id", "package", "image", "cvss", "severity"]) {
    times[`sort by ${key}`] = await busy(page, `document.querySelector("#findings-table th[data-key=${key}] button").click()`);
  }
  for (const words of ["", "cve", "library-97 critical", "no such words"]) {
    times[`search ${JSON.stringify(words)}`] = await busy(page, `
      const input = document.querySelector("#findings-controls input");
      input.value = ${JSON.stringify(words)};
      input.dispatchEvent(new Event("input", { bubbles: true }));`);
  }
  console.log(`  10,000 rows, load: ${load.toFixed(1)} ms`);
  assert.ok(load < 20 * PATIENCE, `to load takes ${load} ms`);
  for (const [what, { first, best }] of Object.entries(times)) {
    console.log(`  10,000 rows, ${what}: ${best.toFixed(1)} ms, at first ${first.toFixed(1)} ms`);
    assert.ok(best < PATIENCE && first < 5 * PATIENCE, `${what} takes ${best} ms, at first ${first} ms`);
  }
  await page.locator("#findings-controls input").fill("");
  await page.locator("#findings-pager button", { hasText: "Next" }).click();
  assert.equal(await page.locator("#findings-status").innerText(), "Rows 51 to 100 of 10,000.");
  await assertQuiet(opened, "large");
  await page.close();
}

async function checkAppearance(session) {
  const looks = {
    light: { colorScheme: "light" }, dark: { colorScheme: "dark" }, narrow: { colorScheme: "light", width: 390 },
    print: { colorScheme: "dark", media: "print", width: 794 },
  };
  for (const [name, options] of Object.entries(looks)) {
    const opened = await session.open(address("demo.html"), options);
    const png = await opened.page.screenshot({ path: join(folder, `${name}.png`) });
    const { width, height, colours, brightness, drawn } = look(png);
    assert.deepEqual([width, height], [options.width ?? 1280, 900], name);
    assert.ok(colours > 50 && drawn > 0.05, `${name} shows something: ${colours} colours, ${drawn}`);
    assert.equal(brightness < 80, name === "dark", `${name} has a ground of brightness ${brightness}`);
    const room = await opened.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(room <= width, `${name} is ${room} wide`);
    const controls = await opened.page.locator("#findings-controls").isVisible();
    assert.equal(controls, name !== "print", `${name}: controls`);
    await assertQuiet(opened, name);
    if (name === "print") await opened.page.pdf({ path: join(folder, "print.pdf"), preferCSSPageSize: true });
    await opened.page.close();
  }
  assert.ok(statSync(join(folder, "print.pdf")).size > 20_000);
}

// What people without JavaScript have: everything but searching and sorting.
async function checkWithoutScript() {
  const session = await Session.start(browser, folder, { javaScriptEnabled: false });
  try {
    const page = await session.context.newPage();
    await page.goto(address("demo.html"));
    assert.equal(await rows(page, "findings").count(), 50);
    assert.ok(await page.getByText("The table of all images needs JavaScript").isVisible());
    assert.ok(!(await page.locator("#findings-controls").isVisible()));
  } finally {
    await session.close();
  }
}

// The images of the guide: the beginning of the page, and its table.
async function renewImages(session) {
  mkdirSync(images, { recursive: true });
  const shots = {
    "report-light.png": ["light", "header", 1060],
    "report-dark.png": ["dark", "header", 1060],
    "report-findings.png": ["light", "#findings", 760],
  };
  for (const [name, [colorScheme, place, height]] of Object.entries(shots)) {
    const { page } = await session.open(address("demo.html"), { colorScheme, width: 1200, height });
    await page.locator(place).evaluate((element) => element.scrollIntoView({ behavior: "instant" }));
    const png = await page.screenshot({ animations: "disabled" });
    assert.ok(png.length < 200_000, `${name} has ${png.length} bytes`);
    writeFileSync(join(resolve(images), name), png);
    await page.close();
  }
}

async function main() {
  const session = await Session.start(browser, folder);
  try {
    if (option === "--screenshots") return await renewImages(session);
    await checkDemo(session);
    await checkDeepLinks(session);
    await checkHostile(session);
    await checkLarge(session);
    await checkAppearance(session);
  } finally {
    await session.close();
  }
  await checkWithoutScript();
  console.log(`the pages hold in ${browser}; what they look like is in ${folder}`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
