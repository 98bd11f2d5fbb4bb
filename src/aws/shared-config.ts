import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './aws-http.js';

/** The keys of one profile. */
export type Profile = ReadonlyMap<string, string>;

/** The profiles of ~/.aws/config and ~/.aws/credentials, of which the second wins; no file is the same as an empty one. */
export async function readProfiles(environment: Environment): Promise<Map<string, Profile>> {
  const directory = join(environment.HOME || homedir(), '.aws');
  const config = await readOr(environment.AWS_CONFIG_FILE || join(directory, 'config'));
  const credentials = await readOr(environment.AWS_SHARED_CREDENTIALS_FILE || join(directory, 'credentials'));
  const profiles = new Map<string, Profile>();
  for (const [section, keys] of parseSections(config)) {
    const name = section === 'default' ? section : /^profile\s+(\S+)$/.exec(section)?.[1];
    if (name !== undefined) profiles.set(name, keys);
  }
  for (const [name, keys] of parseSections(credentials))
    profiles.set(name, new Map([...(profiles.get(name) ?? []), ...keys]));
  return profiles;
}

async function readOr(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function parseSections(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let keys: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[([^\]]+)\]/.exec(line)?.[1]?.trim();
    if (section !== undefined) {
      keys = sections.get(section) ?? new Map();
      sections.set(section, keys);
      continue;
    }
    // What is indented belongs to the key before: settings of services, none of which matter here.
    const [, key, value] = /^([^\s=#;][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined) keys?.set(key.toLowerCase(), value!.replace(/\s[#;].*$/, '').trim());
  }
  return sections;
}
