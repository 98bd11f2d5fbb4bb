import { describe, expect, test } from 'vitest';
import type { Fault } from './fault.js';
import { runFault } from './run-fault.js';
import { hasTool } from './tools.js';

// The quick form; `npm run test:faults -- --help` tells of the long one. Another seed each time, which a failure prints.
const seed = Date.now() % 1_000_000;

export function testFaults(faults: readonly Fault[]): void {
  describe.each(faults)('$name', (fault) => {
    const canBeMade = (fault.needs ?? []).every(hasTool);
    test.runIf(canBeMade)(fault.promise, async () => {
      const { written } = await runFault(fault, fault.quickCycles, seed);
      expect(written).toBeGreaterThan(fault.quickCycles);
    });
  });
}
