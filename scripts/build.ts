/** Bundles the agent into one file, `dist/auditail.js`. The native `snappy` stays outside: a .node file cannot be bundled. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

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
          : Object.keys(require(path))
              .map(
                (name) =>
                  `get ${JSON.stringify(name)}() { return require(${JSON.stringify(path)})[${JSON.stringify(name)}]; }`,
              )
              .reduce((all, getter) => `${all}${getter},\n`, 'module.exports = {\n')
              .concat('};'),
    }));
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

await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/auditail.js',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  // One character that is not ASCII, in a comment, and V8 keeps the whole source with two bytes a character: 2 MB more.
  legalComments: 'external',
  external: ['snappy'],
  plugins: [lazyBuiltins, usedParts, withoutUnused],
  define: { 'process.env.AUDITAIL_VERSION': JSON.stringify(version) },
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
