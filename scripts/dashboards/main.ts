/** Writes deploy/grafana/*.json: `npm run dashboards`. */
import { writeFileSync } from 'node:fs';
import { dashboards, toJson } from './all.js';

for (const [name, dashboard] of Object.entries(dashboards))
  writeFileSync(`deploy/grafana/${name}.json`, toJson(dashboard));
