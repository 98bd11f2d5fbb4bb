import type { DirectoryWatch } from './directory-watch.js';
import { PathWatch } from './path-watch.js';
import { type PollOptions, PollPace } from './poll-pace.js';

/** Who is told what happens at a path. */
export interface PathListener {
  /** Something was written to the file just now. */
  written(): void;
  /** Names may have changed, or it is time to look. True if there was something to find; never rejects. */
  look(): Promise<boolean>;
  /** The same at once, where it is still the file that it was; undefined: that takes more than a glance. */
  glance(): boolean | undefined;
  /** Whether everything that was there is read: what a look finds then, nobody told of. */
  readonly isWaiting: boolean;
}

/** Follows what happens at a path: by a watch on its folder, and by looking now and then. */
export class PathFollower {
  readonly #listener: PathListener;
  readonly #pace: PollPace;
  readonly #watch: PathWatch;
  #poll: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(path: string, watch: DirectoryWatch, options: PollOptions, listener: PathListener) {
    this.#listener = listener;
    this.#pace = new PollPace(options);
    this.#watch = new PathWatch(path, watch, (event) => {
      this.#pace.told();
      if (event === 'moved') void this.#look();
      else listener.written();
    });
    this.#schedulePoll();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#poll);
    this.#watch.close();
  }

  #schedulePoll(): void {
    const waitMs = this.#pace.nextMs(this.#watch.isWatching, Date.now());
    this.#poll = setTimeout(() => this.#pollOnce(), waitMs);
    this.#poll.unref();
  }

  /** Nearly always there is nothing to find, and so no need of promises. */
  #pollOnce(): void {
    const { isWaiting } = this.#listener;
    const hasFound = this.#listener.glance();
    if (hasFound !== undefined) this.#hasPolled(hasFound && isWaiting);
    else void this.#look().then((hasFoundThen) => this.#hasPolled(hasFoundThen && isWaiting));
  }

  #hasPolled(hasFoundUntold: boolean): void {
    this.#pace.looked(hasFoundUntold);
    if (!this.#isClosed) this.#schedulePoll();
  }

  async #look(): Promise<boolean> {
    const hasFound = await this.#listener.look();
    // Another file at the path may mean that a link leads elsewhere.
    if (hasFound) await this.#watch.refresh();
    return hasFound;
  }
}
