import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';

/** What some faults are made with: programs of Debian, and the right to mount. Kafka is a program for a JVM, which Maven fetches. */
export type Tool =
  | 'strace'
  | 'faketime'
  | 'logrotate'
  | 'prlimit'
  | 'mount'
  | 'journal'
  | 'dockerd'
  | 'kafka';

const found = new Map<Tool, boolean>();

export function hasTool(tool: Tool): boolean {
  const known = found.get(tool);
  if (known !== undefined) return known;
  const answer = look[tool]();
  found.set(tool, answer);
  return answer;
}

/** Clocks are moved by a library that is loaded ahead of all others. */
export function faketimeLibrary(): string | undefined {
  return globSync('/usr/lib/*/faketime/libfaketime.so.1')[0];
}

const look: Record<Tool, () => boolean> = {
  strace: () => succeeds('strace', ['-f', '-e', 'trace=none', '-o', '/dev/null', 'true']),
  faketime: () => faketimeLibrary() !== undefined,
  logrotate: () => existsSync('/usr/sbin/logrotate'),
  prlimit: () => succeeds('prlimit', ['--version']),
  journal: () => existsSync('/lib/systemd/systemd-journal-remote') && succeeds('journalctl', ['--version']),
  dockerd: () => existsSync('/bin/busybox') && succeeds('dockerd', ['--version']),
  kafka: () => ['java', 'mvn'].every((name) => succeeds(name, ['-version'])) && succeeds('kcat', ['-V']),
  mount: () => succeeds('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']),
};

function succeeds(command: string, words: readonly string[]): boolean {
  return spawnSync(command, words, { stdio: 'ignore' }).status === 0;
}
