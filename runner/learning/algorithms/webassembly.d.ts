/** The part of WebAssembly's interface that kernels are called by; the types of Node leave it out. */
declare namespace WebAssembly {
  class Memory {
    constructor(size: { readonly initial: number });
    readonly buffer: ArrayBuffer;
  }
  type Module = object;
  const Module: new (bytes: Uint8Array) => Module;
  class Instance<Exports> {
    constructor(module: Module, imports: { readonly kernel: { readonly memory: Memory } });
    readonly exports: Exports;
  }
}
