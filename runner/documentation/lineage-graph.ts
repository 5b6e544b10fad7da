import type { Manifest, ManifestNode } from "../compile/manifest.ts";
import { type Html, html } from "./html.ts";
import { type Edge, keyOf, nodeOfKey } from "./lineage-edges.ts";
import { columnAnchor, fileOf, nameOf } from "./links.ts";

const size = { box: 250, gap: 110, head: 34, row: 22, space: 18, margin: 6 } as const;

/** A relation in the graph, with the columns of it that are shown. */
interface Box {
  readonly node: ManifestNode;
  readonly columns: readonly string[];
  readonly x: number;
  readonly y: number;
}

/** Which columns a node's are made of, and which are made of them, as a picture in layers; null where there is none of either. */
export function lineageGraph(node: ManifestNode, manifest: Manifest, edges: readonly Edge[]): Html | null {
  if (edges.length === 0) return null;
  const layers = layersOf(node, manifest, edges);
  const heights = layers.map((layer) => layer.reduce((sum, box) => sum + heightOf(box) + size.space, -size.space));
  const height = Math.max(...heights) + 2 * size.margin;
  const boxes = layers.flatMap((layer, at) => place(layer, { at, top: (height - (heights[at] ?? 0)) / 2 }));
  const anchors = anchorsOf(boxes);
  const width = layers.length * size.box + (layers.length - 1) * size.gap + 2 * size.margin;
  return html`<div class="scroll" role="region" tabindex="0" aria-label="Column lineage of ${nameOf(node)}">
    <svg
      class="lineage"
      width="${width}"
      height="${height}"
      viewBox="0 0 ${width} ${height}"
      role="group"
      aria-label="Columns ${nameOf(node)} is made of on the left, columns made of it on the right"
    >
      ${edges.map((edge) => renderEdge(edge, anchors))} ${boxes.map((box) => renderBox(box, box.node === node))}
    </svg>
  </div>`;
}

type Shown = Pick<Box, "node" | "columns">;

/** As many steps from the node as the longest way has, to the left what it is made of. */
function layersOf(
  node: ManifestNode,
  { order, nodes }: Manifest,
  edges: readonly Edge[],
): readonly (readonly Shown[])[] {
  const distance = new Map([[node.uniqueId, 0]]);
  const readers = new Map<string, Set<string>>();
  const reads = new Map<string, Set<string>>();
  for (const { from, to } of edges) {
    addTo(readers, nodeOfKey(from), nodeOfKey(to));
    addTo(reads, nodeOfKey(to), nodeOfKey(from));
  }
  const steps = (neighbours: ReadonlySet<string> = new Set()): readonly number[] =>
    [...neighbours].flatMap((uniqueId) => distance.get(uniqueId) ?? []);
  const keys = new Set(edges.flatMap(({ from, to }) => [from, to]));
  for (const uniqueId of order.slice(0, order.indexOf(node.uniqueId)).toReversed()) {
    const behind = steps(readers.get(uniqueId));
    if (behind.length > 0) distance.set(uniqueId, Math.min(...behind) - 1);
  }
  for (const uniqueId of order.slice(order.indexOf(node.uniqueId) + 1)) {
    const before = steps(reads.get(uniqueId));
    if (before.length > 0) distance.set(uniqueId, Math.max(...before) + 1);
  }
  const shown = (uniqueId: string): readonly Shown[] => {
    const other = nodes[uniqueId];
    if (other === undefined) return [];
    const columns = other.boundColumns.map(({ name }) => name);
    return [{ node: other, columns: columns.filter((name) => other === node || keys.has(keyOf(uniqueId, name))) }];
  };
  return [...new Set(distance.values())]
    .toSorted((left, right) => left - right)
    .map((layer) => order.filter((uniqueId) => distance.get(uniqueId) === layer).flatMap(shown));
}

function place(
  layer: readonly Pick<Box, "node" | "columns">[],
  { at, top }: { readonly at: number; readonly top: number },
): readonly Box[] {
  let y = top;
  return layer.map((box) => {
    const placed = { ...box, x: size.margin + at * (size.box + size.gap), y };
    y += heightOf(box) + size.space;
    return placed;
  });
}

function heightOf({ columns }: Pick<Box, "columns">): number {
  return size.head + columns.length * size.row + 6;
}

interface Anchor {
  readonly x: number;
  readonly y: number;
}

function renderEdge({ from, to }: Edge, anchors: ReadonlyMap<string, Anchor>): Html | null {
  const [start, end] = [anchors.get(from), anchors.get(to)];
  if (start === undefined || end === undefined) return null;
  const [x1, x2] = [start.x + size.box, end.x];
  const bend = size.gap / 2;
  const path = `M${x1} ${start.y}C${x1 + bend} ${start.y} ${x2 - bend} ${end.y} ${x2} ${end.y}`;
  return html`<path class="edge" d="${path}" data-from="${from}" data-to="${to}" />`;
}

/** Where the lines of each column begin, at its box's left. */
function anchorsOf(boxes: readonly Box[]): ReadonlyMap<string, Anchor> {
  const places = boxes.flatMap(({ node, columns, x, y }) =>
    columns.map((column, at): [string, Anchor] => [
      keyOf(node.uniqueId, column),
      { x, y: y + size.head + (at + 0.5) * size.row },
    ]),
  );
  return new Map(places);
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  sets.set(key, (sets.get(key) ?? new Set()).add(value));
}

function renderBox({ node, columns, x, y }: Box, isOwn: boolean): Html {
  const file = encodeURI(fileOf(node));
  const rows = columns.map((column, at) => {
    const top = y + size.head + at * size.row;
    const href = `${isOwn ? "" : file}#${columnAnchor(column)}`;
    return html`<a class="row" href="${href}" data-key="${keyOf(node.uniqueId, column)}"
      ><rect x="${x + 1}" y="${top}" width="${size.box - 2}" height="${size.row}" /><text x="${x + 14}" y="${top + 15}"
        >${shorten(column, 32)}</text
      ></a
    >`;
  });
  return html`<g class="box ${node.resourceType}${isOwn ? " own" : ""}">
    <rect class="frame" x="${x}" y="${y}" width="${size.box}" height="${heightOf({ columns })}" rx="8" />
    <a href="${file}"><text class="head" x="${x + 14}" y="${y + 22}">${shorten(nameOf(node), 28)}</text></a>
    ${rows}
  </g>`;
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
