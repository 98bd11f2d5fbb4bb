#!/usr/bin/env node
// What `dist/auditail.js` is. It starts agent.cjs with what V8 made of that when it was built: 90 ms less than to read and compile it.

'use strict';
const { readFileSync } = require('node:fs');
const { cachedDataVersionTag, setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

// The largest parts of Node that every agent needs. Once flags are set, V8 refuses the compiled code of them that Node comes with, and Node
// compiles them and keeps what it has compiled: 10 ms and 1 MB. With some more of them, V8 would optimise what loads them: 2 MB.
for (const name of ['http', 'crypto', 'fs/promises']) require(`node:${name}`);

// Lines die young. Left alone, V8 lets its nursery grow to 33 MB under load, which is memory touched and nothing gained; of the flags
// for it, this is the one that still counts once the process runs. Set by hand, --max-semi-space-size does the same.
setFlagsFromString('--semi-space-growth-factor=1');
// What little outlives two collections of it piles up until all memory is looked through, which V8 does at twice or four times of what
// was left the last time: 15 MB more, when there is a steady load, than at half as much again.
setFlagsFromString('--heap-growing-percent=50');
// After a few answers to pushes V8 would optimise the 33 kB of undici's parser, which is WebAssembly: 70 ms on another thread, and 20 MB
// that stay with the process. What gains by it asks for it: src/go/optimised-wasm.ts.
setFlagsFromString('--no-wasm-tier-up');
setFlagsFromString('--no-wasm-dynamic-tiering');
// And that only after some 2000 lines, not after the first 100: 5 MB at rest, most of it pages of Turbofan's program.
setFlagsFromString('--wasm-tiering-budget=260000000');
// A regular expression is compiled to bytecode for its first use only, which need not be the best: 1 MB for Node's own that knows an IPv6
// address.
setFlagsFromString('--no-regexp-peephole-optimization');
// Functions that are not called between two collections, of which there are few at rest, give back their bytecode: 2 MB of what only the
// start needs. Under load collections are frequent, and V8's own number is right.
setFlagsFromString('--bytecode-old-age=1');
/**
 * What V8 is told once there is work: src/pipeline/optimising.ts. To favour size, said this late, means to look through all memory when 2 MB have been
 * added to it, not 8.
 */
const v8Flags = { atWork: ['--bytecode-old-age=6', '--optimize-for-size'], inStages: [] };
globalThis.v8Flags = v8Flags;
// At rest V8 would compile, within minutes, what looks after files that do not change: 1 MB for Sparkplug, 3 for Maglev, 8 for Turbofan, most
// of it pages of the compiler's program. Turbofan stays off, at that, as long as lines are packed: for what JavaScript is left then Maglev does
// as well, with 6 MB and 6 % of CPU less. What is off by hand, or is not there on this architecture, stays off.
for (const compiler of ['sparkplug', 'maglev', 'turbofan']) {
  const before = cachedDataVersionTag();
  setFlagsFromString(`--no-${compiler}`);
  if (cachedDataVersionTag() === before) continue;
  (compiler === 'turbofan' ? v8Flags.inStages : v8Flags.atWork).push(`--${compiler}`);
}

const filename = `${__dirname}/agent.cjs`;
/** scripts/code-cache.ts asks it for what V8 has compiled. */
const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData: readCache() });
exports.script = script;
script.runInThisContext()(require);

/** Undefined on another V8 than the bundle was built with. V8 itself looks at what else matters: its flags, and how long the source is. */
function readCache() {
  try {
    return readFileSync(`${__dirname}/agent-${process.versions.v8}-${process.arch}.cache`);
  } catch {
    return undefined;
  }
}
