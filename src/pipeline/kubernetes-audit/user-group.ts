export type UserType = 'anonymous' | 'human' | 'node' | 'none' | 'serviceaccount' | 'system';

/** Who asked, in words of which there are few enough for a label. */
export interface UserGroup {
  readonly type: UserType;
  /** A person's or component's own name; for nodes and service accounts that of their group. '' when nobody was authenticated. */
  readonly group: string;
}

/** As many users as a large cluster has; past them, all is forgotten and begins anew. */
const maxRemembered = 10_000;
const maxRememberedLength = 256;

/** Groups users, and remembers those it has seen: the same name is the same string again, whose hash is known. */
export class UserGroups {
  readonly #known = new Map<string, UserGroup>();
  /** One event asks several times. */
  #lastName: string | undefined;
  #lastGroup: UserGroup | undefined;

  of(username: string): UserGroup {
    if (username === this.#lastName) return this.#lastGroup!;
    this.#lastName = username;
    this.#lastGroup = this.#find(username);
    return this.#lastGroup;
  }

  #find(username: string): UserGroup {
    let group = this.#known.get(username);
    if (group === undefined) {
      group = groupOf(username);
      if (this.#known.size === maxRemembered) this.#known.clear();
      if (username.length <= maxRememberedLength) this.#known.set(username, group);
    }
    return group;
  }
}

const node = 'system:node:';
const serviceAccount = 'system:serviceaccount:';

export function groupOf(username: string): UserGroup {
  if (username === '') return { type: 'none', group: '' };
  if (username === 'system:anonymous') return { type: 'anonymous', group: username };
  if (username.startsWith(node)) return { type: 'node', group: 'system:nodes' };
  if (username.startsWith(serviceAccount)) {
    const namespace = username.slice(serviceAccount.length).split(':', 1)[0]!;
    return { type: 'serviceaccount', group: `system:serviceaccounts:${namespace}` };
  }
  return { type: username.startsWith('system:') ? 'system' : 'human', group: username };
}
