import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../demo/free-port.js';
import { Authority } from './certificates.js';

const home = join(import.meta.dirname, 'kafka');
const libraries = join(home, 'lib');

/** The login of the listeners that want one. */
export const user = 'alice';
export const password = 'alice-secret';

/**
 * Apache Kafka, one broker of a test file's own. Topics come into being when they are written to, with two partitions. Needs a JVM, and Maven,
 * which fetches Kafka the first time.
 */
export class KafkaBroker {
  readonly authority = new Authority();
  readonly ports: { plain: number; sasl: number; ssl: number; saslSsl: number };
  readonly #dir: string;
  readonly #controllerPort: number;
  #process: ChildProcess | undefined;
  #said = '';

  private constructor(ports: readonly number[]) {
    const [plain, sasl, ssl, saslSsl, controller] = ports as [number, number, number, number, number];
    this.ports = { plain, sasl, ssl, saslSsl };
    this.#controllerPort = controller;
    this.#dir = mkdtempSync(join(tmpdir(), 'auditail-kafka-'));
  }

  static async start(): Promise<KafkaBroker> {
    if (!existsSync(libraries)) {
      const goals = [
        'dependency:copy-dependencies',
        '-DincludeScope=runtime',
        `-DoutputDirectory=${libraries}`,
      ];
      execFileSync('mvn', ['-q', '-B', ...goals], { cwd: home, stdio: 'inherit' });
    }
    const ports = await Promise.all([1, 2, 3, 4, 5].map(() => freePort()));
    const broker = new KafkaBroker(ports);
    broker.#format();
    await broker.run();
    return broker;
  }

  get address(): string {
    return `127.0.0.1:${this.ports.plain}`;
  }

  /** Runs the broker, for the first time or again after `kill`. */
  async run(): Promise<void> {
    this.#process = spawn('java', [...javaOptions, 'kafka.Kafka', this.#config], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const output of [this.#process.stdout!, this.#process.stderr!]) {
      output.on('data', (chunk: Buffer) => {
        this.#said = (this.#said + chunk).slice(-4000);
      });
    }
    for (let waited = 0; !(await canConnect(this.ports.plain)); waited += 100) {
      if (this.#process.exitCode !== null || waited > 90_000) throw new Error(`no Kafka:\n${this.#said}`);
      await sleep(100);
    }
  }

  /** Sends these lines, each with the key before its first `|` if it has one. */
  produce(topic: string, lines: readonly string[], ...options: string[]): void {
    const input = lines.map((line) => (line.includes('|') ? line : `|${line}`)).join('\n');
    const args = ['-P', '-b', this.address, '-t', topic, '-K', '|', ...options];
    execFileSync('kcat', args, { input: `${input}\n`, stdio: ['pipe', 'pipe', 'pipe'] });
  }

  /** Writes a file for a test's config; returns its path. */
  file(name: string, content: string): string {
    const path = join(this.#dir, name);
    writeFileSync(path, content);
    return path;
  }

  async kill(): Promise<void> {
    if (this.#process?.exitCode !== null) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  get #config(): string {
    return join(this.#dir, 'server.properties');
  }

  #format(): void {
    const { cert, key } = this.authority.issue();
    const { plain, sasl, ssl, saslSsl } = this.ports;
    const at = (name: string, port: number) => `${name}://127.0.0.1:${port}`;
    const listeners = [at('PLAINTEXT', plain), at('SASL', sasl), at('SSL', ssl), at('SASLSSL', saslSsl)];
    const protocols = 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,SSL:SSL,SASLSSL:SASL_SSL';
    const login = 'org.apache.kafka.common.security';
    const settings = {
      'process.roles': 'broker,controller',
      'node.id': '1',
      'controller.quorum.voters': `1@127.0.0.1:${this.#controllerPort}`,
      'controller.listener.names': 'CONTROLLER',
      listeners: [...listeners, at('CONTROLLER', this.#controllerPort)].join(','),
      'listener.security.protocol.map': protocols,
      'inter.broker.listener.name': 'PLAINTEXT',
      'log.dirs': join(this.#dir, 'data'),
      'offsets.topic.replication.factor': '1',
      'offsets.topic.num.partitions': '1',
      'group.initial.rebalance.delay.ms': '0',
      'num.partitions': '2',
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'ssl.client.auth': 'required',
      'listener.name.saslssl.ssl.client.auth': 'none',
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.certificate.chain': oneLine(cert),
      'ssl.keystore.key': oneLine(key),
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.certificates': oneLine(this.authority.cert),
      ...Object.fromEntries(
        ['sasl', 'saslssl'].flatMap((name) => [
          [
            `listener.name.${name}.plain.sasl.jaas.config`,
            `${login}.plain.PlainLoginModule required user_${user}="${password}" user_$ConnectionString="Endpoint=x";`,
          ],
          [
            `listener.name.${name}.scram-sha-256.sasl.jaas.config`,
            `${login}.scram.ScramLoginModule required;`,
          ],
          [
            `listener.name.${name}.scram-sha-512.sasl.jaas.config`,
            `${login}.scram.ScramLoginModule required;`,
          ],
        ]),
      ),
    };
    writeFileSync(
      this.#config,
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    const users = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${user},password=${password}]`,
    ]);
    const args = ['format', '-t', 'AAAAAAAAAAAAAAAAAAAAAA', '-c', this.#config, ...users];
    execFileSync('java', [...javaOptions, 'kafka.tools.StorageTool', ...args], { stdio: 'pipe' });
  }
}

const javaOptions = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', `${libraries}/*`];

/** PEM as a Java property. */
function oneLine(pem: string): string {
  return pem.trim().replaceAll('\n', '\\n');
}

async function canConnect(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
