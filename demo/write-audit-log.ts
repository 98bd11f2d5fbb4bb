/**
 * Writes a made-up API server's audit log until it is stopped, rotated as the API server does.
 *
 *   tsx demo/write-audit-log.ts --file FILE [--rate EVENTS_A_SECOND] [--history SECONDS]
 */
import { setInterval } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { AuditEvents } from './audit/audit-events.js';
import { Lumberjack } from './lumberjack.js';

const { values } = parseArgs({
  options: {
    file: { type: 'string' },
    rate: { type: 'string', default: '20' },
    /** How far back the first event is: dashboards have something to show from the start. */
    history: { type: 'string', default: '0' },
  },
});
const rate = Number(values.rate);
const historySeconds = Number(values.history);
if (values.file === undefined || !(rate > 0) || !(historySeconds >= 0)) {
  process.stderr.write(
    'usage: write-audit-log.ts --file FILE [--rate EVENTS_A_SECOND] [--history SECONDS]\n',
  );
  process.exit(2);
}

const startMs = Date.now() - historySeconds * 1000;
// Another seed each time: the audit ids of an earlier run do not come again.
const events = new AuditEvents({ seed: startMs % 2 ** 31, startMs, eventsPerSecond: rate });
const log = new Lumberjack({ file: values.file, maxBytes: 20 * 1024 * 1024, maxBackups: 3 });
writeDue();
for await (const _ of setInterval(250)) writeDue();

function writeDue(): void {
  while (events.nowMs < Date.now()) log.write(`${events.next()}\n`);
}
