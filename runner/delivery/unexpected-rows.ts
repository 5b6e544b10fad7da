/** The target does not hold the rows that `meta.exports` tells of, or the release's rows do not keep the target's keys: what differs is not enough to send. */
export class UnexpectedRows extends Error {}
