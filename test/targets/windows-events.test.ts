import { expect, it } from 'vitest';
import { windowsEvents } from '../../src/targets/windows-events.js';
import { decodeOptions, TargetRig } from '../support/target-rig.js';

it('takes all keys of Promtail, warns, and is idle', async () => {
  const rig = new TargetRig();
  const target = await rig.start(
    windowsEvents,
    `{locale: 1033, eventlog_name: Application, xpath_query: '*', use_incoming_timestamp: true, bookmark_path: ./b.xml,
      poll_interval: 5s, exclude_event_data: true, exclude_event_message: true, exclude_user_data: true, labels: {a: b}}`,
  );
  expect(rig.logged.map(({ msg }) => msg)).toEqual([
    expect.stringContaining('Windows target was configured'),
  ]);
  expect(target.isReady).toBe(false);
  expect(target.details()).toEqual({ idle: 'there is no Windows event log on this machine' });
});

it('refuses other keys', () => {
  expect(() => decodeOptions(windowsEvents, '{event_log: x}')).toThrow("unknown key 'event_log'");
});
