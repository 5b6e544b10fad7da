import type { Row } from "../warehouse/duckdb.ts";
import { type BatchTarget, commitBatch } from "./commit-batch.ts";
import { UnreadableFile } from "./unreadable-file.ts";
import type { LandedRows } from "./landed-file.ts";
import { anotherDataDir } from "./check-account.ts";
import type { Disguise } from "./people.ts";
import type { Origin, Refusal, Rejection } from "./source-reader.ts";
import { sqlText, sqlTimestamp } from "./sql-text.ts";
import type { StagedFile } from "./stage-file.ts";

/** Where batches land, and what all of one run share. */
export interface LandingTarget extends BatchTarget {
  readonly account: string;
  readonly landedAt: Date;
  readonly disguise: Disguise;
  /** Says why a listener's files cannot land, by the disguised user name. */
  readonly admit: (person: string) => Refusal | undefined;
}

/** Lands a staged file's rows, then the record that makes them count; a crash between the two leaves nothing that counts. */
export async function landBatch(staged: StagedFile, target: LandingTarget): Promise<LandedRows> {
  const { batchId, file, reader } = staged;
  const origin: Origin = { batchId, file: file.baseName, account: target.account, landedAt: target.landedAt };
  await loadRows(staged, origin, target);
  const landed = await countRows(staged, target);
  const person = reader.hasUserNames ? await readPerson(staged, target) : null;
  const excluded = `rejection${reader.hasUserNames ? ", user_name" : ""}`;
  const rows = `select * exclude (${excluded}) from incoming where rejection is null`;
  const record = selectRecord(staged, origin, { ...landed, person, exportId: target.disguise(file.folder) });
  await commitBatch({ batchId, table: reader.table, rows, record }, target);
  return landed;
}

async function loadRows(staged: StagedFile, origin: Origin, target: LandingTarget): Promise<void> {
  const { file, reader, intake, path } = staged;
  try {
    await target.connection.run(`create or replace temp table incoming as ${intake.select(path, origin)}`);
  } catch (error) {
    const refusal = error instanceof Error ? reader.explain(error.message) : undefined;
    if (refusal === undefined) throw error;
    throw new UnreadableFile({ path: file.path, ...refusal }, error);
  }
}

async function countRows({ file, reader, intake }: StagedFile, { connection }: LandingTarget): Promise<LandedRows> {
  const groups = await connection.query(
    `select rejection, count(*) as row_count, min(${reader.position}) as first_row from incoming group by rejection`,
  );
  const loaded = groups.reduce((sum, group) => sum + Number(group["row_count"]), 0);
  if (intake.staged !== undefined && intake.staged !== loaded) {
    throw new Error(`${file.path}: DuckDB read ${loaded} rows of ${intake.staged} that were staged.`);
  }
  const rejections = [...intake.rejections, ...groups.flatMap(toRejection)];
  const rowsRead = loaded + total(intake.rejections);
  const rowsRejected = total(rejections);
  const isForeign = rejections.every(({ reason }) => reader.foreign.reasons.includes(reason));
  if (rowsRead > 0 && rowsRead === rowsRejected && isForeign) {
    throw new UnreadableFile({ path: file.path, ...reader.foreign.refusal });
  }
  rejections.sort((left, right) => left.firstRow - right.firstRow);
  return { rowsRead, rowsLanded: rowsRead - rowsRejected, rowsRejected, rejections };
}

/** The listener by the disguised user name, null where the file tells none; another one than admitted is refused. */
async function readPerson({ file }: StagedFile, target: LandingTarget): Promise<string | null> {
  const rows = await target.connection.query("select distinct user_name from incoming where user_name != '' limit 2");
  const names = rows.flatMap(({ user_name: name }) => (typeof name === "string" ? name : []));
  const [name] = names;
  if (name === undefined) return null;
  const person = target.disguise(name);
  const refusal = names.length > 1 ? severalPeople : target.admit(person);
  if (refusal !== undefined) throw new UnreadableFile({ path: file.path, ...refusal });
  return person;
}

const severalPeople: Refusal = { message: "holds the plays of several listeners", hint: anotherDataDir };

function toRejection(group: Row): readonly Rejection[] {
  const reason = group["rejection"];
  if (typeof reason !== "string") return [];
  return [{ reason, rows: Number(group["row_count"]), firstRow: Number(group["first_row"]) }];
}

function total(rejections: readonly Rejection[]): number {
  return rejections.reduce((sum, { rows }) => sum + rows, 0);
}

function selectRecord(
  staged: StagedFile,
  origin: Origin,
  landed: LandedRows & { readonly person: string | null; readonly exportId: string },
): string {
  const rejections = landed.rejections.map(({ reason, rows, firstRow }) => ({ reason, rows, first_row: firstRow }));
  const { reader } = staged;
  const [first, last] =
    reader.table === "listening_history"
      ? ["min(ended_at)", "max(ended_at)"]
      : ["max(null::timestamp)", "max(null::timestamp)"];
  return `select
    ${sqlText(origin.batchId)} as batch_id,
    ${sqlText(reader.table)} as table_name,
    ${sqlText(reader.kind)} as source_kind,
    ${sqlText(origin.account)} as account,
    ${landed.person === null ? "null" : sqlText(landed.person)}::varchar as person,
    ${sqlText(landed.exportId)} as export_id,
    ${sqlText(origin.file)} as file,
    ${sqlText(staged.sha256)} as sha256,
    ${staged.bytes}::bigint as bytes,
    ${landed.rowsRead}::bigint as rows_read,
    ${landed.rowsLanded}::bigint as rows_landed,
    ${landed.rowsRejected}::bigint as rows_rejected,
    ${sqlText(JSON.stringify(rejections))} as rejections,
    max(null::varchar) as gaps,
    ${first} as first_ended_at,
    ${last} as last_ended_at,
    ${sqlTimestamp(origin.landedAt)} as landed_at
from (select * from incoming where rejection is null)`;
}
