import type { TargetGroup } from '../../src/discovery/discoverer.js';

/** What a discovery has found. */
export class Found {
  readonly #groups = new Map<string, TargetGroup>();
  readonly #prefix: RegExp;

  /** The prefix of the discovery's meta labels. */
  constructor(prefix: RegExp) {
    this.#prefix = prefix;
  }

  readonly publish = (groups: readonly TargetGroup[]): void => {
    for (const group of groups) this.#groups.set(group.source, group);
  };

  /** The labels of each target, those of its group among them. */
  get targets(): Record<string, string>[] {
    return [...this.#groups.values()].flatMap(({ labels, targets }) =>
      targets.map((target) => Object.fromEntries([...labels, ...target])),
    );
  }

  /** The values of a meta label, sorted. */
  values(name: string): (string | undefined)[] {
    return this.distinct
      .map((target) => target[name])
      .filter((value) => value !== undefined)
      .sort();
  }

  /** As `recordTargets` tells them: no prefix, no empty label, no target twice. */
  get distinct(): Record<string, string>[] {
    const texts = this.targets.map((target) => JSON.stringify(this.#plain(target)));
    return [...new Set(texts)].sort().map((text) => JSON.parse(text) as Record<string, string>);
  }

  #plain({ __address__: address = '', ...labels }: Record<string, string>): Record<string, string> {
    return Object.fromEntries(
      Object.entries({ ...labels, address })
        .filter(([, value]) => value !== '')
        .map(([name, value]) => [name.replace(this.#prefix, ''), value])
        .sort(),
    );
  }
}

/** What was recorded, in the order of `distinct`. */
export function sorted(recorded: readonly Record<string, string>[]): Record<string, string>[] {
  const texts = recorded.map((target) => JSON.stringify(Object.fromEntries(Object.entries(target).sort())));
  return texts.sort().map((text) => JSON.parse(text) as Record<string, string>);
}
