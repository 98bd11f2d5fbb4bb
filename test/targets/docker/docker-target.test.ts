import { symlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LokiReceiver } from '../../../demo/loki/receiver.js';
import { dockerConfigs } from '../../../src/targets/docker/docker-target.js';
import { startAgent } from '../../support/agent-process.js';
import { DockerDaemonProcess } from '../../support/docker-daemon.js';
import { decodeOptions, TargetRig } from '../../support/target-rig.js';
import { tempDir } from '../../support/temp-dir.js';

let daemon: DockerDaemonProcess;

beforeAll(async () => {
  daemon = await DockerDaemonProcess.start();
});
afterAll(() => daemon.stop());

const rules = `
- source_labels: [__meta_docker_container_name]
  regex: /(.*)
  target_label: container
- source_labels: [__meta_docker_container_log_stream]
  target_label: stream
- source_labels: [__meta_docker_container_label_com_example_team]
  target_label: team
`;

let count = 0;
/** A label that only this test's containers have. */
function ownLabel(): string {
  count += 1;
  return `test=${count}`;
}

function config(label: string, more = ''): string {
  return `[{host: 'unix://${daemon.socket}', refresh_interval: 1s, filters: [{name: label, values: ['${label}']}]${more}}]`;
}

const untilTold = 'while [ ! -e /go ]; do /busybox sleep 0.05; done;';

function tell(id: string): void {
  daemon.docker('exec', id, '/busybox', 'touch', '/go');
}

it('reads both streams of a container with their labels and times', async () => {
  const label = ownLabel();
  const rig = new TargetRig();
  await rig.start(dockerConfigs, config(label), rules);
  const id = daemon.run(
    'echo out; echo err >&2',
    '--name',
    'both',
    '--label',
    label,
    '--label',
    'com.example.team=a',
  );
  await rig.expectLines(['err', 'out'], { sorted: true });
  expect(rig.sink.received.map(({ labels, text }) => `${labels} ${text}`).sort()).toEqual([
    '{container="both", stream="stderr", team="a"} err',
    '{container="both", stream="stdout", team="a"} out',
  ]);
  const [time] = daemon.docker('logs', '--timestamps', id).split(' ');
  const out = rig.sink.received.find(({ text }) => text === 'out')!;
  expect(new Date(Number(out.time / 1_000_000n)).toISOString().slice(0, 23)).toBe(time!.slice(0, 23));
  expect(out.time % 1_000_000_000n).toBe(BigInt(time!.slice(20, 29)));
  expect(await rig.metric('promtail_docker_target_entries_total')).toEqual({ '': 2 });
  const [shown] = rig.target.parts!;
  expect(shown!.discoveredLabels.get('__meta_docker_container_name')).toBe('/both');
  expect(Object.fromEntries(shown!.labels)).toEqual({ container: 'both', stream: 'stdout', team: 'a' });
  expect(shown!.details()).toMatchObject({ id, name: '/both' });
});

it('reads on after a restart of the agent, without a line twice or lost', async () => {
  const label = ownLabel();
  const rig = new TargetRig();
  const id = daemon.run(
    `for i in 1 2 3 4 5; do echo before $i; done; ${untilTold} echo after; /busybox sleep 60`,
    '--label',
    label,
  );
  await rig.start(dockerConfigs, config(label), rules);
  const before = [1, 2, 3, 4, 5].map((i) => `before ${i}`);
  await rig.expectLines(before);
  await rig.stop();
  tell(id);
  await rig.start(dockerConfigs, config(label), rules);
  await rig.expectLines([...before, 'after']);
});

it('reads a container that ended before the daemon answered for the first time', async () => {
  const label = ownLabel();
  const link = join(tempDir(), 'docker.sock');
  const rig = new TargetRig();
  await rig.start(dockerConfigs, config(label).replace(daemon.socket, link), rules);
  await expect.poll(() => rig.logged.map(({ msg }) => msg)).toContain('cannot list containers; trying again');
  daemon.docker('wait', daemon.run('echo ended', '--label', label));
  symlinkSync(daemon.socket, link);
  await rig.expectLines(['ended']);
});

it('reads again what was not settled', async () => {
  const label = ownLabel();
  const rig = new TargetRig();
  daemon.run('echo one; echo two; /busybox sleep 60', '--label', label);
  rig.sink.settlesAtOnce = false;
  await rig.start(dockerConfigs, config(label), rules);
  await rig.expectLines(['one', 'two']);
  await rig.stop();
  await rig.start(dockerConfigs, config(label), rules);
  await rig.expectLines(['one', 'two', 'one', 'two']);
});

it('reads containers that ran and ended, or went on and ended, while the agent was down', async () => {
  const label = ownLabel();
  const rig = new TargetRig();
  daemon.docker('wait', daemon.run('echo long gone', '--label', label));
  const open = daemon.run(`echo begin; ${untilTold} echo end`, '--label', label);
  await rig.start(dockerConfigs, config(label), rules);
  await rig.expectLines(['begin']);
  await rig.stop();
  tell(open);
  daemon.docker('wait', open);
  daemon.docker('wait', daemon.run('echo meanwhile', '--label', label));
  await rig.start(dockerConfigs, config(label), rules);
  await rig.expectLines(['begin', 'end', 'meanwhile'], { sorted: true });
});

it('loses nothing when the agent is killed, again and again', async () => {
  const label = ownLabel();
  await using loki = await LokiReceiver.start();
  const agent = await startAgent({
    positions: { filename: join(tempDir(), 'positions.yaml'), sync_period: '10ms' },
    clients: [{ url: loki.pushUrl, batchwait: '20ms' }],
    scrape_configs: [
      {
        job_name: 'docker',
        docker_sd_configs: [
          { host: `unix://${daemon.socket}`, filters: [{ name: 'label', values: [label] }] },
        ],
        pipeline_stages: [{ static_labels: { job: 'docker' } }],
      },
    ],
  });
  daemon.run(
    'i=0; while [ $i -lt 1000 ]; do echo $i; i=$((i+1)); [ $((i % 20)) = 0 ] && /busybox sleep 0.05; done; /busybox sleep 60',
    '--label',
    label,
  );
  for (const count of [1, 300, 600]) {
    await loki.lines(count);
    await agent.kill();
    agent.restart();
  }
  const all = Array.from({ length: 1000 }, (_, index) => String(index));
  await loki.waitFor((receiver) => new Set(receiver.entries().map(({ line }) => line)).size === all.length);
  expect([...new Set(loki.entries().map(({ line }) => line))].sort()).toEqual(all.toSorted());
});

it('goes on with a container that is started again', async () => {
  const label = ownLabel();
  const rig = new TargetRig();
  await rig.start(dockerConfigs, config(label), rules);
  const id = daemon.run('echo hello', '--label', label);
  await rig.expectLines(['hello']);
  daemon.docker('start', id);
  await rig.expectLines(['hello', 'hello']);
});

it('reads a container that is gone as soon as it has ended', async () => {
  const label = ownLabel();
  const rig = new TargetRig();
  await rig.start(dockerConfigs, config(label).replace('1s', '1h'), rules);
  await expect
    .poll(() => rig.logged.length + Number(rig.positions.get(`cursor-job/unix://${daemon.socket}:80`)))
    .toBeGreaterThan(1);
  daemon.run('echo short; /busybox sleep 0.5', '--rm', '--label', label);
  await rig.expectLines(['short']);
});

it('puts long lines together, of a terminal too', async () => {
  const label = ownLabel();
  const rig = new TargetRig();
  await rig.start(dockerConfigs, config(label), rules);
  const script =
    's=0123456789abcdef; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do s=$s$s; done; echo $s; echo short';
  daemon.run(script, '--label', label);
  const long = '0123456789abcdef'.repeat(2 ** 12);
  await rig.expectLines([long, 'short']);
  daemon.run(script, '--label', label, '--tty');
  await rig.expectLines([long, 'short', long, 'short']);
});

it('forgets the position of a container that is removed', async () => {
  const label = ownLabel();
  const rig = new TargetRig();
  await rig.start(dockerConfigs, config(label), rules);
  const id = daemon.run('echo hello', '--label', label);
  await rig.expectLines(['hello']);
  expect(rig.positions.get(`cursor-${id}`)).toMatch(/^\d{10}$/);
  daemon.docker('rm', '-f', id);
  await expect.poll(() => rig.positions.get(`cursor-${id}`), { timeout: 10_000 }).toBeUndefined();
});

it('passes over lines that relabelling drops, and moves on behind them', async () => {
  const label = ownLabel();
  const rig = new TargetRig();
  await rig.start(
    dockerConfigs,
    config(label),
    `[{source_labels: [__meta_docker_container_log_stream], regex: stderr, action: drop}]`,
  );
  const id = daemon.run('echo out; /busybox sleep 0.1; echo err >&2; /busybox sleep 60', '--label', label);
  await rig.expectLines(['out']);
  await expect
    .poll(() => rig.positions.get(`cursor-${id}.exact`))
    .toContain(daemon.docker('logs', '--timestamps', '--tail', '1', id).slice(20, 29));
});

it('keeps a stream over TCP open over refreshes, and opens it again when it breaks', async () => {
  const label = ownLabel();
  const rig = new TargetRig();
  const proxy = await startProxy(daemon.socket);
  const id = daemon.run(`echo one; ${untilTold} echo two; /busybox sleep 60`, '--label', label);
  await rig.start(dockerConfigs, config(label).replace(/unix:[^']*/, `tcp://127.0.0.1:${proxy.port}`), rules);
  await rig.expectLines(['one']);
  proxy.cut();
  tell(id);
  await rig.expectLines(['one', 'two']);
  expect(rig.logged.map(({ msg }) => msg)).toContain('cannot read the log of the container; trying again');
  await proxy.close();
});

it('waits for a daemon that is out of reach', async () => {
  const rig = new TargetRig();
  const target = await rig.start(
    dockerConfigs,
    `[{host: 'unix:///nowhere/docker.sock', refresh_interval: 1s}]`,
  );
  await expect.poll(() => rig.logged.map(({ msg }) => msg)).toContain('cannot list containers; trying again');
  expect(target.isReady).toBe(false);
  expect(target.details()).toMatchObject({ error: expect.stringContaining('ENOENT') });
});

it('tells what is wrong with its options', () => {
  const decode = (text: string) => () => decodeOptions(dockerConfigs, text);
  expect(decode('[{refresh_interval: 5s}]')).toThrow("'host' is required");
  expect(decode('[{host: ""}]')).toThrow('host missing');
  expect(decode('[{host: "ssh://docker"}]')).toThrow('expected a Docker host');
  expect(decode('[{host: "tcp://docker:2375", hosts: []}]')).toThrow("unknown key 'hosts'");
});

/** A TCP port before the daemon's socket whose connections can be cut. */
async function startProxy(socket: string): Promise<{ port: number; cut(): void; close(): Promise<void> }> {
  const open = new Set<Socket>();
  const server: Server = createServer((incoming) => {
    const outgoing = connect(socket);
    for (const side of [incoming, outgoing]) {
      open.add(side);
      side.on('error', () => {});
      side.on('close', () => {
        open.delete(side);
        incoming.destroy();
        outgoing.destroy();
      });
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const side of open) side.destroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    cut,
    close: () => {
      cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
