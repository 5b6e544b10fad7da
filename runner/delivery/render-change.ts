import Knex from "knex";

import type { Change } from "./table-changes.ts";

// Only the builder: it never connects. Loading it takes a noticeable part of an export, most of which change no table.
const builder = Knex.knex({ client: "pg" });

/** A change as Postgres takes it. */
export function renderChange({ text, bindings }: Change): string {
  return builder.raw(text, [...bindings]).toQuery();
}
