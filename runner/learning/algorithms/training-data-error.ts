/** Data that cannot be learned from or scored, said in one plain sentence; the caller adds the model and its file. */
export class TrainingDataError extends Error {
  override readonly name: string = "TrainingDataError";
}

/** Data that is sound but too little to learn from: time mends it. */
export class TooFewRowsError extends TrainingDataError {
  override readonly name = "TooFewRowsError";
}
