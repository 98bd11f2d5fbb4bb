import { agentFunctions } from './agent-functions.js';
import { builtins } from './builtins.js';
import type { FunctionTable } from './functions.js';
import { PatternCache } from './pattern-cache.js';

/** Every function that a template may call: on equal names the agent's own win over sprig's, and those over Go's. */
export function templateFunctions(): FunctionTable {
  return { ...builtins, ...agentFunctions(new PatternCache()) };
}
