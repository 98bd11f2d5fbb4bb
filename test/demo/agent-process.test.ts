import { describe, expect, it } from 'vitest';
import { startAgent } from '../support/agent-process.js';

describe('an agent that ended', () => {
  const broken = 'no_such_block: {}';

  it('ends every wait, with a message that says how it ended', async () => {
    const agent = await startAgent(broken);
    await expect(agent.waitForLog('never written')).rejects.toThrow(
      /^the agent ended before the log line never written; it ended with code \d; its last lines:/,
    );
    await expect(agent.ready()).rejects.toThrow(/^the agent ended before \/ready; it ended with code/);
  });

  it('can be started again', async () => {
    const agent = await startAgent(broken);
    const first = await agent.ended();
    agent.restart();
    expect(await agent.ended()).toEqual(first);
  });
});
