/** Compiles wasm/ (AssemblyScript) to text in src/: `npm run wasm`. A test holds that it was done after the last change. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

interface WasmModule {
  readonly source: string;
  /** The file that it is put into, from src/ on, and what it exports. */
  readonly compiled: string;
  readonly name: string;
}

export const modules: readonly WasmModule[] = [
  { source: 'wasm/main.ts', compiled: 'go/json/walker-wasm.ts', name: 'walkerWasm' },
  { source: 'wasm/snappy.ts', compiled: 'client/snappy-wasm.ts', name: 'snappyWasm' },
];

export function compiledPath({ compiled }: WasmModule): string {
  return join(import.meta.dirname, '../src', compiled);
}

/** The module in text form, as it stands in the source. */
export async function compile({ source, name }: WasmModule): Promise<string> {
  let wasm = new Uint8Array();
  const { error, stderr } = await asc.main(
    [
      source,
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
    `/** ${source}, compiled by \`npm run wasm\`. */`,
    `export const ${name} =`,
    `  '${Buffer.from(wasm).toString('base64')}';`,
    '',
  ].join('\n');
}

if (import.meta.main)
  for (const module of modules) writeFileSync(compiledPath(module), await compile(module));
