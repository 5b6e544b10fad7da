import assert from "node:assert/strict";
import { test } from "node:test";

import { CancelledError } from "../../../runner/cancellation.ts";
import { toStageError } from "../../../runner/commands/explain-stage-error.ts";
import { ProjectError } from "../../../runner/diagnostics.ts";
import type { ErrorKind } from "../../../runner/execution/journal-events.ts";
import {
  BucketClosedError,
  LoginNeededError,
  RefusedError,
  UnexpectedAnswerError,
  UnreachableError,
} from "../../../runner/spotify/spotify-errors.ts";
import { LockTakenError } from "../../../runner/warehouse/locks.ts";
import { toStorageError } from "../../../runner/warehouse/storage-errors.ts";
import { deadPort } from "../../support/mail-server.ts";

const withCode = (code: string): Error => Object.assign(new Error("it says so"), { code });
const mistake = (message: string, cause?: unknown): ProjectError =>
  new ProjectError([{ path: "Postgres me@localhost/spotify", message }], 1, { cause });

const place = "api.spotify.com/v1/me/player/recently-played";

/** Errors as they come, the kind that decides what follows, and the line that people read. */
const known: Readonly<Record<string, readonly [error: unknown, kind: ErrorKind, message: RegExp]>> = {
  "a stop": [new CancelledError("SIGTERM"), "stopped", /^Stopped by SIGTERM\.$/],
  "a bucket that is closed": [
    new BucketClosedError("tracks", new Date("2026-11-22T10:30:00Z")),
    "rate_limit",
    /^Spotify, tracks has used up its limit: closed until 2026-11-22T10:30Z$/,
  ],
  "a login that ended": [new LoginNeededError("login", "has ended"), "login", /^login has ended$/],
  "a lock that is taken": [new LockTakenError([{ path: "build.duckdb", message: "is held" }], 1), "lock", /is held$/],
  "no connection to Spotify": [new UnreachableError(place, "could not be reached", 3), "network", /\(3 tries\)$/],
  "a 503 of Spotify": [new UnreachableError(place, "answered 503", 3), "server", /answered 503 \(3 tries\)$/],
  "a 429": [new RefusedError(place, 429, ""), "rate_limit", /refused with 429$/],
  "a refusal with 500": [new RefusedError(place, 500, ""), "server", /refused with 500$/],
  "a 403": [new RefusedError(place, 403, "no Premium"), "data", /refused with 403: no Premium$/],
  "an answer of another shape": [new UnexpectedAnswerError(place, "items"), "data", /not understood: items$/],
  "a full disk": [toStorageError(withCode("ENOSPC"), "data/runs"), "disk", /^data\/runs/],
  "DuckDB's full disk": [new Error("IO Error: No space left on device"), "disk", /No space left/],
  "a full disk of Postgres": [mistake("the disk is full", withCode("53100")), "disk", /the disk is full$/],
  "a backend that was ended": [mistake("the server ended it", withCode("57P01")), "server", /ended it$/],
  "too many connections": [mistake("it is full", withCode("53300")), "server", /it is full$/],
  "a deadlock": [mistake("two wait for each other", withCode("40P01")), "lock", /each other$/],
  "another export": [mistake("another export into this database is under way"), "lock", /under way$/],
  "a Superset that is overloaded": [
    new ProjectError([{ path: "Superset http://localhost:8088:", message: "answers with a web page (502)" }], 1),
    "server",
    /\(502\)$/,
  ],
  "a Superset that is silent": [
    new ProjectError([{ path: "Superset http://localhost:8088:", message: "gave no answer within 120 s" }], 1),
    "network",
    /120 s$/,
  ],
  "a wrong password": [mistake("the password is wrong", withCode("28P01")), "project", /password is wrong$/],
  "a missing right": [mistake("may not", withCode("42501")), "project", /may not$/],
  "a mistake in the project": [
    new ProjectError([{ path: "project.yml", line: 3, message: "unknown key" }]),
    "project",
    /^project\.yml:3 unknown key$/,
  ],
  "several mistakes": [
    new ProjectError(
      [
        { path: "a.sql", line: 1, column: 2, message: "one\ntwo" },
        { path: "b.sql", message: "three" },
      ],
      1,
    ),
    "data",
    /^a\.sql:1:2 one \(and 1 more\)$/,
  ],
  "anything else, without what may be a row": [
    new RangeError(`Could not convert 'A Song of Mine' at "my row"\nA Song of Mine`),
    "bug",
    /^RangeError: Could not convert '…' at '…'$/,
  ],
};

for (const [what, [error, kind, message]] of Object.entries(known)) {
  test(`${what} is of the kind ${kind}`, () => {
    const told = toStageError(error);
    assert.equal(told.kind, kind);
    assert.match(told.message, message);
    assert.equal(told.retryAt, error instanceof BucketClosedError ? "2026-11-22T10:30:00.000Z" : null);
  });
}

test("a connection that is refused for real is of the network, whatever wraps it", async () => {
  const refused: unknown = await fetch(`http://127.0.0.1:${await deadPort()}`).catch((error: unknown) => error);
  assert.equal(toStageError(refused).kind, "network");
  assert.equal(toStageError(mistake("cannot be exported to", refused)).kind, "network");
});
