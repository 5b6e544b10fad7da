import { compileKernel, kernelMemory } from "./compile-kernel.ts";
import { softmaxKernel } from "./softmax-kernel.ts";

interface Kernel {
  /** Takes the bytes of a class, of all classes, and of the rows of a class. */
  readonly softmax: (stride: number, end: number, rowsEnd: number) => void;
}

/** Rows worked on at once, which stay in the processor's cache; an even number. */
const stripRows = 512;
const stride = 8 * stripRows;

let started: { readonly buffer: ArrayBuffer; readonly exports: Kernel } | undefined;

/** Probabilities of the classes, one array a class, from raw scores. */
export function softmax(scores: readonly Float64Array[]): readonly Float64Array[] {
  const probabilities = scores.map((output) => new Float64Array(output.length));
  softmaxInto(scores, probabilities);
  return probabilities;
}

/** `softmax` into arrays that are there. */
export function softmaxInto(scores: readonly Float64Array[], into: readonly Float64Array[]): void {
  const { buffer, exports } = startKernel(scores.length * stride);
  const rowCount = scores[0]?.length ?? 0;
  for (let start = 0; start < rowCount; start += stripRows) {
    const count = Math.min(stripRows, rowCount - start);
    const strips = scores.map((_, one) => new Float64Array(buffer, one * stride, count));
    for (const [one, strip] of strips.entries()) strip.set(scores[one]?.subarray(start, start + count) ?? []);
    exports.softmax(stride, scores.length * stride, 8 * count);
    for (const [one, strip] of strips.entries()) into[one]?.set(strip, start);
  }
}

/** The kernel over a memory of at least so many bytes; one that is large enough is used again. */
function startKernel(bytes: number) {
  if (started !== undefined && started.buffer.byteLength >= bytes) return started;
  const memory = kernelMemory(bytes);
  const { exports } = new WebAssembly.Instance<Kernel>(compileKernel(softmaxKernel), { kernel: { memory } });
  started = { buffer: memory.buffer, exports };
  return started;
}
