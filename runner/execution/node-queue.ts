import type { Manifest, ManifestNode } from "../compile/manifest.ts";
import { type Plan, testsOf } from "../graph/plan.ts";
import { longestChains } from "./longest-chains.ts";

/**
 * Hands out the nodes of a plan as soon as what they and their tests read is done: first those from which the way to the end is the longest,
 * by the time that nodes took when they were last built; where that is not known, in the plan's order.
 */
export class NodeQueue {
  readonly #nodes: readonly ManifestNode[];
  /** By unique id: how many nodes are waited for, and the places of those that wait for it. */
  readonly #waitsFor = new Map<string, number>();
  readonly #readBy = new Map<string, number[]>();
  /** By place: milliseconds that the longest chain of nodes from there on last took. */
  readonly #chains: readonly number[];
  /** Places of nodes that wait for nothing, the first one last. */
  readonly #ready: number[] = [];
  #left: number;
  #wake: (() => void)[] = [];
  #failure: { readonly error: unknown } | null = null;

  constructor({ manifest, plan }: { readonly manifest: Manifest; readonly plan: Plan }) {
    this.#nodes = plan.nodes.flatMap(({ uniqueId }) => manifest.nodes[uniqueId] ?? []);
    this.#left = this.#nodes.length;
    const planned = new Set(this.#nodes.map(({ uniqueId }) => uniqueId));
    for (const [place, { uniqueId, reads }] of this.#nodes.entries()) {
      const tested = testsOf(manifest, uniqueId).flatMap((test) => test.reads);
      const upstream = new Set([...reads, ...tested].filter((other) => other !== uniqueId && planned.has(other)));
      this.#waitsFor.set(uniqueId, upstream.size);
      for (const other of upstream) this.#readBy.set(other, [...(this.#readBy.get(other) ?? []), place]);
    }
    this.#chains = longestChains(
      this.#nodes.map(({ uniqueId }) => lastTime(plan, uniqueId)),
      (place) => this.#readBy.get(this.#nodes[place]?.uniqueId ?? "") ?? [],
    );
    for (const [place, { uniqueId }] of this.#nodes.entries()) {
      if (this.#waitsFor.get(uniqueId) === 0) this.#add(place);
    }
  }

  /** The next node, once there is one; null when all are handed out, or one has failed. */
  async next(): Promise<ManifestNode | null> {
    for (;;) {
      if (this.#left === 0 || this.#failure !== null) return null;
      const node = this.#nodes[this.#ready.pop() ?? -1];
      if (node !== undefined) {
        this.#left -= 1;
        return node;
      }
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  finish(uniqueId: string): void {
    for (const place of this.#readBy.get(uniqueId) ?? []) {
      const reader = this.#nodes[place]?.uniqueId ?? "";
      const left = (this.#waitsFor.get(reader) ?? 0) - 1;
      this.#waitsFor.set(reader, left);
      if (left === 0) this.#add(place);
    }
    this.#wakeAll();
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wakeAll();
  }

  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  #add(place: number): void {
    const at = this.#ready.findIndex((other) => this.#isBefore(other, place));
    this.#ready.splice(at === -1 ? this.#ready.length : at, 0, place);
  }

  #isBefore(place: number, other: number): boolean {
    const [chain, otherChain] = [this.#chains[place] ?? 0, this.#chains[other] ?? 0];
    return chain === otherChain ? place < other : chain > otherChain;
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

function lastTime({ state }: Plan, uniqueId: string): number {
  return state.nodes[uniqueId]?.ms ?? 0;
}
