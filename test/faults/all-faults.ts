import { answers } from './answers.js';
import { disks } from './disks.js';
import type { Fault } from './fault.js';
import { kills } from './kills.js';
import { pressure } from './pressure.js';
import { processes } from './processes.js';
import { rotations } from './rotations.js';
import { sources } from './sources.js';

/** Every fault, in the order of the table in docs/reliability.md. */
export const allFaults: readonly Fault[] = [
  ...kills,
  ...answers,
  ...rotations,
  ...disks,
  ...processes,
  ...pressure,
  ...sources,
];
