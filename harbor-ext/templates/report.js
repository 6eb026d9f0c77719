
"use strict";
(() => {
  const PAGE = 50;
  const SEVERITIES = ["None", "Unknown", "Negligible", "Low", "Medium", "High", "Critical"];
  const byId = (id) => document.getElementById(id);
  const number = (value) => value.toLocaleString("en");

  // Digits are compared as numbers, so that CVE-2021-9999 comes before CVE-2021-44228.
  const natural = (text) => text.toLowerCase().replace(/\d{1,15}/g, (digits) => digits.padStart(15, "0"));

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined && text !== null) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  // Only addresses that are made here, of identifiers of a known shape, become links.
  function identifier(id) {
    let address = null;
    if (/^CVE-\d{4}-\d{4,19}$/.test(id)) address = "https://www.cve.org/CVERecord?id=" + id;
    if (/^GHSA(-[a-z0-9]{4}){3}$/.test(id)) address = "https://github.com/advisories/" + id;
    if (address === null) return document.createTextNode(id);
    const link = element("a", id);
    link.href = address;
    link.rel = "noopener noreferrer";
    link.target = "_blank";
    return link;
  }

  // A table of rows that are searched, filtered and sorted as a whole, and shown a page at a time.
  class Table {
    constructor(name, rows, columns, passes, exact) {
      Object.assign(this, { name, rows, passes, exact, page: 0, sortedBy: null, descending: false });
      this.table = byId(name + "-table");
      // The head says which columns there are.
      this.columns = {};
      for (const { dataset } of this.table.tHead.rows[0].cells) this.columns[dataset.key] = columns[dataset.key];
      this.body = this.table.tBodies[0];
      this.form = byId(name + "-controls");
      this.input = this.form.querySelector("input");
      this.status = byId(name + "-status");
      this.pager = byId(name + "-pager");
      this.order = rows.map((_, place) => place);
      this.keys = new Map();
      this.makeHeads();
      this.makePager();
      this.form.addEventListener("submit", (event) => event.preventDefault());
      this.form.addEventListener("input", () => this.search());
      this.table.hidden = this.form.hidden = this.pager.hidden = false;
      this.search();
    }

    makeHeads() {
      for (const head of this.table.tHead.rows[0].cells) {
        const button = element("button", head.textContent);
        button.type = "button";
        button.addEventListener("click", () => this.sort(head));
        head.dataset.title = head.textContent;
        head.replaceChildren(button);
        head.setAttribute("aria-sort", "none");
      }
    }

    makePager() {
      const button = (text, action) => {
        const made = element("button", text);
        made.type = "button";
        made.addEventListener("click", action);
        return made;
      };
      this.back = button("Back", () => this.turn(-1));
      this.next = button("Next", () => this.turn(1));
      this.where = element("span", "", "where");
      this.copy = button("Copy as table", () => this.copyRows());
      this.pager.append(this.back, this.where, this.next, this.copy);
    }

    sort(head) {
      const key = head.dataset.key;
      const column = this.columns[key];
      // Numbers begin with the highest, texts with the first; a second time turns the order round.
      this.descending = this.sortedBy === key ? !this.descending : column.numeric === true;
      this.sortedBy = key;
      for (const other of this.table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", this.descending ? "descending" : "ascending");
      if (!this.keys.has(key)) this.keys.set(key, this.rows.map(column.key));
      const keys = this.keys.get(key);
      const sign = this.descending ? -1 : 1;
      // What is not known comes last in both orders.
      this.order.sort((one, other) => {
        const a = keys[one], b = keys[other];
        if (a === b) return one - other;
        if (a === null || a === "") return 1;
        if (b === null || b === "") return -1;
        return a < b ? -sign : sign;
      });
      this.search();
    }

    search() {
      const words = this.input.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
      const tests = words.map((word) => {
        const colon = word.indexOf(":");
        const test = colon > 0 ? this.exact[word.slice(0, colon)] : undefined;
        const wanted = word.slice(colon + 1);
        return test ? (row) => test(row, wanted) : (row) => row.words.includes(word);
      });
      const chosen = {};
      for (const select of this.form.querySelectorAll("select")) chosen[select.name] = select.value;
      this.found = this.order.filter((place) => {
        const row = this.rows[place];
        return this.passes(row, chosen) && tests.every((test) => test(row));
      });
      this.page = 0;
      this.show();
    }

    turn(step) {
      this.page += step;
      this.show();
      this.table.scrollIntoView({ block: "start" });
    }

    show() {
      const first = this.page * PAGE;
      const places = this.found.slice(first, first + PAGE);
      this.body.replaceChildren(...places.map((place) => this.rowOf(this.rows[place])));
      const total = this.found.length;
      const range = total === 0 ? "No row" : `Rows ${number(first + 1)} to ${number(first + places.length)} of ${number(total)}`;
      this.where.textContent = range;
      const all = total === this.rows.length ? "" : `, of ${number(this.rows.length)} in this page`;
      this.status.textContent = `${range}${all}.`;
      this.back.disabled = this.page === 0;
      this.next.disabled = first + PAGE >= total;
      this.copy.disabled = total === 0;
    }

    rowOf(row) {
      const made = element("tr", null, row.reason ? "suppressed" : "");
      for (const column of Object.values(this.columns)) {
        const cell = element("td", null, column.className);
        const content = column.show(row);
        if (content !== null && content !== undefined) cell.append(...[content].flat());
        made.append(cell);
      }
      return made;
    }

    // Text that a spreadsheet would take for a formula gets an apostrophe in front.
    copyRows() {
      const plain = (value) => {
        const text = value === null || value === undefined ? "" : String(value).replace(/[\t\r\n]/g, " ");
        return /^[=+\-@]/.test(text) ? "'" + text : text;
      };
      const columns = Object.values(this.columns);
      const heads = [...this.table.tHead.rows[0].cells].map((head) => head.textContent);
      const lines = this.found.map((place) => columns.map((column) => plain(column.text(this.rows[place]))).join("\t"));
      const text = [heads.join("\t"), ...lines].join("\n");
      const done = () => { this.status.textContent = `${number(this.found.length)} rows are in the clipboard.`; };
      const failed = () => { this.status.textContent = "The browser does not allow to copy: select the rows by hand."; };
      if (!navigator.clipboard) return failed();
      navigator.clipboard.writeText(text).then(done, failed);
    }
  }

  const span = (text, className) => element("span", text, className);
  const text = (of) => ({ key: (row) => natural(of(row) ?? ""), show: (row) => of(row), text: of, className: "text" });
  const count = (of) => ({ numeric: true, key: of, show: (row) => (of(row) === null ? "–" : number(of(row))), text: of, className: "number" });
  const image = {
    ...text((row) => row.image),
    className: "text name",
    show: (row) => (row.aliases === "" ? row.image : [row.image, span("also " + row.aliases, "note")]),
  };
  const known = { true: "listed", false: "not listed", null: "not known" };
  const choice = (wanted, is) => wanted === "" || wanted === undefined || is === (wanted === "yes");

  function findings() {
    const data = JSON.parse(byId("findings-data").textContent);
    const rows = data.rows.map(([image, finding, reason, seen]) => {
      const [id, severity, exploited, epss, cvss, packageName, version, fix, description] = data.findings[finding];
      const row = { id, severity, exploited, epss, cvss, package: packageName, version, fix, description, seen };
      [row.image, row.aliases] = data.images[image];
      row.reason = reason === null ? null : data.reasons[reason];
      row.words = [id, packageName, version, fix, row.image, row.aliases, description, row.reason ?? ""].join("\n").toLowerCase();
      return row;
    });
    const columns = {
      severity: { numeric: true, key: (row) => SEVERITIES.indexOf(row.severity), show: (row) => span(row.severity, "severity " + row.severity.toLowerCase()), text: (row) => row.severity },
      id: {
        ...text((row) => row.id),
        className: "id",
        show: (row) => {
          const description = span(row.description, "description");
          description.title = row.description;
          return [identifier(row.id), description];
        },
      },
      exploited: { numeric: true, key: (row) => row.exploited, show: (row) => (row.exploited ? span("KEV", "badge exploited") : span(known[row.exploited], "note")), text: (row) => known[row.exploited] },
      epss: { numeric: true, key: (row) => row.epss, show: (row) => (row.epss === null ? "" : (row.epss / 10).toFixed(1) + " %"), text: (row) => (row.epss === null ? "" : row.epss / 1000), className: "number" },
      cvss: { numeric: true, key: (row) => row.cvss, show: (row) => (row.cvss === null ? "" : row.cvss.toFixed(1)), text: (row) => row.cvss, className: "number" },
      package: { ...text((row) => row.package), className: "text name" },
      version: text((row) => row.version),
      fix: text((row) => row.fix),
      image,
      seen: { ...text((row) => row.seen), className: "" },
      suppressed: text((row) => row.reason),
    };
    const passes = (row, chosen) =>
      (chosen.severity === "" || row.severity === chosen.severity) &&
      choice(chosen.fix, row.fix.replace(/[\s,]/g, "") !== "") &&
      (chosen.exploited === "" || row.exploited === (chosen.exploited === "yes")) &&
      choice(chosen.suppressed, row.reason !== null);
    const exact = {
      cve: (row, wanted) => row.id.toLowerCase() === wanted,
      package: (row, wanted) => row.package.toLowerCase() === wanted,
      image: (row, wanted) => `${row.image} ${row.aliases}`.toLowerCase().includes(wanted),
    };
    return new Table("findings", rows, columns, passes, exact);
  }

  function images() {
    const data = JSON.parse(byId("images-data").textContent);
    const names = ["critical", "high", "medium", "low", "other", "fixable", "exploited", "suppressed"];
    const rows = data.map(([[image, aliases], digest, state, counts]) => {
      const row = { image, aliases, digest, state, counts, words: `${image}\n${aliases}\n${digest}\n${state}`.toLowerCase() };
      names.forEach((name, place) => { row[name] = counts === null ? null : counts[place]; });
      return row;
    });
    const columns = { image, digest: { ...text((row) => row.digest), className: "id" }, state: text((row) => row.state) };
    for (const name of names) columns[name] = count((row) => row[name]);
    const kev = byId("findings-controls").elements.exploited.disabled;
    if (kev) columns.exploited = { ...columns.exploited, show: () => span("not known", "note"), text: () => "not known" };
    const passes = (row, chosen) => choice(chosen.report, row.counts !== null);
    return new Table("images", rows, columns, passes, {});
  }

  // What stands after the # of the address fills the search of the findings.
  function followAddress(table) {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const words = ["cve", "package", "image"].filter((name) => wanted.has(name)).map((name) => `${name}:${wanted.get(name)}`);
    if (wanted.has("search")) words.push(wanted.get("search"));
    if (words.length === 0) return;
    table.input.value = words.join(" ");
    table.search();
    byId("findings").scrollIntoView();
    table.input.focus({ preventScroll: true });
  }

  const table = findings();
  images();
  followAddress(table);
  window.addEventListener("hashchange", () => followAddress(table));
})();
