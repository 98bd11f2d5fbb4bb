/** The yardstick: reads a file and does nothing but JSON.parse on each of its lines. Prints its own CPU time in seconds. */
import { openSync, readSync } from 'node:fs';

const chunk = Buffer.alloc(256 * 1024);
const file = openSync(process.argv[2]!, 'r');
let rest = '';
let events = 0;
for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
  const lines = (rest + chunk.toString('utf8', 0, length)).split('\n');
  rest = lines.pop()!;
  for (const line of lines) {
    if (JSON.parse(line) !== null) events += 1;
  }
}
const { user, system } = process.cpuUsage();
process.stdout.write(`${JSON.stringify({ events, cpuSeconds: (user + system) / 1e6 })}\n`);
