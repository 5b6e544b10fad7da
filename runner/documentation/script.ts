import type { SearchEntry } from "./search-index.ts";

/** The only script: the search, and which lines of a lineage belong to a column. */
export function siteScript(entries: readonly SearchEntry[]): string {
  return `"use strict";\nconst entries = ${JSON.stringify(entries)};\n${behaviour}`;
}

const behaviour = String.raw`
const input = document.getElementById("search");
const results = document.getElementById("results");
let chosen = -1;

function find(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const score = ([name, kind, , description]) => {
    const own = name.toLowerCase();
    const all = (own + " " + kind + " " + description).toLowerCase();
    if (!words.every((word) => all.includes(word))) return 0;
    const isNode = !kind.startsWith("column");
    const near = own === words[0] ? 8 : own.startsWith(words[0]) ? 4 : words.every((word) => own.includes(word)) ? 2 : 0;
    return 1 + near + (isNode && near > 0 ? 3 : 0);
  };
  return entries
    .map((entry) => ({ entry, rank: score(entry) }))
    .filter(({ rank }) => rank > 0)
    .sort((left, right) => right.rank - left.rank || left.entry[0].length - right.entry[0].length)
    .slice(0, 20)
    .map(({ entry }) => entry);
}

function show(found) {
  chosen = -1;
  results.replaceChildren(
    ...found.map(([name, kind, href, description], at) => {
      const item = document.createElement("li");
      item.id = "result-" + at;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      const link = document.createElement("a");
      link.href = href;
      link.tabIndex = -1;
      for (const [part, text] of [["name", name], ["kind", kind], ["about", description]]) {
        const span = document.createElement("span");
        span.className = part;
        span.textContent = text;
        link.append(span);
      }
      item.append(link);
      return item;
    }),
  );
  const isEmpty = found.length === 0 && input.value.trim() !== "";
  if (isEmpty) {
    const item = document.createElement("li");
    item.className = "none";
    item.textContent = "Nothing is called or described so.";
    results.append(item);
  }
  results.hidden = found.length === 0 && !isEmpty;
  input.setAttribute("aria-expanded", String(!results.hidden));
  input.removeAttribute("aria-activedescendant");
}

function choose(at) {
  const items = [...results.querySelectorAll("[role=option]")];
  if (items.length === 0) return;
  chosen = (at + items.length) % items.length;
  items.forEach((item, place) => item.setAttribute("aria-selected", String(place === chosen)));
  items[chosen].scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", items[chosen].id);
}

function close() {
  results.hidden = true;
  input.setAttribute("aria-expanded", "false");
}

input.addEventListener("input", () => show(find(input.value)));
input.addEventListener("focus", () => show(find(input.value)));
input.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") choose(chosen + 1);
  else if (event.key === "ArrowUp") choose(chosen - 1);
  else if (event.key === "Escape") close();
  else if (event.key === "Enter") {
    const link = results.querySelectorAll("a")[Math.max(chosen, 0)];
    if (link) {
      close();
      location.href = link.href;
    }
  } else return;
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest(".search")) close();
});
document.addEventListener("keydown", (event) => {
  const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  input.focus();
});

for (const graph of document.querySelectorAll("svg.lineage")) {
  const edges = [...graph.querySelectorAll("path.edge")];
  const frame = graph.querySelector(".own .frame");
  const box = graph.parentElement;
  const center = () => {
    box.scrollLeft = Number(frame.getAttribute("x")) + Number(frame.getAttribute("width")) / 2 - box.clientWidth / 2;
    box.scrollTop = Number(frame.getAttribute("y")) + Number(frame.getAttribute("height")) / 2 - box.clientHeight / 2;
  };
  center();
  graph.closest("details")?.addEventListener("toggle", center);
  // All lines that lead to a column, and all that lead on from it.
  const follow = (key, near, far) => {
    const reached = new Set([key]);
    const found = new Set();
    for (let size = -1; size !== found.size; ) {
      size = found.size;
      for (const edge of edges)
        if (reached.has(edge.dataset[near])) {
          found.add(edge);
          reached.add(edge.dataset[far]);
        }
    }
    return found;
  };
  const light = (key) => {
    graph.classList.toggle("is-lit", key !== null);
    const lit = key === null ? new Set() : new Set([...follow(key, "to", "from"), ...follow(key, "from", "to")]);
    for (const edge of edges) edge.classList.toggle("is-on", lit.has(edge));
    const near = new Set([...lit].flatMap((edge) => [edge.dataset.from, edge.dataset.to]));
    for (const row of graph.querySelectorAll("a.row")) row.classList.toggle("is-on", near.has(row.dataset.key) || row.dataset.key === key);
  };
  for (const row of graph.querySelectorAll("a.row")) {
    row.addEventListener("mouseenter", () => light(row.dataset.key));
    row.addEventListener("mouseleave", () => light(null));
    row.addEventListener("focus", () => light(row.dataset.key));
    row.addEventListener("blur", () => light(null));
  }
}
`;
