import { compileGoRegexp } from '../regexp/go-regexp.js';
import { agentFunctions } from './agent-functions.js';
import { builtins } from './builtins.js';
import type { FunctionTable } from './functions.js';
import { memo } from './memo.js';
import type { Environment } from './sprig/environment.js';
import { sprigFunctions } from './sprig/sprig.js';

export interface FunctionDeps {
  readonly environment: Environment;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Every function that a template may call: on equal names the agent's own win over sprig's, and those over Go's. */
export function templateFunctions({ environment, now }: FunctionDeps): FunctionTable {
  // Go compiles a pattern anew at every call.
  const pattern = memo((source) => compileGoRegexp(source));
  return { ...builtins, ...sprigFunctions({ pattern, environment, now }), ...agentFunctions(pattern) };
}
