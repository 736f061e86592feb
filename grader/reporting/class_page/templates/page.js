"use strict";
// Every text of a student goes into the page as text: nothing here reads one as HTML, and the page's policy forbids it.
(() => {
  const PAGE_ROWS = 100;
  const WHOLE_ROWS = 300;
  const [NAME, ID, SECTION, HAND_IN, TOTAL, POINTS, SAYS, STATE, OWN] = [0, 1, 2, 3, 4, 5, 6, 7, 8];

  const byId = (id) => document.getElementById(id);
  const read = (id) => JSON.parse(byId(id).textContent);
  const rows = read("class-rows");
  const details = read("class-details");
  const table = byId("table");
  const heads = [...table.tHead.rows[0].cells];
  const withSections = heads.some((head) => head.dataset.key === "section");
  const perPage = rows.length <= WHOLE_ROWS ? WHOLE_ROWS : PAGE_ROWS;
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const view = { shown: rows, first: 0, sorted: null, falling: false };

  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children.filter((child) => child !== null));
    return element;
  }
  const isolated = (text) => make("bdi", {}, text);
  const feedback = (handIn) => "feedback/" + encodeURIComponent(handIn.toWellFormed ? handIn.toWellFormed() : handIn) + ".html";

  // The table ---------------------------------------------------------------------------------------------------------

  function nameOf(row) {
    const handIn = row[HAND_IN];
    if (handIn === null) return isolated(row[NAME]);
    if (!Object.hasOwn(details, handIn)) return make("a", { href: feedback(handIn) }, isolated(row[NAME]));
    const button = make("button", { type: "button", className: "opens" }, isolated(row[NAME]));
    button.setAttribute("aria-haspopup", "dialog");
    button.addEventListener("click", () => open(row));
    return button;
  }

  function line(row) {
    const name = make("th", { scope: "row", className: "name" }, nameOf(row));
    if (row[ID]) name.append(" ", make("small", {}, isolated(row[ID])));
    const cells = [name];
    if (withSections) cells.push(make("td", {}, row[SECTION]));
    cells.push(make("td", { className: "number total" }, row[TOTAL] === null ? "" : String(row[TOTAL])));
    for (const points of row[POINTS]) {
      cells.push(make("td", { className: "number" }, points === null ? "" : String(points)));
    }
    cells.push(make("td", { className: "notes" }, row[SAYS]));
    return make("tr", {}, ...cells);
  }

  function draw() {
    const { shown, first } = view;
    const last = Math.min(first + perPage, shown.length);
    table.tBodies[0].replaceChildren(...shown.slice(first, last).map(line));
    byId("shown").textContent = shown.length === rows.length ? `${rows.length} students` : `${shown.length} of ${rows.length} students`;
    byId("pages").hidden = shown.length <= perPage;
    byId("place").textContent = `${first + 1}–${last} of ${shown.length}`;
    byId("before").disabled = first === 0;
    byId("after").disabled = last === shown.length;
  }

  function valueOf(row, key) {
    switch (key) {
      case "name": return row[NAME];
      case "section": return row[SECTION];
      case "says": return row[SAYS];
      case "total": return row[TOTAL] === null ? null : Number(row[TOTAL]);
      default: {
        const points = row[POINTS][Number(key)];
        return points === null ? null : Number(points);
      }
    }
  }

  // Rows without a value stand last in both directions; equal rows keep the order of the class.
  function order(picked) {
    if (view.sorted === null) return picked;
    const sign = view.falling ? -1 : 1;
    const keyed = picked.map((row) => [valueOf(row, view.sorted), row]);
    const empty = (value) => value === null || value === "";
    keyed.sort(([a], [b]) => {
      if (empty(a) || empty(b)) return Number(empty(a)) - Number(empty(b));
      return sign * (typeof a === "number" ? a - b : collator.compare(a, b));
    });
    return keyed.map(([, row]) => row);
  }

  // "jose" finds José.
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  let searched = null;

  function pick() {
    const words = plain(byId("search").value).split(/\s+/).filter(Boolean);
    const state = byId("state").value;
    if (words.length) searched ??= new Map(rows.map((row) => [row, plain(`${row[NAME]} ${row[ID]} ${row[SECTION]}`)]));
    const picked = rows.filter(
      (row) => (!state || row[STATE].includes(state)) && words.every((word) => searched.get(row).includes(word)),
    );
    view.shown = order(picked);
    view.first = 0;
    draw();
  }

  function sortBy(head) {
    const key = head.dataset.key;
    view.falling = view.sorted === key ? !view.falling : false;
    view.sorted = key;
    for (const each of heads) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", view.falling ? "descending" : "ascending");
    pick();
  }

  function turn(by) {
    view.first += by;
    draw();
    table.scrollIntoView({ block: "start" });
  }

  // One student -------------------------------------------------------------------------------------------------------

  function pair(name, value) {
    return make("div", {}, make("dt", {}, name), make("dd", {}, make("code", {}, value)));
  }

  function checkOf(check) {
    const parts = [make("h4", {}, check.id), make("p", {}, check.says + (check.held ? " (undecided)" : ""))];
    if (check.code) parts.push(make("pre", { tabIndex: 0 }, make("code", {}, check.code)));
    const pairs = [["Got", "got"], ["Expected", "expected"], ["Off by", "off by"], ["Allowed", "allowed"], ["Line", "line"]]
      .filter(([, key]) => check[key])
      .map(([name, key]) => pair(name, check[key]));
    if (pairs.length) parts.push(make("dl", { className: "compared" }, ...pairs));
    return parts;
  }

  function problemOf(problem) {
    const parts = [make("h3", {}, make("span", {}, problem.title), make("span", {}, problem.score))];
    if (problem.undecided) parts.push(make("p", { className: "muted" }, `Undecided: ${problem.undecided}`));
    for (const why of problem.why ?? []) {
      parts.push(make("p", {}, make("strong", {}, why.says)));
      if (why.hint) parts.push(make("p", { className: "muted" }, why.hint));
    }
    return parts.concat((problem.checks ?? []).flatMap(checkOf));
  }

  function open(row) {
    const own = row[OWN] ?? {};
    const report = details[row[HAND_IN]];
    const close = make("button", { type: "button" }, "Close");
    const dialog = byId("own");
    close.addEventListener("click", () => dialog.close());
    const parts = [
      make("header", {}, make("h2", { id: "own-title" }, isolated(row[NAME])), close),
      make("p", { className: "grade" }, row[TOTAL] === null ? "not graded" : `${row[TOTAL]} / ${dialog.dataset.of}`),
      row[SAYS] ? make("p", { className: "muted" }, row[SAYS]) : null,
      make("p", {}, make("a", { href: feedback(row[HAND_IN]) }, "The feedback as the student gets it")),
      own.late ? make("p", {}, own.late) : null,
      ...(own.adjusted ?? []).map((text) => make("p", {}, "Adjusted by " + text)),
      own.reason || report.reason ? make("p", {}, own.reason || report.reason) : null,
      ...(report.notes ?? []).map((note) => make("p", {}, note)),
      ...(report.problems ?? []).flatMap(problemOf),
    ];
    if (report.printed) {
      parts.push(make("details", {}, make("summary", {}, "What it printed"), make("pre", { tabIndex: 0 }, report.printed)));
    }
    dialog.firstElementChild.replaceChildren(...parts.filter((part) => part !== null));
    dialog.showModal();
    dialog.scrollTop = 0;
  }

  // What a page without a script does not offer ------------------------------------------------------------------------

  for (const head of heads) {
    const button = make("button", { type: "button" }, ...head.childNodes);
    button.addEventListener("click", () => sortBy(head));
    head.append(button);
  }
  byId("search").addEventListener("input", pick);
  byId("state").addEventListener("change", pick);
  byId("before").addEventListener("click", () => turn(-perPage));
  byId("after").addEventListener("click", () => turn(perPage));
  byId("own").addEventListener("click", (event) => {
    if (event.target === event.currentTarget) event.currentTarget.close();
  });
  // Paper cannot be clicked: what is folded is unfolded for it, and folded again.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const each of folded) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of folded) each.open = false;
  });
  byId("controls").hidden = false;
  draw();
})();
