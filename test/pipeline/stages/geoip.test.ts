import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stagesOf } from '../../support/stages.js';
import { tempDir } from '../../support/temp-dir.js';

it('says which database it cannot open', () => {
  const file = join(tempDir(), 'city.mmdb');
  const stage = JSON.stringify([{ geoip: { db: file, db_type: 'city', source: 'ip' } }]);
  expect(() => stagesOf(stage)).toThrow(`geoip stage: cannot open ${file}: ENOENT`);
  writeFileSync(file, 'no database');
  expect(() => stagesOf(stage)).toThrow(`geoip stage: cannot open ${file}`);
});
