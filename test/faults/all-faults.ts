import type { Fault } from './fault.js';
import { kills } from './kills.js';

/** Every fault, in the order of the table in docs/reliability.md. */
export const allFaults: readonly Fault[] = [...kills];
