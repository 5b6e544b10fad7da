import { ProjectError } from "../diagnostics.ts";
import type { Bucket } from "./spotify-context.ts";

/** There is no login that works, and only the user can make one: exit code 1, never tried again by itself. */
export class LoginNeededError extends ProjectError {
  constructor(path: string, message: string) {
    super([{ path, message, hint: "Log in again: npm run login" }], 1);
  }
}

/** Spotify takes no request of this bucket before `retryAt`; the other buckets go on. */
export class BucketClosedError extends ProjectError {
  readonly bucket: Bucket;
  readonly retryAt: Date;

  constructor(bucket: Bucket, retryAt: Date) {
    const until = retryAt.toISOString().replace(/:\d\d\.\d+Z$/, "Z");
    const hint = "Nothing is asked of it until then, because asking would prolong the ban; everything else goes on.";
    super([{ path: `Spotify, ${bucket}`, message: `has used up its limit: closed until ${until}`, hint }], 1);
    this.bucket = bucket;
    this.retryAt = retryAt;
  }
}

/** No whole answer came, after all tries: a request that changes something may have been carried out or not. */
export class UnreachableError extends ProjectError {
  constructor(place: string, trouble: string, tries: number) {
    const tried = tries === 1 ? "" : ` (${tries} tries)`;
    super([{ path: place, message: `${trouble}${tried}`, hint: "Run again later; nothing that landed is lost." }], 1);
  }
}

const forbidden =
  "The app's owner needs Premium, and your account must stand among the app's users in the dashboard. Of a scope: npm run login.";

/** Spotify understood the request and does not carry it out; `status` is that of HTTP. */
export class RefusedError extends ProjectError {
  readonly status: number;

  constructor(place: string, status: number, reason: string) {
    const message = `refused with ${status}${reason === "" ? "" : `: ${reason}`}`;
    super([{ path: place, message, ...(status === 403 && { hint: forbidden }) }], 1);
    this.status = status;
  }
}

/** An answer without what the field list of the API promises. */
export class UnexpectedAnswerError extends ProjectError {
  constructor(place: string, trouble: string) {
    super([{ path: place, message: `answered in a way that is not understood: ${trouble}` }], 1);
  }
}
