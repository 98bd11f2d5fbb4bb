import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';

/**
 * The targets that Promtail finds with this discovery. Each is a file with a label for each meta label, under the name that the
 * pattern's group has; what Promtail says it adds tells what it has found.
 */
export async function recordTargets(
  promtail: string,
  discovery: object,
  metaLabels: string,
): Promise<Record<string, string>[]> {
  const directory = mkdtempSync(join(tmpdir(), 'record-'));
  const config = {
    server: { disable: true },
    positions: { filename: join(directory, 'positions.yaml') },
    clients: [{ url: 'http://127.0.0.1:1/push' }],
    scrape_configs: [
      {
        job_name: 'record',
        ...discovery,
        relabel_configs: [
          { action: 'labelmap', regex: metaLabels },
          { source_labels: ['__address__'], target_label: 'address' },
          { target_label: '__path__', replacement: join(directory, 'none.log') },
        ],
      },
    ],
  };
  const file = join(directory, 'config.yaml');
  writeFileSync(file, stringify(config));
  const env = { ...process.env, HOSTNAME: 'node-1' };
  const child = execFile(promtail, [`-config.file=${file}`, '-log.level=debug'], { env, maxBuffer: 1 << 26 });
  let output = '';
  child.stderr!.on('data', (text: string) => {
    output += text;
  });
  await sleep(8000);
  const ended = once(child, 'exit');
  child.kill();
  await ended;
  rmSync(directory, { recursive: true });
  const keys = [...output.matchAll(/msg="Adding target" key="((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]!);
  return keys.map((key) => readLabels(JSON.parse(`"${key}"`) as string)).sort(byText);
}

/** `path:{name="value", …}` */
function readLabels(key: string): Record<string, string> {
  const pairs = [...key.slice(key.indexOf(':{')).matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name!, JSON.parse(value!) as string]));
}

function byText(a: object, b: object): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
