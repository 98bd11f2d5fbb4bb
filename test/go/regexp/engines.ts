import { backtrackingEngine } from '../../../src/go/regexp/backtracking-engine.js';
import { LinearEngine } from '../../../src/go/regexp/linear-engine.js';
import { parse } from '../../../src/go/regexp/parse.js';
import type { RegexpEngine } from '../../../src/go/regexp/regexp-engine.js';

/** The linear engine for a pattern, and the fast one if the pattern is for it. */
export function engines(pattern: string): [linear: RegexpEngine, ...fast: RegexpEngine[]] {
  const { root, groupNames } = parse(pattern);
  const fast = backtrackingEngine(root, groupNames.length > 1);
  const linear = new LinearEngine(root, pattern);
  return fast ? [linear, fast] : [linear];
}
