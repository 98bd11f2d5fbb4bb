import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import { decodeText } from '../entry/text.js';
import { type IdentityRecord, parseIdentityFile } from './identity-file.js';
import { PositionsSyntaxError, parsePositions, printPositions } from './positions-yaml.js';

/** Where our own copy of the positions lies, with the identities of the files. */
export function identityPathOf(filename: string): string {
  return `${filename}.identity.json`;
}

/** What the two files say together. */
export interface Stored {
  readonly records: ReadonlyMap<string, IdentityRecord>;
  /** What positions.yaml says, by key; undefined: it is damaged. */
  readonly values: ReadonlyMap<string, string> | undefined;
}

/**
 * What is known at start. positions.yaml rules: it may have been edited, or written by a Promtail in between. Only if it is torn, as after
 * a power loss, our own copy takes its place. If that is of no use either we refuse to start: starting anew would send everything again.
 * Undefined when there is no file: whoever deletes it wants everything read again.
 */
export async function readStored(
  filename: string,
  ignoreInvalidYaml: boolean,
  log: Logger,
): Promise<Stored | undefined> {
  const yaml = await readText(filename);
  if (yaml === undefined) return undefined;
  const identities = await readIdentities(identityPathOf(filename), log);
  try {
    const positions = parsePositions(yaml);
    if (yaml.trim() === '' && identities !== undefined) throw new PositionsSyntaxError('it is empty');
    if (identities instanceof Map && isTorn(yaml, identities))
      throw new PositionsSyntaxError('its end is missing');
    if (yaml.trim() === '')
      log.warn({ file: filename }, 'the positions file is empty; every file is read from its start');
    const records = combine(positions, identities === 'unusable' ? undefined : identities);
    return { records, values: positions };
  } catch (error) {
    if (!(error instanceof PositionsSyntaxError)) throw error;
    if (identities instanceof Map) {
      const reason = error.message;
      log.warn(
        { file: filename, reason },
        'the positions file is damaged; going on with the copy in the identity file',
      );
      return { records: identities, values: undefined };
    }
    if (ignoreInvalidYaml) {
      log.warn(
        { file: filename, err: error },
        'ignoring an invalid positions file; every file is read from its start',
      );
      return { records: new Map(), values: undefined };
    }
    throw new Error(`invalid yaml positions file [${filename}]: ${error.message}`, { cause: error });
  }
}

/** A text cut off in a line may still be YAML, with a value that is too short. Whoever edits the file seldom leaves just that. */
function isTorn(yaml: string, identities: ReadonlyMap<string, IdentityRecord>): boolean {
  if (yaml.endsWith('\n')) return false;
  const records = [...identities];
  const now = new Map(records.map(([key, record]) => [key, record.value]));
  const before = new Map(
    records.flatMap(([key, { previous, value }]) => (previous === null ? [] : [[key, previous ?? value]])),
  );
  return [now, before].some((positions) => printPositions(positions).startsWith(yaml));
}

/**
 * An identity counts only with the value it was saved with; else positions.yaml was changed by somebody else. One that is new counts without:
 * the agent was killed before positions.yaml could have it.
 */
function combine(
  positions: ReadonlyMap<string, string>,
  identities: ReadonlyMap<string, IdentityRecord> | undefined,
): Map<string, IdentityRecord> {
  const stored = new Map<string, IdentityRecord>();
  for (const [key, value] of positions) {
    const record = identities?.get(key);
    const isOurs = record !== undefined && (record.value === value || record.previous === value);
    stored.set(key, isOurs ? { value: record.value, files: record.files } : { value, files: [] });
  }
  for (const [key, { value, files, previous }] of identities ?? []) {
    if (previous === null && !positions.has(key)) stored.set(key, { value, files });
  }
  return stored;
}

async function readIdentities(
  path: string,
  log: Logger,
): Promise<Map<string, IdentityRecord> | 'unusable' | undefined> {
  try {
    const text = await readText(path);
    return text === undefined ? undefined : parseIdentityFile(text);
  } catch (error) {
    log.warn(
      { file: path, err: error },
      'cannot use the identity file; files that were rotated while the agent was stopped are found by their offsets alone',
    );
    return 'unusable';
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return decodeText(await readFile(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
