import type { GoRegexp } from '../../regexp/go-regexp.js';
import type { FunctionTable } from '../functions.js';
import { certificateFunctions } from './certificates.js';
import { dateFunctions } from './dates.js';
import { dictFunctions } from './dicts.js';
import { encodingFunctions } from './encodings.js';
import { type Environment, environmentFunctions } from './environment.js';
import { listFunctions } from './lists.js';
import { logicFunctions } from './logic.js';
import { numberFunctions } from './numbers.js';
import { passwordFunctions } from './passwords.js';
import { pathFunctions } from './paths.js';
import { randomFunctions } from './random.js';
import { regexFunctions } from './regex.js';
import { semverFunctions } from './semver.js';
import { stringFunctions } from './strings.js';
import { urlFunctions } from './urls.js';

export interface SprigDeps {
  readonly pattern: (source: string) => GoRegexp;
  readonly environment: Environment;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The text functions of sprig 3.3, all of them. */
export function sprigFunctions({ pattern, environment, now }: SprigDeps): FunctionTable {
  return {
    ...certificateFunctions(now),
    ...dateFunctions(now),
    ...dictFunctions,
    ...encodingFunctions,
    ...environmentFunctions(environment),
    ...listFunctions,
    ...logicFunctions,
    ...numberFunctions,
    ...passwordFunctions,
    ...pathFunctions,
    ...randomFunctions,
    ...regexFunctions(pattern),
    ...semverFunctions,
    ...stringFunctions,
    ...urlFunctions,
  };
}
