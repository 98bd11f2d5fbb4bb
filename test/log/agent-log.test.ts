import { expect, it } from 'vitest';
import { AgentLog } from '../../src/log/agent-log.js';

function record(format: string) {
  const lines: string[] = [];
  const counted: string[] = [];
  const log = new AgentLog({
    level: 'info',
    format,
    write: (line) => lines.push(line.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, 'TIME')),
    count: (level) => counted.push(level),
  });
  return { log, lines, counted };
}

it('writes logfmt, whatever the format is called', () => {
  const { log, lines } = record('text');
  log.logger.child({ component: 'client' }).warn({ status: 500, body: 'a "b"\n', ok: true }, 'will retry');
  log.logger.error({ err: new Error('cannot push', { cause: new Error('no route') }) }, 'push failed');
  expect(lines).toEqual([
    'level=warn ts=TIME msg="will retry" component=client status=500 body="a \\"b\\"\\n" ok=true\n',
    'level=error ts=TIME msg="push failed" err="cannot push: no route"\n',
  ]);
});

it('writes JSON', () => {
  const { log, lines } = record('json');
  log.logger.info({ port: 9080 }, 'listening');
  expect(lines).toEqual(['{"level":"info","ts":"TIME","port":9080,"msg":"listening"}\n']);
});

it('changes its level at run time, for children too, and counts what it writes', () => {
  const { log, lines, counted } = record('logfmt');
  const child = log.logger.child({ component: 'x' });
  child.debug('one');
  log.level = 'debug';
  child.debug('two');
  log.level = 'error';
  child.warn('three');
  child.fatal('four');
  expect(lines.map((line) => /msg=(\w+)/.exec(line)?.[1])).toEqual(['two', 'four']);
  expect(counted).toEqual(['debug', 'error']);
});
