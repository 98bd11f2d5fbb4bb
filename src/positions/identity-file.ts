import { PrintedEntries } from './printed-entries.js';

/** What tells one file from another, whatever it is called now: see `FileIdentity` in targets/file. */
export interface FileMark {
  /** Where it was last seen. */
  readonly path: string;
  readonly dev: string;
  readonly ino: string;
  /** When it was made (ms since 1970); 0: not known. */
  readonly bornMs: number;
  /** SHA-256 of the first `headBytes` bytes, hex; '' while there are none. */
  readonly headBytes: number;
  readonly headHash: string;
  /** Everything before this byte is settled. */
  readonly offset: number;
  /** Size and modification time (ms since 1970) when last looked at. */
  readonly size: number;
  readonly modifiedMs: number;
}

/** Where reading of one path resumes: the value for positions.yaml, and the files it stands for, oldest first. */
export interface FilePosition {
  readonly value: string;
  readonly files: readonly FileMark[];
}

/** One key of positions.yaml, as the identity file has it. */
export interface IdentityRecord extends FilePosition {
  /** What positions.yaml may still say, if the agent was killed before it could be written as well; null: nothing of this key. */
  readonly previous?: string | null;
}

/**
 * The identity file lies beside positions.yaml and repeats it, with what that format has no room for: which file an offset belongs to.
 * So positions.yaml stays Promtail's, and each of the two files makes up for the loss of the other.
 */
export class IdentityFilePrinter {
  readonly #entries = new PrintedEntries<IdentityRecord>({
    print: (key, record) => `    ${JSON.stringify(key)}: ${JSON.stringify(record)}`,
    isSame: isSameRecord,
    compareKeys: (a, b) => (a < b ? -1 : 1),
  });

  print(records: ReadonlyMap<string, IdentityRecord>): string {
    return `{\n  "version": 1,\n  "positions": {\n${this.#entries.print(records).join(',\n')}\n  }\n}\n`;
  }
}

/** Throws when the text is not a whole identity file. */
export function parseIdentityFile(text: string): Map<string, IdentityRecord> {
  const root = JSON.parse(text) as { version?: unknown; positions?: unknown };
  if (root?.version !== 1) throw new Error('not an identity file of version 1');
  if (!isObject(root.positions)) throw new Error('"positions" is not a map');
  const records = new Map<string, IdentityRecord>();
  for (const [key, record] of Object.entries(root.positions)) {
    if (!isRecord(record)) throw new Error(`the entry of ${JSON.stringify(key)} is not complete`);
    records.set(key, record);
  }
  return records;
}

function isSameRecord(a: IdentityRecord, b: IdentityRecord): boolean {
  return (
    a.value === b.value &&
    a.previous === b.previous &&
    a.files.length === b.files.length &&
    a.files.every((mark, index) => isSameMark(mark, b.files[index]!))
  );
}

function isSameMark(a: FileMark, b: FileMark): boolean {
  return (
    a.path === b.path &&
    a.dev === b.dev &&
    a.ino === b.ino &&
    a.bornMs === b.bornMs &&
    a.headBytes === b.headBytes &&
    a.headHash === b.headHash &&
    a.offset === b.offset &&
    a.size === b.size &&
    a.modifiedMs === b.modifiedMs
  );
}

function isRecord(value: unknown): value is IdentityRecord {
  if (!isObject(value)) return false;
  if (typeof value.value !== 'string' || !Array.isArray(value.files)) return false;
  const { previous = null } = value;
  if (previous !== null && typeof previous !== 'string') return false;
  return value.files.every(isFileMark);
}

function isFileMark(value: unknown): value is FileMark {
  if (!isObject(value)) return false;
  const { path, dev, ino, bornMs, headHash, headBytes, offset, size, modifiedMs } = value;
  const texts = [path, dev, ino, headHash];
  const numbers = [bornMs, headBytes, offset, size, modifiedMs];
  return (
    texts.every((text) => typeof text === 'string') && numbers.every((number) => Number.isFinite(number))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
