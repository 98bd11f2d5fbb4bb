import { bigPod } from '../test/discovery/kubernetes/big-pod.js';
import { FakeKubernetes } from '../test/support/fake-kubernetes.js';

// A process that is an API server with so many pods, for the row about discovery. Told to, it changes each of them once.

const count = Number(process.argv[2]);
const server = await new FakeKubernetes().start();
let round = 0;
changeAll();

process.on('message', () => {
  round++;
  changeAll();
  process.send!('changed');
});
process.on('disconnect', () => process.exit());
process.send!(server.url.href);

function changeAll(): void {
  for (let index = 0; index < count; index++) server.put('pods', bigPod(index, round));
}
