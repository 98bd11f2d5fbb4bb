import { dirname, resolve } from 'node:path';
import type { ClientOptions } from '../client/kinds.js';
import type { Config } from '../config/schema.js';
import { type Obstacle, obstacleTo, type User } from './access.js';
import { type Finding, loss } from './finding.js';
import { denied } from './path-traps.js';

/** What keeps the agent from keeping what it has to: positions, its disk queue, dead letters. */
export async function stateTraps(
  { positions, wal }: Pick<Config, 'positions' | 'wal'>,
  clients: readonly ClientOptions[],
  user: User | undefined,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = (id: string, what: string, obstacle: Obstacle | undefined) => {
    if (obstacle === undefined) return;
    const why = obstacle.kind === 'missing' ? `there is no ${obstacle.path}` : denied('write to', obstacle);
    findings.push(loss(id, `${what}: ${why}`));
  };
  const file = resolve(positions.filename);
  // Its folder has to be there, and files are made in it: positions are written whole, then renamed.
  add('positions_not_writable', `positions ${file}`, await obstacleTo('write', dirname(file), user));
  if (wal.enabled)
    add('queue_not_writable', `wal.dir ${wal.dir}`, await obstacleToMaking(resolve(wal.dir), user));
  for (const client of clients) {
    const directory = client.type === 'none' ? '' : (client.dead_letter ?? '');
    if (directory === '') continue;
    const obstacle = await obstacleToMaking(resolve(directory), user);
    add('dead_letters_not_writable', `dead_letter ${directory}`, obstacle);
  }
  return findings;
}

/** These folders are made when they are not there, and those above them. */
async function obstacleToMaking(directory: string, user: User | undefined): Promise<Obstacle | undefined> {
  const obstacle = await obstacleTo('write', directory, user);
  const isMadeAnyway = obstacle?.kind === 'missing' && directory !== dirname(directory);
  return isMadeAnyway ? obstacleToMaking(dirname(directory), user) : obstacle;
}
