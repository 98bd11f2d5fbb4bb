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
          : lazily(`require(${JSON.stringify(path)})`, Object.keys(require(path))),
    }));
  },
};

/** A module whose exports are those that `source` gives when it is evaluated, which it is, once, when the first of them is asked for. */
function lazily(source: string, names: readonly string[]): string {
  const getters = names.map(
    (name) => `get ${JSON.stringify(name)}() { return load()[${JSON.stringify(name)}]; },`,
  );
  return [
    'let loaded;',
    `function load() { return loaded ??= ${source}; }`,
    'module.exports = {',
    ...getters,
    '};',
  ].join('\n');
}

/**
 * What most agents never use, each in a file of its own that is loaded when something of it is first used: Node takes 50 ms and 10 MB just
 * to look through it all. Modules that are to see the same objects share a file.
 */
const seldomUsed: Readonly<Record<string, readonly string[]>> = {
  chokidar: ['chokidar'],
  jmespath: ['@jmespath-community/jmespath'],
  kafkajs: ['kafkajs', 'kafkajs/src/network/requestQueue/index.js'],
  'mmdb-lib': ['mmdb-lib'],
  re2js: ['re2js'],
  'seek-bzip': ['seek-bzip'],
};
const fileWith = (path: string) => Object.keys(seldomUsed).find((file) => seldomUsed[file]!.includes(path));

const seldomUsedApart: Plugin = {
  name: 'seldom-used-apart',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^.]/ }, ({ path }) =>
      fileWith(path) === undefined ? undefined : { path, namespace: 'apart' },
    );
    onLoad({ filter: /.*/, namespace: 'apart' }, ({ path }) => {
      const source = `require("./${fileWith(path)}.cjs")[${JSON.stringify(path)}]`;
      const found: unknown = require(path);
      // A class has no exports that could be put off, and is only asked for with the rest of its file.
      return {
        contents:
          typeof found === 'function'
            ? `module.exports = ${source};`
            : lazily(source, Object.keys(found as object)),
      };
    });
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

for (const [file, paths] of Object.entries(seldomUsed)) {
  const modules = paths
    .map((path) => JSON.stringify(path))
    .map((path) => `get ${path}() { return require(${path}); },`);
  await build({
    ...shared,
    stdin: { contents: `module.exports = {${modules.join('')}};`, resolveDir: '.' },
    outfile: `dist/${file}.cjs`,
    format: 'cjs',
  });
}
