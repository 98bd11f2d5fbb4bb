import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 optimise the WebAssembly that `make` compiles, once it is hot. No other is optimised, as the bundle's start tells V8 (scripts/start.cjs).
 * What is set when a function is compiled is what counts for it, so all are compiled at once.
 */
export function optimisedWasm<T>(make: () => T): T {
  setFlagsFromString('--wasm-dynamic-tiering');
  setFlagsFromString('--no-wasm-lazy-compilation');
  const made = make();
  setFlagsFromString('--wasm-lazy-compilation');
  setFlagsFromString('--no-wasm-dynamic-tiering');
  return made;
}
