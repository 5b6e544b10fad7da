/** Data that cannot be learned from or scored, said in one plain sentence; the caller adds the model and its file. */
export class TrainingDataError extends Error {
  override readonly name = "TrainingDataError";
}
