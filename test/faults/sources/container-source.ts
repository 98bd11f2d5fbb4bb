import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerDaemonProcess } from '../../support/docker-daemon.js';
import { scratchDir } from '../scratch.js';
import type { Source } from './source.js';

/** A container that prints what is written to a file. Started again, it prints all of it again. */
class Container implements Source {
  readonly job: object;
  readonly #daemon: DockerDaemonProcess;
  readonly #file: string;
  readonly #id: string;

  constructor(daemon: DockerDaemonProcess, dir: string) {
    this.#daemon = daemon;
    this.#file = join(dir, 'lines');
    writeFileSync(this.#file, '');
    this.#id = daemon.run('exec /busybox tail -n +1 -f /in/lines', '-v', `${dir}:/in`);
    this.job = {
      docker_sd_configs: [{ host: `unix://${daemon.socket}`, refresh_interval: '1s' }],
      relabel_configs: [{ target_label: 'job', replacement: 'audit' }],
    };
  }

  write(data: string): void {
    appendFileSync(this.#file, data);
  }

  async restart(): Promise<void> {
    this.#daemon.docker('restart', '-t', '0', this.#id);
  }

  close(): Promise<void> {
    return this.#daemon.stop();
  }
}

export async function openContainer(scope: AsyncDisposableStack): Promise<Source> {
  return new Container(await DockerDaemonProcess.start(), scratchDir(scope));
}
