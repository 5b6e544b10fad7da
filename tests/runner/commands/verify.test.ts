import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { prng } from "../../../runner/prng.ts";
import { readCurrentRelease } from "../../../runner/warehouse/releases.ts";
import { cellText } from "../../../runner/warehouse/cells.ts";
import { type BronzeFile, extendedFile, landInBronze } from "../../support/bronze.ts";
import { scratchProject, smallProject } from "../../support/tonearm.ts";

const seedYaml = `description: Events.
columns:
  - { name: event_id, data_type: INTEGER, description: Key. }
  - { name: month, data_type: VARCHAR, description: Month. }
  - { name: amount, data_type: INTEGER, description: Amount. }
`;
const partitioned = (sql: string, key: string): string => `/*---
materialized: partitioned
partition_by: month
unique_key: ${key}
---*/
${sql}
`;
const changed = "{{#if (is_incremental)}} where month in ({{changed_partitions}}) {{/if}}";
const files = {
  "project.yml": `${smallProject}sources:
  - name: bronze
    description: Landed rows.
    tables:
      - name: listening_history
        description: Events, of which a batch brings some.
        columns:
          - { name: batch_id, data_type: VARCHAR, description: The batch. }
          - { name: track_id, data_type: VARCHAR, description: Number of the event. }
          - { name: ended_at, data_type: TIMESTAMP, description: Some time in its month. }
          - { name: ms_played, data_type: BIGINT, description: Amount. }
`,
  "models/silver/events.sql": `/*---
materialized: partitioned
partition_by: batch_id
columns:
  - { name: event_id, description: Key., data_tests: [unique, not_null] }
  - { name: amount, description: Amount., data_tests: [range: { min: 0 }] }
---*/
select batch_id, cast(track_id as integer) as event_id, strftime(ended_at, '%Y-%m') as month, ms_played as amount
from {{source 'bronze.listening_history'}}
{{#if (is_incremental)}} where batch_id in ({{changed_partitions}}) {{/if}}
`,
  "models/silver/ordered.sql": partitioned(
    `select *, sum(amount) over (partition by month order by event_id) as so_far from {{ref 'events'}} ${changed}`,
    "event_id",
  ),
  "models/silver/months.sql": partitioned(
    `select month, count(*) as events, max(so_far) as top, avg(amount / 3) as mean from {{ref 'ordered'}} ${changed} group by month`,
    "month",
  ),
  "models/gold/totals.sql": "select count(*) as months, sum(events) as events from {{ref 'months'}}\n",
};

interface Event {
  readonly id: number;
  readonly month: string;
  readonly amount: number;
}

/** A file that lands some events as a batch; the id of the batch follows from them. */
function fileOf(events: readonly Event[]): BronzeFile {
  const rows = events.map(({ id, month, amount }) => ({
    track_id: String(id),
    ended_at: `${month}-15 12:00:00`,
    ms_played: amount,
  }));
  return extendedFile("Streaming_History_Audio.json", rows);
}

/** Per month the running sums in order of event_id, worked out without SQL. */
function expectedLines(events: readonly Event[]): readonly string[] {
  const sums = new Map<string, number>();
  return events
    .toSorted((left, right) => left.id - right.id)
    .map(({ id, month, amount }) => {
      sums.set(month, (sums.get(month) ?? 0) + amount);
      return `${id} ${month} ${sums.get(month)}`;
    });
}

test("batches landed and taken out in any order leave what a full build would give", async (t) => {
  const project = await scratchProject(t, files);
  const seed = process.env["PROPERTY_SEED"] ?? "1";
  const chance = prng(seed);
  const pick = (below: number): number => Math.floor(chance.uniform() * below);
  const all = Array.from({ length: 60 }, (_, at): Event & { batch: number } => ({
    id: at,
    month: `2026-0${1 + pick(6)}`,
    amount: pick(100),
    batch: pick(6),
  }));
  const landed = new Set<number>();
  for (let step = 0; step < 6; step++) {
    const batch = pick(6);
    // A batch that has landed already is taken out again.
    if (landed.size > 1 && landed.has(batch)) landed.delete(batch);
    else landed.add(landed.has(batch) ? (batch + 1) % 6 : batch);
    const events = all.filter((event) => landed.has(event.batch));
    await rm(join(project.dataDir, "bronze/landings"), { recursive: true, force: true });
    for (const one of landed) await landInBronze(project.dataDir, [fileOf(all.filter((event) => event.batch === one))]);
    const what = `seed ${seed}, step ${step}`;
    const built = await project.run("build");
    assert.equal(built.code, 0, `${what}\n${built.stdout}`);
    const verified = await project.run("verify");
    assert.equal(verified.code, 0, `${what}\n${verified.stdout}`);
    assert.match(verified.stdout, /SAME=4 DIFFERENT=0 SKIP=0$/m);
    const rows = await project.query(
      "select concat_ws(' ', event_id, month, so_far) as line from silver.ordered order by event_id",
    );
    assert.deepEqual(
      rows.map(({ line }) => cellText(line)),
      expectedLines(events),
      what,
    );
  }
  // What was kept count of from build to build is what a whole build counts.
  const contents = async (): Promise<readonly unknown[]> =>
    Object.values((await readCurrentRelease(project.dataDir))?.state.nodes ?? {}).map((node) => [
      node.contentHash,
      node.contents,
    ]);
  const kept = await contents();
  assert.equal((await project.run("build", "--full-refresh")).code, 0);
  assert.deepEqual(await contents(), kept);
});

test("verify names the partitions and keys that differ, and what cannot be compared", async (t) => {
  const project = await scratchProject(t, {
    "seeds/events.yml": seedYaml,
    "seeds/events.csv": "event_id,month,amount\n1,2026-01,10\n2,2026-02,20\n3,2026-03,30\n",
    // The sum runs over all months, so that a change in one of them alters those behind it.
    "models/silver/running.sql": partitioned(
      `select *, sum(amount) over (order by event_id) as so_far from {{ref 'events'}} ${changed}`,
      "event_id",
    ),
    // A late event is never seen.
    "models/silver/newest.sql": `/*---
materialized: incremental
unique_key: event_id
---*/
select event_id from {{ref 'events'}}
{{#if (is_incremental)}} where event_id > (select max(event_id) from {{this_relation}}) {{/if}}
`,
    "models/gold/fine.sql": "select count(*) as n from {{ref 'running'}}\n",
  });
  assert.equal((await project.run("verify")).code, 1, "there is no release yet");
  await project.run("build");
  await project.write({
    "seeds/events.csv": "event_id,month,amount\n0,2026-01,1\n1,2026-01,10\n2,2026-02,20\n3,2026-03,30\n",
  });
  assert.equal((await project.run("build")).code, 0);
  const { code, stdout } = await project.run("verify");
  assert.equal(code, 1);
  assert.match(
    stdout,
    /^DIFFERENT silver\.running \[4 rows\]: the rebuild \(after\) has against the published rows \(before\) 0 added, 0 removed, 2 changed; partitions 2026-02, 2026-03$/m,
  );
  assert.match(stdout, /event_id +column +before +after\n[ ─]+\n +2 +so_far +30 +31\n +3 +so_far +60 +61\n/);
  assert.match(
    stdout,
    /^DIFFERENT silver\.newest \[3 rows\]: the rebuild \(after\) has against the published rows \(before\) 1 added, 0 removed, 0 changed$/m,
  );
  assert.match(stdout, /^SAME gold\.fine \[1 row\]$/m);
  assert.match(stdout, /^Verified release 2: SAME=1 DIFFERENT=2 SKIP=0$/m);

  assert.equal((await project.run("build", "--select", "newest running+", "--full-refresh")).code, 0);
  assert.match((await project.run("verify")).stdout, /^Verified release 3: SAME=3 DIFFERENT=0 SKIP=0$/m);
  await project.write({ "models/gold/fine.sql": "select count(*) as n, 1 as one from {{ref 'running'}}\n" });
  const stale = await project.run("verify", "--select", "fine");
  assert.match(stale.stdout, /^SKIP gold\.fine: its SQL changed; build it first$/m);
});
