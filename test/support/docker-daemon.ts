import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A Docker daemon of the tests' own, with one image: busybox. Needs Debian's docker.io and busybox-static. */
export class DockerDaemonProcess {
  readonly #dir: string;
  readonly #process: ChildProcess;
  readonly socket: string;
  #isOver = false;

  private constructor(dir: string) {
    this.#dir = dir;
    this.socket = join(dir, 'docker.sock');
    this.#process = spawn(
      'dockerd',
      [
        '--iptables=false',
        '--ip6tables=false',
        '--bridge=none',
        '--storage-driver=vfs',
        `--data-root=${join(dir, 'data')}`,
        `--exec-root=${join(dir, 'exec')}`,
        `--pidfile=${join(dir, 'pid')}`,
        `--host=unix://${this.socket}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
  }

  static async start(): Promise<DockerDaemonProcess> {
    const daemon = new DockerDaemonProcess(mkdtempSync(join(tmpdir(), 'auditail-docker-')));
    await daemon.#started();
    const root = join(daemon.#dir, 'root');
    mkdirSync(root);
    copyFileSync('/bin/busybox', join(root, 'busybox'));
    execFileSync('tar', ['-C', root, '-cf', join(daemon.#dir, 'image.tar'), 'busybox']);
    daemon.docker('import', join(daemon.#dir, 'image.tar'), 'busybox:test');
    return daemon;
  }

  /** Runs `docker` and returns what it printed. */
  docker(...args: string[]): string {
    const env = { ...process.env, DOCKER_HOST: `unix://${this.socket}` };
    return execFileSync('docker', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  }

  /** Starts a container with this script and returns its id. */
  run(script: string, ...options: string[]): string {
    const command = ['busybox:test', '/busybox', 'sh', '-c', script];
    return this.docker('run', '-d', '--network', 'none', ...options, ...command);
  }

  async stop(): Promise<void> {
    for (const id of this.docker('ps', '-q').split('\n').filter(Boolean)) this.docker('kill', id);
    this.#process.kill('SIGTERM');
    if (!this.#isOver) await once(this.#process, 'exit');
    rmSync(this.#dir, { recursive: true, force: true });
  }

  async #started(): Promise<void> {
    let said = '';
    this.#process.stderr!.on('data', (chunk: Buffer) => {
      said = (said + chunk).slice(-4000);
    });
    this.#process.on('exit', () => {
      this.#isOver = true;
    });
    for (let waited = 0; !existsSync(this.socket) || !this.#answers(); waited += 100) {
      if (this.#isOver || waited > 60_000) throw new Error(`dockerd did not start:\n${said}`);
      await sleep(100);
    }
  }

  #answers(): boolean {
    try {
      return this.docker('version') !== '' && readFileSync(join(this.#dir, 'pid'), 'utf8') !== '';
    } catch {
      return false;
    }
  }
}
