import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault, Flaw } from './fault.js';
import { FaultRig, type RigOptions } from './rig.js';
import type { Outcome } from './tally.js';

/** The line that shows how to have the same again, and what went wrong. */
export class FaultError extends Error {
  override readonly name = 'FaultError';
}

const flaws: readonly Flaw[] = ['lost', 'duplicated', 'disordered', 'foreign', 'gaps'];

/** Makes a fault happen so many times to one agent, and counts what became of the lines. Throws when it is not as promised. */
export async function runFault(
  fault: Fault,
  cycles: number,
  seed: number,
  options: Pick<RigOptions, 'awayMs'> = {},
): Promise<Outcome> {
  await using scope = new AsyncDisposableStack();
  const script = 'begin' in fault ? await fault.begin(scope) : fault;
  const rig = await FaultRig.open({ seed, ...options, ...script.options });
  let isRight = false;
  try {
    await rig.begin();
    for (let cycle = 0; cycle < cycles; cycle++) {
      await script.cycle(rig, cycle);
      if (rig.random.fraction() < 0.3) await rig.writer.stop().then(() => rig.arrived());
    }
    const outcome = await rig.finish();
    checkFlaws(fault, outcome, rig);
    await script.check?.(rig, outcome);
    isRight = true;
    return outcome;
  } catch (cause) {
    writeFileSync(join(rig.dir, 'received.log'), rig.receiver.entries().map(printReceived).join(''));
    const replay = `npm run test:faults -- --only ${fault.name} --cycles ${cycles} --seed ${seed}`;
    const reason = (cause as Error).message;
    throw new FaultError(`${fault.name}: ${reason}\nfiles in ${rig.dir}; again: ${replay}`, { cause });
  } finally {
    await rig.close({ keepsFolder: !isRight });
  }
}

function checkFlaws({ tolerates = [] }: Fault, outcome: Outcome, { tally }: FaultRig): void {
  const wrong = flaws.filter((flaw) => outcome[flaw] > 0 && !tolerates.includes(flaw));
  if (wrong.length === 0) return;
  throw new Error([wrong.join(', '), JSON.stringify(outcome), ...tally.examples].join('\n'));
}

function printReceived(entry: { time: string; labels: object; line: string }): string {
  return `${entry.time} ${JSON.stringify(entry.labels)} ${entry.line}\n`;
}
