import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { AgentProcess } from '../../demo/agent-process.js';
import { freePort } from '../../demo/free-port.js';
import { tempDir } from './temp-dir.js';

export interface StartOptions {
  /** Where config and positions go; a new folder when not given. */
  dir?: string;
  flags?: readonly string[];
  env?: Readonly<Record<string, string>>;
  nodeFlags?: readonly string[];
}

/**
 * Runs the built agent with this config until the test is over. Unless the config has a `server` or a `positions` block of its
 * own, the agent listens on a free port of 127.0.0.1 and keeps positions.yaml next to its config.
 */
export async function startAgent(
  config: string | object,
  { dir = tempDir(), flags = [], env = {}, nodeFlags = [] }: StartOptions = {},
): Promise<AgentProcess> {
  const configFile = join(dir, 'config.yaml');
  const text = typeof config === 'string' ? config : stringify(config);
  writeFileSync(configFile, text);

  const { server, positions } = (parse(text) ?? {}) as {
    server?: { http_listen_port?: number };
    positions?: object;
  };
  const port = server?.http_listen_port ?? (server === undefined ? await freePort() : 0);
  const defaults = [
    ...(server === undefined
      ? [
          '-server.http-listen-address=127.0.0.1',
          `-server.http-listen-port=${port}`,
          '-server.grpc-listen-address=127.0.0.1',
          '-server.grpc-listen-port=0',
        ]
      : []),
    ...(positions === undefined ? [`-positions.file=${join(dir, 'positions.yaml')}`] : []),
  ];
  const agent = new AgentProcess({ configFile, port, flags: [...defaults, ...flags], env, nodeFlags });
  onTestFinished(async () => {
    await agent.kill();
  });
  return agent;
}
