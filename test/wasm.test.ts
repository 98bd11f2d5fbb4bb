import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compile, compiledPath, modules } from '../scripts/wasm.js';

test.each(modules.map((module) => [module.source, module] as const))(
  '%s is compiled as it is',
  async (_, module) => {
    expect(readFileSync(compiledPath(module), 'utf8'), 'run `npm run wasm`').toBe(await compile(module));
  },
);
