const offset = Number(process.env["BENCH_CLOCK_OFFSET"]);
const RealDate = Date;

// Preloaded: the process that follows lives at another time, and its clock goes on from there.
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + offset);
    else super(...given);
  }

  static now() {
    return RealDate.now() + offset;
  }
};
