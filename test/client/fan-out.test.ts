import { expect, it } from 'vitest';
import { FanOut } from '../../src/client/fan-out.js';
import { Source, startClient } from './client-under-test.js';
import { startReceiver } from './start-receiver.js';

it('settles an entry once every client has', async () => {
  const [first, second] = [await startReceiver(), await startReceiver()];
  const answered = Promise.withResolvers<void>();
  second.answer({ kind: 'normal', until: answered.promise });
  const clients = [await startClient({ url: first.pushUrl }), await startClient({ url: second.pushUrl })];
  const sink = new FanOut(clients.map(({ client }) => client));
  const source = new Source();
  sink.push(source.entries('a', 'b'));
  await Promise.all([first.lines(2), second.waitFor(() => second.requests.length === 1)]);
  expect(source.settled).toBe(0);
  answered.resolve();
  await source.settles(2);
  expect(second.entries().map(({ line }) => line)).toEqual(['a', 'b']);
});

it('lets one client go on while another is stuck, up to what that one can hold', async () => {
  const [alive, dead] = [await startReceiver(), await startReceiver()];
  await dead.unplug();
  const config = { batchsize: 1 };
  const clients = [
    await startClient({ ...config, url: dead.pushUrl }),
    await startClient({ ...config, url: alive.pushUrl }),
  ];
  const sink = new FanOut(clients.map(({ client }) => client));
  const source = new Source();
  sink.push(source.entries('1'));
  sink.push(source.entries('2'));
  sink.push(source.entries('3'));
  const room = sink.push(source.entries('4'));
  expect(room).toBeInstanceOf(Promise);
  await alive.lines(4);
  let isRoom = false;
  void room?.then(() => {
    isRoom = true;
  });
  await new Promise(setImmediate);
  expect(isRoom).toBe(false);
  await dead.listen();
  await room;
});

it('settles what one client drops and the other sends', async () => {
  const [loki, other] = [await startReceiver(), await startReceiver()];
  const limits = { maxLineSize: 3, maxLineSizeTruncate: false, maxStreams: 0 };
  const clients = [
    await startClient({ url: loki.pushUrl }, { limits }),
    await startClient({ url: other.pushUrl }),
  ];
  const sink = new FanOut(clients.map(({ client }) => client));
  const source = new Source();
  sink.push(source.entries('too long'));
  await source.settles(1);
  expect([loki.entries().length, other.entries().length]).toEqual([0, 1]);
});
