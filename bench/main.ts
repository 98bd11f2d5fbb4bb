/**
 * `npm run bench`: what the built agent costs, as a process, against a receiver that costs nothing. Options:
 *   --mb 500          size of the data of each row
 *   --runs 5          the median of so many is shown
 *   --rows audit,cri  only the rows whose names contain one of these
 *   --minutes 60      then 20 MB/s for so long, with rotation; `--rows steady` for nothing else
 *   --peer 'promtail -config.file={config}'   the same jobs with another agent, in turn (may be given several times)
 */
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dataFiles } from './data.js';
import { runFleetRows } from './fleet.js';
import { runLatency } from './latency.js';
import { runPodRows } from './pods.js';
import { type Row, rows } from './rows.js';
import { type JobResult, runJob } from './run-job.js';
import { stageRows } from './stage-rows.js';
import { runSteady } from './steady.js';

const { values } = parseArgs({
  options: {
    mb: { type: 'string', default: '500' },
    runs: { type: 'string', default: '5' },
    rows: { type: 'string', default: '' },
    peer: { type: 'string', multiple: true, default: [] },
    minutes: { type: 'string', default: '0' },
  },
});
const wantedRows = values.rows.split(',');
const isWanted = (name: string) => wantedRows.some((part) => name.includes(part));

const bundle = join(import.meta.dirname, '..', 'dist', 'auditail.js');
const agentCommand = (file: string) => `${process.execPath} ${file} -config.file={config}`;

const agents: [name: string, command: string][] = [
  ['auditail', agentCommand(bundle)],
  ...values.peer.map((command): [string, string] => [
    command.split(/[\s/]+/).find((word) => word !== '') ?? command,
    command,
  ]),
];

console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`,
);
console.log(`${values.mb} MB a row, median of ${values.runs}\n`);
printRow(['row', 'agent', 'MB/s', 'lines/s', 'CPU s/GB', 'peak MB', '× calibration']);

for (const row of [...rows, ...stageRows].filter(({ name }) => isWanted(name))) {
  for (const [name, command] of agents) await measure(row, name, command, row === rows[0]);
}
await runFleetRows(agentCommand(bundle), isWanted, printRow);
if (isWanted('latency')) await runLatency(agentCommand(bundle), printRow);
if (Number(values.minutes) > 0) await runSteady(agentCommand(bundle), Number(values.minutes), printRow);
if (isWanted('10000 pods')) await runPodRows(agentCommand(bundle), printRow);

async function measure(row: Row, agent: string, command: string, calibrated: boolean): Promise<void> {
  const data = dataFiles(row.data, Number(values.mb), row.files ?? 1);
  const job = { paths: data.path, stages: row.stages };
  const results: JobResult[] = [];
  const ratios: number[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    const result = await runJob(job, command);
    if (result === undefined) return printRow([row.name, agent, 'refused', '', '', '', '']);
    results.push(result);
    if (calibrated) ratios.push(result.cpuSeconds / calibrationSeconds(data.path));
  }
  const seconds = median(results.map((result) => result.seconds));
  printRow([
    row.name,
    agent,
    (data.bytes / 1e6 / seconds).toFixed(0),
    (data.lines / seconds).toFixed(0),
    ((median(results.map((result) => result.cpuSeconds)) / data.bytes) * 1e9).toFixed(2),
    Math.max(...results.map((result) => result.peakRssMb)).toFixed(0),
    calibrated ? median(ratios).toFixed(2) : '',
  ]);
}

/** CPU seconds of a loop that only parses each line of the same file, run right after the agent. */
function calibrationSeconds(path: string): number {
  const output = execFileSync(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'calibrate.ts'), path],
    {
      encoding: 'utf8',
    },
  );
  return (JSON.parse(output) as { cpuSeconds: number }).cpuSeconds;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function printRow(cells: readonly string[]): void {
  const widths = [34, 20, 8, 10, 10, 9, 14];
  console.log(
    cells
      .map((cell, index) => (index < 2 ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!)))
      .join(''),
  );
}
