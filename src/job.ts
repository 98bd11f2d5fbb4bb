import type { Logger } from 'pino';
import type { Discoverer, TargetGroup } from './discovery/discoverer.js';
import { type DropReason, type ResolvedTarget, resolveGroup } from './discovery/target-set.js';
import type { StreamActivity } from './metrics/stream-activity.js';
import type { Pipeline } from './pipeline/pipeline.js';
import type { JobIntake } from './queue/job-intake.js';
import { untilAborted } from './queue/until-aborted.js';
import type { ShownTarget, Target } from './targets/target.js';

/** A target whose files are to be read, after relabelling. */
export interface FileTargetPlan {
  readonly path: string;
  readonly exclude: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly discoveredLabels: ReadonlyMap<string, string>;
}

/** A target that was found and is not read, and why. */
export interface DroppedTarget {
  readonly discoveredLabels: ReadonlyMap<string, string>;
  readonly reason: string;
}

/** What a job is made of. Either it has targets of its own, or discoverers that find files. */
export interface JobParts {
  readonly name: string;
  readonly pipeline: Pipeline;
  /** What comes out of the pipeline. */
  readonly activity: StreamActivity;
  /** Aborted when the job ends, so that stages stop waiting. */
  readonly ending: AbortController;
  /** What the targets hand over that cannot be read again goes through this; undefined when they have nothing of the kind. */
  readonly intake: JobIntake | undefined;
  readonly targets: readonly Target[];
  readonly discoverers: readonly Discoverer[];
  readonly relabel: (labels: ReadonlyMap<string, string>) => ReadonlyMap<string, string> | undefined;
  readonly hostname: string;
  readonly buildFileTarget: (plan: FileTargetPlan) => Target;
  readonly countDropped: (reason: DropReason | 'error') => void;
  readonly log: Logger;
}

/** One scrape config at work: its discovery, its targets and its pipeline. */
export class Job {
  readonly name: string;
  readonly #parts: JobParts;
  /** What each group that discovery knows of comes to. */
  readonly #groups = new Map<string, readonly ResolvedTarget[]>();
  readonly #fileTargets = new Map<string, Target>();
  #dropped: DroppedTarget[] = [];
  #isStopped = false;
  /** Whether a change is waiting that will see all that there is then. */
  #isChangeDue = false;
  /** Target changes, one after the other. */
  #change: Promise<void> = Promise.resolve();

  constructor(parts: JobParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  /** Those that are shown: the parts of a target that has any, and itself where something is wrong with it. */
  get targets(): readonly ShownTarget[] {
    return this.#running.flatMap((target) => {
      const parts = target.parts ?? [];
      return parts.length > 0 && !target.details().error ? parts : [target, ...parts];
    });
  }

  /** Whether its targets go back to what is not settled when they begin anew. */
  get readsAgain(): boolean {
    return this.#parts.intake === undefined;
  }

  /** What senders have handed over and is not settled. */
  get waitingBytes(): number {
    return this.#parts.intake?.waitingBytes ?? 0;
  }

  get activity(): StreamActivity {
    return this.#parts.activity;
  }

  /** Why discovery may not know of all that there is. */
  get discoveryErrors(): readonly string[] {
    return this.#parts.discoverers.flatMap(({ errors }) => errors);
  }

  get droppedTargets(): readonly DroppedTarget[] {
    return this.#dropped;
  }

  /** Starts the targets; those that are discovered come when they are found. */
  async start(): Promise<void> {
    await this.#parts.intake?.start();
    for (const target of this.#parts.targets) await target.start();
    for (const [index, discoverer] of this.#parts.discoverers.entries()) {
      discoverer.start((groups) => this.#update(index, groups));
    }
    await this.#change;
  }

  /** Ends reading, then sends what stages hold, as long as `deadline` allows; what is not sent by then is read again. */
  async stop(deadline: AbortSignal): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#parts.discoverers.map((discoverer) => discoverer.stop()));
    await this.#change;
    await this.#parts.intake?.stop();
    await Promise.all(this.#running.map((target) => target.stop()));
    this.#parts.ending.abort();
    await untilAborted(this.#parts.pipeline.close(), deadline);
  }

  /** After `stop`, when the clients are done or go on without this job: what is settled by the deadline is told to who keeps count of it. */
  async close(deadline: AbortSignal): Promise<void> {
    await Promise.all(this.#running.map((target) => target.close?.(deadline)));
  }

  /** The clients that were to settle what they have are gone. */
  resend(): void {
    this.#parts.intake?.resend();
  }

  get #running(): readonly Target[] {
    return [...this.#parts.targets, ...this.#fileTargets.values()];
  }

  #update(discoverer: number, groups: readonly TargetGroup[]): void {
    const { countDropped } = this.#parts;
    for (const group of groups) {
      const key = `${discoverer} ${group.source}`;
      const resolved = resolveGroup(group, this.#parts);
      if (resolved.length === 0) this.#groups.delete(key);
      else this.#groups.set(key, resolved);
      for (const { outcome } of resolved) if (outcome.kind === 'dropped') countDropped(outcome.reason);
    }
    if (this.#isChangeDue) return;
    this.#isChangeDue = true;
    this.#change = this.#change.then(() => this.#applyGroups());
  }

  async #applyGroups(): Promise<void> {
    this.#isChangeDue = false;
    if (this.#isStopped) return;
    const wanted = new Map<string, () => FileTargetPlan>();
    this.#dropped = [];
    for (const resolved of [...this.#groups.values()].flat()) {
      const { outcome } = resolved;
      if (outcome.kind === 'active' && !wanted.has(outcome.key)) {
        wanted.set(outcome.key, () => ({ ...outcome, discoveredLabels: resolved.discoveredLabels }));
        continue;
      }
      this.#dropped.push(resolved);
      if (outcome.kind === 'active') this.#parts.countDropped('exists');
    }
    await this.#stopOthers(wanted);
    for (const [key, plan] of wanted) if (!this.#fileTargets.has(key)) await this.#startTarget(key, plan());
  }

  async #stopOthers(wanted: ReadonlyMap<string, unknown>): Promise<void> {
    for (const [key, target] of this.#fileTargets) {
      if (wanted.has(key)) continue;
      this.#fileTargets.delete(key);
      await target.stop();
    }
  }

  async #startTarget(key: string, plan: FileTargetPlan): Promise<void> {
    try {
      const target = this.#parts.buildFileTarget(plan);
      this.#fileTargets.set(key, target);
      await target.start();
    } catch (error) {
      this.#fileTargets.delete(key);
      const reason = `Failed to create target: ${(error as Error).message}`;
      this.#dropped.push({ discoveredLabels: plan.discoveredLabels, reason });
      this.#parts.countDropped('error');
      this.#parts.log.error({ err: error, path: plan.path }, 'failed to create target');
    }
  }
}
