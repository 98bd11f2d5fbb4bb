import { ignored } from '../../fields/stage-fields.js';
import { compileJmesPath } from '../../go/jmespath/jmespath.js';
import { nestedStages } from '../nested-stages.js';
import type { StageKind } from '../stage.js';
import { json } from './json.js';
import { labels } from './labels.js';
import { output } from './output.js';
import { runtimeTime, timestamp } from './timestamp.js';

/** Reads the JSON that Docker wraps lines in: `{"log":"…","stream":"…","time":"…"}`. The newline that ends `log` stays. */
export const docker: StageKind<undefined> = {
  name: 'docker',
  schema: ignored,
  build(_options, deps) {
    const expressions = [
      { name: 'output', path: compileJmesPath('log') },
      { name: 'stream', path: compileJmesPath('stream') },
      { name: 'timestamp', path: compileJmesPath('time') },
    ];
    return nestedStages(
      json.build({ expressions, source: undefined, drop_malformed: false }, deps),
      labels.build([{ name: 'stream', source: 'stream' }], deps),
      timestamp.build(runtimeTime('timestamp'), deps),
      output.build({ source: 'output' }, deps),
    );
  },
};
