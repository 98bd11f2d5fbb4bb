import { glob, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import type { Logger } from 'pino';
import { parseConfigText } from '../fields/node.js';
import { Problems } from '../fields/problems.js';
import { prometheusDuration, text } from '../fields/scalars.js';
import { checked, listOf, optional, required, struct, type Value, withDefault } from '../fields/schema.js';
import type { Discoverer, DiscoveryKind, TargetGroup } from './discoverer.js';
import { targetGroup, toTargetGroup } from './static.js';
import { Troubles } from './troubles.js';

/** A wildcard in the last part only, and an ending that says how to read it. */
const fileName = checked(text, (value) =>
  /^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$/.test(value)
    ? undefined
    : `path name ${JSON.stringify(value)} is not valid for file discovery`,
);

const options = struct({
  files: required(checked(listOf(fileName), atLeastOne)),
  refresh_interval: withDefault(prometheusDuration, 5 * 60_000),
});
type Options = Value<typeof options>;

function atLeastOne(files: readonly string[]): string | undefined {
  return files.length > 0 ? undefined : 'file service discovery config must contain at least one path name';
}

/** `file_sd_configs`: target groups in files that are read again when they change. A bad file keeps the groups it had. */
export const fileConfigs: DiscoveryKind<Options[]> = {
  name: 'file_sd_configs',
  field: optional(listOf(options)),
  build: (list, { log }) => list.map((each) => new FileDiscovery(each, log)),
};

class FileDiscovery implements Discoverer {
  readonly #options: Options;
  readonly #log: Logger;
  /** How many groups each file gave last, so that those which are gone can be taken back. */
  readonly #groupCounts = new Map<string, number>();
  /** The files that were there at the last look. */
  #known: ReadonlySet<string> = new Set();
  readonly #troubles = new Troubles();
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** One look at the files at a time. */
  #look: Promise<void> = Promise.resolve();

  constructor(options: Options, log: Logger) {
    this.#options = options;
    this.#log = log;
  }

  get errors(): readonly string[] {
    return this.#troubles.texts;
  }

  start(publish: (groups: readonly TargetGroup[]) => void): void {
    const look = () => {
      this.#look = this.#look.then(() => this.#readAll(publish));
    };
    look();
    this.#timer = setInterval(look, this.#options.refresh_interval);
    // These directories see few changes, where chokidar is at home; log directories are watched otherwise.
    const directories = new Set(this.#options.files.map((pattern) => dirname(resolve(pattern))));
    this.#watcher = watch([...directories], { depth: 0, ignoreInitial: true });
    this.#watcher.on('all', look);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#watcher?.close();
    await this.#look;
  }

  async #readAll(publish: (groups: readonly TargetGroup[]) => void): Promise<void> {
    const files = new Set<string>();
    for (const pattern of this.#options.files) for await (const file of glob(pattern)) files.add(file);
    for (const file of files) {
      const groups = await this.#read(file);
      if (groups !== undefined) this.#publish(publish, file, groups);
    }
    for (const file of this.#known) {
      if (files.has(file)) continue;
      this.#troubles.forget(file);
      this.#publish(publish, file, []);
    }
    this.#known = files;
  }

  #publish(publish: (groups: readonly TargetGroup[]) => void, file: string, groups: TargetGroup[]): void {
    const before = this.#groupCounts.get(file) ?? 0;
    const gone = Array.from({ length: Math.max(0, before - groups.length) }, (_, index) => ({
      source: sourceName(file, groups.length + index),
      labels: new Map<string, string>(),
      targets: [],
    }));
    if (groups.length === 0) this.#groupCounts.delete(file);
    else this.#groupCounts.set(file, groups.length);
    publish([...groups, ...gone]);
  }

  async #read(file: string): Promise<TargetGroup[] | undefined> {
    const problems = new Problems(file);
    try {
      const decoded = listOf(targetGroup).decode(
        parseConfigText(await readFile(file, 'utf8'), problems),
        problems,
      );
      problems.throwIfAny();
      this.#troubles.forget(file);
      return decoded.map((group, index) => {
        const labels = new Map([...group.labels, ['__meta_filepath', file]]);
        return { ...toTargetGroup(sourceName(file, index), group), labels };
      });
    } catch (error) {
      this.#troubles.note(file, error);
      this.#log.error({ file, err: error }, 'cannot read file_sd file; its targets stay as they were');
      return undefined;
    }
  }
}

function sourceName(file: string, index: number): string {
  return `${file}:${index}`;
}
