import { readFileSync } from 'node:fs';
import path from 'node:path';
import { intlLocation } from './intl-location.js';
import { type Location, utc } from './location.js';
import { readZoneFile } from './zone-file.js';

/** Where the time zone database lies, in Go's order. */
export const zoneFolders: readonly string[] = [
  '/usr/share/zoneinfo',
  '/usr/share/lib/zoneinfo',
  '/usr/lib/locale/TZ',
  '/etc/zoneinfo',
];

/**
 * Go's `time.LoadLocation`: `''` and `UTC`, `Local` for the machine's own zone, else a name of the time zone database.
 * Undefined when there is no such place. Without a database on the machine the JavaScript engine's own is asked.
 */
export function loadLocation(name: string, folders: readonly string[] = zoneFolders): Location | undefined {
  if (name === '' || name === 'UTC') return utc;
  if (name === 'Local') return localLocation(folders);
  if (name.includes('..') || name.startsWith('/') || name.startsWith('\\')) return undefined;
  const databases = folders.filter((folder) => readZone('Etc/UTC', folder) !== undefined);
  if (databases.length === 0) return intlLocation(name);
  for (const folder of databases) {
    const location = readZone(name, folder);
    if (location !== undefined) return location;
  }
  return undefined;
}

/** The machine's own zone, what Go calls `time.Local`. */
export function localLocation(folders: readonly string[] = zoneFolders): Location {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return loadLocation(timeZone, folders) ?? utc;
}

function readZone(name: string, folder: string): Location | undefined {
  try {
    return readZoneFile(name, readFileSync(path.join(folder, name)));
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}
