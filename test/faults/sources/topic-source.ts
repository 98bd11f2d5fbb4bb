import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AgentProcess } from '../../../demo/agent-process.js';
import { KafkaBroker } from '../../support/kafka-broker.js';
import { Outbox, type Source, until } from './source.js';

const topic = 'audit';
/** What a stage drops, of a topic and of an event hub: with it the topic comes into being, and the group commits something. */
const noise =
  '{"records":[{"time":"2024-05-06T07:08:09Z","category":"noise","resourceId":"r","operationName":"o"}]}';

/** A topic of Kafka, on a broker of its own. */
class Topic implements Source {
  readonly job: object;
  readonly stages = [{ drop: { expression: '"category":"noise"' } }];
  readonly env: Readonly<Record<string, string>>;
  readonly #broker: KafkaBroker;
  readonly #outbox: Outbox;

  constructor(broker: KafkaBroker, job: object) {
    this.#broker = broker;
    this.job = job;
    this.env = { NODE_EXTRA_CA_CERTS: broker.file('ca.pem', broker.authority.cert) };
    this.#outbox = new Outbox((lines, signal) => this.#produce(lines, signal));
  }

  write(data: string): void {
    this.#outbox.add(data);
  }

  /** A group that is new may begin behind what is there: only once it has committed something does it go on from there. */
  async followed({ url }: AgentProcess): Promise<void> {
    await until(async () => {
      await this.makeNoise();
      const answer = await fetch(`${url}/targets`, { headers: { accept: 'application/json' } });
      return /"committed":\s*"\d/.test(await answer.text());
    }, 'the group to be at work');
  }

  async makeNoise(): Promise<void> {
    if (!(await this.#produce([noise], AbortSignal.timeout(10_000))))
      throw new Error('cannot write to the topic');
  }

  async restart(): Promise<void> {
    await this.#broker.kill();
    await this.#broker.run();
  }

  async close(): Promise<void> {
    await this.#outbox.interrupt();
    await this.#broker.stop();
  }

  async #produce(lines: readonly string[], signal: AbortSignal): Promise<boolean> {
    const place = ['-b', this.#broker.address, '-t', topic, '-p', '0'];
    const options = ['-P', ...place, '-X', 'message.timeout.ms=5000'];
    const kcat = spawn('kcat', options, { signal, stdio: ['pipe', 'ignore', 'ignore'] });
    kcat.on('error', () => {});
    kcat.stdin.on('error', () => {}).end(`${lines.join('\n')}\n`);
    const [code] = (await once(kcat, 'close')) as [number | null];
    return code === 0;
  }
}

const labels = { job: 'audit', instance: 'a' };

export async function openKafka(): Promise<Source> {
  const broker = await KafkaBroker.start();
  const kafka = { brokers: [broker.address], topics: [topic], group_id: 'auditail', labels };
  return openTopic(broker, { kafka });
}

export async function openEventHub(): Promise<Source> {
  const broker = await KafkaBroker.start();
  const azure_event_hubs = {
    fully_qualified_namespace: `127.0.0.1:${broker.ports.saslSsl}`,
    connection_string: 'Endpoint=x',
    event_hubs: [topic],
    labels,
  };
  return openTopic(broker, { azure_event_hubs });
}

/** The agent looks for topics that are new only now and then. */
async function openTopic(broker: KafkaBroker, job: object): Promise<Source> {
  const source = new Topic(broker, job);
  await source.makeNoise();
  return source;
}
