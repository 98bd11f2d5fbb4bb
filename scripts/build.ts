/** Bundles the agent into `dist/agent.cjs`, which `dist/auditail.js` starts, and what only some agents need into files beside it. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    // As a prototype, which each file that imports it shares. Its own properties would be copied for each: 7 ms.
    'module.exports = Object.create({',
    ...getters,
    '});',
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

/** In place of modules of Node's that some dependencies load at once and need next to nothing of. Each would load several others: 4 ms. */
const standIns: Plugin = {
  name: 'stand-ins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?assert$/ }, ({ importer }) =>
      /\/(undici|sonic-boom)\//.test(importer) ? { path: 'assert', namespace: 'stand-in' } : undefined,
    );
    onLoad({ filter: /^assert$/, namespace: 'stand-in' }, () => ({
      contents:
        'module.exports = (isTrue, message) => { if (!isTrue) throw new Error(message ?? "assertion failed"); };',
    }));
    // pino can write from other threads; it is not told to.
    onResolve({ filter: /^worker_threads$/ }, ({ importer }) =>
      importer.includes('/pino/') ? { path: 'worker_threads', namespace: 'stand-in' } : undefined,
    );
    onLoad({ filter: /^worker_threads$/, namespace: 'stand-in' }, () => ({
      contents: 'module.exports = { isMainThread: true };',
    }));
  },
};

/** Parts of dependencies that the agent never runs, and what they would load: pushes are HTTP/1.1, metrics are scraped. */
const unused =
  /(undici\/lib\/dispatcher\/client-h2|pino\/lib\/transport|prom-client\/lib\/(pushgateway|cluster))\.js$/;
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

for (const file of existsSync('dist/') ? readdirSync('dist/') : []) {
  if (file.endsWith('.cache')) rmSync(`dist/${file}`);
}

await build({
  ...shared,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/agent.cjs',
  format: 'cjs',
  plugins: [standIns, lazyBuiltins, seldomUsedApart, usedParts, withoutUnused],
  define: {
    'process.env.AUDITAIL_VERSION': JSON.stringify(version),
    // Node itself is built so: without undici's second parser, which is an experiment.
    esbuildDetection: 'true',
  },
  // A script of its own, as V8 keeps no compiled code of modules: what it needs of one is handed to it, and `import()` is a `require`.
  supported: { 'dynamic-import': false },
  banner: { js: '(function (require) {' },
  footer: { js: '})' },
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

copyFileSync('scripts/start.cjs', 'dist/auditail.js');
// As a module it would take Node another 3 ms and 0.5 MB to load, and so many calls of its own that V8 may optimise them: 1.5 MB.
writeFileSync('dist/package.json', '{ "type": "commonjs" }\n');
execFileSync(process.execPath, ['scripts/code-cache.ts', 'dist/auditail.js'], { stdio: 'inherit' });
