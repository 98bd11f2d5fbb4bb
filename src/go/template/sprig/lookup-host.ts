import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';

/**
 * The address of a host, as the system finds it. Node can only ask without waiting, and a template cannot wait, so a
 * second thread asks while this one stands still: a template that looks up a host for every line is slow.
 */
export function lookupHost(name: string): string {
  const done = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(lookupProgram, {
    eval: true,
    workerData: { name, done, port: port2 },
    transferList: [port2],
  });
  Atomics.wait(done, 0, 0, timeoutMs);
  const answer = receiveMessageOnPort(port1)?.message as { address?: string } | undefined;
  port1.close();
  void worker.terminate();
  if (answer?.address === undefined) throw new Error(`cannot look up host ${name}`);
  return answer.address;
}

const timeoutMs = 10_000;

const lookupProgram = `
const { workerData } = require('node:worker_threads');
require('node:dns').lookup(workerData.name, (error, address) => {
  workerData.port.postMessage({ address: error ? undefined : address });
  Atomics.store(workerData.done, 0, 1);
  Atomics.notify(workerData.done, 0);
});
`;
