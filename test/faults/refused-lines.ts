import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultRig } from './rig.js';

/** What Loki takes; some lines are longer. */
export const maxLineSize = 4000;

/** Writes lines of which Loki refuses one in ten. */
export function writeWithRefused(rig: FaultRig, count: number): void {
  for (let i = 0; i < count; i++) {
    const line = rig.writer.next();
    const isLong = rig.random.fraction() < 0.1;
    const written = isLong ? line.replace('{', `{"padding":"${'x'.repeat(maxLineSize)}",`) : line;
    rig.writer.writeLine(written);
    if (isLong) rig.tally.excuse(written);
  }
}

/** Throws unless each line that Loki refuses is among the dead letters. */
export function checkDeadLetters(rig: FaultRig, directory: string): void {
  const kept = new Set(deadLetterLines(directory));
  const lacking = [...rig.tally.excused].filter((line) => !kept.has(line));
  if (lacking.length > 0) throw new Error(`${lacking.length} refused lines are not among the dead letters`);
}

function deadLetterLines(directory: string): string[] {
  const texts = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
  const letters = texts.flatMap((text) => text.trimEnd().split('\n'));
  return letters.map((letter) => (JSON.parse(letter) as { line: string }).line);
}
