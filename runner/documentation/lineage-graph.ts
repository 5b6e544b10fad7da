import type { BoundColumn, Manifest, ManifestNode } from "../compile/manifest.ts";
import { type Html, html } from "./html.ts";
import { columnAnchor, fileOf, nameOf } from "./links.ts";

const size = { box: 250, gap: 110, head: 34, row: 22, space: 18, margin: 6 } as const;

/** A relation in the graph, with the columns of it that are shown. */
interface Box {
  readonly node: ManifestNode;
  readonly columns: readonly string[];
  readonly x: number;
  readonly y: number;
}

interface Edge {
  /** Unique id and column. */
  readonly from: string;
  readonly to: string;
}

/** Which columns a node's are made of, and which are made of them, as a picture in three layers; null where there is none of either. */
export function lineageGraph(node: ManifestNode, manifest: Manifest): Html | null {
  const edges = edgesAround(node, manifest);
  if (edges.length === 0) return null;
  const layers = [
    neighbours(node, manifest, { edges, end: "from" }),
    [{ node, columns: node.boundColumns.map(({ name }) => name) }],
    neighbours(node, manifest, { edges, end: "to" }),
  ].filter((layer) => layer.length > 0);
  const heights = layers.map((layer) => layer.reduce((sum, box) => sum + heightOf(box) + size.space, -size.space));
  const height = Math.max(...heights) + 2 * size.margin;
  const boxes = layers.flatMap((layer, at) => place(layer, { at, top: (height - (heights[at] ?? 0)) / 2 }));
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
      ${edges.map((edge) => renderEdge(edge, boxes))} ${boxes.map((box) => renderBox(box, box.node === node))}
    </svg>
  </div>`;
}

/** Every use of a column by another one, into the node and out of it. */
function edgesAround(node: ManifestNode, { nodes }: Manifest): readonly Edge[] {
  const into = usesOf(node, node.boundColumns);
  const out = Object.values(nodes).flatMap((reader) =>
    reader.reads.includes(node.uniqueId) && reader !== node
      ? usesOf(reader, reader.boundColumns).filter(({ from }) => from.startsWith(`${node.uniqueId} `))
      : [],
  );
  return [...into, ...out];
}

function usesOf({ uniqueId }: ManifestNode, columns: readonly BoundColumn[]): readonly Edge[] {
  return columns.flatMap(({ name, from }) =>
    (from ?? []).map((it) => ({ from: keyOf(it.uniqueId, it.column), to: keyOf(uniqueId, name) })),
  );
}

function neighbours(
  node: ManifestNode,
  { order, nodes }: Manifest,
  { edges, end }: { readonly edges: readonly Edge[]; readonly end: "from" | "to" },
): readonly Pick<Box, "node" | "columns">[] {
  const keys = new Set(edges.map((edge) => edge[end]));
  return order.flatMap((uniqueId) => {
    const other = nodes[uniqueId];
    if (other === undefined || other === node) return [];
    const columns = other.boundColumns.map(({ name }) => name).filter((name) => keys.has(keyOf(uniqueId, name)));
    return columns.length === 0 ? [] : [{ node: other, columns }];
  });
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

function keyOf(uniqueId: string, column: string): string {
  return `${uniqueId} ${column}`;
}

function renderEdge({ from, to }: Edge, boxes: readonly Box[]): Html | null {
  const [start, end] = [anchor(from, boxes), anchor(to, boxes)];
  if (start === null || end === null) return null;
  const [x1, x2] = [start.x + size.box, end.x];
  const bend = size.gap / 2;
  const path = `M${x1} ${start.y}C${x1 + bend} ${start.y} ${x2 - bend} ${end.y} ${x2} ${end.y}`;
  return html`<path class="edge" d="${path}" data-from="${from}" data-to="${to}" />`;
}

function anchor(key: string, boxes: readonly Box[]): { readonly x: number; readonly y: number } | null {
  for (const { node, columns, x, y } of boxes) {
    const at = columns.findIndex((column) => keyOf(node.uniqueId, column) === key);
    if (at !== -1) return { x, y: y + size.head + (at + 0.5) * size.row };
  }
  return null;
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
