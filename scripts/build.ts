/**
 * Bundles the agent into `dist/auditail.js`, and what only some agents need into files beside it. The native `snappy` stays outside: a
 * .node file cannot be bundled.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/**
 * Loads each of Node's own modules when something of it is first used. TLS, HTTP/2, workers and the like cost 3 to 14 MB each, and most
 * agents never need them.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'require-call' ? { path, external: true } : { path, namespace: 'builtin' },
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      // A module that is a function itself (events, stream) is small, and used by all.
      contents:
        typeof require(path) === 'function'
          ? `module.exports = require(${JSON.stringify(path)});`
          : lazily(path, Object.keys(require(path))),
    }));
  },
};

/** A module whose exports are those of `path`, which is loaded when the first of them is asked for. */
function lazily(path: string, names: readonly string[]): string {
  const getters = names.map(
    (name) =>
      `get ${JSON.stringify(name)}() { return require(${JSON.stringify(path)})[${JSON.stringify(name)}]; },`,
  );
  return ['module.exports = {', ...getters, '};'].join('\n');
}

/**
 * What most agents never use, each in a file of its own that is loaded when something of it is first used: Node takes 50 ms and 10 MB just
 * to look through it all.
 */
const seldomUsed = ['@jmespath-community/jmespath', 'chokidar', 'kafkajs', 'mmdb-lib', 're2js', 'seek-bzip'];
const fileOf = (name: string) => `./${name.replace(/^.*\//, '')}.cjs`;

const seldomUsedApart: Plugin = {
  name: 'seldom-used-apart',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^.]/ }, ({ path, kind }) =>
      seldomUsed.includes(path) && kind !== 'entry-point' ? { path, namespace: 'apart' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'apart' }, async ({ path }) => ({
      contents: lazily(fileOf(path), Object.keys((await import(path)) as object)),
    }));
    onResolve({ filter: /\.cjs$/, namespace: 'apart' }, ({ path }) => ({ path, external: true }));
  },
};

/** Of undici, only what scripts/undici.js names. */
const usedParts: Plugin = {
  name: 'used-parts',
  setup({ onResolve }) {
    onResolve({ filter: /^undici$/ }, () => ({ path: join(import.meta.dirname, 'undici.js') }));
  },
};

/** Parts of dependencies that the agent never runs, and what they would load: pushes are HTTP/1.1, metrics are scraped. */
const unused = /(undici\/lib\/dispatcher\/client-h2|prom-client\/lib\/(pushgateway|cluster))\.js$/;
const withoutUnused: Plugin = {
  name: 'without-unused',
  setup({ onLoad }) {
    onLoad({ filter: unused }, () => ({ contents: '' }));
  },
};

const shared: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  minify: true,
  // One character that is not ASCII, in a comment, and V8 keeps the whole source with two bytes a character: 2 MB more.
  legalComments: 'external',
};

await build({
  ...shared,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/auditail.js',
  format: 'esm',
  external: ['snappy'],
  plugins: [lazyBuiltins, seldomUsedApart, usedParts, withoutUnused],
  define: {
    'process.env.AUDITAIL_VERSION': JSON.stringify(version),
    // Node itself is built so: without undici's second parser, which is an experiment.
    esbuildDetection: 'true',
  },
  // CommonJS dependencies call require() for Node's own modules, which an ES module has to make itself.
  banner: {
    js: [
      '#!/usr/bin/env node',
      "import { createRequire as makeRequire } from 'node:module';",
      'const require = makeRequire(import.meta.url);',
      // Lines die young. Left alone, V8 lets its nursery grow to 33 MB under load, which is memory touched and nothing gained; of the flags
      // for it, this is the one that still counts once the process runs. Set by hand, --max-semi-space-size does the same.
      "require('node:v8').setFlagsFromString('--semi-space-growth-factor=1');",
    ].join('\n'),
  },
});

for (const name of seldomUsed) {
  await build({ ...shared, entryPoints: [name], outfile: join('dist', fileOf(name)), format: 'cjs' });
}
