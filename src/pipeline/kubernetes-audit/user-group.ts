export type UserType = 'anonymous' | 'human' | 'node' | 'none' | 'serviceaccount' | 'system';

/** Who asked, in words of which there are few enough for a label. */
export interface UserGroup {
  readonly type: UserType;
  /** A person's or component's own name; for nodes and service accounts that of their group. '' when nobody was authenticated. */
  readonly group: string;
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
