import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';

it('ships every line of the demo once, over several rotations', async () => {
  const { code, output } = await runDemo(['--events', '6000', '--seconds', '4', '--seed', '3']);
  expect(output.split('\n').at(-2)).toBe('written 6000, received 6000, lost 0, duplicated 0');
  expect(code).toBe(0);
  const rotations = [...output.matchAll(/rotations (\d+)/g)].at(-1)?.[1];
  expect(Number(rotations)).toBeGreaterThanOrEqual(5);
  expect(output).toMatch(/^VERB +USER +RESOURCE +CODE +EVENTS$/m);
  expect(output).not.toContain('\x1b');
  expect(output).toMatch(
    /^auditail preflight:\nstreams +\d+, .*\nrate .*\ncost .*\nnothing would be lost or refused; 0 warnings$/m,
  );
  expect(output).toMatch(
    /^auditail verify:\n6,000 lines of \d+ files, .*\ncomplete: 6,000 of 6,000 entries are in Loki, missing 0$/m,
  );
});

it('still counts right when it is interrupted', async () => {
  const { code, output } = await runDemo(['--seconds', '60'], /pushed [1-9]/);
  expect(output.split('\n').at(-2)).toMatch(/^written (\d+), received \1, lost 0, duplicated 0$/);
  expect(code).toBe(0);
});

/** Runs the demo to its end; interrupts it, once, when it has said something. */
async function runDemo(flags: string[], interruptAt?: RegExp): Promise<{ code: number; output: string }> {
  const demo = spawn(process.execPath, ['--import', 'tsx', 'demo/main.ts', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let isInterrupted = false;
  demo.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (isInterrupted || !interruptAt?.test(output)) return;
    isInterrupted = true;
    demo.kill('SIGINT');
  });
  const [code] = (await once(demo, 'close')) as [number];
  return { code, output };
}
