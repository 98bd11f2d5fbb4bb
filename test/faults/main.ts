import { allFaults } from './all-faults.js';
import type { Fault } from './fault.js';
import { type FaultOptions, parseOptions, usage } from './options.js';
import type { RigOptions } from './rig.js';
import { runFault } from './run-fault.js';
import { hasTool } from './tools.js';
import { Totals } from './totals.js';

/** Old lines take memory: after so many cycles a run ends, and the next one begins with a new server. */
const cyclesPerRun = 25;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  let options: FaultOptions | undefined;
  try {
    options = parseOptions(args, Date.now() % 1_000_000);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (options === undefined) {
    process.stdout.write(usage);
    return 0;
  }
  return run(options);
}

async function run({ cycles, minutes, seed, awaySeconds, only }: FaultOptions): Promise<number> {
  const totals = new Totals();
  const rigOptions = awaySeconds === undefined ? {} : { awayMs: awaySeconds * 1000 };
  const faults = allFaults.filter(
    ({ name }) => only.length === 0 || only.some((start) => name.startsWith(start)),
  );
  process.stdout.write(`seed ${seed}\n`);
  const endMs = performance.now() + minutes * 60_000;
  let nextSeed = seed;
  do {
    for (const fault of faults) {
      const lacking = fault.needs?.filter((tool) => !hasTool(tool)) ?? [];
      if (lacking.length > 0) {
        process.stdout.write(`${fault.name}: left out, there is no ${lacking.join(' and no ')} here\n`);
        continue;
      }
      let left = cycles ?? fault.quickCycles;
      for (; left > 0; left -= cyclesPerRun)
        await runOne(fault, Math.min(left, cyclesPerRun), nextSeed++, rigOptions, totals);
    }
  } while (performance.now() < endMs);
  process.stdout.write(`\n${totals.table()}\n`);
  return totals.hasFailed ? 1 : 0;
}

async function runOne(
  fault: Fault,
  cycles: number,
  seed: number,
  rigOptions: Pick<RigOptions, 'awayMs'>,
  totals: Totals,
): Promise<void> {
  const startMs = performance.now();
  try {
    const outcome = await runFault(fault, cycles, seed, rigOptions);
    totals.add(fault, cycles, outcome);
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    process.stdout.write(
      `${fault.name}: ${cycles} cycles, seed ${seed}, ${seconds} s: ${JSON.stringify(outcome)}\n`,
    );
  } catch (error) {
    totals.addFailure(fault);
    process.stdout.write(`FAILED ${(error as Error).message}\n`);
  }
}
