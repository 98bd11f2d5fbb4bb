import type { TargetGroup } from '../discoverer.js';
import { GroupPacker, type PackedGroup } from '../packed-group.js';
import type { AttachMetadata } from './kubernetes-options.js';
import type { ObjectListener } from './list-watch.js';
import { MetaNames } from './meta-names.js';
import type { KubernetesObject } from './objects.js';
import type { Related } from './related.js';
import type { Resource } from './resources.js';
import type { RoleKind } from './roles.js';

/** Changes that come within this time are told together: a rollout is hundreds of them. */
const gatherMs = 250;

/**
 * Makes target groups out of the objects of a role, and makes them anew when the objects change, or others that they take labels
 * from. Nothing is told before those others are all known.
 */
export class RoleTargets {
  readonly #role: RoleKind;
  readonly #publish: (groups: readonly TargetGroup[]) => void;
  readonly #names = new MetaNames();
  readonly #packer = new GroupPacker();
  readonly #attach: AttachMetadata;
  readonly #related: ReadonlyMap<Resource, Map<string, KubernetesObject>>;
  /** The objects of the role, for when something changes that is related to them; none when nothing is. */
  readonly #objects = new Map<string, KubernetesObject>();
  /** Which objects of the role have asked for a related one, found or not. */
  readonly #askers = new Map<string, Set<string>>();
  readonly #asked = new Map<string, Set<string>>();
  /** Objects whose targets are to be made anew. */
  readonly #changed = new Set<string>();
  /** Groups that are to be told. */
  readonly #untold = new Map<string, PackedGroup>();
  readonly #told = new Map<string, PackedGroup>();
  /** Lists of related objects that are not complete yet. */
  #missingLists = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    role: RoleKind,
    related: readonly Resource[],
    attach: AttachMetadata,
    publish: (groups: readonly TargetGroup[]) => void,
  ) {
    this.#role = role;
    this.#attach = attach;
    this.#publish = publish;
    this.#related = new Map(related.map((resource) => [resource, new Map()]));
  }

  /** Takes objects of the role. */
  get objects(): ObjectListener<KubernetesObject> {
    // Targets that depend on nothing else are made at once: an object that waits for it grows old, and costs a full collection.
    const isAlone = this.#related.size === 0;
    return {
      put: (key, object) => {
        if (isAlone) {
          this.#untold.set(key, this.#groupOf(key, object));
        } else {
          this.#objects.set(key, object);
          this.#changed.add(key);
        }
        this.#schedule();
      },
      remove: (key) => {
        this.#objects.delete(key);
        this.#changed.delete(key);
        this.#forgetQuestions(key);
        this.#untold.set(key, this.#packer.pack({ source: key, labels: new Map(), targets: [] }));
        this.#schedule();
      },
      listed: () => {},
    };
  }

  /** Takes related objects; one such listener for each list of them. */
  relatedObjects(resource: Resource): ObjectListener<KubernetesObject> {
    const objects = this.#related.get(resource)!;
    let isListed = false;
    this.#missingLists++;
    return {
      put: (key, object) => {
        objects.set(key, object);
        this.#changeAskers(resource, key);
      },
      remove: (key) => {
        objects.delete(key);
        this.#changeAskers(resource, key);
      },
      listed: () => {
        if (!isListed) this.#missingLists--;
        isListed = true;
        this.#schedule();
      },
    };
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #changeAskers(resource: Resource, key: string): void {
    for (const asker of this.#askers.get(askedName(resource, key)) ?? []) this.#changed.add(asker);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#missingLists > 0 || this.#changed.size + this.#untold.size === 0) return;
    this.#timer ??= setTimeout(() => this.#tell(), gatherMs);
  }

  #tell(): void {
    this.#timer = undefined;
    for (const key of this.#changed) this.#untold.set(key, this.#groupOf(key, this.#objects.get(key)!));
    this.#changed.clear();
    // Most changes of an object are to what no label shows.
    const groups = [...this.#untold.values()].filter((group) => !isSame(group, this.#told.get(group.source)));
    this.#untold.clear();
    for (const group of groups) {
      if (group.isEmpty) this.#told.delete(group.source);
      else this.#told.set(group.source, group);
    }
    if (groups.length > 0) this.#publish(groups);
  }

  #groupOf(key: string, object: KubernetesObject): PackedGroup {
    this.#forgetQuestions(key);
    const related: Related = {
      names: this.#names,
      attach: this.#attach,
      find: <T extends KubernetesObject>(resource: Resource<T>, name: string) => {
        this.#noteQuestion(key, askedName(resource, name));
        return this.#related.get(resource)?.get(name) as T | undefined;
      },
    };
    return this.#packer.pack({ source: key, ...this.#role.targetsOf(object, related) });
  }

  #noteQuestion(asker: string, asked: string): void {
    addTo(this.#askers, asked, asker);
    addTo(this.#asked, asker, asked);
  }

  #forgetQuestions(asker: string): void {
    for (const asked of this.#asked.get(asker) ?? []) {
      const askers = this.#askers.get(asked);
      askers?.delete(asker);
      if (askers?.size === 0) this.#askers.delete(asked);
    }
    this.#asked.delete(asker);
  }
}

/** Without targets, only that there were some matters. */
function isSame(group: PackedGroup, told: PackedGroup | undefined): boolean {
  return told === undefined ? group.isEmpty : group.equals(told);
}

function askedName({ name }: Resource, key: string): string {
  return `${name} ${key}`;
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}
