import { readFileSync } from 'node:fs';

/** What a process has used so far, all its threads together, from Linux's /proc. */
export interface ProcessCost {
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
  readonly rssMb: number;
}

/** Linux counts CPU time in hundredths of a second (USER_HZ) on every architecture that Node runs on. */
const ticksPerSecond = 100;

export function processCost(pid: number): ProcessCost {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (key: string) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    peakRssMb: kilobytes('VmHWM') / 1024,
    rssMb: kilobytes('VmRSS') / 1024,
  };
}
