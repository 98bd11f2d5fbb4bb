/** Bundles the agent into one file, `dist/auditail.js`. The native `snappy` stays outside: a .node file cannot be bundled. */
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/auditail.js',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  external: ['snappy'],
  define: { 'process.env.AUDITAIL_VERSION': JSON.stringify(version) },
  // CommonJS dependencies call require() for Node's own modules, which an ES module has to make itself.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as makeRequire } from 'node:module';\nconst require = makeRequire(import.meta.url);",
  },
});
