const compiled = new Map<string, WebAssembly.Module>();

/** The module of a kernel in base64, compiled once. */
export function compileKernel(base64: string): WebAssembly.Module {
  const known = compiled.get(base64);
  if (known !== undefined) return known;
  const module = new WebAssembly.Module(Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)));
  compiled.set(base64, module);
  return module;
}

/** A memory of at least so many bytes, all 0. */
export function kernelMemory(bytes: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: Math.ceil(bytes / 65_536) });
}
