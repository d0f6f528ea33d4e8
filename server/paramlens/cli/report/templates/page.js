"use strict";
(() => {
  const MOST_AT_FIRST = 40;
  const LABEL_MARGIN = 10;
  const rowsOf = (table) => [...table.tBodies[0].rows];
  const level = (row) => Number(/^l(\d+)/.exec(row.className)?.[1] ?? 1);

  /* Rows as a tree, which the levels of the rows in their first order tell. */
  const trees = new WeakMap();
  function treeOf(table) {
    if (trees.has(table)) return trees.get(table);
    const top = { children: [] };
    const path = [top];
    const nodes = new Map();
    for (const row of rowsOf(table)) {
      const node = { row, children: [], parent: undefined };
      path.length = level(row);
      node.parent = path.at(-1);
      node.parent.children.push(node);
      path.push(node);
      nodes.set(row, node);
    }
    const tree = { top, nodes, rows: rowsOf(table) };
    trees.set(table, tree);
    return tree;
  }

  /* Sorting, among siblings; what has no value stands last either way. */
  const isNumeric = (header) => header.classList.contains("n") || header.dataset.by !== undefined;
  function valueOf(row, header) {
    const cell = row.cells[header.cellIndex];
    if (cell.dataset.n !== undefined) return Number(cell.dataset.n);
    const text = cell.textContent.trim();
    if (!isNumeric(header)) return text === "" ? null : text;
    return /^\d[\d,]*$/.test(text) ? Number(text.replaceAll(",", "")) : null;
  }
  function ordered(nodes, header, sign) {
    const keyed = nodes.map((node) => ({ node, value: valueOf(node.row, header) }));
    keyed.sort(({ value: a }, { value: b }) => {
      if (a === null || b === null) return Number(a === null) - Number(b === null);
      return sign * (typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b);
    });
    return keyed.map(({ node }) => node);
  }
  function sort(table, header) {
    const [first, second] = isNumeric(header) ? ["descending", "ascending"] : ["ascending", "descending"];
    const now = header.getAttribute("aria-sort");
    const next = now === first ? second : now === second ? "none" : first;
    for (const other of header.parentNode.cells) other.setAttribute("aria-sort", other === header ? next : "none");
    const body = table.tBodies[0];
    const found = document.createDocumentFragment();
    const tree = treeOf(table);
    if (next === "none") found.append(...tree.rows);
    else {
      const add = (nodes) => {
        for (const node of ordered(nodes, header, next === "ascending" ? 1 : -1)) {
          found.append(node.row);
          add(node.children);
        }
      };
      add(tree.top.children);
    }
    body.append(found);
  }
  function addSorting(table) {
    for (const header of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      button.addEventListener("click", () => sort(table, header));
      header.append(button);
      header.setAttribute("aria-sort", "none");
    }
  }

  /* A part is read out with what it stands in: `stages.3`. */
  const names = new WeakMap();
  function nameOf(node) {
    const outer = node.parent.row ? `${names.get(node.parent)}.` : "";
    names.set(node, outer + node.row.cells[0].firstChild.data.trim());
    return outer;
  }
  function addOuter(node, outer) {
    if (outer === "") return;
    const span = document.createElement("span");
    span.className = "v";
    span.textContent = outer;
    node.row.cells[0].prepend(span);
  }
  function addFold(node) {
    const cell = node.row.cells[0];
    const seen = document.createElement("span");
    seen.setAttribute("aria-hidden", "true");
    cell.firstChild.before(seen);
    seen.append(seen.nextSibling);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "fold";
    button.setAttribute("aria-expanded", "true");
    button.setAttribute("aria-label", names.get(node));
    cell.prepend(button);
  }

  /* Parts that hold others are opened and closed. */
  function show(node, visible) {
    for (const child of node.children) {
      child.row.hidden = !visible;
      show(child, visible && isOpen(child));
    }
  }
  const isOpen = ({ row }) => row.querySelector(".fold")?.getAttribute("aria-expanded") === "true";
  function open(node, on) {
    node.row.querySelector(".fold")?.setAttribute("aria-expanded", String(on));
    show(node, on && !node.row.hidden);
  }
  function openTo(table, deepest) {
    const { nodes, top } = treeOf(table);
    for (const node of nodes.values()) {
      node.row.querySelector(".fold")?.setAttribute("aria-expanded", String(level(node.row) < deepest));
    }
    show(top, true);
  }
  function addFolds(table) {
    if (trees.has(table)) return;
    addSorting(table);
    const { nodes } = treeOf(table);
    const perLevel = [];
    for (const node of nodes.values()) {
      perLevel[level(node.row)] = (perLevel[level(node.row)] ?? 0) + 1;
      const outer = nameOf(node);
      if (node.children.length > 0) addFold(node);
      else addOuter(node, outer);
    }
    let deepest = 0;
    for (let rows = 0; deepest + 1 < perLevel.length; deepest += 1) {
      rows += perLevel[deepest + 1];
      if (deepest > 0 && rows > MOST_AT_FIRST) break;
    }
    openTo(table, deepest);
    const tools = table.closest("section").querySelector(".tools");
    tools.hidden = table.querySelector(".fold") === null;
  }
  function pressed({ target }, on) {
    const fold = target.closest(".fold");
    if (!fold) return false;
    const row = fold.closest("tr");
    const node = treeOf(row.closest("table")).nodes.get(row);
    open(node, on ?? !isOpen(node));
    return true;
  }

  /* Names on the map are cut where their tile ends; numbers are shown whole or not at all. */
  const whole = new WeakMap();
  function shorter(full, isCount) {
    if (isCount) return [full, full.split(" · ").at(-1), ""];
    const name = full.replace(/ [<>]?[\d.]+%$/, "");
    const parts = name.split(".");
    return [full, name, ...parts.slice(1).map((_, number) => `…${parts.slice(number + 1).join(".")}`)];
  }
  function fit(map) {
    for (const text of map.querySelectorAll("text")) {
      if (!whole.has(text)) whole.set(text, text.textContent);
      const room = text.parentNode.querySelector("rect").getBoundingClientRect().width - LABEL_MARGIN;
      const fits = (words) => {
        text.textContent = words;
        return text.getComputedTextLength() <= room;
      };
      const isCount = text.classList.contains("quiet");
      if (shorter(whole.get(text), isCount).some(fits) || isCount) continue;
      const letters = [...text.textContent];
      const kept = Math.floor((letters.length * room) / text.getComputedTextLength()) - 1;
      text.textContent = kept > 2 ? `${letters.slice(0, kept).join("").replace(/[ .]+$/, "")}…` : "";
    }
  }
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) if (target.clientWidth > 0) fit(target);
  });

  /* A model is made ready when it is opened first. */
  function ready(model) {
    for (const later of model.querySelectorAll('script[type="text/html"]')) later.outerHTML = later.textContent;
    for (const table of model.querySelectorAll("table.parts")) addFolds(table);
    for (const map of model.querySelectorAll(".tiles")) sizes.observe(map);
  }
  const models = [...document.querySelectorAll("details.model")];
  for (const model of models) {
    if (model.open) ready(model);
    model.addEventListener("toggle", () => model.open && ready(model));
    model.addEventListener("click", (event) => pressed(event) || clicked(model, event.target));
    model.addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight") pressed(event, true);
      if (event.key === "ArrowLeft") pressed(event, false);
    });
  }
  function clicked(model, target) {
    const all = target.closest("[data-rows]");
    const table = model.querySelector("table.parts");
    if (all) openTo(table, all.dataset.rows === "open" ? Infinity : 1);
    const tile = target.closest("[data-row]");
    if (!tile) return;
    const tree = treeOf(table);
    const node = tree.nodes.get(tree.rows[Number(tile.dataset.row)]);
    for (let outer = node.parent; outer.row; outer = outer.parent) outer.row.querySelector(".fold").setAttribute("aria-expanded", "true");
    show(tree.top, true);
    for (const row of tree.rows) row.classList.toggle("here", row === node.row);
    node.row.scrollIntoView({ block: "center" });
  }

  /* A link to a model opens it. */
  function follow() {
    const model = models.find(({ id }) => `#${id}` === location.hash);
    if (!model) return;
    model.open = true;
    model.scrollIntoView();
  }
  addEventListener("hashchange", follow);
  document.addEventListener("click", ({ target }) => {
    if (target.closest("a[href]")?.hash === location.hash) follow();
  });
  follow();

  /* The summary: its tools, and its filter. */
  const filter = document.querySelector("#filter");
  if (filter) {
    filter.closest(".tools").hidden = false;
    const table = document.querySelector("table.models");
    const rows = rowsOf(table);
    addSorting(table);
    const texts = rows.map((row) => `${row.cells[0].textContent} ${row.cells[1].textContent}`.toLowerCase());
    filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, index) => {
        const matches = words.every((word) => texts[index].includes(word));
        row.hidden = models[index].hidden = !matches;
        shown += Number(matches);
      });
      document.querySelector("#filtered").textContent = words.length === 0 ? "" : `${shown} of ${rows.length} models`;
    });
    for (const button of document.querySelectorAll("[data-all]")) {
      button.addEventListener("click", () => {
        for (const model of models) model.open = button.dataset.all === "open" && !model.hidden;
      });
    }
  }
})();
