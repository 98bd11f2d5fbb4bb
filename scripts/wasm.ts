/** Compiles wasm/*.ts (AssemblyScript) to src/go/json/*-wasm.ts: `npm run wasm`. A test holds that it was done after the last change. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

export const compiledPath = join(import.meta.dirname, '../src/go/json/walker-wasm.ts');

/** The module in text form, as it stands in the source. */
export async function compile(): Promise<string> {
  let wasm = new Uint8Array();
  const { error, stderr } = await asc.main(
    [
      'wasm/main.ts',
      '--outFile',
      'out.wasm',
      '-O3',
      '--noAssert',
      '--enable',
      'simd',
      '--runtime',
      'stub',
      '--initialMemory',
      '4',
    ],
    {
      writeFile(name, contents) {
        if (name.endsWith('.wasm')) wasm = contents as Uint8Array<ArrayBuffer>;
      },
    },
  );
  if (error !== null) throw new Error(stderr.toString(), { cause: error });
  return [
    '/** wasm/json-walker.ts, compiled by `npm run wasm`. */',
    'export const walkerWasm =',
    `  '${Buffer.from(wasm).toString('base64')}';`,
    '',
  ].join('\n');
}

if (import.meta.main) writeFileSync(compiledPath, await compile());
