#!/usr/bin/env node
// What `dist/auditail.js` is. It starts agent.cjs with what V8 made of that when it was built: 90 ms less than to read and compile it.

// An import would do the same, and would first look at all that these modules export: 10 ms.
const { readFileSync } = process.getBuiltinModule('node:fs');
const { createRequire } = process.getBuiltinModule('node:module');
const { setFlagsFromString } = process.getBuiltinModule('node:v8');
const { Script } = process.getBuiltinModule('node:vm');

// What every agent needs of Node. Once flags are set, V8 refuses the compiled code of these that Node comes with, and Node compiles them and
// keeps what it has compiled: 10 ms and 1 MB.
for (const name of [
  'cluster',
  'crypto',
  'dns',
  'fs/promises',
  'http',
  'os',
  'perf_hooks',
  'stream/promises',
]) {
  process.getBuiltinModule(`node:${name}`);
}

// Lines die young. Left alone, V8 lets its nursery grow to 33 MB under load, which is memory touched and nothing gained; of the flags
// for it, this is the one that still counts once the process runs. Set by hand, --max-semi-space-size does the same.
setFlagsFromString('--semi-space-growth-factor=1');
// What little outlives two collections of it piles up until all memory is looked through, which V8 does at twice or four times of what
// was left the last time: 15 MB more, when there is a steady load, than at half as much again.
setFlagsFromString('--heap-growing-percent=50');
// After a few answers to pushes V8 would optimise the 33 kB of undici's parser, which is WebAssembly: 70 ms on another thread, and 20 MB
// that stay with the process. What gains by it asks for it: src/go/json/walker.ts.
setFlagsFromString('--no-wasm-tier-up');
setFlagsFromString('--no-wasm-dynamic-tiering');
// Until there is work for it: src/pipeline/optimising.ts.
setFlagsFromString('--no-turbofan');
setFlagsFromString('--no-maglev');

const filename = `${import.meta.dirname}/agent.cjs`;
/** scripts/code-cache.ts asks it for what V8 has compiled. */
export const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData: readCache() });
script.runInThisContext()(createRequire(filename));

/** Undefined on another V8 than the bundle was built with. V8 itself looks at what else matters: its flags, and how long the source is. */
function readCache() {
  try {
    return readFileSync(`${import.meta.dirname}/agent-${process.versions.v8}-${process.arch}.cache`);
  } catch {
    return undefined;
  }
}
