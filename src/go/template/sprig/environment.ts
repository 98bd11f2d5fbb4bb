import { type FunctionTable, fn } from '../functions.js';
import { lookupHost } from './lookup-host.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export function environmentFunctions(environment: Environment): FunctionTable {
  const variable = (name: string) => (Object.hasOwn(environment, name) ? (environment[name] ?? '') : '');
  return {
    env: fn(['string'], variable),
    expandenv: fn(['string'], (text) => expand(text, variable)),
    getHostByName: fn(['string'], lookupHost),
  };
}

/** Go's os.ExpandEnv: `$name` and `${name}`; a `$` before anything else stands for itself, a broken `${` for nothing. */
function expand(text: string, variable: (name: string) => string): string {
  return text.replace(
    reference,
    (all, braced?: string, special?: string, name?: string, brokenBrace?: string) => {
      if (brokenBrace !== undefined) return '';
      const key = braced ?? special ?? name;
      return key === undefined ? all : variable(key);
    },
  );
}

const reference = /\$(?:\{([^}]*)\}|([*#$@!?\-\d])|([A-Za-z_]\w*)|(\{))?/g;
